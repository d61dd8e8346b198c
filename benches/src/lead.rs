//! The form of the benchmark and what is sent to it: a lead of ten fields, as a sales page asks for them.

use serde_json::{Value, json};

/// The earliest day in `start`.
pub const FIRST_DAY: &str = "2026-01-01";
/// What `size` takes.
pub const SIZES: [&str; 5] = ["1-10", "11-50", "51-250", "251-1000", "1001+"];
/// What `terms` sends when ticked.
pub const AGREED: &str = "agreed";

/// One row of the benchmark.
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// What is sent: an object of text, and one number.
    pub sent: Value,
    /// The fields that are wrong.
    pub at_fault: &'static [&'static str],
}

/// Every row.
pub fn cases() -> [Case; 3] {
    let valid = json!({
        "name": "Ada Lovelace",
        "email": "ada.lovelace@analytical-engines.example.com",
        "phone": "+44 20 7946 0958",
        "website": "https://www.analytical-engines.example.com/about?from=lead",
        "company": "Analytical Engines Ltd",
        "size": "51-250",
        "seats": 40,
        "start": "2027-01-15",
        "message": "We would like to see the product with our own data.\n\
            Two of us could join on any weekday after ten.\n\
            Please bring somebody who knows the import.",
        "terms": AGREED,
    });
    let mut three_wrong = valid.clone();
    three_wrong["email"] = json!("ada.lovelace.example.com");
    three_wrong["seats"] = json!(5_000);
    three_wrong.as_object_mut().unwrap().remove("terms");
    let mut long = valid.clone();
    long["name"] = json!("Zoë Müller-Łukaszewska");
    long["company"] = json!("Größenmaß & Söhne, Αθήνα");
    long["message"] =
        json!("Grüße aus Köln: wir möchten das Produkt sehen, möglichst bald.\r\n".repeat(30));
    [
        Case {
            name: "valid",
            sent: valid,
            at_fault: &[],
        },
        Case {
            name: "three_wrong",
            sent: three_wrong,
            at_fault: &["email", "seats", "terms"],
        },
        Case {
            name: "long",
            sent: long,
            at_fault: &[],
        },
    ]
}
