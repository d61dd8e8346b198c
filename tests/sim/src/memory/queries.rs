//! The queries of the inbox and the dead letters: the rows that their SQL selects.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test reports by panicking"
)]

use formgate::clock::UnixMillis;
use formgate::config::NO_TABLES;
use formgate::delivery::{DeadLetter, DeadLetterBody, OUTBOX_REFUSED};
use formgate::inbox::{
    Address, Cursor, MAX_PAGE_BYTES, Query, Row, Selection, UsageQuery, search_text,
};
use formgate::problem::{Fault, FaultKind};
use serde_json::{Value, json};

use super::outside::Store;
use super::stores::{Folder, Stores};

impl Stores {
    /// The table of usage: keeps what is added, one value a write.
    pub(super) fn query_usage(&self, query: &UsageQuery<'_>) -> Result<Vec<Row>, Fault> {
        self.check(Store::Database)?;
        let mut usage = self.usage.borrow_mut();
        match query {
            UsageQuery::Add { rows } => usage.push(serde_json::from_str(rows).unwrap()),
            UsageQuery::Expire { before } => usage.push(json!({ "before": before })),
            UsageQuery::Rejects { .. } | UsageQuery::PagesSeen { .. } => {}
        }
        Ok(Vec::new())
    }

    pub(super) fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, Fault> {
        self.queries.set(self.queries.get() + 1);
        self.check(Store::Database)?;
        if self.has_no_tables.get() {
            return Err(Fault::new(FaultKind::Setting, NO_TABLES));
        }
        Ok(match *query {
            Query::Leads {
                selection,
                after,
                limit,
            } => page(selected(self, selection), after, limit),
            Query::FieldNames { form } => {
                let form = Some(form.clone());
                field_names(&selected(
                    self,
                    &Selection {
                        form,
                        ..Selection::default()
                    },
                ))
            }
            Query::Usage(_) => Vec::new(),
            Query::Access(query) => self.query_access(&query),
            Query::Forms(_) => Vec::new(),
            Query::Tables => {
                let dead = self.dead.borrow();
                let blocked = dead.values().filter(|letter| letter.retry_at.is_some());
                let counts = [dead.len(), blocked.count()];
                vec![counts.map(|count| Some(count.to_string())).to_vec()]
            }
            Query::FormKeys => {
                let leads = leads(self).into_iter().map(|row| row[1].clone());
                let letters = letters(self, |_| true).into_iter();
                let letters = letters.map(|row| row[2].clone()).filter(Option::is_some);
                let mut keys: Vec<Option<String>> = leads.chain(letters).collect();
                keys.sort();
                keys.dedup();
                keys.into_iter().map(|key| vec![key]).collect()
            }
            Query::LeadsWith {
                address,
                after,
                limit,
            } => page(with(leads(self), 4, address), after, limit),
            Query::DeadLettersWith {
                address,
                after,
                limit,
            } => page_of_letters(with(letters(self, |_| true), 7, address), after, limit),
            Query::ForgetLeads { address } => {
                let found = with(leads(self), 4, address);
                let is_found = |id: &str| found.iter().any(|row| text(row, 0) == id);
                let mut inbox = self.inbox.borrow_mut();
                inbox.retain(|_, queued| !is_found(&queued.id));
                found
            }
            Query::ForgetDeadLetters { address } => {
                let found = with(letters(self, |_| true), 7, address);
                let is_found = |id: &str| found.iter().any(|row| text(row, 0) == id);
                let mut dead = self.dead.borrow_mut();
                dead.retain(|id, _| !is_found(id));
                found
            }
            Query::Lead { id } => {
                let mut leads = leads(self);
                leads.retain(|row| row[0].as_deref() == Some(id));
                leads
            }
            Query::CountLeads {
                selection,
                after,
                limit,
            } => {
                let count = selected(self, selection)
                    .into_iter()
                    .filter(|row| (text(row, 2), text(row, 0)) < (after.at(), after.id()))
                    .take(usize::try_from(limit).unwrap())
                    .count();
                vec![vec![Some(count.to_string())]]
            }
            Query::SearchEnd {
                selection,
                after,
                scanned,
            } => {
                let every = Selection {
                    form: selection.form.clone(),
                    from: selection.from.clone(),
                    ..Selection::default()
                };
                let last = usize::try_from(scanned).unwrap() - 1;
                let rows = selected(self, &every).into_iter();
                let later =
                    rows.filter(|row| (text(row, 2), text(row, 0)) < (after.at(), after.id()));
                let end = later.skip(last).take(1);
                end.map(|row| vec![row[2].clone()]).collect()
            }
            Query::Bulk(query) => self.query_bulk(&query),
            Query::Upkeep(query) => self.query_upkeep(&query),
            // The report is tested on the real SQL (`tests/worker/spam.test.mjs`).
            Query::SpamReport { .. } => Vec::new(),
            Query::DeadLetters { after, limit } => {
                page_of_letters(letters(self, |_| true), after, limit)
            }
            Query::DeadLetter { id } => letters(self, |letter| letter.id == id),
            Query::Redrive { id } => mark(self, |letter| letter.id == id),
            Query::RedriveAll => mark(self, |_| true),
            Query::ToRedrive { limit, now } => {
                let now = UnixMillis(now.parse().unwrap());
                let mut due = letters(self, |letter| {
                    let is_asked_for = self.asked.borrow().contains(&letter.id);
                    let has_form = matches!(letter.body, DeadLetterBody::Lead(_));
                    let is_due = letter.retry_at.is_some_and(|at| at <= now);
                    has_form && (is_asked_for || is_due || letter.reason == OUTBOX_REFUSED)
                });
                due.truncate(usize::try_from(limit).unwrap());
                due
            }
            Query::DeleteDeadLetter { letter } => {
                let mut dead = self.dead.borrow_mut();
                let is_it = |known: &DeadLetter| {
                    known.id == letter.id() && known.died_at.0.to_string() == letter.at()
                };
                dead.retain(|_, known| !is_it(known));
                Vec::new()
            }
        })
    }
}

