//! The walk of one submission: `route -> form -> embed -> limit -> submission -> delivery -> envelope`.
//!
//! [`Intake::accept`] is the walk, one line a room, cheapest check first. This room orders the others and hands them time
//! and state; it decides nothing they could decide. Before it `route` was found, after it `service` puts what came of it
//! into an envelope or onto a page.

mod deliver;
mod quota;
mod seen;

use std::rc::Rc;

use crate::background;
use crate::delivery;
use crate::embed::{self, Origin};
use crate::envelope::Receipt;
use crate::form::{FormDefinition, FormKey, Found};
use crate::log::RequestLog;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind, Problem, Warning, WarningCode};
use crate::route::Request;
use crate::submission::{
    self, Attribution, KEY_NAME, MAX_BODY_BYTES, MediaType, RawSubmission, RequestBody,
};

/// One request on its way through the house.
pub struct Intake<'a, P> {
    /// What was asked.
    pub request: &'a Request,
    /// Time, chance and stores.
    pub platform: &'a P,
    /// What is known so far.
    pub log: RequestLog,
    /// Where the caller stands, once that is known.
    pub rate_limit_headers: Vec<(&'static str, String)>,
    /// The form, once it is found.
    pub form: Option<Rc<FormDefinition>>,
    /// The version of it that the visitor saw, once that is known.
    pub seen: Option<Rc<FormDefinition>>,
    /// What was typed, once it is read: to be given back if it is refused.
    pub typed: Option<RawSubmission>,
    /// Whether it is answered with a page.
    pub wants_page: bool,
    /// Whether it was counted, and that is not published yet.
    is_counted: bool,
}

impl<'a, P: Platform> Intake<'a, P> {
    /// A walk that has not got anywhere yet.
    pub fn start(request: &'a Request, platform: &'a P) -> Self {
        // A request id only has to be findable; ids that must not collide are drawn apart.
        let request_id = delivery::hex(&platform.random().unwrap_or_default());
        Self {
            request,
            platform,
            log: RequestLog::start(request_id, platform.now()),
            rate_limit_headers: Vec::new(),
            form: None,
            seen: None,
            typed: None,
            wants_page: false,
            is_counted: false,
        }
    }

    /// The walk. The body is read only once everything that needs no body has passed, or to give back what was typed.
    ///
    /// # Errors
    /// Whatever the first room to refuse says.
    pub async fn accept(&mut self, key: &str, body: impl RequestBody) -> Result<Receipt, Problem> {
        let settings = self.check_settings();
        let form = match self.find_form(key).await {
            Ok(form) => form,
            Err(problem) => return Err(settings.err().unwrap_or(problem)),
        };
        let origin = settings.and_then(|()| self.check_embed(&form));
        let limit = match &origin {
            Err(problem) if !self.gives_form_back(problem) => return Err(problem.clone()),
            // Without settings nothing can be counted.
            Err(Problem::Misconfigured(_)) => Ok(()),
            _ => self.check_limit(&form).await,
        };
        let accepted = match limit.and(origin) {
            Ok(origin) => match self.read_submission(body).await {
                Ok(mut typed) => {
                    let accepted = self.take(&form, &origin, &mut typed).await;
                    self.typed = Some(typed);
                    accepted
                }
                Err(problem) => Err(problem),
            },
            Err(refusal) => self.repeat(&form, body, refusal).await,
        };
        self.publish_counts(&form);
        accepted
    }

    /// Whether a visitor gets the form back with what was typed. A page that may not embed the form is not given it; one
    /// that does not say where it is may be allowed, and from ours the form can be sent.
    pub fn gives_form_back(&self, problem: &Problem) -> bool {
        let is_foreign = matches!(problem, Problem::EmbedInvalid(reason) if !reason.is_untold());
        self.wants_page && self.form.is_some() && !is_foreign
    }

    /// An idempotency key for a form that is about to be filled in; empty when there is no chance to be had.
    pub fn new_key(&self) -> String {
        self.platform
            .random()
            .map_or_else(|_| String::new(), |random| delivery::hex(&random))
    }

    fn check_settings(&mut self) -> Result<(), Problem> {
        let isolate = self.platform.isolate();
        let Err(faults) = &isolate.config else {
            return Ok(());
        };
        for fault in faults {
            let detail = format!("{} {}", fault.variable, fault.reason);
            self.log.fault(&Fault::new(FaultKind::Setting, detail));
        }
        Err(Problem::Misconfigured(faults.clone()))
    }

