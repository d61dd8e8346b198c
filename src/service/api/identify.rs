//! Finds out who calls: by Cloudflare Access, by a JSON Web Token or by an API token.

use crate::access::{ApiToken, Identity, Via};
use crate::admin;
use crate::config;
use crate::delivery;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind, Problem, ProblemType, SettingFault};
use crate::route::Request;

/// The caller of a request. `faults` gets what is to be logged.
///
/// # Errors
/// [`Problem::Misconfigured`] while the settings name no one or are invalid, else the reason why the caller is not known.
pub(super) async fn identify<P: Platform>(
    platform: &P,
    request: &Request,
    faults: &mut Vec<Fault>,
) -> Result<Identity, Problem> {
    let isolate = platform.isolate();
    let settings = match isolate.config.as_ref().map(|config| &config.access) {
        Ok(Ok(Some(settings))) => settings,
        Ok(Ok(None)) => return Err(misconfigured(vec![config::no_access()], faults)),
        Ok(Err(found)) | Err(found) => return Err(misconfigured(found.clone(), faults)),
    };
    let mut problem = Problem::Other(ProblemType::Unauthorized);
    if let Some(address) = platform.access_identity().await {
        if let Some(role) = settings.roles.role_of(&address) {
            return Ok(Identity {
                subject: address,
                role,
                via: Via::Access,
            });
        }
        problem = Problem::Other(ProblemType::Forbidden);
    }
    let header = request.header("authorization").unwrap_or_default();
    let bearer = header
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if let Some((_, text)) = bearer.filter(|(_, text)| ApiToken::is_one(text)) {
        let used = match ApiToken::parse(text) {
            Some(token) => admin::use_token(platform, &token).await,
            None => Ok(None),
        };
        let used = used.map_err(|fault| {
            faults.push(fault);
            Problem::Unavailable {
                retry_after_s: delivery::RETRY_AFTER_S,
            }
        })?;
        return used.ok_or(Problem::Other(ProblemType::InvalidToken));
    }
    Err(problem)
}

fn misconfigured(settings: Vec<SettingFault>, faults: &mut Vec<Fault>) -> Problem {
    for SettingFault { variable, reason } in &settings {
        let detail = format!("{variable} {reason}");
        faults.push(Fault::new(FaultKind::Setting, detail));
    }
    Problem::Misconfigured(settings)
}