/// The leads of the table, the newest first.
fn leads(stores: &Stores) -> Vec<Row> {
    let inbox = stores.inbox.borrow();
    let statuses = stores.statuses.borrow();
    let mut rows = Vec::new();
    for queued in inbox.values() {
        let status = statuses.get(&queued.id).map_or("new", String::as_str);
        let received_at = queued.received_at().to_rfc3339();
        let folder = match stores.folder(&queued.id) {
            Some(Folder::Spam) => "spam",
            _ => "inbox",
        };
        let flag = |is_set| if is_set { "1" } else { "0" };
        let starred = flag(stores.starred.borrow().contains(&queued.id));
        let note = stores.notes.borrow().get(&queued.id).cloned();
        let columns = [
            &queued.id,
            &queued.form,
            &received_at,
            status,
            &queued.lead,
            folder,
            starred,
            flag(queued.is_test),
            &note.unwrap_or_default(),
        ];
        rows.push(columns.map(|text| Some(text.to_owned())).to_vec());
    }
    rows.sort_by(|a: &Row, b: &Row| (&b[2], &b[0]).cmp(&(&a[2], &a[0])));
    rows
}

fn selected(stores: &Stores, selection: &Selection) -> Vec<Row> {
    let is_meant = |row: &Row| {
        let is_spam = stores.folder(text(row, 0)) == Some(Folder::Spam);
        let form = selection.form.as_ref();
        form.is_none_or(|form| form.as_str() == text(row, 1))
            && selection
                .status
                .is_none_or(|status| status.as_str() == text(row, 3))
            && selection.is_spam.is_none_or(|wanted| wanted == is_spam)
            && selection
                .from
                .as_ref()
                .is_none_or(|from| from.as_str() <= text(row, 2))
    };
    let is_found = |row: &Row| {
        let found = || search_text(text(row, 4)).contains(&selection.search);
        let is_test = text(row, 7) == "1";
        (!selection.is_starred || text(row, 6) == "1")
            && selection.is_test.is_none_or(|wanted| wanted == is_test)
            && (selection.form.is_none() || selection.search.is_empty() || found())
    };
    let mut rows = leads(stores);
    rows.retain(|row| is_meant(row) && is_found(row));
    rows
}

