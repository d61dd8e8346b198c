//! Responds with a diagnosis: whether a page of the address in the query may embed a form. Every page and program may ask.

use crate::doctor;
use crate::envelope::Response;
use crate::form::FormDefinition;
use crate::intake::{Intake, Refused};
use crate::page;
use crate::platform::Platform;
use crate::problem::{Problem, Violation, ViolationCode};

pub(super) fn diagnose<P: Platform>(
    intake: &Intake<'_, P>,
    form: &FormDefinition,
) -> Result<Response, Refused> {
    let request = intake.request;
    let address = doctor::address_in(&request.query);
    let diagnosis = address.map(|url| doctor::diagnose(&url, &request.own_origin, form));
    let response = match diagnosis {
        found if intake.wants_page => page::doctor_page(form.key.as_str(), found.as_ref()),
        Some(found) => Response::json(200, found.to_json().to_string()),
        None => {
            let reason = "the address of the page is missing: ?url=https://…".to_owned();
            let missing = Violation::of_field("url", ViolationCode::ValueMissing, reason);
            return Err(Problem::ValidationFailed(vec![missing]).into());
        }
    };
    Ok(response.with("Cache-Control", "no-store"))
}
