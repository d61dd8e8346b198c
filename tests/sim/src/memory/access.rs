//! The keys of an issuer of JSON Web Tokens; and the queries of API tokens and the audit: the rows that their SQL selects.

use formgate::hash::sha256;
use formgate::inbox::{AccessQuery, Cursor, Row};
use formgate::problem::{Fault, FaultKind};

use super::stores::Stores;

impl Stores {
    pub(super) fn fetch_jwks(&self, url: &str) -> Result<Vec<u8>, Fault> {
        self.jwks_reads.set(self.jwks_reads.get() + 1);
        let down = || Fault::new(FaultKind::Setting, format!("{url} is down"));
        let jwks = self.jwks.borrow().clone();
        jwks.map(String::into_bytes).ok_or_else(down)
    }

    pub(super) fn query_access(&self, query: &AccessQuery<'_>) -> Vec<Row> {
        let mut tokens = self.tokens.borrow_mut();
        let mut audit = self.audit.borrow_mut();
        let is = |row: &Row, column: usize, value: &str| text(row, column) == value;
        match query {
            AccessQuery::UseToken { id, hash } => {
                let found = tokens
                    .iter()
                    .filter(|row| is(row, 0, id) && is(row, 1, hash));
                found.map(|row| columns(row, &[3, 6])).collect()
            }
            AccessQuery::NoteUse { id, day } => {
                for row in tokens.iter_mut().filter(|row| is(row, 0, id)) {
                    row.truncate(6);
                    row.push(Some((*day).to_owned()));
                }
                Vec::new()
            }
            AccessQuery::Tokens { after, limit } => {
                page(&tokens, &[4, 0, 2, 3, 5, 6], after, *limit)
            }
            AccessQuery::CreateToken { values, limit } => {
                if tokens.len() >= *limit as usize {
                    return Vec::new();
                }
                let mut row: Row = values
                    .iter()
                    .map(|value| Some((*value).to_owned()))
                    .collect();
                row.push(None);
                tokens.push(row.clone());
                vec![columns(&row, &[0])]
            }
            AccessQuery::DeleteToken { id } => {
                let deleted: Vec<Row> = tokens.extract_if(.., |row| is(row, 0, id)).collect();
                deleted.iter().map(|row| columns(row, &[0])).collect()
            }
            AccessQuery::NoteAudit { values, count } => {
                let mut row: Row = values
                    .iter()
                    .map(|value| Some((*value).to_owned()))
                    .collect();
                row.push(Some(count.to_string()));
                audit.push(row);
                Vec::new()
            }
            AccessQuery::Audit { after, limit } => page(&audit, &[1, 0, 2, 3, 4, 5], after, *limit),
            AccessQuery::ExpireAudit { before } => {
                audit.retain(|row| text(row, 1) >= *before);
                Vec::new()
            }
        }
    }
}

/// A page of rows with these columns, of which the first two are the time and the id, newest first.
fn page(rows: &[Row], shown: &[usize], after: &Cursor, limit: u32) -> Vec<Row> {
    let mut rows: Vec<Row> = rows.iter().map(|row| columns(row, shown)).collect();
    rows.retain(|row| (text(row, 0), text(row, 1)) < (after.at(), after.id()));
    rows.sort_by(|a, b| (text(b, 0), text(b, 1)).cmp(&(text(a, 0), text(a, 1))));
    rows.truncate(limit as usize);
    rows
}

/// What stands for the signature of a text by a key, given its public members as JSON.
pub fn signature(jwk: &str, signed: &str) -> Vec<u8> {
    sha256(format!("{jwk}.{signed}").as_bytes()).to_vec()
}

fn text(row: &Row, column: usize) -> &str {
    row.get(column)
        .and_then(Option::as_deref)
        .unwrap_or_default()
}

fn columns(row: &Row, columns: &[usize]) -> Row {
    columns
        .iter()
        .map(|column| row.get(*column).cloned().flatten())
        .collect()
}
