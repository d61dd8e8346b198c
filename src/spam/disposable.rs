//! Whether a mail domain gives addresses away for minutes, by a table of hashes that `tools/disposable.mjs` makes of two
//! published lists.
//!
//! The first eleven bits of a domain's hash are its bucket, the next eight are in the table: of other domains, one in 140 is
//! taken for a disposable one.

use crate::hash::sha256;

/// Whether a domain, or one that it is below, is disposable. Case is ignored.
pub(super) fn is_disposable(domain: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    let mut rest = domain.as_str();
    while let Some((_, parent)) = rest.split_once('.') {
        if is_listed(rest) {
            return true;
        }
        rest = parent;
    }
    false
}

fn is_listed(domain: &str) -> bool {
    let [low, middle, high, ..] = sha256(domain.as_bytes());
    let bucket = usize::from(low) | usize::from(middle & 7) << 8;
    let wanted = middle >> 3 | high << 5;
    let Some((counts, hashes)) = TABLE.split_at_checked(BUCKETS / 2) else {
        return false;
    };
    // Two buckets have their counts in a byte, the first one in the low half.
    let both = |byte: &u8| usize::from(byte & 15) + usize::from(byte >> 4);
    // Most of the sum is that of eight bytes at a time: their halves, the halves' pairs, and all pairs in the highest byte.
    let (whole, rest) = counts.get(..bucket / 2).unwrap_or_default().as_chunks();
    let eight = |bytes: &[u8; 8]| {
        let word = u64::from_ne_bytes(*bytes);
        let sums = (word & HALVES) + (word >> 4 & HALVES);
        (sums.wrapping_mul(u64::from_ne_bytes([1; 8])) >> 56) as usize
    };
    let before = whole.iter().map(eight).sum::<usize>() + rest.iter().map(both).sum::<usize>();
    let byte = counts.get(bucket / 2).copied().unwrap_or_default();
    let (start, count) = match bucket % 2 {
        0 => (before, byte & 15),
        _ => (before + usize::from(byte & 15), byte >> 4),
    };
    let hashes = hashes.iter().skip(start).take(count.into());
    hashes.into_iter().any(|hash| *hash == wanted)
}

const BUCKETS: usize = 2_048;
const HALVES: u64 = u64::from_ne_bytes([15; 8]);
const TABLE: &[u8] = include_bytes!("disposable.bin");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_domains_and_those_below_them_are_disposable() {
        for (domain, expected) in [
            ("mailinator.com", true),
            ("MAILINATOR.com", true),
            ("any.mailinator.com", true),
            ("yopmail.com", true),
            ("guerrillamail.com", true),
            ("10minutemail.com", true),
            ("sharklasers.com", true),
            ("trashmail.com", true),
            ("gmail.com", false),
            ("mailinator.com.example.org", false),
            ("notmailinator.example", false),
            ("com", false),
            ("", false),
            (".", false),
            ("example.com", false),
            ("xn--strae-oqa.de", false),
        ] {
            assert_eq!(is_disposable(domain), expected, "{domain}");
        }
    }

    #[test]
    fn few_other_domains_are_taken_for_disposable_ones() {
        let wrong = (0..10_000)
            .filter(|number| is_listed(&format!("company-{number}.example")))
            .count();
        assert!(wrong < 120, "{wrong}");
    }

    #[test]
    fn the_counts_of_the_table_are_those_of_its_hashes() {
        let (counts, hashes) = TABLE.split_at(BUCKETS / 2);
        let sum: usize = counts
            .iter()
            .map(|byte| usize::from(byte & 15) + usize::from(byte >> 4))
            .sum();
        assert_eq!(sum, hashes.len());
        assert!(sum > 3_000, "{sum}");
    }
}
