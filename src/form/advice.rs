//! Suggests what the author of a definition meant: unknown attribute names and unknown kinds of field.

use super::fault::DefinitionFault;
use super::kind::FieldKind;
use super::known_names::{KIND_SLIPS, KNOWN, SLIPS};
use super::read::{MUST_BE_OBJECT, UNKNOWN};

/// Rewrites a fault of the JSON reader in words for the owner.
pub(super) fn explained(fault: DefinitionFault) -> DefinitionFault {
    let DefinitionFault { path, reason } = fault;
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", &path));
    let known = KNOWN
        .iter()
        .find(|(context, _)| *context == kind_of(parent))
        .map_or(&[][..], |(_, names)| names);
    let reason = if reason.starts_with(UNKNOWN) {
        of_unknown(name, known)
    } else if reason == MUST_BE_OBJECT
        && parent.starts_with("fields[")
        && name.starts_with("options[")
    {
        format!("{reason} such as {{ \"value\": \"s\", \"label\": \"Small\" }}")
    } else {
        reason
    };
    DefinitionFault { path, reason }
}

/// `fields[2].options[0]` as `fields.options`.
fn kind_of(path: &str) -> String {
    let parts = path
        .split('.')
        .map(|part| part.split('[').next().unwrap_or(part));
    parts.collect::<Vec<_>>().join(".")
}

fn of_unknown(name: &str, known: &[&str]) -> String {
    if ["//", "/*", "#"].iter().any(|mark| name.starts_with(mark))
        || simple(name).trim_start_matches('$').starts_with("comment")
    {
        return "is a comment, and a definition has no place for one; take it out".to_owned();
    }
    match meant(name, known, SLIPS) {
        Some(meant) => format!("is not known here; did you mean {meant}?"),
        None => format!("is not known here; known are {}", known.join(", ")),
    }
}

/// The reason for an unknown kind.
pub(super) fn of_kind(kind: &str) -> String {
    let kinds: Vec<&str> = FieldKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let all = kinds.join(", ");
    if kind.is_empty() {
        return format!("is missing; the kinds are {all}");
    }
    match meant(kind, &kinds, KIND_SLIPS) {
        Some(meant) => format!("is not a kind of field; did you mean {meant}? The kinds are {all}"),
        None => format!("is not a kind of field; the kinds are {all}"),
    }
}

/// The known name that was meant: one that differs only in case and separators, else one listed in `slips`, else the
/// one with the smallest edit distance.
fn meant<'a>(written: &str, known: &[&'a str], slips: &[(&str, &'a str)]) -> Option<&'a str> {
    let written = simple(written);
    let same = known.iter().copied().find(|name| simple(name) == written);
    let slip = || {
        let mut meant = slips
            .iter()
            .filter(|(slip, _)| slip.split(' ').any(|slip| slip == written))
            .map(|(_, meant)| *meant);
        meant.find(|meant| known.contains(meant) || is_inside(meant, known))
    };
    let near = || {
        let distance = |name: &str| distance(&written, &simple(name));
        let nearest = known.iter().copied().min_by_key(|name| distance(name))?;
        (distance(nearest) <= 1 + written.len() / 5).then_some(nearest)
    };
    same.or_else(slip).or_else(near)
}

/// `on_success.redirect` where `on_success` is known.
fn is_inside(name: &str, known: &[&str]) -> bool {
    name.split_once('.')
        .is_some_and(|(parent, _)| known.contains(&parent))
}

fn simple(name: &str) -> String {
    let letters = name
        .chars()
        .filter(|letter| !matches!(letter, '_' | '-' | ' '));
    letters.flat_map(char::to_lowercase).collect()
}

/// The edit distance: how many letters have to be changed, inserted or deleted:
/// <https://en.wikipedia.org/wiki/Levenshtein_distance>.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        for (place, of_other) in row.iter_mut().skip(1).zip(other.chars()) {
            let above = *place;
            *place = (diagonal + usize::from(letter != of_other)).min(above.min(left) + 1);
            (diagonal, left) = (above, *place);
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
#[path = "advice_tests.rs"]
mod tests;
