//! The theme of a form as CSS: values for the custom properties of `www/hosted.css`.

use std::fmt::Write;

use crate::form::{INHERIT, Scheme, Surface, Theme};
use crate::hash::{base64url, sha256};

/// The scripts of a page: by default none.
#[derive(Clone, Copy, Default)]
pub(super) struct Scripts {
    /// Our own, of a page in a frame of another page.
    pub(super) is_framed: bool,
    /// Turnstile's.
    pub(super) has_turnstile: bool,
}

/// Where the script and the frame of Turnstile come from:
/// <https://developers.cloudflare.com/turnstile/reference/content-security-policy/>.
pub(super) const TURNSTILE: &str = "https://challenges.cloudflare.com";

impl Scripts {
    /// The directives of the content security policy that allow them.
    pub(super) fn directives(self) -> String {
        let own = if self.is_framed { " 'self'" } else { "" };
        match self.has_turnstile {
            true => [
                "; script-src",
                own,
                " ",
                TURNSTILE,
                "; frame-src ",
                TURNSTILE,
            ]
            .concat(),
            false if self.is_framed => ["; script-src", own].concat(),
            false => String::new(),
        }
    }
}

/// How a page looks; by default light, on a card.
#[derive(Default)]
pub(super) struct Look {
    pub(super) scheme: Scheme,
    pub(super) surface: Surface,
    /// The style sheet in the page; empty for none.
    pub(super) css: String,
    /// A page with the script for frames is in a frame of another page, whose background it has.
    pub(super) scripts: Scripts,
}

impl Look {
    pub(super) fn of(theme: Option<&Theme>, scripts: Scripts) -> Self {
        let mut look = Self {
            scripts,
            ..Self::default()
        };
        if let Some(theme) = theme {
            look.scheme = theme.scheme;
            look.surface = theme.surface;
            look.css = css(theme);
        }
        look
    }

    /// The class of the page's body; `None` for none.
    pub(super) fn class(&self) -> Option<&'static str> {
        match (self.surface, self.scripts.is_framed) {
            (Surface::Card, false) => None,
            (Surface::Card, true) => Some("framed"),
            (Surface::Bare, false) => Some("bare"),
            (Surface::Bare, true) => Some("bare framed"),
        }
    }

    /// The sources of `style-src` in the content security policy. Of style sheets in the page it allows this one alone, by
    /// its hash: <https://www.w3.org/TR/CSP3/#grammardef-hash-source>.
    pub(super) fn sources(&self) -> String {
        if self.css.is_empty() {
            return "'self'".to_owned();
        }
        // Of 32 bytes, Base64 has one `=` more than base64url.
        let hash = base64url(&sha256(self.css.as_bytes()))
            .replace('-', "+")
            .replace('_', "/");
        format!("'self' 'sha256-{hash}='")
    }
}

/// The style sheet of a theme; empty when the theme sets nothing.
fn css(theme: &Theme) -> String {
    let mut css = String::new();
    let mut root = String::new();
    if let Some(accent) = &theme.accent {
        let _ = write!(root, "--lf-accent:{accent};");
    }
    if let Some(radius) = theme.radius {
        let _ = write!(root, "--lf-radius:{radius}px;");
    }
    if let Some(font) = theme.font.as_ref().filter(|font| *font != INHERIT) {
        let _ = write!(root, "--lf-font:{font};");
    }
    if !root.is_empty() {
        let _ = write!(css, ":root{{{root}}}");
    }
    if let (Scheme::Auto, Some(accent)) = (theme.scheme, &theme.accent_dark) {
        let _ = write!(css, "@media {DARK_MEDIA}{{:root{{--lf-accent:{accent}}}}}");
    }
    css
}

/// When a form of the scheme `auto` is dark.
pub(super) const DARK_MEDIA: &str = "(prefers-color-scheme:dark)";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::form::FormDefinition;
    use crate::page::{Visit, form_page, thanks_page};

    /// What a page with this theme has of it: its head from the style sheets on, its body's tag, and its `style-src`.
    fn themed(theme: &serde_json::Value) -> [String; 3] {
        let json = json!({ "key": "t", "allowed_origins": [], "fields": [{ "name": "a", "type": "text" }], "theme": theme });
        let form = FormDefinition::parse(&json.to_string()).unwrap();
        let [page, thanks] = [
            form_page(&form, "", Visit::default()),
            thanks_page(&form, "", None, false),
        ];
        let parts = [page, thanks].map(|page| {
            let policy = page.header("content-security-policy").unwrap();
            let sources = policy
                .split("; ")
                .find_map(|part| part.strip_prefix("style-src "));
            let (_, sheets) = page.body.split_once("href=\"/hosted.css\">").unwrap();
            let (sheets, body) = sheets.split_once("</head>").unwrap();
            let (body, _) = body.split_once("<main>").unwrap();
            [sheets, body, sources.unwrap()].map(str::to_owned)
        });
        assert_eq!(parts[0], parts[1], "every page of the form looks the same");
        let [parts, _] = parts;
        parts
    }

    #[test]
    fn a_theme_sets_custom_properties_and_the_policy_allows_no_other_style() {
        let dark = "<link rel=\"stylesheet\" href=\"/hosted-dark.css\"";
        for (theme, sheets, body, sources) in [
            (json!(null), String::new(), "<body>", "'self'"),
            (json!({ "scheme": "light", "font": "inherit" }), String::new(), "<body>", "'self'"),
            (json!({ "surface": "bare", "scheme": "dark" }), format!("{dark}>"), "<body class=\"bare\">", "'self'"),
            (
                json!({ "accent": "#0A6B3D", "radius": 0, "font": "Source Sans 3, 'Arial', serif" }),
                "<style>:root{--lf-accent:#0a6b3d;--lf-radius:0px;--lf-font:\"Source Sans 3\", \"Arial\", serif;}</style>"
                    .to_owned(),
                "<body>",
                "'self' 'sha256-56DVq2Y0olGSQbplOk3/JwLvcfMSk52R2tl/RV3XjjU='",
            ),
            (
                json!({ "accent": "#1a56b0", "scheme": "auto" }),
                format!(
                    "{dark} media=\"(prefers-color-scheme:dark)\"><style>:root{{--lf-accent:#1a56b0;}}\
                     @media (prefers-color-scheme:dark){{:root{{--lf-accent:#5f89c7}}}}</style>"
                ),
                "<body>",
                "'self' 'sha256-0WzZCb65UPMLwDl3gmS559W/xMTetcTqXTVDuTzF7Uw='",
            ),
        ] {
            assert_eq!(themed(&theme), [&sheets, body, sources], "{theme}");
        }
    }
}
