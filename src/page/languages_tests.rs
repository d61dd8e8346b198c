//! The texts of the pages in each language.

use serde_json::json;

use super::*;
use crate::problem::{EmbedReason, ProblemType};
use crate::texts::Wanted;

#[test]
fn a_wait_is_told_in_seconds_up_to_90_and_then_in_minutes_rounded_up() {
    for (tag, retry_after_s, words) in [
        ("en", 1, "Wait 1 second and"),
        ("en", 90, "Wait 90 seconds and"),
        ("en", 91, "Wait 2 minutes and"),
        ("pl", 22, "poczekać 22 sekundy i"),
        ("pl", 3600, "poczekać 60 minut i"),
        ("ar", 2, "الانتظار ثانيتين ثم"),
    ] {
        let problem = Problem::RateLimited {
            policy: "form".to_owned(),
            retry_after_s,
        };
        let wanted = Wanted {
            by_form: Some(tag),
            by_browser: None,
        };
        let page = problem_page(&problem, None, true, wanted.locale());
        assert!(page.body.contains(words), "{tag} {words}: {}", page.body);
    }
}

/// Every problem in every language: words of that language alone, and no placeholder left.
#[test]
fn every_problem_has_words_in_every_language() {
    let problems = || {
        let retry_after_s = 30;
        let reasons = [
            EmbedReason::OriginMissing,
            EmbedReason::OriginEndsInDot,
            EmbedReason::OriginNotAllowed,
            EmbedReason::TicketExpired,
            EmbedReason::TicketInvalid,
        ];
        let policy = "form".to_owned();
        [
            Problem::FormNotFound,
            Problem::RouteNotFound,
            Problem::RateLimited {
                policy,
                retry_after_s,
            },
            Problem::Unavailable { retry_after_s },
            Problem::Misconfigured(Vec::new()),
            Problem::Other(ProblemType::IdempotencyKeyReused),
            Problem::BodyTooLarge { limit_bytes: 1 },
            Problem::MethodNotAllowed {
                allow: "GET".into(),
            },
            Problem::MediaTypeUnsupported {
                reason: "media_type_missing",
            },
        ]
        .into_iter()
        .chain(reasons.map(Problem::EmbedInvalid))
    };
    for tag in ["en", "ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt"] {
        let wanted = Wanted {
            by_form: Some(tag),
            by_browser: None,
        };
        for problem in problems() {
            for is_sent in [false, true] {
                let page = problem_page(&problem, None, is_sent, wanted.locale()).body;
                let is_whole = !page.chars().any(|c| c.is_control() || "{}|".contains(c));
                assert!(
                    is_whole && page.contains(&format!("<html lang=\"{tag}\"")),
                    "{page}"
                );
                // What only a program can cause is in English, and marked so.
                let is_english = page.contains("<p lang=\"en\" dir=\"ltr\">");
                let is_technical = matches!(
                    problem,
                    Problem::MethodNotAllowed { .. } | Problem::MediaTypeUnsupported { .. }
                );
                assert_eq!(is_english, is_technical, "{page}");
            }
        }
    }
}

/// A form without texts of its own, and without a locale, is in the language of the browser.
#[test]
fn a_form_without_a_locale_is_shown_in_the_language_of_the_browser() {
    let json =
        json!({ "key": "t", "allowed_origins": [], "fields": [{ "name": "a", "type": "text" }] });
    let form = FormDefinition::parse(&json.to_string()).unwrap();
    for (accept_language, expected) in [
        (
            None,
            [
                "<html lang=\"en\">",
                "<h1>Contact us</h1>",
                "(optional)",
                ">Send</button>",
                "<h1>Thank you.",
            ],
        ),
        (
            Some("fr-CH"),
            [
                "<html lang=\"fr-CH\">",
                "<h1>Contact</h1>",
                "(facultatif)",
                ">Envoyer</button>",
                "<h1>Merci.",
            ],
        ),
        (
            Some("ar"),
            [
                "<html lang=\"ar\" dir=\"rtl\">",
                "<h1>اتصل بنا</h1>",
                "(اختياري)",
                ">إرسال</button>",
                "<h1>شكرًا",
            ],
        ),
    ] {
        let visit = Visit {
            accept_language,
            ..Visit::default()
        };
        let page =
            form_page(&form, "", visit).body + &thanks_page(&form, "", accept_language, false).body;
        for expected in expected {
            assert!(page.contains(expected), "{expected}: {page}");
        }
    }
    let public: serde_json::Value = serde_json::from_str(&form.public_json).unwrap();
    for path in ["/locale", "/submit_label", "/on_success/message"] {
        assert!(public.pointer(path).unwrap().is_null(), "{path}");
    }
}
