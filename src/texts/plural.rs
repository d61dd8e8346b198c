//! Which form of a text goes with a whole number: the cardinal rules of CLDR,
//! <https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html>.

/// The index of the form, in the order of the language's categories. The category `many` that French, Italian, Portuguese and
/// Spanish have for millions is left out: no text counts so far.
pub(super) fn form(language: &str, count: u64) -> usize {
    let (tens, hundreds) = (count % 10, count % 100);
    match language {
        "ja" => 0,
        "fr" | "pt" => usize::from(count > 1),
        "pl" => match tens {
            _ if count == 1 => 0,
            2..=4 if !(12..=14).contains(&hundreds) => 1,
            _ => 2,
        },
        "ar" => match hundreds {
            _ if count <= 2 => usize::try_from(count).unwrap_or_default(),
            3..=10 => 3,
            11..=99 => 4,
            _ => 5,
        },
        _ => usize::from(count != 1),
    }
}
