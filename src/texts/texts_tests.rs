use super::*;

/// The tags, English first.
const TAGS: [&str; 10] = ["en", "ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt"];

fn locale(tag: &str) -> Locale<'_> {
    let by_form = Some(tag);
    let wanted = Wanted {
        by_form,
        by_browser: None,
    };
    wanted.locale()
}

#[test]
fn ten_languages_have_texts() {
    let tags: Vec<&str> = LANGUAGES.iter().map(|(tag, _)| *tag).collect();
    assert_eq!(tags, TAGS);
    assert_eq!(locale("de-AT").text(OPTIONAL), "(optional)");
    assert_eq!(locale("PL").text(SUBMIT), "Wyślij");
    for tag in ["tlh", "", "de_AT", "-"] {
        assert_eq!(Language::of(tag), None, "{tag}");
    }
    // As many texts in every language, and none is empty or has a placeholder that was not packed.
    let count = ENGLISH.texts().len();
    for (tag, texts) in &LANGUAGES {
        assert_eq!(texts.len(), count, "{tag}");
        for text in *texts {
            assert!(
                !text.is_empty() && !text.contains(['{', '}']),
                "{tag}: {text}"
            );
        }
    }
}

/// With another build's a text would be another one.
#[test]
fn texts_are_loaded_whole_or_not_at_all() {
    let german = Language::of("de").unwrap();
    assert!(!german.is_missing());
    let packed = &(german.texts().join("\n") + "\n");
    for (packed, is_loaded) in [
        ("", false),
        (&packed.replace('a', "b"), true),
        (packed.trim_end(), false),
        (&[packed, "\n"].concat(), false),
    ] {
        assert_eq!(german.load(packed.to_owned()), is_loaded, "{packed}");
    }
}

#[test]
fn a_text_is_written_in_another_language_and_not_copied_from_english() {
    // `(optional)`, `Kontakt` and `Error:` are the same in another language.
    for tag in &TAGS[1..] {
        let texts = Language::of(tag).unwrap().texts().iter();
        let same = texts
            .zip(ENGLISH.texts())
            .filter(|(text, english)| text == english);
        assert!(
            same.clone().count() <= 1,
            "{tag}: {:?}",
            same.collect::<Vec<_>>()
        );
    }
}

/// Every placeholder of the English texts, and no other, is filled in by name.
#[test]
fn a_placeholder_is_replaced_once_and_a_value_is_not_read_again() {
    let values = ["\u{2}{value}", "x"];
    assert_eq!(
        locale("en").fill(WRONG_FORM_HINT, &values),
        "\u{2}{value} is not in the expected form: x"
    );
}

/// <https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html>.
#[test]
fn a_number_has_the_form_of_its_language() {
    for (tag, count, text) in [
        ("en", 0, "0 characters"),
        ("en", 1, "1 character"),
        ("en", 1000, "1,000 characters"),
        ("de", 1, "1 Zeichen"),
        ("fr", 0, "0 caractère"),
        ("fr", 2, "2 caractères"),
        ("pt", 0, "0 caractere"),
        ("es", 0, "0 caracteres"),
        ("it", 1, "1 carattere"),
        ("nl", 2, "2 tekens"),
        ("ja", 1, "1文字"),
        ("pl", 1, "1 znak"),
        ("pl", 2, "2 znaki"),
        ("pl", 4, "4 znaki"),
        ("pl", 5, "5 znaków"),
        ("pl", 12, "12 znaków"),
        ("pl", 14, "14 znaków"),
        ("pl", 21, "21 znaków"),
        ("pl", 22, "22 znaki"),
        ("pl", 112, "112 znaków"),
        ("pl", 0, "0 znaków"),
        ("ar", 0, "0 حرف"),
        ("ar", 1, "حرف واحد"),
        ("ar", 2, "حرفين"),
        ("ar", 3, "3 أحرف"),
        ("ar", 10, "10 أحرف"),
        ("ar", 11, "11 حرفًا"),
        ("ar", 99, "99 حرفًا"),
        ("ar", 100, "100 حرف"),
        ("ar", 102, "102 حرف"),
        ("ar", 103, "103 أحرف"),
    ] {
        assert_eq!(locale(tag).plural(CHARACTERS, count), text, "{tag} {count}");
    }
}

#[test]
fn a_language_has_as_many_forms_as_its_rule_knows() {
    for tag in TAGS {
        let used = (0..=1000).map(|count| plural::form(tag, count)).max();
        for text in [CHARACTERS, SECONDS, MINUTES] {
            let forms = locale(tag).text(text).split('|').count();
            assert_eq!(Some(forms - 1), used, "{tag}");
        }
    }
}

