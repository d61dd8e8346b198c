//! `/api/audit`: who did what.

use super::Api;
use super::input::is_moment;
use super::output::{Column, rows};
use crate::admin;
use crate::envelope::Response;
use crate::platform::Platform;
use crate::problem::Problem;

pub(super) async fn list<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let (after, limit) = (api.cursor(is_moment)?, api.limit()?);
    let page = admin::audit(api.platform, &after, limit).await;
    let page = page.map_err(|fault| api.unavailable(fault))?;
    Ok(rows(&page, COLUMNS, limit))
}

const COLUMNS: &[Column] = &[
    Column::Text("at"),
    Column::Hidden,
    Column::Text("subject"),
    Column::Text("action"),
    Column::Text("object"),
    Column::Number("count"),
];
