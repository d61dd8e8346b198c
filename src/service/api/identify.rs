//! Finds out who calls: by Cloudflare Access, by a JSON Web Token or by an API token, in this order. The first of them that has a
//! role is the caller.

use crate::access::{AccessSettings, ApiToken, Identity, Jwk, Jwt, JwtSettings, Lookup, Via};
use crate::admin;
use crate::config;
use crate::delivery;
use crate::hash::short_hash;
use crate::limit::Visitor;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind, Problem, ProblemType, SettingFault};
use crate::route::Request;

/// The caller of a request. `faults` gets what is to be logged.
///
/// # Errors
/// [`Problem::Misconfigured`] while no one has a role or the settings are invalid, else the reason why the first credential that
/// was sent is refused.
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
    let mut refused = None;
    if let Some(address) = platform.access_identity().await {
        match with_role(settings, &address, Via::Access) {
            Ok(identity) => return Ok(identity),
            Err(problem) => refused = Some(problem),
        }
    }
    let mut sent = [bearer(request), request.header("cf-access-jwt-assertion")];
    if sent[0].is_some_and(ApiToken::is_one) {
        sent.reverse();
    }
    let visitor = Visitor::from_address(request.header("cf-connecting-ip"));
    let address = short_hash(&[visitor.name()]);
    for text in sent.into_iter().flatten() {
        let waiting = isolate.failures.borrow().wait_s(address, platform.now());
        if let Some(retry_after_s) = waiting {
            let policy = "tokens".to_owned();
            return Err(Problem::RateLimited {
                policy,
                retry_after_s,
            });
        }
        let identified = match ApiToken::is_one(text) {
            true => use_token(platform, text, faults).await,
            false => verify(platform, settings.jwt.as_ref(), text, faults)
                .await
                .and_then(|address| with_role(settings, &address, Via::Jwt)),
        };
        match identified {
            Ok(identity) => return Ok(identity),
            Err(problem) => {
                if is_guess(&problem) {
                    let mut failures = isolate.failures.borrow_mut();
                    failures.note(address, platform.now());
                }
                refused.get_or_insert(problem);
            }
        }
    }
    Err(refused.unwrap_or(Problem::Other(ProblemType::Unauthorized)))
}

/// Whether a token was refused that no one has given out. One that the issuer signed may be too old: a page that is open in a browser
/// goes on sending it.
fn is_guess(problem: &Problem) -> bool {
    let given_out = [
        "issuer",
        "audience",
        "expired",
        "not_yet_valid",
        "jwt_not_set_up",
    ];
    matches!(problem, Problem::TokenInvalid { reason } if !given_out.contains(reason))
}

/// The token of `Authorization: Bearer`, RFC 6750 section 2.1.
fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn with_role(settings: &AccessSettings, address: &str, via: Via) -> Result<Identity, Problem> {
    let role = settings.roles.role_of(address);
    let role = role.ok_or(Problem::Other(ProblemType::Forbidden))?;
    let subject = address.to_owned();
    Ok(Identity { subject, role, via })
}

/// The e-mail address in a JSON Web Token, empty for one without. The signature is verified before any claim is looked at, so that
/// only a token of the issuer gets to know why its claims are refused.
async fn verify<P: Platform>(
    platform: &P,
    settings: Option<&JwtSettings>,
    text: &str,
    faults: &mut Vec<Fault>,
) -> Result<String, Problem> {
    let settings = settings.ok_or_else(|| invalid("jwt_not_set_up"))?;
    let token = Jwt::parse(text).map_err(invalid)?;
    let key = key_of(platform, settings, &token, faults).await?;
    match platform.verify(&key, &token).await {
        true => token
            .check(settings, platform.now())
            .map(str::to_owned)
            .map_err(invalid),
        false => Err(invalid("signature")),
    }
}

/// The key that a token names, fetched if need be; requests at the same time wait for one fetch.
async fn key_of<P: Platform>(
    platform: &P,
    settings: &JwtSettings,
    token: &Jwt<'_>,
    faults: &mut Vec<Fault>,
) -> Result<Jwk, Problem> {
    let isolate = platform.isolate();
    loop {
        let found = isolate.jwks.borrow().find(token, platform.now());
        match found {
            Lookup::Found(key) => return Ok(key),
            Lookup::Unknown => return Err(invalid("key")),
            Lookup::Unavailable => return Err(unavailable()),
            Lookup::Wait => platform.sleep(WAIT_MS).await,
            Lookup::Fetch => {
                isolate.jwks.borrow_mut().begin(platform.now());
                let fetched = platform.fetch_jwks(&settings.jwks_url).await;
                let bytes = fetched.as_ref().ok().map(Vec::as_slice);
                if !isolate.jwks.borrow_mut().end(bytes, platform.now()) {
                    let no_keys = || Fault::new(FaultKind::Setting, "JWT_JWKS_URL: no set of keys");
                    faults.push(fetched.err().unwrap_or_else(no_keys));
                }
            }
        }
    }
}

async fn use_token<P: Platform>(
    platform: &P,
    text: &str,
    faults: &mut Vec<Fault>,
) -> Result<Identity, Problem> {
    let token = ApiToken::parse(text).ok_or_else(|| invalid("malformed"))?;
    match admin::use_token(platform, &token).await {
        Ok(used) => used.ok_or_else(|| invalid("token")),
        Err(fault) => {
            faults.push(fault);
            Err(unavailable())
        }
    }
}

fn invalid(reason: &'static str) -> Problem {
    Problem::TokenInvalid { reason }
}

fn unavailable() -> Problem {
    let retry_after_s = delivery::RETRY_AFTER_S;
    Problem::Unavailable { retry_after_s }
}

fn misconfigured(settings: Vec<SettingFault>, faults: &mut Vec<Fault>) -> Problem {
    for SettingFault { variable, reason } in &settings {
        let detail = format!("{variable} {reason}");
        faults.push(Fault::new(FaultKind::Setting, detail));
    }
    Problem::Misconfigured(settings)
}

/// How long a request waits before it looks again whether the keys are fetched: milliseconds.
const WAIT_MS: u64 = 50;
