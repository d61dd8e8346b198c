//! What a submission costs of its caller's quota: one of each policy, unless it turns out to be a repetition.
//!
//! Beyond the quota a repetition still gets its receipt; whatever else is sent is refused for the price of reading a little.

use std::rc::Rc;

use super::Intake;
use super::seen::Seen;
use crate::background;
use crate::delivery::{self, Acknowledged, SubmissionKeys};
use crate::envelope::Receipt;
use crate::form::FormDefinition;
use crate::limit::{self, Caller, CounterKey, RateLimitPolicy, Refusal};
use crate::platform::Platform;
use crate::problem::{Problem, Warning};
use crate::submission::{self, Attribution, MAX_BODY_BYTES, RawSubmission, RequestBody};

impl<P: Platform> Intake<'_, P> {
    /// Counts the submission, if every policy admits it.
    ///
    /// # Errors
    /// [`Problem::RateLimited`], or [`Problem::Unavailable`] where a policy has to know more before it admits a submission.
    pub(super) async fn check_limit(&mut self, form: &FormDefinition) -> Result<(), Problem> {
        let counted = self.counters(form);
        for (policy, key) in &counted {
            background::ask_counter(self.platform, *key, policy).await;
        }
        let now = self.platform.now();
        let decision = self
            .platform
            .isolate()
            .counters
            .borrow_mut()
            .decide(&counted, now);
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
                self.is_counted = true;
                Ok(())
            }
        }
    }

    /// Publishes that this submission was counted, for the other isolates. Only once it is known to be no repetition: what is
    /// published cannot be taken back.
    pub(super) fn publish_counts(&mut self, form: &FormDefinition) {
        if std::mem::take(&mut self.is_counted) {
            for (policy, key) in self.counters(form) {
                background::sync_counter(self.platform, key, policy);
            }
        }
    }

    /// Uncounts a submission that gets the receipt of one that was counted.
    pub(super) fn give_back(&mut self, form: &FormDefinition) {
        let (counted, now) = (self.counters(form), self.platform.now());
        let is_counted = std::mem::take(&mut self.is_counted);
        let isolate = self.platform.isolate();
        let mut counters = isolate.counters.borrow_mut();
        if is_counted {
            counters.give_back(&counted, now);
        }
        let status = counters.look(&counted, now);
        self.rate_limit_headers = limit::rate_limit_headers(&status, now);
    }

    /// What becomes of a submission that is refused before it is read. What was typed is kept for a visitor, if there is not
    /// too much of it, and what is only over the quota gets its receipt if it was acknowledged before.
    ///
    /// # Errors
    /// `refusal`, in all other cases.
    pub(super) async fn repeat(
        &mut self,
        form: &Rc<FormDefinition>,
        body: impl RequestBody,
        refusal: Problem,
    ) -> Result<Receipt, Problem> {
        let is_over = matches!(
            refusal,
            Problem::RateLimited { .. } | Problem::Unavailable { .. }
        );
        let header = self.request.header("idempotency-key");
        // Without a header there may be a key in the body.
        let may_be_known = is_over
            && header
                .and_then(delivery::parse_idempotency_key)
                .is_none_or(|key| self.acknowledged(form, key).is_some());
        if !may_be_known && !self.wants_page {
            return Err(refusal);
        }
        let limit_bytes = if self.is_counted {
            MAX_BODY_BYTES
        } else {
            MAX_UNCOUNTED_BODY_BYTES
        };
        let Some(mut typed) = self.read_little(body, limit_bytes).await else {
            return Err(refusal);
        };
        // A flood costs no KV, so only versions in memory are looked for.
        let seen = self.seen_in_memory(form, &typed).ok();
        typed.settle_names(seen.as_ref().map_or(form, |seen| &seen.form));
        let known = match &seen {
            Some(seen) if may_be_known => self.receipt_before(form, seen, &typed),
            _ => None,
        };
        self.seen = seen.map(|seen| seen.form);
        self.typed = Some(typed);
        let receipt = known.ok_or(refusal)?;
        self.give_back(form);
        Ok(receipt)
    }

    /// What the same submission was answered before, as far as this isolate knows.
    fn receipt_before(
        &self,
        form: &FormDefinition,
        seen: &Seen,
        typed: &RawSubmission,
    ) -> Option<Receipt> {
        let mut warnings = Vec::from_iter(seen.warning());
        let key = self.client_key(typed, &mut warnings)?;
        let known = self.acknowledged(form, key)?;
        Attribution::read(typed, &mut warnings);
        let submission = submission::validate_seen(&seen.form, form, typed, warnings).ok()?;
        let keys = SubmissionKeys::derive(Some(key), form.key.as_str(), &submission, [0; 16]);
        (known.id == keys.id).then(|| receipt(form, known, submission.warnings))
    }

    fn acknowledged(&self, form: &FormDefinition, key: &str) -> Option<Acknowledged> {
        let isolate = self.platform.isolate();
        isolate.receipts.borrow_mut().find(form.key.as_str(), key)
    }

    fn counters<'f>(&self, form: &'f FormDefinition) -> Vec<(&'f RateLimitPolicy, CounterKey)> {
        let header = |name| self.request.header(name);
        let caller = Caller::new(
            header("cf-connecting-ip"),
            header("x-api-key"),
            header("authorization"),
        );
        let caller = caller.keyed(self.platform.isolate().signing_key());
        limit::counters(&form.rate_limits, form.key.as_str(), &caller)
    }
}

/// The receipt for what was acknowledged.
pub(super) fn receipt(
    form: &FormDefinition,
    known: Acknowledged,
    warnings: Vec<Warning>,
) -> Receipt {
    Receipt {
        id: known.id,
        status: known.status,
        received_at: known.received_at,
        warnings,
        message: form.success_message.clone(),
        next: form.redirect.clone(),
    }
}

/// What is read of a submission that is not counted, so that a repetition is known and a visitor gets back what was typed:
/// bytes.
const MAX_UNCOUNTED_BODY_BYTES: usize = 32_768;
