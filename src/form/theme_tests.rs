//! What the widget receives of a theme, and which themes are refused.

use serde_json::{Value, json};

use crate::form::{FormDefinition, Record, publish};

fn definition(theme: &Value) -> String {
    let fields = json!([{ "name": "a", "type": "text" }]);
    json!({ "key": "t", "allowed_origins": [], "fields": fields, "theme": theme }).to_string()
}

/// The theme that the widget receives.
fn published(theme: &Value) -> Value {
    let form = FormDefinition::parse(&definition(theme)).unwrap();
    let public: Value = serde_json::from_str(&form.public_json).unwrap();
    public["theme"].clone()
}

#[test]
fn the_widget_receives_a_theme_ready_for_css() {
    assert_eq!(published(&Value::Null), Value::Null);
    for (theme, expected) in [
        (json!({ "radius": null }), json!({})),
        (
            json!({ "accent": "#FFF", "radius": 22, "font": "inherit", "scheme": "dark", "surface": "bare" }),
            json!({ "accent": "#ffffff", "radius": 22, "font": "inherit", "scheme": "dark", "surface": "bare" }),
        ),
        (
            json!({ "accent": "#1a56b0", "scheme": "auto" }),
            json!({ "accent": "#1a56b0", "accent_dark": "#5f89c7", "scheme": "auto" }),
        ),
        (
            json!({ "scheme": "auto", "accent_dark": "#8ab4f8", "accent": "#1a56b0" }),
            json!({ "accent": "#1a56b0", "accent_dark": "#8ab4f8", "scheme": "auto" }),
        ),
    ] {
        let mut whole = json!({
            "accent": null, "accent_dark": null, "radius": null, "font": null, "scheme": "light", "surface": "card",
        });
        for (name, value) in expected.as_object().unwrap() {
            whole[name] = value.clone();
        }
        assert_eq!(published(&theme), whole, "{theme}");
    }
    for (font, expected) in [
        ("Georgia", "\"Georgia\""),
        (
            "  Source Sans 3 ,sans-serif",
            "\"Source Sans 3\", sans-serif",
        ),
        (
            "'游ゴシック', \"serif\", -apple-system",
            "\"游ゴシック\", \"serif\", -apple-system",
        ),
    ] {
        assert_eq!(published(&json!({ "font": font }))["font"], expected);
    }
}

/// The faults of publishing this theme, as `path: reason`.
fn faults_of(theme: &Value) -> Vec<String> {
    let faults = publish(&definition(theme), &Record::default())
        .err()
        .unwrap_or_default();
    let shown = faults
        .into_iter()
        .map(|fault| format!("{}: {}", fault.path, fault.reason));
    shown.collect()
}

#[test]
fn a_value_that_is_not_safe_in_css_is_a_fault_wherever_it_is_read() {
    let too_long = "a".repeat(201);
    assert_eq!(faults_of(&json!({ "font": "a".repeat(200) })), [""; 0]);
    for (theme, path) in [
        (json!({ "accent": "blue" }), "theme.accent"),
        (json!({ "accent": "#1a56b" }), "theme.accent"),
        (
            json!({ "accent_dark": "#1a56b0;}", "scheme": "auto" }),
            "theme.accent_dark",
        ),
        (json!({ "radius": 23 }), "theme.radius"),
        (json!({ "radius": -1 }), "theme.radius"),
        (json!({ "radius": "4px" }), "theme.radius"),
        (json!({ "font": "" }), "theme.font"),
        (json!({ "font": "Arial, " }), "theme.font"),
        (json!({ "font": "Arial, inherit" }), "theme.font"),
        (json!({ "font": "a;}body{display:none" }), "theme.font"),
        (json!({ "font": "</style><script>" }), "theme.font"),
        (json!({ "font": "a\\" }), "theme.font"),
        (json!({ "font": "'a" }), "theme.font"),
        (json!({ "font": "a\nb" }), "theme.font"),
        (json!({ "font": "url(x)" }), "theme.font"),
        (json!({ "font": too_long }), "theme.font"),
        (json!({ "scheme": "sepia" }), "theme.scheme"),
        (json!({ "surface": "glass" }), "theme.surface"),
        (json!({ "colour": "#000" }), "theme.colour"),
        (json!("dark"), "theme"),
    ] {
        let faults = FormDefinition::parse(&definition(&theme)).unwrap_err();
        let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, [path], "{theme}");
    }
}

#[test]
fn a_colour_without_contrast_is_not_published_and_the_nearest_with_it_is_named() {
    for (theme, faults) in [
        (json!({ "accent": "#767676" }), vec![]),
        (
            json!({ "accent": "#777777" }),
            vec![
                "theme.accent: has a contrast of 4.4:1 with its background #ffffff, and needs 4.5:1; the nearest colour \
                 that has it is #767676",
            ],
        ),
        (
            json!({ "accent": "#ffd500" }),
            vec![
                "theme.accent: has a contrast of 1.4:1 with its background #ffffff, and needs 4.5:1; the nearest colour \
                 that has it is #8c7400",
            ],
        ),
        (json!({ "accent": "#ffd500", "scheme": "dark" }), vec![]),
        (
            json!({ "accent": "#1a56b0", "scheme": "dark" }),
            vec![
                "theme.accent: has a contrast of 2.3:1 with its background #1c2126, and needs 4.5:1; the nearest colour \
                 that has it is #5f89c7",
            ],
        ),
        (json!({ "accent": "#1a56b0", "scheme": "auto" }), vec![]),
        (
            json!({ "accent": "#1a56b0", "accent_dark": "#1a56b0", "scheme": "auto" }),
            vec![
                "theme.accent_dark: has a contrast of 2.3:1 with its background #1c2126, and needs 4.5:1; the nearest \
                 colour that has it is #5f89c7",
            ],
        ),
        (
            json!({ "accent": "#1a56b0", "accent_dark": "#8ab4f8" }),
            vec!["theme.accent_dark: belongs to the scheme auto; for dark alone, set accent"],
        ),
    ] {
        assert!(
            FormDefinition::parse(&definition(&theme)).is_ok(),
            "what is published already stays"
        );
        assert_eq!(faults_of(&theme), faults, "{theme}");
    }
}
