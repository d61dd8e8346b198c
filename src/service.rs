//! Every request to its answer: finds the route, sends submissions on their walk, logs, and adds the headers all answers
//! have.

use crate::config;
use crate::embed;
use crate::envelope::{self, Dialect, Rendering, Response, with_problem_headers};
use crate::form::FormDefinition;
use crate::inbox::Query;
use crate::intake::Intake;
use crate::page::{self, Visit};
use crate::platform::Platform;
use crate::problem::{Fault, Problem, ProblemType};
use crate::route::{Method, Request, Route, route};
use crate::submission::{LAST_TOUCH_NAME, PAGE_NAME, REFERRER_NAME, RequestBody, touch_of_query};

/// Answers a request and logs it.
pub async fn handle<P: Platform>(
    request: &Request,
    body: impl RequestBody,
    platform: &P,
) -> Response {
    let mut intake = Intake::start(request, platform);
    let found = route(request.method, &request.path);
    let answer = match found {
        Ok(route) => {
            intake.log.route = route.name();
            answer(&mut intake, route, body).await
        }
        Err(problem) if request.wants_page() => refuse_with_page(&mut intake, &problem),
        Err(problem) => refuse(&mut intake, &problem),
    };
    platform.log(&intake.log.line(answer.status, platform.now()));
    answer
        .with("X-Request-Id", intake.log.request_id)
        .with("X-Content-Type-Options", "nosniff")
        // Pages, too: a script that sends a plain form follows the redirect to one.
        .with_all(embed::cors_headers(request.header("origin")))
}

async fn answer<P: Platform>(
    intake: &mut Intake<'_, P>,
    route: Route,
    body: impl RequestBody,
) -> Response {
    match route {
        Route::Health => health(intake).await,
        Route::Errors => page::errors_page(),
        Route::Preflight(_) => {
            let asked_for = intake.request.header("access-control-request-headers");
            Response::empty(204).with_all(embed::preflight_headers(asked_for))
        }
        Route::Definition(key) => match definition(intake, &key).await {
            Ok(answer) => answer,
            Err(problem) => refuse(intake, &problem),
        },
        Route::HostedPage(key) => match intake.find_form(&key).await {
            Ok(form) => hosted_page(intake, &form),
            Err(problem) => refuse_with_page(intake, &problem),
        },
        Route::Submit(key) => {
            intake.wants_page = intake.request.wants_page();
            submit(intake, &key, body).await
        }
        Route::HostedSubmit(key) => {
            intake.wants_page = true;
            submit(intake, &key, body).await
        }
    }
}

async fn health<P: Platform>(intake: &mut Intake<'_, P>) -> Response {
    let tables = check_tables(intake.platform).await.err();
    if let Some(fault) = &tables {
        intake.log.fault(fault);
    }
    let isolate = intake.platform.isolate();
    let is_well = isolate.config.is_ok() && tables.is_none();
    let status = if is_well { 200 } else { 503 };
    let health = config::health(&isolate.config, isolate.bindings, tables.as_ref());
    Response::json(status, health.to_string()).with("Cache-Control", "no-store")
}

/// Asks the database for its tables, unless they were there a while ago: anybody may call `/healthz`.
async fn check_tables<P: Platform>(platform: &P) -> Result<(), Fault> {
    let now = platform.now();
    let isolate = platform.isolate();
    let seen = isolate.tables_seen_at.get();
    let is_known =
        !isolate.bindings.leads || seen.is_some_and(|at| now.since(at) < TABLES_KNOWN_FOR_MS);
    if !is_known {
        platform.ask(&Query::Tables).await?;
        isolate.tables_seen_at.set(Some(now));
    }
    Ok(())
}

/// The public definition, for pages that may embed it and for callers that are no page at all.
async fn definition<P: Platform>(
    intake: &mut Intake<'_, P>,
    key: &str,
) -> Result<Response, Problem> {
    let form = intake.find_form(key).await?;
    if intake.request.header("origin").is_some() {
        intake.check_embed(&form)?;
    }
    let known = intake.request.header("if-none-match").unwrap_or_default();
    let answer = if matches_etag(known, &form.etag) {
        Response::empty(304)
    } else {
        Response::json(200, form.public_json.clone())
    };
    let is_kept = intake.platform.isolate().has_form_cache();
    let max_age_s = if is_kept { DEFINITION_MAX_AGE_S } else { 0 };
    Ok(answer
        .with("ETag", form.etag.clone())
        .with("Cache-Control", format!("max-age={max_age_s}")))
}

