//! The items of the OWASP Application Security Verification Standard 5.0 that apply, each with the test that covers it: the table
//! of `docs/security.md`.

use std::fs;

/// The items, in order.
const ITEMS: [&str; 52] = [
    "1.1.1", "1.2.1", "1.2.2", "1.2.4", "1.2.10", "1.3.12", "1.4.2", "1.5.2", "1.5.3", "2.2.1",
    "2.2.2", "2.3.2", "2.3.3", "2.4.1", "3.2.1", "3.2.2", "3.4.1", "3.4.2", "3.4.3", "3.4.4",
    "3.4.5", "3.4.6", "3.5.1", "3.5.2", "3.5.3", "3.7.2", "4.1.1", "4.1.4", "5.2.1", "8.2.1",
    "8.3.1", "9.1.1", "9.1.2", "9.1.3", "9.2.1", "9.2.2", "9.2.3", "11.2.3", "11.2.4", "11.4.1",
    "12.2.1", "12.3.1", "13.3.1", "14.2.1", "14.2.4", "14.3.2", "16.2.5", "16.3.3", "16.4.1",
    "16.5.1", "16.5.2", "16.5.3",
];

/// The rows of the table: item, file and test.
fn rows() -> Vec<(String, String, String)> {
    let page = fs::read_to_string("docs/security.md").unwrap();
    let (_, table) = page.split_once("## OWASP ASVS").unwrap();
    let cells = |line: &str| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let item = cells.next()?.to_owned();
        let (file, test) = cells.nth(1)?.strip_prefix('`')?.split_once("`: ")?;
        Some((item, file.to_owned(), test.to_owned()))
    };
    table.lines().filter_map(cells).collect()
}

#[test]
fn the_table_has_every_item_once_and_in_order() {
    let items: Vec<String> = rows().into_iter().map(|(item, ..)| item).collect();
    assert_eq!(items, ITEMS);
}

#[test]
fn every_item_names_a_test_that_exists() {
    for (item, file, test) in rows() {
        let source =
            fs::read_to_string(&file).unwrap_or_else(|error| panic!("{item} {file}: {error}"));
        let is_there = match file.ends_with(".rs") {
            true => source.contains(&format!("fn {test}(")),
            false => source.contains(&format!("\"{test}\"")),
        };
        assert!(is_there, "{item}: {file} has no test {test}");
    }
}
