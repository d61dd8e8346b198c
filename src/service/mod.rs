//! Every request to its response: finds the route, calls `intake` for a submission, renders what comes of it, logs, and adds the
//! headers of every response.

mod api;
mod doctor;
mod health;
mod hosted;

use std::rc::Rc;

use crate::background;
use crate::embed::{self, Origin};
use crate::envelope::{self, Dialect, Rendering, Response, with_problem_headers};
use crate::form::FormDefinition;
use crate::intake::{Accepted, Intake, Issued, Refused, may_show_form};
use crate::page::{self, Visit};
use crate::platform::Platform;
use crate::problem::{Fault, Problem, ProblemType};
use crate::route::{Method, Request, Route, route};
use crate::submission::RequestBody;
use crate::tls;
use crate::usage;
use hosted::{frame_ancestors, new_key};

/// Responds to a request and logs it.
pub async fn handle<P: Platform>(
    request: &Request,
    body: impl RequestBody,
    platform: &P,
) -> Response {
    let route = route(request.method, &request.path);
    let wants_page = match &route {
        Ok(Route::HostedPage(_) | Route::HostedSubmit(_)) => true,
        Ok(Route::Submit(_) | Route::Doctor(_)) | Err(_) => request.wants_page(),
        Ok(_) => false,
    };
    let is_api = route == Ok(Route::Api);
    let mut intake = Intake::start(request, platform, wants_page);
    let response = match (tls::redirect(request), route) {
        (Some(redirect), _) => Ok(redirect),
        (None, Ok(route)) => {
            intake.log.route = route.name();
            respond(&mut intake, route, body).await
        }
        (None, Err(problem)) => Err(problem.into()),
    };
    if let Err(refused) = &response
        && wants_page
    {
        background::load_texts(platform, intake.wanted(refused.form.as_deref())).await;
    }
    let response = response.unwrap_or_else(|refused| refuse(&mut intake, refused));
    platform.log(&intake.log.line(response.status, platform.now()));
    let response = match is_api {
        // No page of another origin may read what the API answers.
        true => api::with_headers(response),
        // On pages, too: a script that sends a plain form follows the redirect to one.
        false => response.with_all(embed::cors_headers(request.header("origin"))),
    };
    response
        .with("X-Request-Id", intake.log.request_id)
        .with("X-Content-Type-Options", "nosniff")
        .with_all(Vec::from_iter(tls::strict_transport_security(
            &request.own_origin,
        )))
}

/// Continues the body of a response: gives its next part, and what continues it after that.
///
/// # Errors
/// The database fails; what was sent so far is no whole body.
pub async fn continue_body<P: Platform>(
    platform: &P,
    rest: &str,
) -> Result<(String, Option<String>), Fault> {
    api::continue_body(platform, rest).await
}

async fn respond<P: Platform>(
    intake: &mut Intake<'_, P>,
    route: Route,
    body: impl RequestBody,
) -> Result<Response, Refused> {
    match route {
        Route::Health => Ok(health::health(intake).await),
        Route::Errors => Ok(page::errors_page()),
        Route::Api => api::respond(intake, body).await,
        Route::Preflight(_) => {
            let asked_for = intake.request.header("access-control-request-headers");
            Ok(Response::empty(204).with_all(embed::preflight_headers(asked_for)))
        }
        Route::Definition(key) => definition(intake, &key).await,
        Route::Doctor(key) => {
            let form = intake.find_form(&key).await?;
            doctor::diagnose(intake, &form)
        }
        Route::Ticket(key) => ticket(intake, &key).await,
        Route::HostedPage(key) => {
            let form = intake.open_form(&key).await?;
            Ok(hosted::page(intake, &form))
        }
        Route::Submit(key) | Route::HostedSubmit(key) => {
            let accepted = intake.accept(&key, body).await?;
            Ok(thank(intake, accepted))
        }
    }
}

/// The public definition of a form, for a page that may embed it and for a request without `Origin`.
async fn definition<P: Platform>(
    intake: &mut Intake<'_, P>,
    key: &str,
) -> Result<Response, Refused> {
    let form = intake.open_form(key).await?;
    if let Some(origin) = intake.request.header("origin") {
        intake
            .check_embed(&form)
            .map_err(|problem| Refused::by(&form, problem))?;
        background::count_load(intake.platform, &form.key, origin);
    }
    let known = intake.request.header("if-none-match").unwrap_or_default();
    let response = if matches_etag(known, &form.etag) {
        Response::empty(304)
    } else {
        Response::json(200, form.public_json.clone())
    };
    let is_kept = intake.platform.isolate().has_form_cache();
    let max_age_s = if is_kept { DEFINITION_MAX_AGE_S } else { 0 };
    Ok(response
        .with("ETag", form.etag.clone())
        .with("Cache-Control", format!("max-age={max_age_s}")))
}