/// What `Intl.NumberFormat` of V8 writes.
#[test]
fn a_number_is_written_as_in_its_locale() {
    for (tag, number, written) in [
        ("en", "1234.5", "1,234.5"),
        ("en-GB", "-1234567.25", "-1,234,567.25"),
        ("de", "1234.5", "1.234,5"),
        ("de-AT", "12345", "12\u{a0}345"),
        ("de-CH", "1234.5", "1’234.5"),
        ("fr", "1234.5", "1\u{202f}234,5"),
        ("fr-CA", "1234.5", "1\u{a0}234,5"),
        ("es", "1234.5", "1234,5"),
        ("es", "12345", "12.345"),
        ("es-MX", "1234.5", "1,234.5"),
        ("pt-BR", "1234.5", "1.234,5"),
        ("pt-PT", "1234", "1234"),
        ("pt-PT", "12345.5", "12\u{a0}345,5"),
        ("it", "1234", "1234"),
        ("it-CH", "12345.5", "12’345.5"),
        ("nl", "1234.5", "1.234,5"),
        ("pl", "1234", "1234"),
        ("pl", "12345.5", "12\u{a0}345,5"),
        ("ja", "1234.5", "1,234.5"),
        ("ar", "1234.5", "1,234.5"),
        ("ar-MA", "1234.5", "1.234,5"),
        ("de", "100", "100"),
        ("de", "-100", "-100"),
        ("de", "0.5", "0,5"),
        ("de", "1e+21", "1e+21"),
        // A language without texts.
        ("fi", "1234.5", "1,234.5"),
    ] {
        assert_eq!(locale(tag).number(number), written, "{tag} {number}");
    }
}

#[test]
fn a_number_is_read_as_the_locale_writes_it() {
    for (tag, written, number) in [
        ("en", "1,500", Some("1500")),
        ("en", "1,234,567.5", Some("1234567.5")),
        ("en", "1.5", Some("1.5")),
        ("en", " 12 ", Some("12")),
        ("en", ".5", Some(".5")),
        ("en", "-.5", Some("-.5")),
        ("en", "1,5", None),
        ("en", "1,50", None),
        ("en", "1,5000", None),
        ("en", "1234,500", None),
        ("en", ",500", None),
        ("en", "1,500,", None),
        ("en", "1.2.3", None),
        ("en", "12 people", None),
        ("en", "1e5", None),
        ("en", "-", None),
        ("en", ".", None),
        ("en", "", None),
        ("de", "1.500", Some("1500")),
        ("de", "2.500,50", Some("2500.50")),
        ("de", "1,5", Some("1.5")),
        ("de", "1 500,5", Some("1500.5")),
        // HTML reads these.
        ("de", "1.5", None),
        ("de", "2500.5", None),
        ("de-CH", "1’500.5", Some("1500.5")),
        ("fr", "1\u{202f}234,5", Some("1234.5")),
        ("pl", "\u{2212}12\u{a0}345", Some("-12345")),
        ("ar", "1,500", Some("1500")),
    ] {
        assert_eq!(
            locale(tag).read_number(written).as_deref(),
            number,
            "{tag} {written}"
        );
    }
    for (tag, number, editable) in [
        ("de", "2500.5", "2500,5"),
        ("en", "2500.5", "2500.5"),
        ("de", "2.500,5", "2.500,5"),
        ("de", "a.b", "a.b"),
        ("de", "1.2.3", "1.2.3"),
    ] {
        assert_eq!(locale(tag).editable(number), editable, "{tag} {number}");
    }
}

#[test]
fn the_form_decides_about_the_language_then_the_browser() {
    for (by_form, by_browser, tag, language) in [
        (Some("de-CH"), Some("fr"), "de-CH", "de"),
        (None, Some("fr-CH, fr;q=0.9, en;q=0.8"), "fr-CH", "fr"),
        (None, None, "en", "en"),
        (None, Some("fi"), "en", "en"),
        // The form's own texts are Finnish, so the page is.
        (Some("fi"), Some("sv, de;q=0.5"), "fi", "de"),
        (Some("fi"), None, "fi", "en"),
    ] {
        let wanted = Wanted {
            by_form,
            by_browser,
        };
        let locale = wanted.locale();
        assert_eq!(
            (locale.tag, locale.language.tag()),
            (tag, language),
            "{wanted:?}"
        );
    }
}

#[test]
fn the_browsers_favourite_is_the_first_with_the_highest_weight() {
    for (header, tag) in [
        ("de", Some("de")),
        ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", Some("de-DE")),
        ("sv-SE, sv;q=0.9, en;q=0.8", Some("en")),
        ("en;q=0.5, ja", Some("ja")),
        ("en ; q=0.5 , pl ; q=0.51", Some("pl")),
        ("fr;q=0.8, it;q=0.8", Some("fr")),
        ("de;q=0, fr;q=0.001", Some("fr")),
        ("de;q=0.000", None),
        ("DE-at", Some("DE-at")),
        ("*", None),
        ("", None),
        ("de;q=x, en;q=22, nl;q=", None),
        ("d\u{e9}, \"de\", de<script>", None),
        (&format!("de{}", "-x".repeat(30)), None),
        (&format!("{}de", "sv,".repeat(20)), None),
        (&format!("{}de", "sv,".repeat(19)), Some("de")),
    ] {
        let found = accept::favourite(header).map(|locale| locale.tag);
        assert_eq!(found, tag, "{header}");
    }
}
