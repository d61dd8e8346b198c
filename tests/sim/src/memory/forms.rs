//! Forms in KV, and the table of forms.

#![expect(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::collections::BTreeMap;

use formgate::config::NO_TABLES;
use formgate::inbox::{Begin, FormsQuery, Row};
use formgate::problem::{Fault, FaultKind};
use serde_json::json;

use super::outside::Store;
use super::stores::Stores;

/// A row of the table of forms; its columns are described in `migrations/0009_forms.sql`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "see the migration")]
pub struct FormRow {
    pub title: Option<String>,
    pub version: Option<u32>,
    pub hash: String,
    pub is_published: bool,
    pub last_version: u32,
    pub file_hash: String,
    pub writing: Option<u32>,
    pub writing_hash: String,
    pub writer: String,
    pub writing_until_s: u32,
    pub draft_tag: String,
    pub draft: Option<String>,
}

impl Stores {
    pub(super) fn put_form(&self, kv_name: &str, json: &str) -> Result<(), Fault> {
        self.check(Store::Forms)?;
        let mut forms = self.forms.borrow_mut();
        let former = forms.insert(kv_name.to_owned(), json.to_owned());
        let is_changed = former.is_some_and(|former| former != json);
        if is_changed && kv_name.contains("/v/") {
            self.rewritten.set(self.rewritten.get() + 1);
        }
        Ok(())
    }

    pub(super) fn delete_form(&self, kv_name: &str) -> Result<(), Fault> {
        self.check(Store::Forms)?;
        self.forms.borrow_mut().remove(kv_name);
        Ok(())
    }

    /// The cursor is the last name.
    pub(super) fn form_names(
        &self,
        prefix: &str,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<String>, Option<String>), Fault> {
        self.check(Store::Forms)?;
        let forms = self.forms.borrow();
        let names = forms.keys().filter(|name| {
            name.starts_with(prefix) && cursor.is_none_or(|cursor| name.as_str() > cursor)
        });
        let names: Vec<String> = names.take(limit).cloned().collect();
        let next = names.last().filter(|_| names.len() == limit).cloned();
        Ok((names, next))
    }

