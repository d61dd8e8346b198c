//! The meaning of patterns, and which are refused. The agreement test compares hundreds of them with a browser.

use super::*;

fn matches(pattern: &str, value: &str) -> bool {
    check(
        value,
        &Pattern::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {}", error.0)),
    )
    .is_ok()
}

#[test]
fn the_whole_value_has_to_match() {
    assert!(matches("a|bb", "bb"));
    assert!(!matches("a|bb", "xbb"));
    assert!(!matches("a", "a\n"));
    assert!(matches("a", ""), "emptiness is for `required`");
    assert!(!matches("", "a"));
}

#[test]
fn classes_are_ascii_and_a_dot_is_a_code_point() {
    assert!(!matches(r"\d", "١"));
    assert!(!matches(r"\w", "é"));
    assert!(matches(".", "😀"));
    assert!(!matches(".", "\u{2028}"));
    assert!(matches(r"\s", "\u{feff}"));
    assert!(
        !matches(r"\s", "\u{85}"),
        "white space in Unicode, not in JavaScript"
    );
}

#[test]
fn reads_the_grammar_of_the_v_flag() {
    for (pattern, value, expected) in [
        ("[[a-z]--[aeiou]]+", "xyz", true),
        ("[[a-z]--[aeiou]]+", "xaz", false),
        ("[[a-z]&&[x-z]]", "y", true),
        ("[[a-z]&&[x-z]]", "a", false),
        ("[^a]", "b", true),
        ("[^]", "\n", true),
        ("[]", "a", false),
        (r"[\w.\-]+@\w+", "a.b-c@d", true),
        ("(?:ab){2,3}?", "ababab", true),
        ("(?:ab){2,3}", "abababab", false),
        ("(?<year>[0-9]{4})", "2026", true),
        (r"\u{1F600}\uD83D\uDE00\x41\cA\0", "😀😀A\u{1}\0", true),
        (r"a\b.\Bb*", "a ", true),
        ("^a$|^b$", "b", true),
        ("(?=.*[0-9])(?=.*[a-z]).{4,}", "abc1", true),
        ("(?=.*[0-9])(?=.*[a-z]).{4,}", "abcd", false),
        (r"^(?!.*@gmail\.com$).+", "ada@gmail.com", false),
        (r"^(?!.*@gmail\.com$).+", "ada@example.com", true),
        (r"[\p{L} '\-]+", "Zoë O'Neill-Σ", true),
        (r"\p{L}+", "Ⅻ", false),
        (r"\P{L}", "Ⅻ", true),
        (r"[^\p{L}0]", "0", false),
    ] {
        assert_eq!(matches(pattern, value), expected, "{pattern} on {value}");
    }
}

#[test]
fn a_short_pattern_matches_as_a_long_one_does() {
    for pattern in [
        "(a|b)*c?",
        "[^a]{2,4}",
        "(?:ab|a)(?:bc|c)",
        "a??b+",
        "",
        ".",
        r"\p{L}+[0-9]*",
    ] {
        let program = Program::compile(&parse::parse(pattern).unwrap()).unwrap();
        let sets = Sets::of(&program).expect("short");
        for value in [
            "", "a", "ab", "abc", "bbbc", "xyz", "xyzzy", "ü1", "😀", "\u{2028}",
        ] {
            for is_prefix in [false, true] {
                assert_eq!(
                    sets.matches(value, is_prefix),
                    program.matches(value, is_prefix),
                    "{pattern} on {value}"
                );
            }
        }
    }
}