/// A ticket for a page that may embed the form. A request without `Origin` gets one for the hosted page: browsers send none with
/// a GET to their own origin, and a page of another origin cannot read the answer. `?renew=` has the page's former ticket.
async fn ticket<P: Platform>(intake: &mut Intake<'_, P>, key: &str) -> Result<Response, Refused> {
    let form = intake.open_form(key).await?;
    let page = match intake.request.header("origin") {
        None => Origin::parse(&intake.request.own_origin).ok(),
        Some(_) => intake
            .check_embed(&form)
            .map_err(|problem| Refused::by(&form, problem))?,
    };
    let former = intake.request.query.strip_prefix("renew=");
    let issued = page.and_then(|page| intake.issue_ticket(&form, page, former, false));
    // Neither a token nor a time has a character that JSON escapes.
    let body = match issued {
        Some(Issued { token, expires_at }) => {
            let expires_at = expires_at.to_rfc3339();
            format!(r#"{{"ticket":"{token}","expires_at":"{expires_at}"}}"#)
        }
        None => r#"{"ticket":null,"expires_at":null}"#.to_owned(),
    };
    Ok(Response::json(200, body).with("Cache-Control", "no-store"))
}

/// The response to an accepted submission: a redirect to the page that thanks, or the receipt.
fn thank<P: Platform>(intake: &mut Intake<'_, P>, accepted: Accepted) -> Response {
    let Accepted {
        receipt,
        form,
        is_repeated,
        rate_limit_headers,
    } = accepted;
    if !is_repeated {
        let origin = intake.request.header("origin");
        background::count_usage(intake.platform, &form.key, origin, usage::ACCEPTED);
    }
    intake.log.outcome = receipt.status.as_str();
    let response = if intake.wants_page {
        let is_framed = page::is_framed(&intake.request.query);
        Response::empty(303).with("Location", page::thanks_location(&form, is_framed))
    } else {
        dialect(intake, Some(&form)).render_receipt(&receipt)
    };
    response
        .with("Cache-Control", "no-store")
        .with_all(rate_limit_headers)
}

fn refuse<P: Platform>(intake: &mut Intake<'_, P>, refused: Refused) -> Response {
    let seen = refused.typed.as_ref().map(|typed| &typed.seen);
    let seen = seen.or(refused.form.as_ref()).map(Rc::as_ref);
    let origin = intake.request.header("origin");
    intake.log.refuse(&refused.problem, seen, origin);
    if let Some(form) = &refused.form {
        let outcome = match intake.request.method {
            Method::Get => usage::LOAD_REFUSED,
            _ => usage::outcome_of(&refused.problem),
        };
        background::count_usage(intake.platform, &form.key, origin, outcome);
    }
    let response = if intake.wants_page {
        refusal_page(intake, &refused)
    } else {
        let rendering = Rendering {
            request_id: &intake.log.request_id,
            now: intake.platform.now(),
            service: &intake.request.own_origin,
        };
        let dialect = dialect(intake, refused.form.as_deref());
        dialect.render_problem(&refused.problem, &rendering)
    };
    response.with_all(refused.rate_limit_headers)
}

/// The form with what was typed, or else a page with the problem alone.
fn refusal_page<P: Platform>(intake: &Intake<'_, P>, refused: &Refused) -> Response {
    let problem = &refused.problem;
    let form = refused.form.as_ref();
    let frame_ancestors = form.map(|form| frame_ancestors(form));
    let accept_language = intake.request.header("accept-language");
    let response = match &refused.typed {
        Some(typed) if may_show_form(problem) => {
            // The same key, so that a lead that was stored after all is not stored twice; a new one when the key is another
            // submission's.
            let is_reused = *problem == Problem::Other(ProblemType::IdempotencyKeyReused);
            let kept = typed.values.idempotency_key().filter(|_| !is_reused);
            let new = match problem {
                Problem::ChallengeRequired(challenge) => challenge.key.clone(),
                _ => new_key(intake.platform),
            };
            let visit = Visit {
                typed: Some(&typed.values),
                problem: Some(problem),
                key: kept.unwrap_or(&new),
                ticket: &intake.own_ticket(&typed.seen, typed.values.ticket(), true),
                attribution: &[],
                is_test: false,
                query: None,
                is_framed: page::is_framed(&intake.request.query),
                accept_language,
            };
            page::form_page(&typed.seen, &frame_ancestors.unwrap_or_default(), visit)
        }
        _ => {
            let is_sent = intake.request.method == Method::Post;
            let locale = intake.wanted(form.map(Rc::as_ref)).locale();
            let frame_ancestors = frame_ancestors.as_deref();
            page::problem_page(problem, frame_ancestors, is_sent, locale)
        }
    };
    with_problem_headers(response, problem)
}

/// The dialect the request asks for, else the form's, else the setting's.
fn dialect<P: Platform>(intake: &Intake<'_, P>, form: Option<&FormDefinition>) -> Dialect {
    let asked_for = envelope::negotiate(intake.request.header("accept"));
    let of_form = || form.and_then(|form| form.dialect);
    asked_for.or_else(of_form).unwrap_or_else(|| {
        let isolate = intake.platform.isolate();
        let config = isolate.config.as_ref();
        config.map_or_else(|_| Dialect::default(), |config| config.default_dialect)
    })
}

/// `If-None-Match`, compared weakly: RFC 9110 section 13.1.2.
fn matches_etag(header: &str, etag: &str) -> bool {
    header
        .split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

/// How long a browser may use a definition without asking again; as long as the form cache does: seconds.
const DEFINITION_MAX_AGE_S: u64 = 60;
