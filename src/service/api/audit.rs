//! `/api/audit`: who did what.

use super::Api;
use super::output::list as list_response;
use crate::admin;
use crate::envelope::Response;
use crate::platform::Platform;
use crate::problem::Problem;

pub(super) async fn list<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let (after, limit) = (api.cursor()?, api.limit()?);
    let page = admin::audit(api.platform, &after, limit).await;
    let page = page.map_err(|fault| api.unavailable(fault))?;
    Ok(list_response(
        &page.entries,
        page.next.as_ref(),
        |item, entry| {
            item.text("at", &entry.at);
            item.text("subject", &entry.subject);
            item.text("action", &entry.action);
            item.text("object", &entry.object);
            item.number("count", u64::from(entry.count));
        },
    ))
}