#[test]
fn refuses_what_a_browser_would_ignore() {
    for pattern in [
        "[a-z-]+",
        "[\\w.-]+",
        "[(]",
        "[&&]",
        "[!#$%&'*+=?^_`{|}~-]",
        r"\-",
        r"\@",
        r"\_",
        "{",
        "a{,3}",
        "(?i)a",
        "a)|(b",
        "(",
        "[",
        ")",
        "]",
        "}",
        "[b-a]",
        "a{3,2}",
        "a**",
        "*a",
        "^*",
        "(?=a)+",
        r"\u{110000}",
        r"\xZZ",
        r"\u12",
        "a\\",
        r"\c1",
        r"\p",
        "(?<a>x)(?<a>y)",
        "(?<1>x)",
        "[a--b-c]",
        "[a-z--[b]]",
        "[[a]&&&[b]]",
        "[[a]--[b]&&[c]]",
        "[--a]",
        "[a",
        r"\00",
        "(?",
        "(?:",
    ] {
        let refused = Pattern::parse(pattern);
        assert!(refused.is_err(), "{pattern}");
    }
    let advice = Pattern::parse("[a-z-]+").unwrap_err().0;
    assert!(advice.contains(r"write \- for a hyphen"), "{advice}");
}

#[test]
fn refuses_what_has_no_bound_in_linear_time() {
    for pattern in [
        r"(a)\1",
        r"(?<a>x)\k<a>",
        "(?<=a)b",
        "a(?=b)b",
        "(?:(?=a)a)",
        "(?=a)a|b",
        "a{1000}",
        "(?:a{100}){100}",
        "a{0,99999999999}",
        r"\p{Script=Greek}",
        r"[\q{ab|c}]",
        &"(".repeat(500),
        &"[".repeat(500),
        &"a".repeat(501),
        // The steps of all look-aheads and of the rest are added up.
        &format!("{}a", "(?=a{0,490})".repeat(26)),
        &format!("{}a", "(?!a{0,490})".repeat(26)),
        "(?=a{499})(?!a{498})a",
        "^(?=a{500})a{500}",
    ] {
        assert!(Pattern::parse(pattern).is_err(), "{pattern}");
    }
    for pattern in [
        "a".repeat(500),
        "a{998}".to_owned(),
        "(?=a{499})(?!a{497})a".to_owned(),
        "(?:){4000000000}".to_owned(),
        format!("{}a{}", "(".repeat(29), ")".repeat(29)),
    ] {
        assert!(Pattern::parse(&pattern).is_ok(), "{pattern}");
    }
}

#[test]
fn nested_repetition_takes_linear_time() {
    let value = format!("{}!", "a".repeat(30_000));
    for pattern in ["(a+)+b", "(a|a)*b", "(a*)*b", "(a?){300}b"] {
        assert!(!matches(pattern, &value), "{pattern}");
    }
}

/// The characters of a `\p{…}` by another crate's tables, which may be of an older Unicode version.
fn by_other_tables(name: &str) -> impl Fn(char) -> bool {
    let hir = regex_syntax::parse(&format!("\\p{{{name}}}")).unwrap();
    let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) =
        hir.into_kind()
    else {
        panic!("{name} is no class")
    };
    move |character| {
        let ranges = class.ranges();
        let after = ranges.partition_point(|range| range.start() <= character);
        after > 0 && character <= ranges[after - 1].end()
    }
}

#[test]
fn unicode_is_as_in_another_crates_tables() {
    let is_unassigned = by_other_tables("Cn");
    // U+0295 changed its category in Unicode 17.
    let assigned: Vec<char> = ('\0'..='\u{1ffff}')
        .filter(|&character| !is_unassigned(character) && character != '\u{295}')
        .collect();
    for name in [
        "L",
        "Lu",
        "Ll",
        "M",
        "N",
        "Alphabetic",
        "Uppercase",
        "Lowercase",
    ] {
        let (ours, theirs) = (class::Property::parse(name).unwrap(), by_other_tables(name));
        let differs = |character: &&char| ours.has(u32::from(**character)) != theirs(**character);
        let differing: Vec<&char> = assigned.iter().filter(differs).collect();
        assert!(differing.is_empty(), "{name}: {differing:?}");
    }
    assert_eq!(
        class::Property::parse("gc=Letter"),
        class::Property::parse("L")
    );
    assert!(class::Property::parse("gc=Alphabetic").is_none());
}
