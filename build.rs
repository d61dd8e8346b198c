//! Packs `texts/*.json`, the texts that visitors see, one file a language, for `src/texts`. A language in which a text is missing, or has
//! other placeholders than in English, does not compile.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::{env, fs};

use serde_json::{Map, Value};

/// The sections of a file that the service renders itself; the others are the widget's.
const SECTIONS: [&str; 3] = ["violations", "shared", "page"];
/// The placeholders, each with the character that stands for it in a packed text. A text has at most one with each.
const PLACEHOLDERS: [(&str, &str); 7] = [
    ("label", "\u{1}"),
    ("kept", "\u{1}"),
    ("count", "\u{1}"),
    ("value", "\u{2}"),
    ("time", "\u{2}"),
    ("other", "\u{3}"),
    ("third", "\u{4}"),
];

/// The texts of a section by name.
type Texts = Map<String, Value>;

fn main() -> Result<(), String> {
    println!("cargo:rerun-if-changed=texts");
    let english = read("en")?;
    let mut tags = vec!["en".to_owned()];
    let files = fs::read_dir("texts").map_err(|error| error.to_string())?;
    let names = files
        .flatten()
        .filter_map(|file| file.file_name().into_string().ok());
    let others = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned));
    tags.extend(others.filter(|tag| tag != "en"));
    if let Some(others) = tags.get_mut(1..) {
        others.sort();
    }
    let mut code = String::new();
    let texts = SECTIONS
        .iter()
        .filter_map(|section| english.get(*section)?.as_object());
    for (index, name) in texts.flat_map(Map::keys).enumerate() {
        push(
            &mut code,
            format_args!(
                "pub(crate) const {}: Text = Text({index});\n",
                constant(name)
            ),
        );
    }
    push(
        &mut code,
        format_args!("static LANGUAGES: [(&str, &[&str]); {}] = [\n", tags.len()),
    );
    // The Worker reads the others from its static files: `tools/www.mjs` packs them in the same way.
    let is_worker = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    for tag in &tags {
        let packed =
            packed(&read(tag)?, &english).map_err(|fault| format!("texts/{tag}.json: {fault}"))?;
        let is_left_out = is_worker && tag != "en";
        let packed = if is_left_out { Vec::new() } else { packed };
        push(&mut code, format_args!("({tag:?}, &{packed:?}),\n"));
    }
    code.push_str("];\n");
    let folder = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    fs::write(format!("{folder}/texts.rs"), code).map_err(|error| error.to_string())
}

fn read(tag: &str) -> Result<Texts, String> {
    let path = format!("texts/{tag}.json");
    let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))
}

/// The service's texts, after a check of all.
fn packed(texts: &Texts, english: &Texts) -> Result<Vec<String>, String> {
    let sections = |texts: &Texts| BTreeSet::from_iter(texts.keys().cloned());
    if sections(texts) != sections(english) {
        return Err(format!("has other sections than {:?}", sections(english)));
    }
    let mut lines = Vec::new();
    for (section, all) in english {
        let texts = texts.get(section).and_then(Value::as_object);
        let (texts, all) = texts.zip(all.as_object()).ok_or("a section is no object")?;
        if let Some(name) = texts.keys().find(|name| !all.contains_key(*name)) {
            return Err(format!("{section}.{name} is not a text in English"));
        }
        for (name, english) in all {
            let text = texts
                .get(name)
                .ok_or(format!("{section}.{name} is missing"))?;
            let fault = |fault| format!("{section}.{name} {fault}");
            if placeholders(text)? != placeholders(english)? {
                return Err(fault("has other placeholders than in English"));
            }
            let line = forms(text).map_err(fault)?.join("|");
            if line.is_empty()
                || line.chars().any(char::is_control)
                || text.is_object() != english.is_object()
            {
                return Err(fault("is no text of one line"));
            }
            if SECTIONS.contains(&section.as_str()) {
                lines.push(with_numbers(&line));
            }
        }
    }
    Ok(lines)
}

/// The forms of a text that depends on a number, in the order of CLDR's categories; otherwise the text.
fn forms(text: &Value) -> Result<Vec<&str>, &'static str> {
    let forms = match text {
        Value::Object(forms) => forms.values().map(Value::as_str).collect(),
        text => Some(Vec::from_iter(text.as_str())),
    };
    forms
        .filter(|forms| !forms.iter().any(|form| form.contains('|')))
        .ok_or("is no text, or has a |")
}

fn placeholders(text: &Value) -> Result<BTreeSet<&str>, &'static str> {
    let mut names = BTreeSet::new();
    for form in forms(text)? {
        for after in form.split('{').skip(1) {
            let (name, _) = after.split_once('}').ok_or("a { without a }")?;
            if !PLACEHOLDERS.iter().any(|(known, _)| *known == name) {
                return Err("an unknown placeholder");
            }
            names.insert(name);
        }
    }
    Ok(names)
}

fn with_numbers(line: &str) -> String {
    let line = line.to_owned();
    PLACEHOLDERS.iter().fold(line, |line, (name, character)| {
        line.replace(&format!("{{{name}}}"), character)
    })
}

/// `ROUTE_NOT_FOUND` for `routeNotFound`.
fn constant(name: &str) -> String {
    let mut constant = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            constant.push('_');
        }
        constant.push(character.to_ascii_uppercase());
    }
    constant
}

fn push(code: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = code.write_fmt(line);
}
