//! The walk of one submission: `route -> form -> embed -> limit -> submission -> delivery -> envelope`.
//!
//! [`Walk::accept`] is the walk, one line a room, cheapest check first. This room orders the others and hands them time
//! and state; it decides nothing they could decide. Before it `route` was found, after it `service` puts what came of it
//! into an envelope or onto a page.

mod deliver;

use std::rc::Rc;

use crate::delivery;
use crate::embed::{self, Origin};
use crate::envelope::Receipt;
use crate::form::{FormDefinition, FormKey, Found};
use crate::limit::{self, Caller, CounterKey, RateLimitPolicy, Refusal};
use crate::log::RequestLog;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind, Problem, Warning, WarningCode};
use crate::route::Request;
use crate::submission::{self, Claims, MediaType, RawSubmission, RequestBody, VERSION_NAME};
use crate::warmth;

/// One request on its way through the house.
pub struct Walk<'a, P> {
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
    /// Whether its idempotency key was acknowledged before, so that it costs no quota.
    is_repetition: bool,
}

impl<'a, P: Platform> Walk<'a, P> {
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
            is_repetition: false,
        }
    }

    /// The walk. The body is taken only once everything that needs no body has passed.
    ///
    /// # Errors
    /// Whatever the first room to refuse says.
    pub async fn accept<B: RequestBody>(
        &mut self,
        key: &str,
        body: &mut Option<B>,
    ) -> Result<Receipt, Problem> {
        self.check_settings()?;
        let form = self.find_form(key).await?;
        let origin = self.check_embed(&form)?;
        self.check_limit(&form).await?;
        let typed = self.read_submission(body.take()).await?;
        let accepted = self.take(&form, &origin, &typed).await;
        self.typed = Some(typed);
        accepted
    }

    /// An idempotency key for a form that is about to be filled in; empty when there is no chance to be had.
    pub fn new_key(&self) -> String {
        self.platform
            .random()
            .map_or_else(|_| String::new(), |random| delivery::hex(&random))
    }

    fn check_settings(&mut self) -> Result<(), Problem> {
        let faults = self
            .platform
            .with_isolate(|isolate| isolate.config.as_ref().err().cloned());
        let Some(faults) = faults else { return Ok(()) };
        for fault in &faults {
            let detail = format!("{} {}", fault.variable, fault.reason);
            self.log.fault(&Fault::new(FaultKind::Setting, detail));
        }
        Err(Problem::Misconfigured(faults))
    }

    /// The published form of this key, waiting for KV only when the isolate has not met it lately.
    ///
    /// # Errors
    /// [`Problem::FormNotFound`], or [`Problem::Unavailable`] when there is one that cannot be used.
    pub async fn find_form(&mut self, key: &str) -> Result<Rc<FormDefinition>, Problem> {
        let key = FormKey::parse(key).map_err(|_| Problem::FormNotFound)?;
        self.log.form = Some(key.to_string());
        let now = self.platform.now();
        let found = self
            .platform
            .with_isolate(|isolate| match isolate.has_form_cache() {
                true => isolate.forms.borrow_mut().find(&key, now),
                false => Found::Cold,
            });
        let form = match found {
            Found::Warm(form) => form,
            Found::Stale(form) => {
                self.platform
                    .wait_until(warmth::refresh_form(self.platform.clone(), key));
                Some(form)
            }
            Found::Cold => warmth::load_form(self.platform, &key)
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

    async fn check_limit(&mut self, form: &FormDefinition) -> Result<(), Problem> {
        let header = self.request.header("idempotency-key");
        self.is_repetition = header
            .and_then(delivery::parse_idempotency_key)
            .is_some_and(|key| {
                self.platform.with_isolate(|isolate| {
                    let mut receipts = isolate.receipts.borrow_mut();
                    receipts.find(form.key.as_str(), key).is_some()
                })
            });
        let counters = self.counters(form);
        if self.is_repetition {
            let now = self.platform.now();
            let standing = self
                .platform
                .with_isolate(|isolate| isolate.tallies.borrow_mut().look(&counters, now));
            self.rate_limit_headers = limit::rate_limit_headers(&standing, now);
            return Ok(());
        }
        for (policy, key) in &counters {
            warmth::ask_counter(self.platform, *key, policy).await;
        }
        let now = self.platform.now();
        let decision = self
            .platform
            .with_isolate(|isolate| isolate.tallies.borrow_mut().decide(&counters, now));
        self.rate_limit_headers = limit::rate_limit_headers(&decision, now);
        self.log.step("limit", now);
        match decision.refusal {
            Some(Refusal::Over {
                policy,
                retry_after_s,
            }) => Err(Problem::RateLimited {
                policy,
                retry_after_s,
            }),
            Some(Refusal::Unknown) => Err(Problem::Unavailable {
                retry_after_s: limit::UNKNOWN_RETRY_AFTER_S,
            }),
            None => {
                for (policy, key) in counters {
                    warmth::exchange_counter(self.platform, key, policy);
                }
                Ok(())
            }
        }
    }

    fn counters<'f>(&self, form: &'f FormDefinition) -> Vec<(&'f RateLimitPolicy, CounterKey)> {
        let header = |name| self.request.header(name);
        let caller = Caller::new(
            header("cf-connecting-ip"),
            header("x-api-key"),
            header("authorization"),
        );
        let caller = self
            .platform
            .with_isolate(|isolate| caller.keyed(isolate.ticket_key()));
        limit::counters(&form.rate_limits, form.key.as_str(), &caller)
    }

    /// What was typed, checked against the form that was seen, and handed over.
    async fn take(
        &mut self,
        form: &Rc<FormDefinition>,
        origin: &Origin,
        typed: &RawSubmission,
    ) -> Result<Receipt, Problem> {
        let (seen, warning) = self.find_seen(form, typed).await;
        self.seen = Some(seen.clone());
        let mut warnings = Vec::from_iter(warning);
        let claims = Claims::read(typed, &mut warnings);
        let validated = submission::validate(&seen, typed, warnings);
        self.log.step("submission", self.platform.now());
        let submission = validated.map_err(Problem::ValidationFailed)?;
        self.deliver(form, &seen, origin, submission, claims, typed)
            .await
    }

    /// Takes what was typed into a form that was refused before it was read, so that it can be given back.
    pub async fn keep_typed(&mut self, form: &Rc<FormDefinition>, body: impl RequestBody) {
        let Ok(raw) = self.read_submission(Some(body)).await else {
            return;
        };
        // A flood costs no KV, so only versions in memory are looked for.
        if let Ok(Some(version)) = raw.version() {
            self.seen = self.known_version(form, version).flatten();
        }
        self.typed = Some(raw);
    }

    /// The version the visitor saw, else the current one with a warning: nobody is refused for a number on a page.
    async fn find_seen(
        &mut self,
        form: &Rc<FormDefinition>,
        raw: &RawSubmission,
    ) -> (Rc<FormDefinition>, Option<Warning>) {
        let current = |code| (form.clone(), Some(Warning::of(VERSION_NAME, code)));
        let version = match raw.version() {
            Ok(Some(version)) if version != form.version => version,
            Ok(_) => return (form.clone(), None),
            Err(code) => return current(code),
        };
        let found = match self.known_version(form, version) {
            Some(known) => Ok(known),
            None => warmth::load_version(self.platform, &form.key, version).await,
        };
        match found {
            Ok(Some(seen)) => (seen, None),
            Ok(None) => current(WarningCode::VersionUnknown),
            Err(fault) => {
                self.log.fault(&fault);
                current(WarningCode::VersionUnknown)
            }
        }
    }

    /// A version this isolate has looked for lately, and what came of it.
    fn known_version(
        &self,
        form: &FormDefinition,
        version: u32,
    ) -> Option<Option<Rc<FormDefinition>>> {
        let now = self.platform.now();
        self.platform.with_isolate(|isolate| {
            let mut forms = isolate.forms.borrow_mut();
            forms.find_version(&form.key, version, now)
        })
    }

    /// What was typed; nothing, when the body was taken before.
    async fn read_submission(
        &self,
        body: Option<impl RequestBody>,
    ) -> Result<RawSubmission, Problem> {
        let Some(body) = body else {
            return Ok(RawSubmission::default());
        };
        submission::read(body, &MediaType::of(self.request)?).await
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