fn hosted_page<P: Platform>(intake: &Intake<'_, P>, form: &FormDefinition) -> Response {
    let frame_ancestors = embed::frame_ancestors(&form.allowed_origins);
    if intake.request.query == page::THANKS_QUERY {
        return page::thanks_page(form, &frame_ancestors).with("Cache-Control", "no-store");
    }
    let visit = Visit {
        key: &intake.new_key(),
        attribution: &own_attribution(intake),
        ..Visit::default()
    };
    // The back button shows it as it was, with what was typed and the same idempotency key; opened anew it has a new one.
    page::form_page(form, &frame_ancestors, visit).with("Cache-Control", "private, no-cache")
}

/// What a page of ours says of where its visitor comes from.
fn own_attribution<P: Platform>(intake: &Intake<'_, P>) -> Vec<(&'static str, String)> {
    let request = intake.request;
    let page = format!("{}{}", request.own_origin, request.path);
    let now = intake.platform.now().to_rfc3339();
    let touch = touch_of_query(&request.query, &now, &page);
    let referrer = request.header("referer").map(str::to_owned);
    [
        (PAGE_NAME, Some(page)),
        (REFERRER_NAME, referrer),
        (LAST_TOUCH_NAME, touch),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text?)))
    .collect()
}

async fn submit<P: Platform>(
    intake: &mut Intake<'_, P>,
    key: &str,
    body: impl RequestBody,
) -> Response {
    let answer = match intake.accept(key, body).await {
        Ok(receipt) => {
            intake.log.outcome = receipt.status.as_str();
            let accepted = match (&intake.form, intake.wants_page) {
                (Some(form), true) => {
                    Response::empty(303).with("Location", page::thanks_location(form))
                }
                _ => dialect(intake).render_receipt(&receipt),
            };
            accepted.with("Cache-Control", "no-store")
        }
        Err(problem) if intake.wants_page => refuse_with_page(intake, &problem),
        Err(problem) => refuse(intake, &problem),
    };
    answer.with_all(std::mem::take(&mut intake.rate_limit_headers))
}

fn refuse<P: Platform>(intake: &mut Intake<'_, P>, problem: &Problem) -> Response {
    intake.note(problem);
    let rendering = Rendering {
        request_id: &intake.log.request_id,
        now: intake.platform.now(),
        service: &intake.request.own_origin,
    };
    dialect(intake).render_problem(problem, &rendering)
}

/// Whatever the reason, a visitor gets back what was typed.
fn refuse_with_page<P: Platform>(intake: &mut Intake<'_, P>, problem: &Problem) -> Response {
    intake.note(problem);
    let is_sent = intake.request.method == Method::Post;
    let frame_ancestors = intake
        .form
        .as_ref()
        .map(|form| embed::frame_ancestors(&form.allowed_origins));
    let answer = match (&intake.form, &intake.typed) {
        (Some(form), Some(typed)) if intake.gives_form_back(problem) => {
            // The key it came with, so that it is one lead if it was taken after all; but not the key of another.
            let is_reused = *problem == Problem::Other(ProblemType::IdempotencyKeyReused);
            let kept = typed.idempotency_key().filter(|_| !is_reused);
            let new = intake.new_key();
            let visit = Visit {
                typed: Some(typed),
                problem: Some(problem),
                key: kept.unwrap_or(&new),
                attribution: &[],
            };
            let seen = intake.seen.as_ref().unwrap_or(form);
            page::form_page(seen, &frame_ancestors.unwrap_or_default(), visit)
        }
        _ => page::problem_page(problem, frame_ancestors.as_deref(), is_sent),
    };
    with_problem_headers(answer, problem)
}

/// The dialect the request asks for, else the form's, else the setting's.
fn dialect<P: Platform>(intake: &Intake<'_, P>) -> Dialect {
    let asked_for = envelope::negotiate(intake.request.header("accept"));
    let of_form = || intake.form.as_ref().and_then(|form| form.dialect);
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

/// How long `/healthz` says of tables that they are there without asking: milliseconds.
const TABLES_KNOWN_FOR_MS: u64 = 10_000;
/// How long a widget may show a definition it has, in step with the shelf: seconds.
const DEFINITION_MAX_AGE_S: u64 = 60;
