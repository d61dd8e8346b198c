//! The walk of one submission: `route -> form -> embed -> limit -> submission -> delivery -> envelope`.
//!
//! [`handle`] answers every request; `Walk::accept` is the walk, one line a room, cheapest check first. This
//! room orders the others and hands them time and state; it decides nothing they could decide.

use std::rc::Rc;

use crate::config;
use crate::delivery::{self, CoreRequest, Lead, Outcome, Provenance, SubmissionKeys};
use crate::embed::{self, Origin};
use crate::envelope::{Answer, Dialect, Receipt, ReceiptStatus, with_problem_headers};
use crate::form::{FormDefinition, FormKey, Found};
use crate::limit::{self, Visitor};
use crate::log::RequestLog;
use crate::page::{self, Visit};
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind, Problem};
use crate::route::{Request, Route, route};
use crate::submission::{self, MediaType, RawSubmission, RequestBody, Submission};
use crate::warmth;

/// Answers a request and logs it.
pub async fn handle<P: Platform>(
    request: &Request,
    body: impl RequestBody,
    platform: &P,
) -> Answer {
    let now = platform.now();
    // A request id only has to be findable; ids that must not collide are drawn apart.
    let request_id = delivery::hex(&platform.random().unwrap_or_default());
    let mut walk = Walk {
        request,
        platform,
        log: RequestLog::start(request_id, now),
        rate_limit_headers: Vec::new(),
        form: None,
        typed: None,
    };
    let answer = match route(request.method, &request.path) {
        Ok(route) => {
            walk.log.route = route.name();
            walk.answer(route, body).await
        }
        Err(problem) => walk.refuse(&problem),
    };
    platform.log(&walk.log.line(answer.status, platform.now()));
    answer
        .with("X-Request-Id", walk.log.request_id)
        .with("X-Content-Type-Options", "nosniff")
}

/// One request on its way through the house.
struct Walk<'a, P> {
    request: &'a Request,
    platform: &'a P,
    log: RequestLog,
    rate_limit_headers: Vec<(&'static str, String)>,
    form: Option<Rc<FormDefinition>>,
    /// Kept to give back to a visitor whose submission is refused.
    typed: Option<RawSubmission>,
}

