//! The last step of the walk: a submission that nobody refuses becomes a lead, is handed over, and gets its receipt.

use super::Walk;
use crate::delivery::{
    self, Acknowledged, Lead, Observed, Parcel, Provenance, SubmissionKeys, VisitorMark,
};
use crate::embed::Origin;
use crate::envelope::Receipt;
use crate::form::{FormDefinition, VisitorAddress};
use crate::handover::hand_over;
use crate::limit::Visitor;
use crate::platform::Platform;
use crate::problem::{Problem, ProblemType};
use crate::submission::{Claims, RawSubmission, Submission};

impl<'a, P: Platform> Walk<'a, P> {
    pub(super) async fn deliver(
        &mut self,
        form: &FormDefinition,
        seen: &FormDefinition,
        origin: &Origin,
        submission: Submission<'_>,
        claimed: Claims<'_>,
        typed: &RawSubmission,
    ) -> Result<Receipt, Problem> {
        let random = self
            .platform
            .random()
            .map_err(|fault| self.unavailable(&fault))?;
        let header = self.request.header("idempotency-key");
        let key = header.or_else(|| typed.idempotency_key());
        let key = key.and_then(delivery::parse_idempotency_key);
        let keys = SubmissionKeys::derive(key, form.key.as_str(), &submission, random);
        let lead = Lead {
            id: keys.id.clone(),
            form_key: form.key.to_string(),
            received_at: self.platform.now(),
            submission,
            provenance: Provenance {
                observed: self.observe(form, origin),
                claimed,
            },
        };
        let known = match self.find_receipt(form, &keys) {
            Some(known) => known,
            None => {
                let parcel = Parcel::of(&lead, &keys.idempotency_key);
                let new = hand_over(self.platform, parcel, seen, &mut self.log).await?;
                self.keep_receipt(form, &keys, &new);
                new
            }
        };
        self.log.step("delivery", self.platform.now());
        if known.id != keys.id {
            return Err(Problem::Other(ProblemType::IdempotencyKeyReused));
        }
        Ok(Receipt {
            id: known.id,
            status: known.status,
            received_at: known.received_at,
            warnings: lead.submission.warnings,
            message: form.success_message.clone(),
            next: form.redirect.clone(),
        })
    }

    /// What the edge sees of where a submission comes from.
    fn observe(&self, form: &FormDefinition, origin: &Origin) -> Observed<'a> {
        let request = self.request;
        let header = |name| request.header(name);
        let address = header("cf-connecting-ip");
        let visitor = address.and_then(|address| match form.visitor_address {
            VisitorAddress::None => None,
            VisitorAddress::Full => Some(VisitorMark::Address(address.to_owned())),
            VisitorAddress::Hash => self.platform.with_isolate(|isolate| {
                let key = isolate.config.as_ref().ok()?.ticket_key.as_ref()?;
                VisitorMark::hash(key.as_str(), &Visitor::from_address(Some(address)))
            }),
        });
        Observed {
            origin: origin.to_string(),
            country: request.country.as_deref(),
            referer: header("referer"),
            user_agent: header("user-agent"),
            sec_fetch: ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"].map(header),
            visitor,
            request_id: self.log.request_id.clone(),
        }
    }

    /// What was acknowledged under the key before. It was counted then: this time it costs no quota.
    fn find_receipt(
        &mut self,
        form: &FormDefinition,
        keys: &SubmissionKeys,
    ) -> Option<Acknowledged> {
        if !keys.is_clients {
            return None;
        }
        let now = self.platform.now();
        let known = self.platform.with_isolate(|isolate| {
            let mut receipts = isolate.receipts.borrow_mut();
            receipts.find(form.key.as_str(), &keys.idempotency_key)
        })?;
        if !self.is_repetition {
            let counters = self.counters(form);
            self.platform.with_isolate(|isolate| {
                isolate.tallies.borrow_mut().give_back(&counters, now);
            });
        }
        Some(known)
    }

    fn keep_receipt(&self, form: &FormDefinition, keys: &SubmissionKeys, new: &Acknowledged) {
        if keys.is_clients {
            self.platform.with_isolate(|isolate| {
                let mut receipts = isolate.receipts.borrow_mut();
                receipts.put(form.key.as_str(), &keys.idempotency_key, new.clone());
            });
        }
    }
}
