//! The direction that a language is written in.

/// `rtl` for a language that is written from right to left: by its script, if the tag has one, which is its only part of four
/// letters (RFC 5646 section 2.2.3).
pub(crate) fn direction(locale: &str) -> Option<&'static str> {
    let mut parts = locale.split('-');
    let language = parts.next().unwrap_or_default();
    let is_script =
        |part: &&str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_rtl = match parts.find(is_script) {
        Some(script) => RTL_SCRIPTS
            .iter()
            .any(|rtl| rtl.eq_ignore_ascii_case(script)),
        None => RTL_LANGUAGES
            .iter()
            .any(|rtl| rtl.eq_ignore_ascii_case(language)),
    };
    is_rtl.then_some("rtl")
}

/// ISO 15924.
const RTL_SCRIPTS: [&str; 8] = [
    "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand",
];
/// ISO 639-1: Arabic, Divehi, Persian, Hebrew, Kashmiri, Pashto, Sindhi, Uyghur, Urdu, Yiddish.
const RTL_LANGUAGES: [&str; 10] = ["ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_written_in_the_direction_of_its_script() {
        for (locale, is_rtl) in [
            ("en", false),
            ("de-AT", false),
            ("ar", true),
            ("ar-EG", true),
            ("AR", true),
            ("he", true),
            ("fa-IR", true),
            ("ur-Latn", false),
            ("az-Arab-IR", true),
            ("uz-arab", true),
            ("zh-Hant-TW", false),
            // A year, and a variant: no scripts.
            ("de-1996", false),
            ("ca-valencia", false),
        ] {
            assert_eq!(direction(locale), is_rtl.then_some("rtl"), "{locale}");
        }
    }
}
