//! A submission that is refused before its body is read: over the quota, or not allowed to be embedded.
//!
//! A repetition of one that was acknowledged still gets its receipt, and a visitor gets the form back with what was typed. For
//! both, a limited part of the body is read.

use std::rc::Rc;

use super::quota::Quota;
use super::seen::Seen;
use super::{Intake, Refused, Typed};
use crate::delivery::{Acknowledged, SubmissionKeys};
use crate::envelope::Receipt;
use crate::form::FormDefinition;
use crate::platform::Platform;
use crate::problem::Problem;
use crate::submission::{self, Attribution, MAX_BODY_BYTES, MediaType, RawSubmission, RequestBody};

impl<P: Platform> Intake<'_, P> {
    /// The receipt of a repeated submission that is over the quota.
    ///
    /// # Errors
    /// The problem in all other cases, with the values when they are needed for a page and the body is small enough.
    pub(super) async fn repeat(
        &mut self,
        form: &Rc<FormDefinition>,
        problem: Problem,
        body: impl RequestBody,
        quota: &mut Quota<'_>,
    ) -> Result<Receipt, Refused> {
        let is_over = matches!(
            problem,
            Problem::RateLimited { .. } | Problem::Unavailable { .. }
        );
        // Without a usable header there may be a key in the body.
        let may_be_known = is_over
            && self
                .header_key
                .usable()
                .is_none_or(|key| self.acknowledged(form, key).is_some());
        if !may_be_known && !self.wants_page {
            return Err(Refused::by(form, problem));
        }
        let limit_bytes = match quota.is_counted() {
            true => MAX_BODY_BYTES,
            false => MAX_UNCOUNTED_BODY_BYTES,
        };
        let Some(mut values) = self.read_little(body, limit_bytes).await else {
            return Err(Refused::by(form, problem));
        };
        // Only versions in memory, so that a flood causes no KV reads.
        let seen = self.seen_in_memory(form, &values).ok();
        self.resolve(&mut values, seen.as_ref().map_or(form, |seen| &seen.form));
        if may_be_known
            && let Some(seen) = &seen
            && let Some(receipt) = self.receipt_before(form, seen, &values)
        {
            quota.is_repeated = true;
            quota.uncount(self.platform);
            return Ok(receipt);
        }
        let seen = seen.map_or_else(|| form.clone(), |seen| seen.form);
        Err(Refused {
            typed: Some(Box::new(Typed { values, seen })),
            ..Refused::by(form, problem)
        })
    }

    /// The receipt that this isolate gave for the same submission before.
    fn receipt_before(
        &self,
        form: &FormDefinition,
        seen: &Seen,
        values: &RawSubmission,
    ) -> Option<Receipt> {
        let mut warnings = Vec::from_iter(seen.warning());
        let key = self.header_key.or_in_body(values, &mut warnings)?;
        let known = self.acknowledged(form, key)?;
        Attribution::read(values, &mut warnings);
        let submission = submission::validate_seen(&seen.form, form, values, warnings).ok()?;
        let keys = SubmissionKeys::derive(Some(key), form.key.as_str(), &submission, [0; 16]);
        let isolate = self.platform.isolate();
        let is_repeated =
            known.id == keys.id && isolate.receipts.borrow_mut().repeat(form.key.as_str(), key);
        is_repeated.then(|| self.receipt(form, known, submission.warnings))
    }

    fn acknowledged(&self, form: &FormDefinition, key: &str) -> Option<Acknowledged> {
        let isolate = self.platform.isolate();
        isolate.receipts.borrow_mut().find(form.key.as_str(), key)
    }

    /// Reads and decodes a body of at most `limit_bytes`.
    async fn read_little(
        &self,
        body: impl RequestBody,
        limit_bytes: usize,
    ) -> Option<RawSubmission> {
        let media_type = MediaType::of(self.request).ok()?;
        // A browser shows the response only after it has sent the whole body; other clients need no more read.
        let drained_bytes = if self.wants_page { MAX_BODY_BYTES } else { 0 };
        let bytes = body.read_little(limit_bytes, drained_bytes).await.ok()?;
        submission::decode(&bytes, &media_type).ok()
    }
}

/// The most that is read of a submission that is not counted: bytes.
const MAX_UNCOUNTED_BODY_BYTES: usize = 32_768;
