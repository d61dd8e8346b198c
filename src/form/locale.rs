//! Checks the language tag of a form (RFC 5646); its language must have a code of two letters.

/// Checks a tag, `en` or `pt-BR`: a language, then a script, a region or variants.
///
/// # Errors
/// The reason, with a suggestion.
pub(super) fn check_locale(tag: &str) -> Result<(), &'static str> {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    if tag.contains('_') {
        return Err("is written with a hyphen: en-US");
    }
    if !LANGUAGES.split(' ').any(|known| known == language) {
        return Err(
            "is not supported: it begins with the two small letters of a language (ISO 639), like en or pt-BR",
        );
    }
    let is_alphanumeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // A single letter begins an extension, which has no use in a form.
    let is_valid = parts.all(|part| (2..=8).contains(&part.len()) && is_alphanumeric(part));
    (is_valid && tag.len() <= MAX_LOCALE_BYTES)
        .then_some(())
        .ok_or("is no language tag, like en, pt-BR or zh-Hant-TW")
}

/// The longest tag, as RFC 5646 section 4.4.1 recommends: bytes.
pub const MAX_LOCALE_BYTES: usize = 35;
/// ISO 639-1.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it \
    iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd \
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su \
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_languages_by_their_tags() {
        for tag in [
            "en",
            "de-AT",
            "zh-Hant-TW",
            "es-419",
            "de-1996",
            "ca-valencia",
        ] {
            assert_eq!(check_locale(tag), Ok(()), "{tag}");
        }
        let too_long = format!("en{}", "-abcdefgh".repeat(4));
        for tag in [
            "",
            "e",
            "EN",
            "xx",
            "klingon",
            "en_US",
            "en-",
            "en--US",
            "en-u-ca-buddhist",
            "en-\u{fc}x",
            "de AT",
            &too_long,
        ] {
            assert!(check_locale(tag).is_err(), "{tag}");
        }
    }
}
