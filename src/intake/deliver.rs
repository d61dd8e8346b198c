//! The last step of the walk: a submission that nobody refuses becomes a lead, is handed over, and gets its receipt.

use super::Intake;
use super::quota::receipt;
use super::seen::Seen;
use crate::delivery::{
    Acknowledged, KeyState, Lead, MAX_LEAD_BYTES, Observed, Provenance, QueuedLead, SubmissionKeys,
    VisitorMark,
};
use crate::dispatch::dispatch;
use crate::embed::Origin;
use crate::envelope::Receipt;
use crate::form::{FormDefinition, VisitorAddress};
use crate::limit::Visitor;
use crate::platform::Platform;
use crate::problem::{Problem, ProblemType};
use crate::submission::{Attribution, Submission};

impl<'a, P: Platform> Intake<'a, P> {
    pub(super) async fn deliver(
        &mut self,
        form: &FormDefinition,
        seen: &Seen,
        origin: &Origin,
        submission: Submission<'_>,
        claimed: Attribution<'_>,
        key: Option<&str>,
    ) -> Result<Receipt, Problem> {
        let random = self
            .platform
            .random()
            .map_err(|fault| self.unavailable(&fault))?;
        let keys = SubmissionKeys::derive(key, form.key.as_str(), &submission, random);
        let lead = Lead {
            id: keys.id.clone(),
            form_key: form.key.to_string(),
            received_at: self.platform.now(),
            submission,
            is_as_seen: seen.instead.is_none(),
            provenance: Provenance {
                observed: self.observe(form, origin),
                claimed,
            },
        };
        let known = match self.acquire_key(form, &keys).await {
            Some(known) => known,
            None => {
                self.publish_counts(form);
                let queued = QueuedLead::of(&lead, &keys.idempotency_key);
                let handed = if queued.lead.len() > MAX_LEAD_BYTES {
                    Err(Problem::BodyTooLarge {
                        limit_bytes: MAX_LEAD_BYTES,
                    })
                } else {
                    dispatch(self.platform, queued, &seen.form, &mut self.log).await
                };
                self.release_key(form, &keys, handed.as_ref().ok());
                handed?
            }
        };
        self.log.step("delivery", self.platform.now());
        if known.id != keys.id {
            return Err(Problem::Other(ProblemType::IdempotencyKeyReused));
        }
        if self.is_counted {
            self.give_back(form);
        }
        Ok(receipt(form, known, lead.submission.warnings))
    }

    /// What the edge sees of where a submission comes from.
    fn observe(&self, form: &FormDefinition, origin: &Origin) -> Observed<'a> {
        let request = self.request;
        let header = |name| request.header(name);
        let address = header("cf-connecting-ip");
        let visitor = address.and_then(|address| match form.visitor_address {
            VisitorAddress::None => None,
            VisitorAddress::Full => Some(VisitorMark::Address(address.to_owned())),
            VisitorAddress::Hash => {
                let isolate = self.platform.isolate();
                let visitor = Visitor::from_address(Some(address));
                VisitorMark::hash(isolate.signing_key()?, &visitor)
            }
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

    /// What was acknowledged under the key before, waiting for whoever is at it. `None` when the key is this walk's, to be
    /// settled.
    async fn acquire_key(
        &mut self,
        form: &FormDefinition,
        keys: &SubmissionKeys,
    ) -> Option<Acknowledged> {
        if !keys.is_clients {
            return None;
        }
        loop {
            let now = self.platform.now();
            let isolate = self.platform.isolate();
            let config = isolate.config.as_ref().ok();
            let core = config.and_then(|config| config.core.as_ref());
            let at_most_ms = MAX_KEEP_MS.saturating_add(core.map_or(0, |core| core.timeout_ms));
            let turn = isolate.receipts.borrow_mut().acquire(
                form.key.as_str(),
                &keys.idempotency_key,
                now,
                at_most_ms,
            );
            match turn {
                KeyState::Acquired => return None,
                KeyState::InProgress => self.platform.sleep(LOOK_AGAIN_MS).await,
                KeyState::Acknowledged(known) => return Some(known),
            }
        }
    }

    fn release_key(
        &self,
        form: &FormDefinition,
        keys: &SubmissionKeys,
        acknowledged: Option<&Acknowledged>,
    ) {
        if keys.is_clients {
            let isolate = self.platform.isolate();
            let mut receipts = isolate.receipts.borrow_mut();
            receipts.release(form.key.as_str(), &keys.idempotency_key, acknowledged);
        }
    }
}

/// How long the outbox and the dead letters may take beside the core, before somebody else tries: milliseconds.
const MAX_KEEP_MS: u64 = 10_000;
/// How often to look whether another request has settled a key: milliseconds.
const LOOK_AGAIN_MS: u64 = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MAX_CORE_TIMEOUT_MS;

    /// A widget that gives up earlier takes the request with it, and the lead never reaches the outbox.
    #[test]
    fn the_widget_waits_longer_than_the_slowest_core_and_the_outbox_take() {
        let widget = include_str!("../../www/embed.js");
        let (_, after) = widget.split_once("TIMEOUT_MS = ").unwrap();
        let number = after.lines().next().unwrap().replace('_', "");
        let waits_ms: u64 = number.parse().unwrap();
        assert!(waits_ms > MAX_CORE_TIMEOUT_MS + MAX_KEEP_MS, "{waits_ms}");
    }
}
