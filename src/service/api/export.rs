//! `/api/leads/export`: leads as a file, page by page, so that an export of any size takes the memory of one page.

use serde_json::{Value, json};

use super::Api;
use super::input::{invalid, violation};
use super::selection;
use crate::admin;
use crate::envelope::Response;
use crate::export::Format;
use crate::inbox::{Cursor, Selection};
use crate::json;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind, Problem, ProblemType, ViolationCode};

/// `?form= format=csv|jsonl`, and what selects leads in a list.
pub(super) async fn export<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let query = &api.request.query;
    let selection = selection::read(query)?;
    let Some(form) = &selection.form else {
        let message = "An export is of one form";
        return Err(violation("form", ViolationCode::ValueMissing, message));
    };
    let format = api.parameter("format");
    let format = Format::parse(format.as_deref().unwrap_or("csv"));
    let format = format.map_err(|_| invalid("format", "A format is csv or jsonl"))?;
    let most = MAX_EXPORTED.saturating_add(1);
    let count = admin::count(api.platform, &selection, most).await;
    if count.map_err(|fault| api.unavailable(fault))? > MAX_EXPORTED {
        let limit = json!({ "limit": MAX_EXPORTED });
        let limit = Box::new(limit);
        return Err(Problem::Detailed(ProblemType::ExportLimitExceeded, limit));
    }
    let (fields, media_type) = match format {
        Format::Csv => {
            let definition = api.definition(form.as_str()).await?;
            let fields = admin::columns(api.platform, form, definition.as_ref()).await;
            let fields = fields.map_err(|fault| api.unavailable(fault))?;
            (fields, "text/csv; charset=utf-8")
        }
        Format::JsonLines => (Vec::new(), "application/x-ndjson"),
    };
    let part = Part {
        selection: &selection,
        query,
        after: selection.start(),
        format,
        fields,
    };
    let (lines, rest) = part
        .read(api.platform)
        .await
        .map_err(|fault| api.unavailable(fault))?;
    api.note("leads_exported", form.as_str(), 1).await;
    let now = api.platform.now().to_rfc3339();
    let day = now.get(..10).unwrap_or_default();
    let name = [form.as_str(), "-", day, ".", format.as_str()].concat();
    let mut response = Response::empty(200).with("Content-Type", media_type).with(
        "Content-Disposition",
        ["attachment; filename=\"", &name, "\""].concat(),
    );
    response.body = part.format.head(&part.fields) + &lines;
    response.rest = rest;
    Ok(response)
}

/// Continues an export with its next page.
pub(in crate::service) async fn continue_body<P: Platform>(
    platform: &P,
    rest: &str,
) -> Result<(String, Option<String>), Fault> {
    let broken = || Fault::new(FaultKind::Store, "an export cannot be continued");
    let rest = json::parse(rest).map_err(|_| broken())?;
    let text = |name| rest.get(name).and_then(Value::as_str).unwrap_or_default();
    let query = text("query");
    let selection = selection::read(query).map_err(|_| broken())?;
    let fields = rest.get("fields").and_then(Value::as_array);
    let fields = fields.into_iter().flatten().filter_map(Value::as_str);
    let part = Part {
        selection: &selection,
        query,
        after: Cursor::parse(text("after")).map_err(|_| broken())?,
        format: Format::parse(text("format")).map_err(|_| broken())?,
        fields: fields.map(str::to_owned).collect(),
    };
    part.read(platform).await
}

/// A page of an export.
struct Part<'a> {
    selection: &'a Selection,
    query: &'a str,
    after: Cursor,
    format: Format,
    fields: Vec<String>,
}

impl Part<'_> {
    /// The lines of the page, and what continues the export after it.
    async fn read<P: Platform>(&self, platform: &P) -> Result<(String, Option<String>), Fault> {
        let page = admin::leads_up_to(platform, self.selection, &self.after, MAX_PAGE).await?;
        let mut lines = String::new();
        for lead in &page.entries {
            lines += &self.format.line(&self.fields, lead);
        }
        let rest = page.next.map(|after| {
            let (query, format) = (self.query, self.format.as_str());
            let after = after.to_string();
            json!({ "query": query, "after": after, "format": format, "fields": self.fields })
                .to_string()
        });
        Ok((lines, rest))
    }
}

/// The most leads of one export. With pages of this size it takes fewer than the 50 queries that D1 allows one invocation on a free
/// account, unless the leads are large.
const MAX_EXPORTED: u32 = 100_000;
/// The most leads on a page of an export; fewer when they are large.
const MAX_PAGE: u32 = 2_500;
