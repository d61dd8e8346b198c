//! `/api/leads`: the leads of the inbox and the spam folder.

use super::Api;
use crate::envelope::Response;
use crate::platform::Platform;
use crate::problem::Problem;

pub(super) async fn list<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn act<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn erase<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn get<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn patch<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}

pub(super) async fn delete<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}
