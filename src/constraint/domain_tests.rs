//! International domains, compared with the full table of UTS 46.

use super::*;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

fn by_the_whole_table(domain: &str) -> Option<String> {
    let ascii = Uts46::new().to_ascii(
        domain.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::Check,
        DnsLength::Ignore,
    );
    ascii.ok().map(|ascii| ascii.into_owned())
}

#[test]
fn converts_known_domains() {
    for (domain, ascii) in [
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("MÜNCHEN.DE", "xn--mnchen-3ya.de"),
        ("παράδειγμα.ελ", "xn--hxajbheg2az3al.xn--qxam"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("실례.com", "xn--9n2bp8q.com"),
        ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"),
        ("straße.de", "xn--strae-oqa.de"),
        ("σοφός.gr", "xn--0xagbn4a.gr"),
        ("ΣΟΦΌΣ.gr", "xn--0xahbl4a.gr"),
        ("ex\u{200b}ample\u{feff}.c\u{ad}om", "example.com"),
        ("ex\u{2060}ample.com\u{fe0f}", "example.com"),
        ("ｅｘａｍｐｌｅ．ＣＯＭ", "example.com"),
        ("mün\u{ad}chen｡de", "xn--mnchen-3ya.de"),
    ] {
        assert_eq!(normalize(domain).as_deref(), Some(ascii), "{domain}");
        assert_eq!(
            by_the_whole_table(domain).as_deref(),
            Some(ascii),
            "{domain}"
        );
    }
    // The full table keeps joiners, depending on their neighbours.
    for (domain, ascii) in [
        ("a\u{200c}b.com", "ab.com"),
        ("ex\u{200d}ample.com", "example.com"),
        ("ab--ü.de", "xn--ab---3ra.de"),
    ] {
        assert_eq!(normalize(domain).as_deref(), Some(ascii), "{domain}");
    }
}

#[test]
fn a_domain_that_cannot_be_converted_stays_as_typed() {
    for domain in [
        "हिन्दी.in",
        "தமிழ்.in",
        "ไทย.th",
        "mu\u{308}nchen.de",
        "☃.net",
        "i❤.ws",
        "😀.com",
        "ﬁ.de",
        "½.com",
        "l·l.cat",
        "גּ.il",
        "क्\u{200d}ष.in",
        "Ⅷ.Example.com",
    ] {
        assert_eq!(normalize(domain).as_deref(), Some(domain));
    }
    assert_eq!(normalize("ไทย\u{200b}．th").as_deref(), Some("ไทย.th"));
}

#[test]
fn refuses_what_is_not_a_domain() {
    let long = "ü".repeat(60);
    for domain in [
        "\u{301}a.com",
        "מa.com",
        "1.מ.com",
        "1מ.com",
        "٣.com",
        "ü-.de",
        "-ü.de",
        "xn--ü.de",
        "ü b.de",
        "ü_b.de",
        "ü!.de",
        "ü\u{a0}.de",
        "´.com",
        "b…c",
        "\u{e000}.com",
        "\u{378}.com",
        "\u{e0001}.com",
        "ü\0.de",
        &format!("{long}.de"),
        &format!("{}ü", "b.".repeat(130)),
    ] {
        assert_eq!(normalize(domain), None, "{domain}");
    }
}

#[test]
fn every_character_is_converted_as_by_the_full_table() {
    let mut converted = 0;
    for character in ('\u{80}'..=char::MAX).filter(|&character| is_convertible(character)) {
        let domain = if is_right_to_left(character) {
            format!("{character}{character}")
        } else {
            format!("a{character}-b{character}1.com")
        };
        let ascii = normalize(&domain);
        assert!(
            ascii.is_some() && ascii == by_the_whole_table(&domain),
            "{domain}: {ascii:?}"
        );
        converted += 1;
    }
    assert!(converted > 40_000, "{converted}");
}
