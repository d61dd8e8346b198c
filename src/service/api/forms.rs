//! `/api/forms`: drafts and publishing.

use super::Api;
use super::input::no_cursor;
use super::output::object;
use crate::access::ApiRoute;
use crate::admin::forms::{self as admin, MAX_DRAFT_BYTES, Refusal};
use crate::config::NO_TABLES;
use crate::envelope::Response;
use crate::form::{Checked, DefinitionFault, FormDefinition, FormKey};
use crate::json::Object;
use crate::platform::Platform;
use crate::problem::{FaultKind, Problem, ProblemType, SettingFault, Violation, ViolationCode};

pub(super) async fn list<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    check_stores(api)?;
    let limit = api.limit()?;
    let after = api.parameter("cursor").unwrap_or_default();
    if !after.is_empty() && FormKey::parse(&after).is_err() {
        return Err(no_cursor());
    }
    let listed = admin::list(api.platform, &after, limit).await;
    let forms = listed.map_err(|fault| refused(api, fault.into()))?;
    let column = |row: usize, column: usize| forms.get(row)?.get(column)?.as_deref();
    let is_full = u32::try_from(forms.len()).is_ok_and(|count| count >= limit);
    Ok(object(200, |page| {
        page.array("items", 0..forms.len(), |text, row| {
            text.push_str(column(row, 1).unwrap_or("null"));
        });
        let last = forms.len().checked_sub(1).filter(|_| is_full);
        page.optional("next", last.and_then(|last| column(last, 0)));
    }))
}

/// A definition -> `{ "faults", "advice", "public" }`
pub(super) async fn check<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let checked = admin::check(api.platform, &api.body, None).await;
    Ok(object(200, |found| findings(found, &checked)))
}

/// The form that a test submission is for.
pub(super) async fn tried<P: Platform>(api: &Api<'_, P>) -> Result<FormDefinition, Problem> {
    check_stores(api)?;
    let key = FormKey::parse(api.id).map_err(|_| Problem::FormNotFound)?;
    let newest = match admin::find(api.platform, &key).await {
        Ok(record) => admin::newest(api.platform, &key, &record).await,
        Err(fault) => Err(fault.into()),
    };
    Ok(newest.map_err(|refusal| refused(api, refusal))?.form)
}

/// A call about one form.
pub(super) async fn of_one<P: Platform>(
    api: &Api<'_, P>,
    route: ApiRoute,
) -> Result<Response, Problem> {
    check_stores(api)?;
    let key = FormKey::parse(api.id).map_err(|_| Problem::FormNotFound)?;
    let done = carry_out(api, &key, route).await;
    let (response, action) = done.map_err(|refusal| refused(api, refusal))?;
    if let Some(action) = action {
        api.note(action, key.as_str(), 1).await;
    }
    Ok(response)
}

/// The response, and the name of the change in the audit.
async fn carry_out<P: Platform>(
    api: &Api<'_, P>,
    key: &FormKey,
    route: ApiRoute,
) -> Result<(Response, Option<&'static str>), Refusal> {
    let platform = api.platform;
    let record = &admin::find(platform, key).await?;
    let if_match = api.request.header("if-match");
    Ok(match route {
        ApiRoute::PutDraft => {
            let saved = admin::save_draft(platform, key, record, &api.body, if_match).await?;
            let (tag, checked) = saved;
            let response = object(200, |saved| {
                findings(saved, &checked);
                saved.text("status", record.status().as_str());
            });
            (response.with("ETag", tag), Some("draft_saved"))
        }
        ApiRoute::DeleteDraft => {
            admin::delete_draft(platform, key, record, if_match).await?;
            (Response::empty(204), Some("draft_deleted"))
        }
        ApiRoute::PublishForm => {
            let number = admin::publish(platform, key, record).await?;
            let response = object(200, |published| {
                published.number("version", number.into());
                visible_to_all(api, published);
            });
            (response, Some("published"))
        }
        ApiRoute::UnpublishForm => {
            admin::unpublish(platform, key, record).await?;
            let response = object(200, |unpublished| {
                unpublished.text("status", "unpublished");
                visible_to_all(api, unpublished);
            });
            (response, Some("unpublished"))
        }
        _ if record.is_empty() => return Err(Refusal::NotFound),
        _ => {
            let published = admin::published(platform, key, record).await?;
            let response = object(200, |form| {
                form.raw("published", published.as_deref().unwrap_or("null"));
                form.raw("draft", record.draft.as_deref().unwrap_or("null"));
                form.optional_number("version", record.version.map(u64::from));
                form.text("status", record.status().as_str());
            });
            let tag = record.draft.as_ref().map(|_| record.draft_tag.clone());
            (
                response.with_all(tag.map(|tag| ("ETag", tag)).into_iter().collect()),
                None,
            )
        }
    })
}

/// The faults of a definition, or else advice on it and what visitors get of it.
fn findings(object: &mut Object<'_>, checked: &Result<Checked, Vec<DefinitionFault>>) {
    let (faults, advice) = match checked {
        Ok(checked) => (&[][..], checked.advice.as_slice()),
        Err(faults) => (faults.as_slice(), &[][..]),
    };
    for (name, found) in [("faults", faults), ("advice", advice)] {
        object.array(name, found, |text, fault| {
            Object::write(text, |object| {
                object.text("path", &fault.path);
                object.text("reason", &fault.reason);
            });
        });
    }
    let public = checked.as_ref().map(|checked| &checked.form.public_json);
    object.raw("public", public.map_or("null", String::as_str));
}

fn visible_to_all<P: Platform>(api: &Api<'_, P>, object: &mut Object<'_>) {
    let by = admin::visible_to_all_by(api.platform).to_rfc3339();
    object.text("visible_to_all_by", &by);
}

/// Without KV, the settings are invalid; with a core, the service needs no database.
fn check_stores<P: Platform>(api: &Api<'_, P>) -> Result<(), Problem> {
    match api.platform.isolate().bindings.leads {
        true => Ok(()),
        false => Err(setting(
            "LEADS",
            "is not bound: it has the drafts and the versions of forms",
        )),
    }
}

fn setting(variable: &'static str, reason: &str) -> Problem {
    let reason = reason.to_owned();
    Problem::Misconfigured(vec![SettingFault { variable, reason }])
}

fn refused<P: Platform>(api: &Api<'_, P>, refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotFound => Problem::FormNotFound,
        Refusal::NothingToPublish => Problem::Other(ProblemType::FormAlreadyPublished),
        Refusal::Changed => Problem::Other(ProblemType::DraftChanged),
        Refusal::TooLarge => Problem::BodyTooLarge {
            limit_bytes: MAX_DRAFT_BYTES,
        },
        Refusal::Faults(faults) => {
            let violations = faults.into_iter().map(|fault| Violation {
                field: (!fault.path.is_empty()).then_some(fault.path),
                code: ViolationCode::BadInput,
                message: fault.reason,
            });
            Problem::ValidationFailed(violations.collect())
        }
        Refusal::Busy { retry_after_s } => Problem::Unavailable { retry_after_s },
        Refusal::Fault(fault) if fault.kind == FaultKind::Setting => {
            let problem = setting("LEADS", NO_TABLES);
            api.faults.borrow_mut().push(fault);
            problem
        }
        Refusal::Fault(fault) => api.unavailable(fault),
    }
}
