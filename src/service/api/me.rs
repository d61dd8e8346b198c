//! `/api/me`: who calls.

use super::Api;
use super::output::object;
use crate::envelope::Response;
use crate::platform::Platform;
use crate::problem::Problem;

pub(super) async fn me<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    Ok(object(200, |me| {
        me.text("subject", &api.identity.subject);
        me.text("role", api.identity.role.as_str());
        me.text("via", api.identity.via.as_str());
    }))
}
