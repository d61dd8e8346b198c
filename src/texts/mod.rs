//! The texts that visitors see, by language, and how a language writes plurals and numbers.
//!
//! They are in `texts/*.json`, one file a language, which the widget uses, too; `build.rs` packs those that the service renders
//! itself. The Worker has the English ones, and loads those of another language from a static file when they are first wanted
//! (`background::load_texts`). What owners and developers read (`/errors`, the doctor, the log) is in English, and so are a form's own texts in
//! whatever language they were written.

mod accept;
mod direction;
mod number;
mod plural;

use std::sync::OnceLock;

pub(crate) use direction::direction;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// A text, the same in every language: one of the constants that `build.rs` makes.
#[derive(Clone, Copy)]
pub(crate) struct Text(usize);

/// A language that has texts: its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(usize);

/// What a response is written in: the language of its texts, and the tag that decides how numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale<'a> {
    /// A BCP 47 language tag.
    pub tag: &'a str,
    /// The language of the texts.
    pub language: Language,
}

/// What decides about the locale: the form, else the visitor's browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The locale of the form.
    pub by_form: Option<&'a str>,
    /// `Accept-Language` of the request: RFC 9110 section 12.5.4.
    pub by_browser: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    /// The locale: that of the form, else the browser's favourite that has texts, else English. If the form's language has no texts,
    /// those are in the browser's.
    pub fn locale(self) -> Locale<'a> {
        if let Some(tag) = self.by_form
            && let Some(language) = Language::of(tag)
        {
            return Locale { tag, language };
        }
        let found = self
            .by_browser
            .and_then(accept::favourite)
            .unwrap_or_default();
        Locale {
            tag: self.by_form.unwrap_or(found.tag),
            ..found
        }
    }
}

impl Default for Locale<'_> {
    /// English.
    fn default() -> Self {
        Self {
            tag: "en",
            language: ENGLISH,
        }
    }
}

impl Language {
    /// The language of a tag, if it has texts.
    pub fn of(tag: &str) -> Option<Self> {
        let language = tag.split('-').next().unwrap_or_default();
        let mut known = LANGUAGES.iter();
        let found = known.position(|(tag, _)| tag.eq_ignore_ascii_case(language));
        found.map(Self)
    }

    /// Whether its texts have to be loaded. Until then they are in English.
    pub fn is_missing(self) -> bool {
        self.own_texts().is_none()
    }

    /// Keeps its texts, a line each, packed as `build.rs` does; `false` for those of another build.
    pub fn load(self, packed: String) -> bool {
        let lines = packed.bytes().filter(|byte| *byte == b'\n').count();
        let is_whole = lines == ENGLISH.texts().len();
        if is_whole && let Some(loaded) = LOADED.get(self.0) {
            // For the life of the isolate, once a language.
            loaded.get_or_init(|| packed.leak().lines().collect());
        }
        is_whole
    }

    fn own_texts(self) -> Option<&'static [&'static str]> {
        let (_, texts) = LANGUAGES.get(self.0)?;
        match texts.is_empty() {
            true => LOADED.get(self.0)?.get().map(Vec::as_slice),
            false => Some(texts),
        }
    }

    fn texts(self) -> &'static [&'static str] {
        let english = || ENGLISH.own_texts().unwrap_or_default();
        self.own_texts().unwrap_or_else(english)
    }

    /// A text without placeholders, or with its placeholders as they are packed.
    pub(crate) fn text(self, text: Text) -> &'static str {
        self.texts().get(text.0).copied().unwrap_or_default()
    }

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        LANGUAGES.get(self.0).map_or("en", |(tag, _)| tag)
    }
}

impl Locale<'_> {
    /// A text without placeholders.
    pub(crate) fn text(self, text: Text) -> &'static str {
        self.language.text(text)
    }

    /// A text with its placeholders filled in: first the label, or what is kept, then the others.
    pub(crate) fn fill(self, text: Text, values: &[&str]) -> String {
        fill(self.language.text(text), values)
    }

    /// The form of a text for a number, with the number in it: `1 second`, `5 seconds`.
    pub(crate) fn plural(self, text: Text, count: u64) -> String {
        let form = plural::form(self.language.tag(), count);
        let mut forms = self.language.text(text).split('|');
        let number = self.number(&count.to_string());
        fill(forms.nth(form).unwrap_or_default(), &[&number])
    }
}

/// `build.rs` packs a placeholder as the control character with the number of its value.
fn fill(text: &str, values: &[&str]) -> String {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < b' ')
        && let Some((before, after)) = rest.split_at_checked(at)
        && let Some((number, after)) = after.split_at_checked(1)
    {
        let place = number.bytes().next().unwrap_or_default();
        filled.push_str(before);
        filled.push_str(
            values
                .get(usize::from(place).wrapping_sub(1))
                .unwrap_or(&number),
        );
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The texts that were loaded, in the order of [`LANGUAGES`].
static LOADED: [OnceLock<Vec<&str>>; LANGUAGES.len()] =
    [const { OnceLock::new() }; LANGUAGES.len()];

/// The first of the list.
const ENGLISH: Language = Language(0);

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
