//! `/api/me`: who calls.

use super::Api;
use super::output::object;
use crate::envelope::Response;

pub(super) fn me<P>(api: &Api<'_, P>) -> Response {
    object(200, |me| {
        me.text("subject", &api.identity.subject);
        me.text("role", api.identity.role.as_str());
        me.text("via", api.identity.via.as_str());
    })
}
