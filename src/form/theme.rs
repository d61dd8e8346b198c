//! [`Theme`]: how a form looks: its accent, corners, font, light or dark, with or without a card.

use serde_json::Value;

use super::contrast::{MIN_CONTRAST, Rgb};
use super::fault::DefinitionFault;
use super::read::{MUST_BE_OBJECT, UNKNOWN};
use super::stored_field::MAX_SHORT_TEXT_CHARS;
use crate::constraint::color;
use crate::json::Object;

/// How a form looks. Every text is safe in CSS.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// The colour of the button, of links and of the focus: `#rrggbb`.
    pub accent: Option<String>,
    /// The accent on a dark background, for the scheme `auto`; derived from `accent` when absent.
    pub accent_dark: Option<String>,
    /// The radius of the corners of a control: CSS pixels. A card's is twice as large.
    pub radius: Option<u32>,
    /// A CSS `font-family`, or `inherit` for the font of the page around the form.
    pub font: Option<String>,
    /// Whether it is light or dark.
    pub scheme: Scheme,
    /// The surface it is on.
    pub surface: Surface,
}

/// Whether a form is light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on white.
    #[default]
    Light,
    /// Light text on a dark background.
    Dark,
    /// As the visitor's system is set.
    Auto,
}

impl Scheme {
    const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Auto];

    fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Auto => "auto",
        }
    }
}

/// The surface a form is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Surface {
    /// A card with a border.
    #[default]
    Card,
    /// The page itself.
    Bare,
}

impl Surface {
    const ALL: [Self; 2] = [Self::Card, Self::Bare];

    fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Bare => "bare",
        }
    }
}

impl Theme {
    /// Reads the member `theme` of a definition.
    pub(super) fn read(value: &Value, faults: &mut Vec<DefinitionFault>) -> Self {
        let mut theme = Self::default();
        let Some(members) = value.as_object() else {
            faults.push(DefinitionFault::new("theme", MUST_BE_OBJECT));
            return theme;
        };
        for (name, value) in members {
            if let Err(reason) = theme.set(name, value)
                && (!value.is_null() || reason == UNKNOWN)
            {
                faults.push(DefinitionFault::new(["theme.", name].concat(), reason));
            }
        }
        if theme.scheme == Scheme::Auto && theme.accent_dark.is_none() {
            let accent = theme.accent.as_deref().and_then(Rgb::parse);
            let derived = accent.map(|accent| accent.readable_on(Rgb::DARK, Rgb::WHITE));
            theme.accent_dark = derived.map(|color| color.to_string());
        }
        theme
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), &'static str> {
        let text = value.as_str();
        let color = || {
            text.and_then(color::parse)
                .ok_or("is not a colour like #1a56b0")
        };
        match name {
            "accent" => self.accent = Some(color()?),
            "accent_dark" => self.accent_dark = Some(color()?),
            "radius" => {
                let radius = value.as_u64().and_then(|radius| u32::try_from(radius).ok());
                let radius = radius.filter(|radius| *radius <= MAX_RADIUS_PX);
                self.radius = Some(radius.ok_or("must be a number from 0 to 22")?);
            }
            "font" => {
                let font = text.and_then(font_family);
                self.font = Some(font.ok_or(
                    "must be names of fonts with commas between them, at most 200 characters",
                )?);
            }
            "scheme" => {
                self.scheme = one_of(&Scheme::ALL, Scheme::as_str, text)
                    .ok_or("must be light, dark or auto")?;
            }
            "surface" => {
                self.surface =
                    one_of(&Surface::ALL, Surface::as_str, text).ok_or("must be card or bare")?;
            }
            _ => return Err(UNKNOWN),
        }
        Ok(())
    }

    /// Writes the theme as the widget receives it; null for what is not set.
    pub(super) fn write(&self, object: &mut Object<'_>) {
        object.optional("accent", self.accent.as_deref());
        object.optional("accent_dark", self.accent_dark.as_deref());
        object.optional_number("radius", self.radius.map(u64::from));
        object.optional("font", self.font.as_deref());
        object.text("scheme", self.scheme.as_str());
        object.text("surface", self.surface.as_str());
    }

    /// Colours that cannot be read on their background: for publishing alone. The button's text has the colour of
    /// the background, so it has the same contrast.
    pub(super) fn mistakes(&self) -> Vec<DefinitionFault> {
        let (light, dark) = ((Rgb::WHITE, Rgb::BLACK), (Rgb::DARK, Rgb::WHITE));
        let accent_on = if self.scheme == Scheme::Dark {
            dark
        } else {
            light
        };
        let mut mistakes = Vec::new();
        for (member, text, (background, end)) in [
            ("accent", &self.accent, accent_on),
            ("accent_dark", &self.accent_dark, dark),
        ] {
            let Some(color) = text.as_deref().and_then(Rgb::parse) else {
                continue;
            };
            let contrast = color.contrast(background);
            if contrast < MIN_CONTRAST {
                let nearest = color.readable_on(background, end);
                // Cut, not rounded: 4.49 must not be shown as 4.5. As integers, since printing fractions is large in wasm.
                let tenths = (contrast * 10.0) as u32;
                let reason = format!(
                    "has a contrast of {}.{}:1 with its background {background}, and needs 4.5:1; the nearest colour that \
                     has it is {nearest}",
                    tenths / 10,
                    tenths % 10
                );
                mistakes.push(DefinitionFault::new(format!("theme.{member}"), reason));
            }
        }
        if self.accent_dark.is_some() && self.scheme != Scheme::Auto {
            let reason = "belongs to the scheme auto; for dark alone, set accent";
            mistakes.push(DefinitionFault::new("theme.accent_dark", reason));
        }
        mistakes
    }
}

fn one_of<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: Option<&str>) -> Option<T> {
    let text = text?;
    all.iter().copied().find(|value| name(*value) == text)
}

/// A CSS `font-family`, with names in double quotes; `None` when it could be anything else.
fn font_family(text: &str) -> Option<String> {
    let limit = usize::try_from(MAX_SHORT_TEXT_CHARS).unwrap_or(usize::MAX);
    if text.trim() == INHERIT {
        return Some(INHERIT.to_owned());
    }
    if text.chars().count() > limit {
        return None;
    }
    let families = text.split(',').map(|family| {
        let family = family.trim();
        let quoted = ['"', '\'']
            .into_iter()
            .find_map(|quote| family.strip_prefix(quote)?.strip_suffix(quote));
        let name = quoted.unwrap_or(family);
        let is_special =
            |character: char| character.is_control() || "\"'\\<>{}();:/*@".contains(character);
        let is_name = !name.is_empty() && name != INHERIT && !name.contains(is_special);
        let is_keyword = quoted.is_none() && FONT_KEYWORDS.contains(&name);
        is_name.then(|| {
            if is_keyword {
                name.to_owned()
            } else {
                ["\"", name, "\""].concat()
            }
        })
    });
    Some(families.collect::<Option<Vec<String>>>()?.join(", "))
}

/// The font of the page around the form.
pub const INHERIT: &str = "inherit";
/// Names that mean a font of the system, and only without quotes.
const FONT_KEYWORDS: [&str; 11] = [
    "serif",
    "sans-serif",
    "monospace",
    "cursive",
    "system-ui",
    "ui-serif",
    "ui-sans-serif",
    "ui-monospace",
    "ui-rounded",
    "-apple-system",
    "BlinkMacSystemFont",
];
/// The largest radius of a control's corners, half the height of a button: CSS pixels.
pub const MAX_RADIUS_PX: u32 = 22;

#[cfg(test)]
#[path = "theme_tests.rs"]
mod tests;
