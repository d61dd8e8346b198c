//! The path of one submission: `route -> form -> embed -> limit -> submission -> spam -> delivery -> envelope`.
//!
//! [`Intake::accept`] calls the modules in that order, cheapest check first, and gives them time and state. It makes no
//! decision that one of them can make. `service` finds the route before it, and renders the [`Accepted`] or [`Refused`]
//! afterwards.

mod challenge;
mod deliver;
mod judge;
mod key;
mod page;
mod quota;
mod repeat;
mod seen;
mod trial;

use std::rc::Rc;

use crate::background;
use crate::config;
use crate::delivery;
use crate::embed::Origin;
use crate::envelope::Receipt;
use crate::form::{FormDefinition, FormKey, Found};
use crate::hash;
use crate::log::RequestLog;
use crate::platform::Platform;
use crate::problem::{EmbedReason, Fault, FaultKind, Problem, SettingFault};
use crate::route::Request;
use crate::submission::{self, Attribution, RawSubmission, RequestBody, refusal};
use deliver::Checked;
use key::HeaderKey;
pub(crate) use page::Issued;
use page::may_go_on;
use quota::Quota;

/// One request, and what its path needs at every step.
pub struct Intake<'a, P> {
    /// The request's head.
    pub request: &'a Request,
    /// Time, randomness and stores.
    pub platform: &'a P,
    /// The request's line in the log.
    pub log: RequestLog,
    /// Whether the response is a page; otherwise it is an envelope.
    pub wants_page: bool,
    header_key: HeaderKey<'a>,
}

/// A submission that is delivered, stored or queued.
#[derive(Debug)]
pub struct Accepted {
    /// The receipt to render.
    pub receipt: Receipt,
    /// The form it was sent to, in its current version.
    pub form: Rc<FormDefinition>,
    /// Whether the receipt is one that an earlier submission got.
    pub is_repeated: bool,
    /// `RateLimit` and its companions.
    pub rate_limit_headers: Vec<(&'static str, String)>,
}

/// A request that is refused, with what the response needs.
#[derive(Debug)]
pub struct Refused {
    /// The reason.
    pub problem: Problem,
    /// The form in its current version; `None` when there is no such form or it cannot be read.
    pub form: Option<Rc<FormDefinition>>,
    /// What the visitor typed, to show it again; `None` when the body was not read or cannot be decoded.
    pub typed: Option<Box<Typed>>,
    /// `RateLimit` and its companions; empty when the request was refused before its quota was looked at.
    pub rate_limit_headers: Vec<(&'static str, String)>,
}

/// The values of a refused submission.
#[derive(Debug)]
pub struct Typed {
    /// The values as sent.
    pub values: RawSubmission,
    /// The version of the form that the visitor saw; the current one when that version is not known.
    pub seen: Rc<FormDefinition>,
}

impl Refused {
    /// A refusal of a request whose form was found.
    pub fn by(form: &Rc<FormDefinition>, problem: Problem) -> Self {
        Self {
            form: Some(form.clone()),
            ..Self::from(problem)
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            form: None,
            typed: None,
            rate_limit_headers: Vec::new(),
        }
    }
}

impl<'a, P: Platform> Intake<'a, P> {
    /// Begins a request.
    pub fn start(request: &'a Request, platform: &'a P, wants_page: bool) -> Self {
        // For finding a request in the log; without randomness it is all zeros. Ids that must be unique are drawn separately.
        let request_id = hash::hex(&platform.random().unwrap_or_default());
        Self {
            request,
            platform,
            log: RequestLog::start(request_id, platform.now()),
            wants_page,
            header_key: HeaderKey::parse(request.header("idempotency-key")),
        }
    }

    /// Takes a submission along its path. The body is read only after every check that needs no body has passed, or to show
    /// the visitor what was typed.
    ///
    /// # Errors
    /// The problem of the first module that refuses it.
    pub async fn accept(&mut self, key: &str, body: impl RequestBody) -> Result<Accepted, Refused> {
        let settings = self.check_settings();
        let form = match self.find_form(key).await {
            Ok(form) => form,
            Err(problem) => return Err(settings.err().unwrap_or(problem).into()),
        };
        let settings = settings.and_then(|()| self.check_tickets(&form));
        let origin = self.check_origin(&form);
        let embed = settings.and_then(|()| may_go_on(&form, &origin));
        let mut quota = Quota::of(self.request, self.platform, &form);
        let limit = match &embed {
            Err(problem) if !self.wants_page || !may_show_form(problem) => {
                return Err(Refused::by(&form, problem.clone()));
            }
            // Without settings there is no key to count by.
            Err(Problem::Misconfigured(_)) => Ok(()),
            _ => self.check_limit(&mut quota).await,
        };
        let result = match limit.and(embed) {
            Ok(()) => {
                let values = submission::read(self.request, body).await;
                self.submit(&form, origin, values, &mut quota).await
            }
            Err(problem) => self.repeat(&form, problem, body, &mut quota).await,
        };
        quota.publish(self.platform);
        let is_repeated = quota.is_repeated;
        let rate_limit_headers = quota.headers(self.platform);
        match result {
            Ok(receipt) => Ok(Accepted {
                receipt,
                form,
                is_repeated,
                rate_limit_headers,
            }),
            Err(refused) => Err(Refused {
                rate_limit_headers,
                ..refused
            }),
        }
    }