/// The rows that have an address in one column, roughly.
fn with(mut rows: Vec<Row>, column: usize, address: &Address) -> Vec<Row> {
    let has = |text: &str| {
        text.contains(&format!("\"{}\"", address.typed()))
            || text.contains(&format!("\"{}\"", address.stored()))
    };
    rows.retain(|row| has(&text(row, column).to_lowercase()));
    rows
}

fn page(rows: Vec<Row>, after: &Cursor, limit: u32) -> Vec<Row> {
    let mut bytes = 0;
    let later = rows
        .into_iter()
        .filter(|row| (text(row, 2), text(row, 0)) < (after.at(), after.id()))
        .take(usize::try_from(limit).unwrap());
    let fits = |row: &Row| {
        let bytes_before = bytes;
        bytes += text(row, 4).len();
        bytes_before < MAX_PAGE_BYTES as usize
    };
    later.take_while(fits).collect()
}

/// Without their messages.
fn page_of_letters(mut rows: Vec<Row>, after: &Cursor, limit: u32) -> Vec<Row> {
    let after: (u64, _) = (after.at().parse().unwrap(), after.id());
    rows.retain(|row| (text(row, 1).parse().unwrap(), text(row, 0)) < after);
    rows.reverse();
    rows.truncate(usize::try_from(limit).unwrap());
    rows.iter_mut().for_each(|row| _ = row.pop());
    rows
}

fn field_names(leads: &[Row]) -> Vec<Row> {
    let mut names: Vec<String> = Vec::new();
    for row in leads {
        let lead: Value = serde_json::from_str(text(row, 4)).unwrap_or_default();
        for (name, _) in lead["fields"].as_object().into_iter().flatten() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names.into_iter().map(|name| vec![Some(name)]).collect()
}

/// Dead letters whole, the oldest first.
fn letters(stores: &Stores, is_meant: impl Fn(&DeadLetter) -> bool) -> Vec<Row> {
    let dead = stores.dead.borrow();
    let asked = stores.asked.borrow();
    let damaged = stores.damaged.borrow();
    let mut letters: Vec<&DeadLetter> = dead.values().filter(|letter| is_meant(letter)).collect();
    letters.sort_by_key(|letter| (letter.died_at, &letter.id));
    let row = |letter: &&DeadLetter| {
        let (form, attempts, message) = match &letter.body {
            DeadLetterBody::Lead(queued) => {
                let message = match damaged.contains(&letter.id) {
                    true => "ada@example.com".to_owned(),
                    false => queued.to_json(),
                };
                (Some(queued.form.clone()), queued.attempts, message)
            }
            DeadLetterBody::Unreadable(message) => (None, 0, message.clone()),
        };
        vec![
            Some(letter.id.clone()),
            Some(letter.died_at.0.to_string()),
            form,
            Some(attempts.to_string()),
            Some(letter.reason.clone()),
            Some(u8::from(asked.contains(&letter.id)).to_string()),
            Some(u8::from(letter.retry_at.is_some()).to_string()),
            Some(message),
        ]
    };
    letters.iter().map(row).collect()
}

fn mark(stores: &Stores, is_meant: impl Fn(&DeadLetter) -> bool) -> Vec<Row> {
    let mut rows = letters(stores, is_meant);
    rows.retain(|row| row[2].is_some());
    let ids = rows.iter().map(|row| text(row, 0).to_owned());
    stores.asked.borrow_mut().extend(ids);
    rows
}

fn text(row: &Row, column: usize) -> &str {
    row[column].as_deref().unwrap()
}
