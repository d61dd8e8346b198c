//! `/api/forms`: drafts and publishing.

use super::Api;
use crate::envelope::Response;
use crate::platform::Platform;
use crate::problem::Problem;

pub(super) async fn list<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn check<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn get<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn put_draft<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn delete_draft<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn publish<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn unpublish<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}
