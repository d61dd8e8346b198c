//! The last step of a submission: a valid one becomes a lead, is delivered, and gets its receipt.

use super::Intake;
use super::quota::Quota;
use super::seen::Seen;
use crate::delivery::{
    Acknowledged, Lead, Observed, Provenance, QueuedLead, SubmissionKeys, VisitorMark,
};
use crate::dispatch;
use crate::embed::{self, Origin};
use crate::envelope::{Receipt, ReceiptStatus};
use crate::form::{FormDefinition, VisitorAddress};
use crate::limit::Visitor;
use crate::platform::Platform;
use crate::problem::{Problem, ProblemType, Warning};
use crate::spam::{Assessment, TicketState, Verdict};
use crate::submission::{Attribution, RawSubmission, Submission};
use crate::texts::{self, Wanted};

/// What is known of a valid submission.
pub(super) struct Checked<'t> {
    pub(super) submission: Submission<'t>,
    pub(super) attribution: Attribution<'t>,
    /// The client's idempotency key.
    pub(super) key: Option<&'t str>,
    pub(super) ticket: TicketState,
    /// Whether it is a test.
    pub(super) is_test: bool,
    /// The values as sent.
    pub(super) values: &'t RawSubmission,
}

impl<'a, P: Platform> Intake<'a, P> {
    pub(super) async fn deliver(
        &mut self,
        form: &FormDefinition,
        seen: &Seen,
        page: Option<Origin>,
        checked: Checked<'_>,
        quota: &mut Quota<'_>,
    ) -> Result<Receipt, Problem> {
        quota.admit(self.platform)?;
        let random = self
            .platform
            .random()
            .map_err(|fault| self.unavailable(&fault))?;
        let form_key = form.key.as_str();
        let is_test = checked.is_test;
        // What was sent as a test can be sent in earnest, and is another submission then.
        let test_key = checked
            .key
            .filter(|_| is_test)
            .map(|key| ["test ", key].concat());
        let key = test_key.as_deref().or(checked.key);
        let keys = SubmissionKeys::derive(key, form_key, &checked.submission, random);
        let mut lead = Lead {
            id: keys.id.clone(),
            form_key: form_key.to_owned(),
            received_at: self.platform.now(),
            submission: checked.submission,
            is_as_seen: seen.instead.is_none(),
            spam: Assessment::default(),
            provenance: Provenance {
                observed: self.observe(form, page),
                claimed: checked.attribution,
            },
        };
        let acknowledged = match dispatch::acquire_key(self.platform, form_key, &keys).await {
            Some(known) => known,
            None => {
                lead.spam = self.judge(form, &seen.form, &lead.submission, checked.ticket);
                let challenged = match lead.spam.verdict {
                    Verdict::Challenge if !is_test => {
                        let challenged = self.challenge(form, checked.key, checked.values).await;
                        challenged.map(|verdict| lead.spam = lead.spam.challenged(verdict))
                    }
                    _ => Ok(()),
                };
                let mut copy = None;
                let delivered = match challenged {
                    Ok(()) => {
                        quota.publish(self.platform);
                        let mut queued = QueuedLead::of(&lead, &keys.idempotency_key);
                        queued.is_test = is_test;
                        queued.is_spam &= !is_test;
                        copy = self.is_copied(form, &queued).then(|| queued.clone());
                        let wanted = self.wanted(Some(&seen.form));
                        let log = &mut self.log;
                        dispatch::deliver_now(self.platform, queued, &seen.form, wanted, log).await
                    }
                    Err(problem) => {
                        quota.withdraw(self.platform);
                        Err(problem)
                    }
                };
                let acknowledged = delivered.as_ref().ok();
                dispatch::release_key(self.platform, form_key, &keys, acknowledged);
                let acknowledged = delivered?;
                if let Some(copy) = copy {
                    let is_delivered = acknowledged.status == ReceiptStatus::Delivered;
                    dispatch::keep_copy(self.platform, copy, is_delivered);
                }
                acknowledged
            }
        };
        self.log.step("delivery", self.platform.now());
        if acknowledged.id != keys.id {
            return Err(Problem::Other(ProblemType::IdempotencyKeyReused));
        }
        // Still unpublished, so the receipt is one that an earlier submission got.
        if quota.is_counted() {
            quota.is_repeated = true;
            let isolate = self.platform.isolate();
            let is_free = isolate
                .receipts
                .borrow_mut()
                .repeat(form_key, &keys.idempotency_key);
            if is_free {
                quota.uncount(self.platform);
            }
        }
        Ok(self.receipt(form, acknowledged, lead.submission.warnings))
    }

    /// Whether the inbox gets a copy of a lead, beside the core.
    fn is_copied(&self, form: &FormDefinition, queued: &QueuedLead) -> bool {
        let isolate = self.platform.isolate();
        let config = isolate.config.as_ref();
        let has_core = config.is_ok_and(|config| config.core.is_some());
        let is_forwarded = has_core && !queued.is_spam && !queued.is_test;
        form.keep_copy && is_forwarded && isolate.bindings.leads
    }

    /// What the request itself shows of where the submission comes from.
    fn observe(&self, form: &FormDefinition, page: Option<Origin>) -> Observed<'a> {
        let request = self.request;
        let header = |name| request.header(name);
        let address = header("cf-connecting-ip");
        let visitor = address.and_then(|address| match form.visitor_address {
            VisitorAddress::None => None,
            VisitorAddress::Full => Some(VisitorMark::Address(address.to_owned())),
            VisitorAddress::Hash => {
                let isolate = self.platform.isolate();
                let visitor = Visitor::from_address(Some(address));
                Some(VisitorMark::hash(&isolate.keys()?.visitor_hashes, &visitor))
            }
        });
        Observed {
            origin: match page {
                Some(origin) => Some(origin.to_string()),
                None => embed::loggable_origin(header("origin")).map(str::to_owned),
            },
            country: request.country.as_deref(),
            referer: header("referer"),
            user_agent: header("user-agent"),
            sec_fetch: ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"].map(header),
            visitor,
            request_id: self.log.request_id.clone(),
        }
    }

    /// The receipt for an acknowledged submission.
    pub(super) fn receipt(
        &self,
        form: &FormDefinition,
        acknowledged: Acknowledged,
        warnings: Vec<Warning>,
    ) -> Receipt {
        let thanks = || {
            self.wanted(Some(form))
                .locale()
                .text(texts::THANKS)
                .to_owned()
        };
        Receipt {
            id: acknowledged.id,
            status: acknowledged.status,
            received_at: acknowledged.received_at,
            warnings,
            message: form.success_message.clone().unwrap_or_else(thanks),
            next: form.redirect.clone(),
        }
    }

    /// What decides about the language of a response.
    pub(crate) fn wanted<'f>(&self, form: Option<&'f FormDefinition>) -> Wanted<'f>
    where
        'a: 'f,
    {
        Wanted {
            by_form: form.and_then(|form| form.locale.as_deref()),
            by_browser: self.request.header("accept-language"),
        }
    }
}
