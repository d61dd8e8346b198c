//! The protocol between `tools/leads.rs` and `tools/leads.mjs`, which has the stores and the terminal.
//!
//! One JSON object a line. On stdout, requests: `{ "sql" }` (a statement), `{ "name" }` (the value of a name in KV), `{ "prefix" }`
//! (the names in KV that begin so); and output: `{ "text" }` or `{ "hex" }` (bytes). On stdin, one reply for each request:
//! `{ "rows": [[column]] }`, `{ "value" }`, `{ "names" }` or `{ "error" }`.

use std::io;

use formgate::inbox::{Query, Row};
use formgate::platform::Database;
use formgate::problem::{Fault, FaultKind};
use serde::Deserialize;
use serde_json::{Value, json};

/// The database behind `tools/leads.mjs`.
pub struct PipedDatabase;

/// A reply on stdin.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reply {
    Rows(Vec<Vec<Value>>),
    Value(Option<String>),
    Names(Vec<String>),
    Error(String),
}

impl Database for PipedDatabase {
    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, Fault> {
        let fault = |detail: String| Fault::new(FaultKind::Store, detail);
        let sql = query.statement().written_out();
        let sql = sql.map_err(|_| fault("a value has a NUL".to_owned()))?;
        match request(&json!({ "sql": sql })).map_err(fault)? {
            Reply::Rows(rows) => Ok(rows
                .into_iter()
                .map(|row| row.into_iter().map(as_text).collect())
                .collect()),
            _ => Err(fault(WRONG_REPLY.to_owned())),
        }
    }
}

/// Writes a request as a line to stdout and waits for the reply on stdin.
pub fn request(line: &Value) -> Result<Reply, String> {
    println!("{line}");
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line);
    read.map_err(|error| error.to_string())?;
    match serde_json::from_str(&line).map_err(|error| error.to_string())? {
        Reply::Error(detail) => Err(detail),
        reply => Ok(reply),
    }
}

fn as_text(column: Value) -> Option<String> {
    match column {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// Prints a text.
pub fn print(text: &str) {
    println!("{}", json!({ "text": text }));
}

/// Prints bytes, as a part of a binary file.
pub fn print_bytes(bytes: &[u8]) {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{}", json!({ "hex": hex }));
}

pub const WRONG_REPLY: &str = "the reply is of another kind than the request";
