//! The contrast of two colours, and the nearest colour with enough of it:
//! <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>.

use crate::constraint::color;
use crate::hash::hex;

/// A colour: red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rgb([u8; 3]);

impl Rgb {
    pub(super) const WHITE: Self = Self([255; 3]);
    pub(super) const BLACK: Self = Self([0; 3]);
    /// The background of a form with the scheme `dark`, as in `www/hosted-dark.css`.
    pub(super) const DARK: Self = Self([0x1c, 0x21, 0x26]);

    /// A colour in the notations of [`color::parse`].
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = color::parse(text)?;
        let number = u32::from_str_radix(digits.strip_prefix('#')?, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// The contrast with another colour, from 1 to 21.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + FLARE) / (one.min(other) + FLARE)
    }

    /// The colour with the least of `end` mixed in that has [`MIN_CONTRAST`] with `background`. `end` is black or white,
    /// the one further from the background.
    pub(super) fn readable_on(self, background: Self, end: Self) -> Self {
        let mixed = |share: u8| {
            let mut channels = self.0;
            for (channel, end) in channels.iter_mut().zip(end.0) {
                let [share, from, to] = [share, *channel, end].map(u32::from);
                // Divided by 255, so it is at most 255.
                let mix = (from * (255 - share) + to * share) / 255;
                *channel = u8::try_from(mix).unwrap_or(u8::MAX);
            }
            Self(channels)
        };
        let passes = |share: &u8| mixed(*share).contrast(background) >= MIN_CONTRAST;
        (0..=u8::MAX).find(passes).map_or(end, mixed)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", hex(&self.0))
    }
}

/// A channel of sRGB as a share of the light: its 2.4th power, but for the darkest.
fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.040_45 {
        return share / 12.92;
    }
    let base = (share + 0.055) / 1.055;
    // The fifth root by Newton's method, which needs at most eight steps here: `powf` would be 2 KB of the wasm.
    let mut root = 1.0_f64;
    for _ in 0..8 {
        let fourth = root * root * root * root;
        root -= (root * fourth - base) / (5.0 * fourth);
    }
    base * base * root * root
}

/// The least contrast of text with its background: WCAG 2.2, success criterion 1.4.3.
pub(super) const MIN_CONTRAST: f64 = 4.5;
/// Light that a screen reflects, as a share of white.
const FLARE: f64 = 0.05;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contrast_is_that_of_the_standard() {
        for channel in 0..=u8::MAX {
            let share = f64::from(channel) / 255.0;
            let expected = if share <= 0.040_45 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            };
            assert!((linear(channel) - expected).abs() < 1e-12, "{channel}");
        }
        for (color, on_white) in [
            ("#000000", "21.00"),
            ("#ffffff", "1.00"),
            ("#767676", "4.54"),
            ("#777777", "4.48"),
            ("#1a56b0", "7.00"),
            ("#f00", "4.00"),
        ] {
            let contrast = Rgb::parse(color).unwrap().contrast(Rgb::WHITE);
            assert_eq!(format!("{contrast:.2}"), on_white, "{color}");
        }
    }

    #[test]
    fn the_nearest_readable_colour_passes_and_the_one_before_it_does_not() {
        for (color, background, end, nearest) in [
            ("#1a56b0", Rgb::WHITE, Rgb::BLACK, "#1a56b0"),
            ("#777777", Rgb::WHITE, Rgb::BLACK, "#767676"),
            ("#ffd500", Rgb::WHITE, Rgb::BLACK, "#8c7400"),
            ("#ffffff", Rgb::WHITE, Rgb::BLACK, "#767676"),
            ("#1a56b0", Rgb::DARK, Rgb::WHITE, "#5f89c7"),
            ("#000000", Rgb::DARK, Rgb::WHITE, "#878787"),
        ] {
            let found = Rgb::parse(color).unwrap().readable_on(background, end);
            assert_eq!(found.to_string(), nearest, "{color}");
            assert!(found.contrast(background) >= MIN_CONTRAST);
        }
    }
    #[test]
    fn the_console_computes_the_same() {
        for line in include_str!("../../tests/fixtures/contrast.jsonl").lines() {
            let (color, on, tenths, nearest): (String, String, u32, String) =
                serde_json::from_str(line).unwrap();
            let (color, on) = (Rgb::parse(&color).unwrap(), Rgb::parse(&on).unwrap());
            let end = if on == Rgb::WHITE {
                Rgb::BLACK
            } else {
                Rgb::WHITE
            };
            let contrast = color.contrast(on);
            assert_eq!((contrast * 10.0) as u32, tenths, "{line}");
            assert_eq!(color.readable_on(on, end).to_string(), nearest, "{line}");
            assert_eq!(
                contrast >= MIN_CONTRAST,
                color.to_string() == nearest,
                "{line}"
            );
        }
    }
}
