//! The pages' own texts, one table a language, and the direction of a language. English is the only one so far.

/// The texts of one language, by message. A language without one of them does not compile.
pub(super) struct Texts {
    /// The first option of a list in which nothing is chosen.
    pub(super) choose: &'static str,
    /// After the label of a field that may stay empty.
    pub(super) optional: &'static str,
    /// Before an error, for screen readers.
    pub(super) error: &'static str,
    /// The heading of the error summary.
    pub(super) problem: &'static str,
    /// A link in the error summary.
    pub(super) open_alone: &'static str,
    /// `{kept}` of other messages: what was typed is still there, or on the page before.
    pub(super) kept_here: &'static str,
    pub(super) kept_before: &'static str,
    /// The heading and the sentence about a problem.
    pub(super) form_not_found: Message,
    pub(super) route_not_found: Message,
    pub(super) origin_unknown: Message,
    pub(super) origin_ends_in_dot: Message,
    pub(super) origin_not_allowed: Message,
    pub(super) ticket_expired: Message,
    pub(super) ticket_unusable: Message,
    /// Both with `{seconds}` to wait; the second for a page with Turnstile.
    pub(super) challenged: Message,
    pub(super) challenged_by_script: Message,
    /// With `{seconds}` to wait.
    pub(super) rate_limited: Message,
    pub(super) not_shown: Message,
    pub(super) not_sent: Message,
    pub(super) sent_before: Message,
    pub(super) too_large: Message,
}

/// A heading and a sentence.
pub(super) type Message = (&'static str, &'static str);

/// The texts for a form's locale; in English where its language has none.
pub(super) fn texts_of(locale: &str) -> &'static Texts {
    let language = locale.split('-').next();
    let mut known = LANGUAGES.iter();
    let found = known.find(|(tag, _)| Some(*tag) == language);
    found.map_or(&ENGLISH, |(_, texts)| texts)
}

/// `rtl` for a language that is written from right to left: by its script, if the tag has one, which is its only part of four
/// letters (RFC 5646 section 2.2.3).
pub(super) fn direction(locale: &str) -> Option<&'static str> {
    let mut parts = locale.split('-');
    let language = parts.next().unwrap_or_default();
    let is_script =
        |part: &&str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_rtl = match parts.find(is_script) {
        Some(script) => RTL_SCRIPTS
            .iter()
            .any(|rtl| rtl.eq_ignore_ascii_case(script)),
        None => RTL_LANGUAGES.contains(&language),
    };
    is_rtl.then_some("rtl")
}

/// By the language of a tag.
static LANGUAGES: [(&str, &Texts); 1] = [("en", &ENGLISH)];
static ENGLISH: Texts = Texts {
    choose: "Choose one",
    optional: "(optional)",
    error: "Error:",
    problem: "There is a problem",
    open_alone: "Open the form on a page of its own",
    kept_here: "Nothing was lost.",
    kept_before: "Go back to the form, where what you typed should still be.",
    form_not_found: (
        "This form was not found",
        "It may have been taken down, or the address is incomplete.",
    ),
    route_not_found: ("There is nothing here", "The address may be incomplete."),
    origin_unknown: (
        "This form cannot be sent from that page",
        "The page you sent this from does not say which website it is on (its Referrer-Policy, a frame or your browser \
         keeps it from us), so it was not sent yet. Nothing was lost: send it from here. If this comes up again, use a \
         page of its own:",
    ),
    origin_ends_in_dot: (
        "This form cannot be sent from that page",
        "The address of that page has a dot after the website's name. Open it without the dot.",
    ),
    origin_not_allowed: (
        "This form cannot be sent from that page",
        "Go back and open the form from the website it belongs to.",
    ),
    ticket_expired: (
        "The form was not sent yet",
        "The form was open for more than two hours, so it was not sent yet. {kept} Send it again.",
    ),
    ticket_unusable: (
        "The form was not sent yet",
        "The page you sent this from is not up to date, so it was not sent yet. {kept} Send it again.",
    ),
    challenged: (
        "One more step",
        "This looks like what programs send, so it was not sent yet. {kept} Wait {seconds} seconds and send it again.",
    ),
    challenged_by_script: (
        "One more step",
        "This looks like what programs send, so it was not sent yet. {kept} Confirm above the button that you are a person, and \
         send it again. Where you cannot, wait {seconds} seconds before you do.",
    ),
    rate_limited: (
        "Too many submissions",
        "{kept} Wait {seconds} seconds and send the form again.",
    ),
    not_shown: (
        "This form cannot be shown at the moment",
        "Wait a moment and open it again.",
    ),
    not_sent: (
        "The form could not be sent",
        "{kept} Wait a moment and send the form again.",
    ),
    sent_before: (
        "You have sent this form before",
        "You have sent this form before, with other answers, and they were received. Send it again if you want to send \
         these, too.",
    ),
    too_large: (
        "What you sent is too large",
        "Go back, shorten it and send the form again.",
    ),
};
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

    #[test]
    fn a_language_without_texts_has_those_in_english() {
        for locale in ["en", "en-GB", "tlh", ""] {
            assert_eq!(texts_of(locale).optional, "(optional)");
        }
    }
}
