//! Prints which pages loaded a form and sent it, and what was refused.

use formgate::admin::{self, MAX_LISTED};
use formgate::export;
use formgate::form::FormKey;
use formgate::inbox::Cursor;

use crate::given::wanted;
use crate::protocol::{PipedDatabase, print};
use crate::{detail_of, find_form};

/// Prints both tables.
pub async fn print_all() -> Result<(), String> {
    let form = wanted("FORM", "which form's?")?;
    let form = FormKey::parse(&form).map_err(|_| "FORM is no form key")?;
    find_form(&form).await?;
    let seen = admin::pages_seen(&PipedDatabase, &form).await;
    print_row(["page", "accepted", "last_at", "", ""]);
    for page in seen.map_err(detail_of)? {
        let (count, last_at) = (page.accepted.to_string(), page.last_at.to_rfc3339());
        print_row([&page.origin, &count, &last_at, "", ""]);
    }
    print("\n");
    print_row(["page", "refused", "last_at", "day", "reason"]);
    let mut place = Some(Cursor::default());
    while let Some(after) = place {
        let page = admin::rejects(&PipedDatabase, &form, &after, MAX_LISTED).await;
        let page = page.map_err(detail_of)?;
        for entry in &page.entries {
            let (count, last_at) = (entry.count.to_string(), entry.last_at.to_rfc3339());
            print_row([&entry.origin, &count, &last_at, &entry.day, &entry.outcome]);
        }
        place = page.next;
    }
    Ok(())
}

fn print_row([page, count, last_at, day, reason]: [&str; 5]) {
    print(&export::row(&[
        (page, 40),
        (count, 8),
        (last_at, 24),
        (day, 10),
        (reason, 0),
    ]));
}
