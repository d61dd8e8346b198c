//! `/api/leads/export`: leads as a file.

use super::Api;
use crate::envelope::Response;
use crate::platform::Platform;
use crate::problem::Problem;

pub(super) async fn export<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}