    pub(super) fn query_forms(&self, query: &FormsQuery<'_>) -> Result<Vec<Row>, Fault> {
        self.queries.set(self.queries.get() + 1);
        self.check(Store::Database)?;
        if self.has_no_tables.get() {
            return Err(Fault::new(FaultKind::Setting, NO_TABLES));
        }
        let mut rows = self.form_rows.borrow_mut();
        let key = |key: &str| vec![vec![Some(key.to_owned())]];
        Ok(match *query {
            FormsQuery::One { form } => rows.get(form.as_str()).map(one).into_iter().collect(),
            FormsQuery::Page { after, limit, .. } => rows
                .iter()
                .filter(|(key, row)| {
                    key.as_str() > after && (row.last_version > 0 || !row.draft_tag.is_empty())
                })
                .take(usize::try_from(limit).unwrap())
                .map(|(key, row)| entry(key, row))
                .collect(),
            FormsQuery::Adopt { names } => {
                let names: Vec<String> = serde_json::from_str(names).unwrap();
                let mut added: BTreeMap<String, FormRow> = BTreeMap::new();
                for name in names {
                    let name = name.strip_prefix("form/").unwrap();
                    let (key, number) = match name.split_once("/v/") {
                        Some((key, number)) => (key, number.parse().unwrap()),
                        None => (name, 1),
                    };
                    if key.contains('/') || rows.contains_key(key) {
                        continue;
                    }
                    let row = added.entry(key.to_owned()).or_default();
                    row.last_version = row.last_version.max(number);
                    row.version = Some(row.last_version).filter(|version| *version > 0);
                    row.is_published |= name == key;
                }
                let keys = added.keys().map(|key| vec![Some(key.clone())]).collect();
                rows.extend(added);
                keys
            }
            FormsQuery::SaveDraft {
                form,
                text,
                tag,
                replaced,
            } => {
                let row = rows.entry(form.as_str().to_owned()).or_default();
                if ![replaced, tag].contains(&row.draft_tag.as_str()) {
                    return Ok(Vec::new());
                }
                row.draft = Some(text.to_owned());
                row.draft_tag = tag.to_owned();
                key(form.as_str())
            }
            FormsQuery::DeleteDraft { form, tag } => match rows.get_mut(form.as_str()) {
                Some(row) if row.draft.is_some() && ["", &row.draft_tag].contains(&tag) => {
                    row.draft = None;
                    row.draft_tag.clear();
                    key(form.as_str())
                }
                _ => Vec::new(),
            },
            FormsQuery::Begin(begin) => match rows.get_mut(begin.form.as_str()) {
                Some(row) if may_begin(row, &begin) => {
                    row.last_version = row.last_version.max(begin.version);
                    row.writing = Some(begin.version);
                    row.writing_hash = begin.hash.to_owned();
                    row.writer = begin.writer.to_owned();
                    row.writing_until_s = begin.until_s;
                    key(begin.form.as_str())
                }
                _ => Vec::new(),
            },
            FormsQuery::End {
                form,
                writer,
                title,
                tag,
                ..
            } => match rows.get_mut(form.as_str()) {
                Some(row) if row.writer == writer => {
                    end(row, title, tag);
                    key(form.as_str())
                }
                _ => Vec::new(),
            },
            FormsQuery::Release { form, writer } => {
                let row = rows.get_mut(form.as_str());
                let row = row.filter(|row| row.writer == writer);
                row.map_or_else(Vec::new, |row| {
                    row.writer.clear();
                    row.writing_until_s = 0;
                    key(form.as_str())
                })
            }
            FormsQuery::Interrupted { now_s, limit } => rows
                .iter()
                .filter(|(_, row)| row.writing.is_some() && row.writing_until_s <= now_s)
                .take(usize::try_from(limit).unwrap())
                .map(|(key, _)| vec![Some(key.clone())])
                .collect(),
        })
    }
}

fn may_begin(row: &FormRow, begin: &Begin<'_>) -> bool {
    row.writer == begin.writer
        || row.writing_until_s <= begin.now_s
            && row.last_version == begin.last_version
            && ["-", &row.draft_tag].contains(&begin.tag)
}

fn end(row: &mut FormRow, title: &str, tag: &str) {
    let writing = row.writing.take().unwrap();
    if writing > 0 {
        row.version = Some(writing);
        row.hash = std::mem::take(&mut row.writing_hash);
        row.title = Some(title.to_owned());
    }
    row.is_published = writing > 0;
    row.writing_hash.clear();
    row.writer.clear();
    row.writing_until_s = 0;
    if row.draft_tag == tag {
        row.draft = None;
        row.draft_tag.clear();
    }
}

fn one(row: &FormRow) -> Row {
    vec![
        row.title.clone(),
        row.version.map(|version| version.to_string()),
        Some(row.hash.clone()),
        Some(u8::from(row.is_published).to_string()),
        Some(row.last_version.to_string()),
        Some(row.file_hash.clone()),
        row.writing.map(|version| version.to_string()),
        Some(row.writing_hash.clone()),
        Some(row.writing_until_s.to_string()),
        Some(row.draft_tag.clone()),
        row.draft.clone(),
    ]
}

/// The counts are tested on the real SQL (`tests/worker/publishing.test.mjs`).
fn entry(key: &str, row: &FormRow) -> Row {
    let status = match row.version {
        None => "draft",
        Some(_) if row.is_published => "published",
        Some(_) => "unpublished",
    };
    let form = json!({
        "key": key, "title": row.title, "version": row.version, "status": status, "has_draft": row.draft.is_some(),
        "leads_30d": 0, "rejects_30d": 0,
    });
    vec![Some(key.to_owned()), Some(form.to_string())]
}
