//! API tokens: create, list, use and delete.

use crate::access::{ApiToken, Identity, Role, Via};
use crate::inbox::{AccessQuery, Cursor, Query, Row};
use crate::log::background_line;
use crate::platform::{Database, Platform};
use crate::problem::Fault;

/// A page of the tokens, newest first: rows of [`AccessQuery::Tokens`].
pub async fn tokens<D: Database>(
    database: &D,
    after: &Cursor,
    limit: u32,
) -> Result<Vec<Row>, Fault> {
    let query = Query::Access(AccessQuery::Tokens { after, limit });
    database.query(&query).await
}

/// Creates a token; `None` when there are [`MAX_TOKENS`].
pub async fn create_token<P: Platform>(
    platform: &P,
    creator: &Identity,
    name: &str,
    role: Role,
) -> Result<Option<ApiToken>, Fault> {
    let token = ApiToken::new(platform.random()?, platform.random()?);
    let (hash, now) = (token.hash(), platform.now().to_rfc3339());
    let query = Query::Access(AccessQuery::CreateToken {
        values: [
            token.id(),
            &hash,
            name,
            role.as_str(),
            &now,
            &creator.subject,
        ],
        limit: MAX_TOKENS,
    });
    let created = platform.query(&query).await?;
    Ok((!created.is_empty()).then_some(token))
}

/// Deletes a token; returns whether it existed.
pub async fn delete_token<D: Database>(database: &D, id: &str) -> Result<bool, Fault> {
    let query = Query::Access(AccessQuery::DeleteToken { id });
    Ok(!database.query(&query).await?.is_empty())
}

/// The caller who sends a token; `None` for one that does not exist. Notes the day of its use in the background.
pub async fn use_token<P: Platform>(
    platform: &P,
    token: &ApiToken,
) -> Result<Option<Identity>, Fault> {
    let (id, hash) = (token.id(), &token.hash());
    let query = Query::Access(AccessQuery::UseToken { id, hash });
    let rows = platform.query(&query).await?;
    let Some([Some(role), last_used_day]) = rows.first().map(Vec::as_slice) else {
        return Ok(None);
    };
    let today = platform.now().to_rfc3339();
    let today = today.split('T').next().unwrap_or_default();
    if last_used_day.as_deref() != Some(today) {
        platform.wait_until(note_use(platform.clone(), id.to_owned(), today.to_owned()));
    }
    Ok(Role::parse(role).map(|role| Identity {
        subject: format!("token:{id}"),
        role,
        via: Via::Token,
    }))
}

async fn note_use<P: Platform>(platform: P, id: String, day: String) {
    let (id, day) = (&id, &day);
    let query = Query::Access(AccessQuery::NoteUse { id, day });
    if let Err(fault) = platform.query(&query).await {
        platform.log(&background_line("note_token_use", &fault));
    }
}

/// The most API tokens that there may be.
pub const MAX_TOKENS: u32 = 100;