    /// The published form of this key, waiting for KV only when the isolate has not met it lately.
    ///
    /// # Errors
    /// [`Problem::FormNotFound`], or [`Problem::Unavailable`] when there is one that cannot be used.
    pub async fn find_form(&mut self, key: &str) -> Result<Rc<FormDefinition>, Problem> {
        let key = FormKey::parse(key).map_err(|_| Problem::FormNotFound)?;
        self.log.form = Some(key.to_string());
        let now = self.platform.now();
        let isolate = self.platform.isolate();
        let found = match isolate.has_form_cache() {
            true => isolate.forms.borrow_mut().find(&key, now),
            false => Found::Miss,
        };
        let form = match found {
            Found::Fresh(form) => form,
            Found::Stale(form) => {
                self.platform
                    .wait_until(background::refresh_form(self.platform.clone(), key));
                Some(form)
            }
            Found::Broken(fault) => return Err(self.unavailable(&fault)),
            Found::Miss => background::load_form(self.platform, &key)
                .await
                .map_err(|fault| self.unavailable(&fault))?,
        };
        self.form = form.clone();
        self.log.step("form", self.platform.now());
        form.ok_or(Problem::FormNotFound)
    }

    /// Whether the page that asks may embed the form.
    ///
    /// # Errors
    /// [`Problem::EmbedInvalid`].
    pub fn check_embed(&self, form: &FormDefinition) -> Result<Origin, Problem> {
        let origin = self.request.header("origin");
        embed::check(origin, &self.request.own_origin, &form.allowed_origins)
            .map_err(Problem::EmbedInvalid)
    }

    /// What was typed, checked against the form that was seen, and handed over.
    async fn take(
        &mut self,
        form: &Rc<FormDefinition>,
        origin: &Origin,
        typed: &mut RawSubmission,
    ) -> Result<Receipt, Problem> {
        let seen = self.find_seen(form, typed).await;
        typed.settle_names(&seen.form);
        let typed = &*typed;
        self.seen = Some(seen.form.clone());
        let mut warnings = Vec::from_iter(seen.warning());
        let key = self.client_key(typed, &mut warnings);
        let attribution = Attribution::read(typed, &mut warnings);
        let validated = submission::validate_seen(&seen.form, form, typed, warnings);
        self.log.step("submission", self.platform.now());
        let submission = validated.map_err(Problem::ValidationFailed)?;
        self.deliver(form, &seen, origin, submission, attribution, key)
            .await
    }

    /// The idempotency key, of the header or else of the body; a warning for one that cannot be used.
    fn client_key<'t>(
        &self,
        typed: &'t RawSubmission,
        warnings: &mut Vec<Warning>,
    ) -> Option<&'t str>
    where
        'a: 't,
    {
        let header = self.request.header("idempotency-key");
        let in_body = typed.values(KEY_NAME);
        let is_in_body = in_body.iter().any(|value| !value.text().is_empty());
        let in_body = is_in_body.then(|| typed.idempotency_key().unwrap_or_default());
        for (name, text) in [("Idempotency-Key", header), (KEY_NAME, in_body)] {
            let Some(text) = text else { continue };
            match delivery::parse_idempotency_key(text) {
                Some(key) => return Some(key),
                None => warnings.push(Warning::of(name, WarningCode::KeyUnusable)),
            }
        }
        None
    }

    /// What was typed.
    async fn read_submission(&self, body: impl RequestBody) -> Result<RawSubmission, Problem> {
        submission::read(body, &MediaType::of(self.request)?).await
    }

    /// What was typed into a form that is refused; nothing, when there is more than that.
    async fn read_little(
        &self,
        body: impl RequestBody,
        limit_bytes: usize,
    ) -> Option<RawSubmission> {
        let media_type = MediaType::of(self.request).ok()?;
        // A browser shows the answer only once it has sent everything; other callers do not need to.
        let drained_bytes = if self.wants_page { MAX_BODY_BYTES } else { 0 };
        let bytes = body.read_little(limit_bytes, drained_bytes).await.ok()?;
        submission::decode(&bytes, &media_type).ok()
    }

    /// Notes a fault of ours; all the visitor learns is to come back.
    fn unavailable(&mut self, fault: &Fault) -> Problem {
        self.log.fault(fault);
        Problem::Unavailable {
            retry_after_s: delivery::RETRY_AFTER_S,
        }
    }

    /// Logs why the request is refused.
    pub fn note(&mut self, problem: &Problem) {
        self.log.outcome = problem.problem_type().code();
        if let Problem::EmbedInvalid(reason) = problem {
            let origin = embed::loggable_origin(self.request.header("origin"));
            self.log.refused_embed = Some((reason.as_str(), origin.map(str::to_owned)));
        }
        if let Problem::ValidationFailed(violations) = problem {
            let form = self.seen.as_deref().or(self.form.as_deref());
            // Only names the form has: any other may be something a visitor typed.
            let names = violations
                .iter()
                .filter_map(|violation| violation.field.as_deref());
            self.log.refused_fields = names
                .filter(|name| form.is_some_and(|form| form.field(name).is_some()))
                .map(str::to_owned)
                .collect();
        }
    }
}
