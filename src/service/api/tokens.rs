//! `/api/tokens`: API tokens.

use super::Api;
use super::input::{invalid, is_moment, violation};
use super::output::{Column, object, rows};
use crate::access::Role;
use crate::admin;
use crate::envelope::Response;
use crate::platform::Platform;
use crate::problem::{Problem, ProblemType, ViolationCode};

pub(super) async fn list<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let (after, limit) = (api.cursor(is_moment)?, api.limit()?);
    let tokens = admin::tokens(api.platform, &after, limit).await;
    let tokens = tokens.map_err(|fault| api.unavailable(fault))?;
    Ok(rows(&tokens, COLUMNS, limit))
}

/// `{ "name", "role" }`
pub(super) async fn create<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let body = api.json()?;
    let text = |name| body.get(name).and_then(|value| value.as_str());
    let name = text("name").unwrap_or_default().trim();
    if !(1..=MAX_NAME_CHARACTERS).contains(&name.chars().count()) || name.contains(char::is_control)
    {
        return Err(invalid("name", "A name has 1 to 100 characters"));
    }
    let role = text("role").and_then(Role::parse);
    let role = role.ok_or_else(|| invalid("role", "A role is viewer, editor or owner"))?;
    let token = admin::create_token(api.platform, &api.identity, name, role).await;
    let token = token.map_err(|fault| api.unavailable(fault))?;
    let token = token.ok_or_else(|| {
        let reason = "There are 100 API tokens: delete one first";
        violation("", ViolationCode::TooMany, reason)
    })?;
    api.note("token_created", token.id(), 1).await;
    Ok(object(201, |created| {
        created.text("id", token.id());
        created.text("token", token.reveal());
    }))
}

pub(super) async fn delete<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let is_deleted = admin::delete_token(api.platform, api.id).await;
    match is_deleted.map_err(|fault| api.unavailable(fault))? {
        false => Err(Problem::Other(ProblemType::RouteNotFound)),
        true => {
            api.note("token_deleted", api.id, 1).await;
            Ok(Response::empty(204))
        }
    }
}

/// The longest name of a token.
const MAX_NAME_CHARACTERS: usize = 100;
const COLUMNS: &[Column] = &[
    Column::Text("created_at"),
    Column::Text("id"),
    Column::Text("name"),
    Column::Text("role"),
    Column::Text("created_by"),
    Column::Text("last_used_day"),
];
