//! What an isolate counts, and when it writes.

use super::*;

const NOW: UnixMillis = UnixMillis(1_795_651_200_000);

fn rows(usage: &mut Usage) -> Vec<Value> {
    serde_json::from_str(&usage.take().to_json()).unwrap()
}

#[test]
fn counts_by_form_day_origin_and_outcome() {
    let mut usage = Usage::default();
    let page = Some("https://example.com");
    let tomorrow = NOW.plus(86_400_000);
    for (form, origin, outcome, now) in [
        ("a", page, ACCEPTED, NOW),
        ("a", page, ACCEPTED, NOW.plus(5)),
        ("a", page, "invalid", NOW),
        ("b", page, ACCEPTED, NOW),
        ("a", None, "origin_missing", NOW),
        ("a", Some("null"), "origin_null", NOW),
        ("a", Some("ada@example.com"), "origin_not_allowed", NOW),
        ("a", page, ACCEPTED, tomorrow),
    ] {
        usage.count(form, origin, outcome, now);
    }
    let page = "https://example.com";
    assert_eq!(
        rows(&mut usage),
        [
            json!(["2026-11-26", "a", page, "accepted", 2, NOW.0 + 5]),
            json!(["2026-11-26", "a", page, "invalid", 1, NOW.0]),
            json!(["2026-11-26", "b", page, "accepted", 1, NOW.0]),
            json!(["2026-11-26", "a", "none", "origin_missing", 1, NOW.0]),
            json!(["2026-11-26", "a", "null", "origin_null", 1, NOW.0]),
            json!([
                "2026-11-26",
                "a",
                "unreadable",
                "origin_not_allowed",
                1,
                NOW.0
            ]),
            json!(["2026-11-27", "a", page, "accepted", 1, tomorrow.0]),
        ]
    );
}

#[test]
fn fifty_origins_of_a_form_have_an_entry_and_the_rest_has_one() {
    let mut usage = Usage::default();
    for site in 0..200 {
        let origin = format!("https://site-{site}.example");
        usage.count("a", Some(&origin), "origin_not_allowed", NOW);
        usage.count("a", Some(&origin), "load_refused", NOW);
    }
    usage.count("a", None, "origin_missing", NOW);
    usage.count("a", Some("https://example.com"), ACCEPTED, NOW);
    usage.count(
        "b",
        Some("https://site-7.example"),
        "origin_not_allowed",
        NOW,
    );
    let rows = rows(&mut usage);
    let of = |name: &str| rows.iter().filter(|row| row[2] == name).count();
    assert_eq!(rows.len(), 2 * (MAX_ORIGINS + 1) + 3);
    assert_eq!(rows.iter().find(|row| row[2] == "other").unwrap()[4], 150);
    assert_eq!(
        (
            of("none"),
            of("https://example.com"),
            of("https://site-7.example")
        ),
        (1, 1, 3)
    );
    assert_eq!(
        (of("https://site-49.example"), of("https://site-50.example")),
        (2, 0)
    );
}

#[test]
fn memory_is_bounded() {
    let mut usage = Usage::default();
    for form in 0..1_000 {
        for site in 0..10 {
            let origin = format!("https://site-{site}.example");
            usage.count(
                &format!("form-{form}"),
                Some(&origin),
                "origin_not_allowed",
                NOW,
            );
        }
    }
    let rows = rows(&mut usage);
    assert_eq!(rows.len(), MAX_ENTRIES + 900);
    let counted: u64 = rows.iter().map(|row| row[4].as_u64().unwrap()).sum();
    assert_eq!(
        counted, 10_000,
        "the entries of other origins are not full yet"
    );
}

#[test]
fn a_long_origin_keeps_its_end() {
    let mut usage = Usage::default();
    let long = format!("https://{}example.com", "a.".repeat(60));
    usage.count("a", Some(&long), ACCEPTED, NOW);
    let longest = format!("https://{}com", "b.".repeat(44) + "b");
    assert_eq!(longest.len(), MAX_ORIGIN_BYTES);
    usage.count("a", Some(&longest), ACCEPTED, NOW);
    let rows = rows(&mut usage);
    let cut = rows[0][2].as_str().unwrap();
    assert!(
        cut.len() == MAX_ORIGIN_BYTES && cut.ends_with(".a.example.com"),
        "{cut}"
    );
    assert_eq!(rows[1][2], longest);
}

#[test]
fn writes_at_most_once_in_ten_seconds_and_keeps_what_was_not_written() {
    let mut usage = Usage::default();
    assert_eq!(usage.start_write(NOW), None, "there is nothing to write");
    usage.count("a", None, "origin_missing", NOW);
    assert_eq!(usage.start_write(NOW), Some(0));
    assert_eq!(usage.start_write(NOW), None, "one is running");
    let batch = usage.take();
    usage.count("a", None, "origin_missing", NOW.plus(1));
    usage.write_ended(batch, false, NOW.plus(2));
    assert_eq!(usage.start_write(NOW.plus(2_002)), Some(8_000));
    let batch = usage.take();
    assert!(
        batch.to_json().contains("\"origin_missing\",2,"),
        "{}",
        batch.to_json()
    );
    usage.write_ended(batch, true, NOW.plus(10_002));
    assert_eq!(usage.start_write(NOW.plus(10_003)), None);
    usage.count("a", None, "origin_missing", NOW.plus(10_004));
    assert_eq!(usage.start_write(NOW.plus(10_004)), Some(9_998));
    assert_eq!(usage.start_write(NOW.plus(40_003)), None);
    assert_eq!(
        usage.start_write(NOW.plus(40_004)),
        Some(0),
        "that one was cancelled"
    );
}

#[test]
fn counts_are_kept_for_ninety_days() {
    assert_eq!(oldest_day(NOW), "2026-08-28");
}

#[test]
fn a_page_that_loads_a_form_is_counted_once_in_a_minute() {
    let mut usage = Usage::default();
    let page = "https://example.com";
    for (form, origin, after_ms) in [
        ("a", page, 0),
        ("a", page, 1),
        ("a", page, LOAD_INTERVAL_MS - 1),
        ("b", page, 5),
        ("a", "https://example.org", 6),
        ("a", page, LOAD_INTERVAL_MS),
    ] {
        usage.count_load(form, origin, NOW.plus(after_ms));
    }
    let day = "2026-11-26";
    assert_eq!(
        rows(&mut usage),
        [
            json!([day, "a", page, "loaded", 2, NOW.0 + LOAD_INTERVAL_MS]),
            json!([day, "b", page, "loaded", 1, NOW.0 + 5]),
            json!([day, "a", "https://example.org", "loaded", 1, NOW.0 + 6]),
        ]
    );
}

#[test]
fn loads_of_two_hundred_forms_and_origins_are_remembered_for_a_minute() {
    let mut loads = Loads::default();
    for form in 0..MAX_LOADS {
        assert!(loads.is_due(&form.to_string(), "https://example.com", NOW));
    }
    assert!(!loads.is_due("other", "https://example.com", NOW));
    let later = NOW.plus(LOAD_INTERVAL_MS);
    assert!(loads.is_due("other", "https://example.com", later));
}

#[test]
fn refused_loads_and_submissions_leave_its_places_to_a_page_that_loads_the_form() {
    let mut usage = Usage::default();
    for site in 0..200 {
        let origin = format!("https://site-{site}.example");
        usage.count("a", Some(&origin), LOAD_REFUSED, NOW);
    }
    usage.count_load("a", "https://example.com", NOW);
    assert!(
        rows(&mut usage)
            .iter()
            .any(|row| row[2] == "https://example.com")
    );
}
