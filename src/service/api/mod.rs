//! The HTTP of the owner's API: finds the route, the caller and their role, reads the body, calls the function of the route, and
//! logs the faults.

mod audit;
mod dead_letters;
mod export;
mod forms;
mod identify;
mod input;
mod lead_json;
mod leads;
mod me;
mod output;
mod rejects;
mod selection;
mod tokens;

pub(super) use export::continue_body;

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use crate::access::{ApiRoute, Identity, is_cross_site};
use crate::envelope::Response;
use crate::intake::{Intake, Refused};
use crate::platform::Platform;
use crate::problem::{Fault, Problem, ProblemType};
use crate::route::Request;
use crate::submission::RequestBody;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// One call of the API by a caller who may make it. A function of a route takes it and gives the response or the problem.
struct Api<'a, P> {
    /// Time, randomness and stores.
    platform: &'a P,
    /// The request's head.
    request: &'a Request,
    /// Who calls.
    identity: Identity,
    /// The segment of the path that stands for `{key}` or `{id}`, as sent; empty when the route has none.
    id: &'a str,
    /// The body, empty for GET and DELETE; [`Api::json`] parses it.
    body: String,
    faults: RefCell<Vec<Fault>>,
}

/// Responds to a request below `/api`. Boxed, so that the future of a submission does not grow by it.
pub(super) fn respond<'a, P: Platform>(
    intake: &'a mut Intake<'_, P>,
    body: impl RequestBody + 'a,
) -> Boxed<'a, Result<Response, Refused>> {
    Box::pin(find_and_answer(intake, body))
}

async fn find_and_answer<P: Platform>(
    intake: &mut Intake<'_, P>,
    body: impl RequestBody,
) -> Result<Response, Refused> {
    let (request, platform) = (intake.request, intake.platform);
    let (route, id) = ApiRoute::find(request.method, &request.path)?;
    intake.log.route = route.path();
    let mut faults = Vec::new();
    let allowed = admit(platform, request, route, body, &mut faults).await;
    let response = match allowed {
        Err(problem) => Err(problem),
        Ok((identity, body)) => {
            let api = Api {
                platform,
                request,
                identity,
                id,
                body,
                faults: RefCell::default(),
            };
            let response = match route {
                ApiRoute::TestForm => Box::pin(try_out(intake, &api)).await,
                _ => answer(&api, route).await,
            };
            faults = api.faults.take();
            response
        }
    };
    for fault in &faults {
        intake.log.fault(fault);
    }
    Ok(response?)
}

/// The caller and the body of a request that may be made.
async fn admit<P: Platform>(
    platform: &P,
    request: &Request,
    route: ApiRoute,
    body: impl RequestBody,
    faults: &mut Vec<Fault>,
) -> Result<(Identity, String), Problem> {
    let identity = identify::identify(platform, request, faults).await?;
    if identity.role < route.role() || is_cross_site(request) {
        return Err(Problem::Other(ProblemType::Forbidden));
    }
    let body = input::read_body(request, body).await?;
    Ok((identity, body))
}

/// Takes a test submission, and answers as to a visitor's.
async fn try_out<P: Platform>(
    intake: &mut Intake<'_, P>,
    api: &Api<'_, P>,
) -> Result<Response, Problem> {
    let form = forms::tried(api).await?;
    let key = form.key.clone();
    let receipt = intake.try_out(form, api.body.as_bytes()).await?;
    api.note("test_sent", key.as_str(), 1).await;
    Ok(super::dialect(intake, None).render_receipt(&receipt))
}

/// Calls the function of a route. Each is boxed: one function of them all would be larger.
fn answer<'a, P: Platform>(
    api: &'a Api<'_, P>,
    route: ApiRoute,
) -> Boxed<'a, Result<Response, Problem>> {
    match route {
        ApiRoute::Me => Box::pin(me::me(api)),
        ApiRoute::ListForms => Box::pin(forms::list(api)),
        ApiRoute::CheckForm => Box::pin(forms::check(api)),
        ApiRoute::GetForm
        | ApiRoute::PutDraft
        | ApiRoute::DeleteDraft
        | ApiRoute::PublishForm
        | ApiRoute::UnpublishForm
        | ApiRoute::TestForm => Box::pin(forms::of_one(api, route)),
        ApiRoute::ListPages => Box::pin(rejects::pages(api)),
        ApiRoute::ListRejects => Box::pin(rejects::list(api)),
        ApiRoute::ListLeads => Box::pin(leads::list(api)),
        ApiRoute::LeadActions => Box::pin(leads::act(api)),
        ApiRoute::ExportLeads => Box::pin(export::export(api)),
        ApiRoute::EraseLeads => Box::pin(leads::erase(api)),
        ApiRoute::GetLead => Box::pin(leads::get(api)),
        ApiRoute::PatchLead => Box::pin(leads::patch(api)),
        ApiRoute::DeleteLead => Box::pin(leads::delete(api)),
        ApiRoute::ListDeadLetters => Box::pin(dead_letters::list(api)),
        ApiRoute::RedriveAll => Box::pin(dead_letters::redrive_all(api)),
        ApiRoute::GetDeadLetter => Box::pin(dead_letters::get(api)),
        ApiRoute::Redrive => Box::pin(dead_letters::redrive(api)),
        ApiRoute::ListTokens => Box::pin(tokens::list(api)),
        ApiRoute::CreateToken => Box::pin(tokens::create(api)),
        ApiRoute::DeleteToken => Box::pin(tokens::delete(api)),
        ApiRoute::ListAudit => Box::pin(audit::list(api)),
    }
}

/// Adds the headers that every response of the API has.
pub(super) fn with_headers(response: Response) -> Response {
    let response = response
        .with("Vary", "Accept")
        .with("Cross-Origin-Resource-Policy", "same-origin");
    match response.header("Cache-Control") {
        Some(_) => response,
        None => response.with("Cache-Control", "no-store"),
    }
}
