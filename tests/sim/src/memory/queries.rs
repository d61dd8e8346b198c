//! The queries of the inbox and the dead letters: the rows that their SQL selects.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test reports by panicking"
)]

use formgate::config::NO_TABLES;
use formgate::delivery::{DeadLetter, DeadLetterBody, OUTBOX_REFUSED, QueuedLead};
use formgate::inbox::{Address, Cursor, MAX_PAGE_BYTES, Query, Row, Selection, UsageQuery};
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
            UsageQuery::OfForm { .. } | UsageQuery::PagesSeen { .. } => {}
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
            Query::Access(query) => self.query_access(&query),
            Query::Tables | Query::Usage(_) => Vec::new(),
            Query::FormKeys => {
                let mut keys: Vec<Option<String>> =
                    leads(self).into_iter().map(|row| row[1].clone()).collect();
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
            } => page_of_letters(with(letters(self, |_| true), 6, address), after, limit),
            Query::ForgetLeads { address } => {
                let found = with(leads(self), 4, address);
                let is_found = |id: &str| found.iter().any(|row| text(row, 0) == id);
                let mut inbox = self.inbox.borrow_mut();
                inbox.retain(|_, queued| !is_found(&queued.id));
                found
            }
            Query::ForgetDeadLetters { address } => {
                let found = with(letters(self, |_| true), 6, address);
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
            Query::SetStatus { id, status } => {
                let mut leads = leads(self);
                leads.retain(|row| row[0].as_deref() == Some(id));
                let status = status.as_str().to_owned();
                let mut statuses = self.statuses.borrow_mut();
                statuses.extend(leads.iter().map(|_| (id.to_owned(), status.clone())));
                leads.truncate(1);
                leads
            }
            Query::IntoSpam { id } if self.folder(id) == Some(Folder::Inbox) => {
                self.folders
                    .borrow_mut()
                    .insert(id.to_owned(), Folder::Spam);
                vec![vec![Some(id.to_owned())]]
            }
            Query::NoteNotSpam { id } => {
                let spam = self.spam(id);
                self.not_spam.borrow_mut().extend(spam.map(|spam| spam.id));
                Vec::new()
            }
            Query::SpamToDeadLetter { id } => {
                let Some(queued) = self.spam(id) else {
                    return Ok(Vec::new());
                };
                let queued = QueuedLead {
                    attempts: 0,
                    is_spam: false,
                    ..queued
                };
                let letter = DeadLetter {
                    id: id.to_owned(),
                    reason: "not_spam: taken out of the spam folder".to_owned(),
                    died_at: self.now(),
                    body: DeadLetterBody::Lead(queued),
                };
                self.dead.borrow_mut().insert(id.to_owned(), letter);
                self.asked.borrow_mut().insert(id.to_owned());
                vec![vec![Some(id.to_owned())]]
            }
            Query::DeleteSpam { id } => {
                if self.spam(id).is_some() {
                    self.inbox.borrow_mut().retain(|_, queued| queued.id != id);
                    self.folders.borrow_mut().remove(id);
                }
                Vec::new()
            }
            // The report is tested on the real SQL (`tests/worker/spam.test.mjs`).
            Query::IntoSpam { .. } | Query::SpamReport { .. } => Vec::new(),
            Query::DeadLetters { after, limit } => {
                page_of_letters(letters(self, |_| true), after, limit)
            }
            Query::DeadLetter { id } => letters(self, |letter| letter.id == id),
            Query::Redrive { id } => mark(self, |letter| letter.id == id),
            Query::RedriveAll => mark(self, |_| true),
            Query::ToRedrive { limit } => {
                let mut due = letters(self, |letter| {
                    let is_asked_for = self.asked.borrow().contains(&letter.id);
                    let has_form = matches!(letter.body, DeadLetterBody::Lead(_));
                    has_form && (is_asked_for || letter.reason == OUTBOX_REFUSED)
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
        let columns = [&queued.id, &queued.form, &received_at, status, &queued.lead];
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
    let mut rows = leads(stores);
    rows.retain(is_meant);
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
