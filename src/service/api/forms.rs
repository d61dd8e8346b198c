//! `/api/forms`: drafts, publishing and rejects.

use super::Api;
use super::output::object;
use crate::admin::forms::{self as admin, MAX_DRAFT_BYTES, Refusal};
use crate::config::NO_TABLES;
use crate::envelope::Response;
use crate::form::{DefinitionFault, FormKey, review};
use crate::json::Object;
use crate::platform::Platform;
use crate::problem::{FaultKind, Problem, ProblemType, SettingFault, Violation, ViolationCode};

pub(super) async fn list<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    check_stores(api)?;
    let limit = api.limit()?;
    let after = api.parameter("cursor").unwrap_or_default();
    let listed = admin::list(api.platform, &after, limit).await;
    let forms = listed.map_err(|fault| refused(api, fault.into()))?;
    // With a core, leads are not in the database.
    let isolate = api.platform.isolate();
    let has_core = isolate.config.as_ref().is_ok_and(|it| it.core.is_some());
    Ok(object(200, |page| {
        page.array("items", &forms, |text, form| {
            Object::write(text, |item| {
                let record = &form.record;
                item.text("key", &form.key);
                item.optional("title", record.title.as_deref());
                version(item, record.version);
                item.text("status", record.status().as_str());
                item.boolean("has_draft", form.has_draft);
                let leads = if has_core { form.accepted } else { form.leads };
                item.number("leads_30d", leads);
                item.number("rejects_30d", form.rejects);
            });
        });
        let is_full = u32::try_from(forms.len()).is_ok_and(|count| count >= limit);
        let next = forms.last().filter(|_| is_full);
        page.optional("next", next.map(|form| form.key.as_str()));
    }))
}

/// A definition -> `{ "faults", "advice" }`
pub(super) async fn check<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let checked = admin::check(api.platform, &api.body, None).await;
    let advice = checked.as_ref().map(|checked| review(&checked.form));
    Ok(object(200, |found| {
        faults(found, "faults", checked.as_ref().err());
        faults(found, "advice", advice.as_ref().ok());
    }))
}

/// `{ "published", "draft", "version", "status" }`, and the `ETag` of the draft.
pub(super) async fn get<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let key = key(api)?;
    let found = admin::find(api.platform, &key).await;
    let (record, tag) = found.map_err(|fault| refused(api, fault.into()))?;
    if record.is_empty() {
        return Err(Problem::FormNotFound);
    }
    let published = admin::published(api.platform, &key, &record).await;
    let published = published.map_err(|fault| refused(api, fault.into()))?;
    let response = object(200, |form| {
        form.raw("published", published.as_deref());
        form.raw("draft", record.draft.as_deref());
        version(form, record.version);
        form.text("status", record.status().as_str());
    });
    Ok(match record.draft {
        Some(_) => response.with("ETag", tag),
        None => response,
    })
}

/// A definition -> `{ "faults", "advice" }`, and the `ETag` of the draft.
pub(super) async fn put_draft<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let key = key(api)?;
    let if_match = api.request.header("if-match");
    let saved = admin::save_draft(api.platform, &key, &api.body, if_match).await;
    let draft = saved.map_err(|refusal| refused(api, refusal))?;
    api.note("draft_saved", key.as_str(), 1).await;
    let advice = draft.checked.as_ref().map(|checked| review(&checked.form));
    let response = object(200, |saved| {
        faults(saved, "faults", draft.checked.as_ref().err());
        faults(saved, "advice", advice.as_ref().ok());
        saved.text("status", draft.status.as_str());
    });
    Ok(response.with("ETag", draft.tag))
}

pub(super) async fn delete_draft<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let key = key(api)?;
    let if_match = api.request.header("if-match");
    let deleted = admin::delete_draft(api.platform, &key, if_match).await;
    deleted.map_err(|refusal| refused(api, refusal))?;
    api.note("draft_deleted", key.as_str(), 1).await;
    Ok(Response::empty(204))
}

/// `{ "version", "visible_to_all_by" }`
pub(super) async fn publish<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let key = key(api)?;
    let published = admin::publish(api.platform, &key).await;
    let number = published.map_err(|refusal| refused(api, refusal))?;
    api.note("published", key.as_str(), 1).await;
    Ok(object(200, |published| {
        version(published, Some(number));
        visible_to_all(api, published);
    }))
}

/// `{ "status", "visible_to_all_by" }`
pub(super) async fn unpublish<P: Platform>(api: &Api<'_, P>) -> Result<Response, Problem> {
    let key = key(api)?;
    let done = admin::unpublish(api.platform, &key).await;
    done.map_err(|refusal| refused(api, refusal))?;
    api.note("unpublished", key.as_str(), 1).await;
    Ok(object(200, |unpublished| {
        unpublished.text("status", "unpublished");
        visible_to_all(api, unpublished);
    }))
}

fn version(object: &mut Object<'_>, version: Option<u32>) {
    object.raw(
        "version",
        version.map(|version| version.to_string()).as_deref(),
    );
}

fn visible_to_all<P: Platform>(api: &Api<'_, P>, object: &mut Object<'_>) {
    let by = admin::visible_to_all_by(api.platform).to_rfc3339();
    object.text("visible_to_all_by", &by);
}

fn faults(object: &mut Object<'_>, name: &str, faults: Option<&Vec<DefinitionFault>>) {
    object.array(name, faults.into_iter().flatten(), |text, fault| {
        Object::write(text, |object| {
            object.text("path", &fault.path);
            object.text("reason", &fault.reason);
        });
    });
}

/// The key in the path, if the service has the stores of forms.
fn key<P: Platform>(api: &Api<'_, P>) -> Result<FormKey, Problem> {
    check_stores(api)?;
    FormKey::parse(api.id).map_err(|_| Problem::FormNotFound)
}

fn check_stores<P: Platform>(api: &Api<'_, P>) -> Result<(), Problem> {
    let bindings = api.platform.isolate().bindings;
    match (bindings.forms, bindings.leads) {
        (true, true) => Ok(()),
        (false, _) => Err(setting("FORMS", "is not bound: it has what is published")),
        (_, false) => Err(setting(
            "LEADS",
            "is not bound: it has drafts and the versions of forms",
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

pub(super) async fn rejects<P: Platform>(_api: &Api<'_, P>) -> Result<Response, Problem> {
    Err(Problem::RouteNotFound)
}
