//! `/api/dead-letters`: leads that could not be delivered.

use super::Api;
use crate::envelope::Response;
use crate::platform::Platform;
use crate::problem::Problem;

pub(super) async fn list<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn get<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn redrive<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn redrive_all<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}
