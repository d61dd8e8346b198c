//! The HTTP of the owner's API: finds the route, the caller and their role, reads the body, calls the function of the route, and
//! logs the faults.

mod audit;
mod dead_letters;
mod export;
mod forms;
mod identify;
mod input;
mod leads;
mod me;
mod output;
mod tokens;

use std::cell::RefCell;

use crate::access::{ApiRoute, Identity, is_cross_site};
use crate::envelope::Response;
use crate::intake::{Intake, Refused};
use crate::platform::Platform;
use crate::problem::{Fault, Problem, ProblemType};
use crate::route::Request;
use crate::submission::RequestBody;

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

/// Responds to a request below `/api`.
pub(super) async fn respond<P: Platform>(
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
            let response = answer(&api, route).await;
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

async fn answer<P: Platform>(api: &Api<'_, P>, route: ApiRoute) -> Result<Response, Problem> {
    match route {
        ApiRoute::Me => Ok(me::me(api)),
        ApiRoute::ListForms => forms::list(api).await,
        ApiRoute::CheckForm => forms::check(api).await,
        ApiRoute::GetForm => forms::get(api).await,
        ApiRoute::PutDraft => forms::put_draft(api).await,
        ApiRoute::DeleteDraft => forms::delete_draft(api).await,
        ApiRoute::PublishForm => forms::publish(api).await,
        ApiRoute::UnpublishForm => forms::unpublish(api).await,
        ApiRoute::ListRejects => forms::rejects(api).await,
        ApiRoute::ListLeads => leads::list(api).await,
        ApiRoute::LeadActions => leads::act(api).await,
        ApiRoute::ExportLeads => export::export(api).await,
        ApiRoute::EraseLeads => leads::erase(api).await,
        ApiRoute::GetLead => leads::get(api).await,
        ApiRoute::PatchLead => leads::patch(api).await,
        ApiRoute::DeleteLead => leads::delete(api).await,
        ApiRoute::ListDeadLetters => dead_letters::list(api).await,
        ApiRoute::RedriveAll => dead_letters::redrive_all(api).await,
        ApiRoute::GetDeadLetter => dead_letters::get(api).await,
        ApiRoute::Redrive => dead_letters::redrive(api).await,
        ApiRoute::ListTokens => tokens::list(api).await,
        ApiRoute::CreateToken => tokens::create(api).await,
        ApiRoute::DeleteToken => tokens::delete(api).await,
        ApiRoute::ListAudit => audit::list(api).await,
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