    fn check_settings(&mut self) -> Result<(), Problem> {
        let isolate = self.platform.isolate();
        match &isolate.config {
            Ok(_) => Ok(()),
            Err(faults) => Err(self.misconfigured(faults.clone())),
        }
    }

    fn misconfigured(&mut self, faults: Vec<SettingFault>) -> Problem {
        for fault in &faults {
            let detail = format!("{} {}", fault.variable, fault.reason);
            self.log.fault(&Fault::new(FaultKind::Setting, detail));
        }
        Problem::Misconfigured(faults)
    }

    /// Checks that there are tickets if the form requires one: without, a visitor would fill it in for nothing.
    fn check_tickets(&mut self, form: &FormDefinition) -> Result<(), Problem> {
        let isolate = self.platform.isolate();
        match form.requires_ticket && isolate.config.is_ok() && isolate.keys().is_none() {
            true => Err(self.misconfigured(vec![config::no_tickets()])),
            false => Ok(()),
        }
    }

    /// Finds the published form of this key, to show it.
    ///
    /// # Errors
    /// As [`Self::find_form`]; also [`Problem::Misconfigured`] for a form that requires tickets when there are none.
    pub async fn open_form(&mut self, key: &str) -> Result<Rc<FormDefinition>, Problem> {
        let form = self.find_form(key).await?;
        self.check_tickets(&form)?;
        Ok(form)
    }

    /// Finds the published form of this key. Waits for KV only when the isolate has not read it lately.
    ///
    /// # Errors
    /// [`Problem::FormNotFound`], or [`Problem::Unavailable`] when KV fails or holds a definition that cannot be used.
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
        self.log.step("form", self.platform.now());
        let form = form.ok_or(Problem::FormNotFound)?;
        background::load_texts(self.platform, self.wanted(Some(&form))).await;
        Ok(form)
    }

    async fn check_limit(&mut self, quota: &mut Quota<'_>) -> Result<(), Problem> {
        let checked = quota.check(self.platform).await;
        self.log.step("limit", self.platform.now());
        checked
    }

    /// Checks a submission against the version of the form that the visitor saw, and delivers it.
    async fn submit(
        &mut self,
        form: &Rc<FormDefinition>,
        origin: Result<Origin, EmbedReason>,
        values: Result<RawSubmission, Problem>,
        quota: &mut Quota<'_>,
    ) -> Result<Receipt, Refused> {
        let mut values = values.map_err(|problem| Refused::by(form, problem))?;
        let seen = self.find_seen(form, &values).await;
        self.resolve(&mut values, &seen.form);
        let mut warnings = Vec::from_iter(seen.warning());
        let key_of_work = self.key_of_work(&values);
        let key = self.header_key.or_in_body(&values, &mut warnings);
        let key = key.or(key_of_work.as_deref());
        let attribution = Attribution::read(&values, &mut warnings);
        let ticket = self.read_ticket(form, &values, origin.as_ref().ok());
        let page = self.check_page(form, origin, &ticket);
        let validated = page.and_then(|page| {
            let wanted = self.wanted(Some(&seen.form));
            let checked = submission::validate_seen(&seen.form, form, &values, warnings);
            Ok((page, checked.map_err(|found| refusal(&found, wanted))?))
        });
        self.log.step("submission", self.platform.now());
        let delivered = match validated {
            Ok((page, submission)) => {
                let checked = Checked {
                    submission,
                    attribution,
                    key,
                    ticket: self.ticket_state(&ticket),
                    is_test: values.is_test(),
                    values: &values,
                };
                self.deliver(form, &seen, page, checked, quota).await
            }
            Err(problem) => Err(problem),
        };
        delivered.map_err(|problem| {
            let seen = seen.form;
            Refused {
                typed: Some(Box::new(Typed { values, seen })),
                ..Refused::by(form, problem)
            }
        })
    }

    /// Logs a fault of ours; the visitor learns only when to try again.
    fn unavailable(&mut self, fault: &Fault) -> Problem {
        self.log.fault(fault);
        Problem::Unavailable {
            retry_after_s: delivery::RETRY_AFTER_S,
        }
    }
}

/// Whether the response to this problem may show the form again with what was typed. Not for a page that may not embed the form.
/// A page that sends no origin may be an allowed one, and the form can be sent from the response, which has a ticket.
pub fn may_show_form(problem: &Problem) -> bool {
    !matches!(problem, Problem::EmbedInvalid(reason) if !reason.is_origin_unknown() && !reason.is_of_ticket())
}