impl<P: Platform> Walk<'_, P> {
    async fn answer(&mut self, route: Route, body: impl RequestBody) -> Answer {
        match route {
            Route::Health => self.health(),
            Route::Preflight(_) => Answer::empty(204)
                .with_all(embed::cors_headers(self.request.header("origin")))
                .with_all(embed::preflight_headers()),
            Route::Definition(key) => {
                let answer = match self.definition(&key).await {
                    Ok(answer) => answer,
                    Err(problem) => self.refuse(&problem),
                };
                answer.with_all(embed::cors_headers(self.request.header("origin")))
            }
            Route::HostedPage(key) => match self.find_form(&key).await {
                Ok(form) => hosted_page(&form, &self.request.query),
                Err(problem) => self.refuse_with_page(&problem),
            },
            Route::Submit(key) => {
                let wants_page = self.request.wants_page();
                self.submit(&key, body, wants_page)
                    .await
                    .with_all(embed::cors_headers(self.request.header("origin")))
            }
            Route::HostedSubmit(key) => self.submit(&key, body, true).await,
        }
    }

    fn health(&self) -> Answer {
        self.platform.with_isolate(|isolate| {
            let status = if isolate.config.is_ok() { 200 } else { 503 };
            let health = config::health(&isolate.config, isolate.bindings);
            Answer::json(status, health.to_string()).with("Cache-Control", "no-store")
        })
    }

    /// The public definition, for pages that may embed it and for callers that are no page at all.
    async fn definition(&mut self, key: &str) -> Result<Answer, Problem> {
        let form = self.find_form(key).await?;
        if self.request.header("origin").is_some() {
            self.check_embed(&form)?;
        }
        let known = self.request.header("if-none-match").unwrap_or_default();
        let answer = if matches_etag(known, &form.etag) {
            Answer::empty(304)
        } else {
            Answer::json(200, form.public_json.clone())
        };
        Ok(answer
            .with("ETag", form.etag.clone())
            .with("Cache-Control", format!("max-age={DEFINITION_MAX_AGE_S}")))
    }

    async fn submit(&mut self, key: &str, body: impl RequestBody, wants_page: bool) -> Answer {
        let mut body = Some(body);
        let accepted = self.accept(key, &mut body).await;
        let answer = match accepted {
            Ok(receipt) => {
                self.log.outcome = receipt.status.as_str();
                match (&self.form, wants_page) {
                    (Some(form), true) => {
                        Answer::empty(303).with("Location", page::thanks_location(form))
                    }
                    _ => self.dialect().render_receipt(&receipt),
                }
            }
            Err(problem) if wants_page => {
                // Whatever the reason, the visitor gets back what was typed.
                if let (None, Some(body)) = (&self.typed, body) {
                    self.typed = self.read(body).await.ok();
                }
                self.refuse_with_page(&problem)
            }
            Err(problem) => self.refuse(&problem),
        };
        answer
            .with("Cache-Control", "no-store")
            .with_all(std::mem::take(&mut self.rate_limit_headers))
    }

    /// The walk. The body is taken only once everything that needs no body has passed.
    async fn accept<B: RequestBody>(
        &mut self,
        key: &str,
        body: &mut Option<B>,
    ) -> Result<Receipt, Problem> {
        self.check_settings()?;
        let form = self.find_form(key).await?;
        let origin = self.check_embed(&form)?;
        self.check_limit(&form).await?;
        let submission = self.read_submission(&form, body.take()).await?;
        self.deliver(&form, &origin, submission).await
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

    async fn find_form(&mut self, key: &str) -> Result<Rc<FormDefinition>, Problem> {
        let key = FormKey::parse(key).map_err(|_| Problem::FormNotFound)?;
        self.log.form = Some(key.to_string());
        let now = self.platform.now();
        let found = self
            .platform
            .with_isolate(|isolate| isolate.forms.borrow_mut().find(&key, now));
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

    fn check_embed(&self, form: &FormDefinition) -> Result<Origin, Problem> {
        let origin = self.request.header("origin");
        embed::check(origin, &self.request.own_origin, &form.allowed_origins)
            .map_err(Problem::EmbedInvalid)
    }

    async fn check_limit(&mut self, form: &FormDefinition) -> Result<(), Problem> {
        let visitor = Visitor::from_address(self.request.header("cf-connecting-ip"));
        let counters = limit::counters(&form.rate_limits, form.key.as_str(), &visitor);
        for (policy, key) in &counters {
            if let Err(fault) = warmth::warm_counter(self.platform, *key, policy.window_s).await {
                // Counting goes on in memory: a store that is down must not stop visitors.
                self.log.fault(&fault);
            }
        }
        let now = self.platform.now();
        let decision = self
            .platform
            .with_isolate(|isolate| isolate.tallies.borrow_mut().decide(&counters, now));
        self.rate_limit_headers = limit::rate_limit_headers(&decision, now);
        self.log.step("limit", now);
        if let Some((policy, retry_after_s)) = decision.refusal {
            return Err(Problem::RateLimited {
                policy,
                retry_after_s,
            });
        }
        for (policy, key) in counters {
            warmth::exchange_counter(self.platform, key, policy.window_s);
        }
        Ok(())
    }

    async fn read_submission(
        &mut self,
        form: &FormDefinition,
        body: Option<impl RequestBody>,
    ) -> Result<Submission, Problem> {
        let raw = match body {
            Some(body) => self.read(body).await?,
            None => RawSubmission::default(),
        };
        let validated = submission::validate(form, &raw);
        self.typed = Some(raw);
        self.log.step("submission", self.platform.now());
        validated.map_err(Problem::ValidationFailed)
    }

    async fn read(&self, body: impl RequestBody) -> Result<RawSubmission, Problem> {
        let media_type = MediaType::of(self.request)?;
        submission::read(body, &media_type).await
    }

    async fn deliver(
        &mut self,
        form: &FormDefinition,
        origin: &Origin,
        submission: Submission,
    ) -> Result<Receipt, Problem> {
        let random = self
            .platform
            .random()
            .map_err(|fault| self.unavailable(&fault))?;
        let header = self.request.header("idempotency-key");
        let keys = SubmissionKeys::derive(header, form.key.as_str(), &submission, random);
        let lead = Lead {
            id: keys.id,
            form_key: form.key.to_string(),
            form_version: form.version,
            received_at: self.platform.now(),
            submission,
            provenance: Provenance {
                embed_origin: origin.to_string(),
                page: Provenance::bounded(self.request.header("referer")),
                user_agent: Provenance::bounded(self.request.header("user-agent")),
                request_id: self.log.request_id.clone(),
            },
        };
        let core = self.platform.with_isolate(|isolate| {
            isolate
                .config
                .as_ref()
                .ok()
                .and_then(|config| config.core.clone())
        });
        let status = match core {
            Some(core) => {
                let request = CoreRequest::new(&core, &lead, &keys.idempotency_key);
                let outcome = Outcome::of(self.platform.post_to_core(request).await, core.dialect);
                delivery::settle(outcome, form).map_err(|(problem, fault)| {
                    fault.iter().for_each(|fault| self.log.fault(fault));
                    problem
                })?;
                ReceiptStatus::Delivered
            }
            None => {
                let stored = self.platform.store_lead(&lead, &keys.idempotency_key).await;
                stored.map_err(|fault| self.unavailable(&fault))?;
                ReceiptStatus::Stored
            }
        };
        self.log.step("delivery", self.platform.now());
        Ok(Receipt {
            id: lead.id,
            status,
            received_at: lead.received_at,
            message: form.success_message.clone(),
            next: form.redirect.clone(),
        })
    }

    /// Notes a fault of ours; all the visitor learns is to come back.
    fn unavailable(&mut self, fault: &Fault) -> Problem {
        self.log.fault(fault);
        Problem::Unavailable {
            retry_after_s: delivery::RETRY_AFTER_S,
        }
    }

    fn refuse(&mut self, problem: &Problem) -> Answer {
        self.note(problem);
        self.dialect().render_problem(problem, &self.log.request_id)
    }

    fn refuse_with_page(&mut self, problem: &Problem) -> Answer {
        self.note(problem);
        let answer = match (&self.form, &self.typed) {
            // A page that may not embed the form is not given it either.
            (Some(form), typed @ Some(_)) if !matches!(problem, Problem::EmbedInvalid(_)) => {
                let visit = Visit {
                    typed: typed.as_ref(),
                    problem: Some(problem),
                };
                page::form_page(form, &embed::frame_ancestors(&form.allowed_origins), visit)
            }
            _ => page::problem_page(problem),
        };
        with_problem_headers(answer, problem)
    }

    fn note(&mut self, problem: &Problem) {
        self.log.outcome = problem.problem_type().code();
        if let Problem::ValidationFailed(violations) = problem {
            let form = self.form.as_deref();
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

    /// The form's dialect, else the setting's.
    fn dialect(&self) -> Dialect {
        let of_form = self.form.as_ref().and_then(|form| form.dialect);
        of_form.unwrap_or_else(|| {
            self.platform.with_isolate(|isolate| {
                let config = isolate.config.as_ref();
                config.map_or_else(|_| Dialect::default(), |config| config.default_dialect)
            })
        })
    }
}

fn hosted_page(form: &FormDefinition, query: &str) -> Answer {
    let frame_ancestors = embed::frame_ancestors(&form.allowed_origins);
    let answer = if query == page::THANKS_QUERY {
        page::thanks_page(form, &frame_ancestors)
    } else {
        page::form_page(form, &frame_ancestors, Visit::default())
    };
    answer.with("Cache-Control", "no-store")
}

/// `If-None-Match`, compared weakly: RFC 9110 section 13.1.2.
fn matches_etag(header: &str, etag: &str) -> bool {
    header
        .split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

/// How long a widget may show a definition it has, in step with the shelf: seconds.
const DEFINITION_MAX_AGE_S: u64 = 60;
