//! [`Quota`]: the counters that one submission is counted by, one of each rate limit policy of the form.
//!
//! A submission is counted for its visitor before its body is read, and for the form when it is valid. It is uncounted when it
//! turns out to repeat one that was counted.

use crate::background;
use crate::form::FormDefinition;
use crate::limit::{self, Caller, Counted, Decision, FaultMode, Partition, Refusal};
use crate::platform::Platform;
use crate::problem::Problem;
use crate::route::Request;

/// The counters of one submission.
pub(super) struct Quota<'f> {
    counters: Vec<Counted<'f>>,
    /// The latest decision; `None` until the quota is checked.
    decision: Option<Decision>,
    state: State,
    /// Whether the submission repeats one that was acknowledged.
    pub(super) is_repeated: bool,
}

/// What the submission is counted by in this isolate, and not published yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Uncounted,
    /// All policies but those of the form.
    Arrived,
    /// All policies.
    Admitted,
}

impl State {
    fn includes(self, (policy, _): &Counted<'_>) -> bool {
        match self {
            Self::Uncounted => false,
            Self::Arrived => policy.partition != Partition::Form,
            Self::Admitted => true,
        }
    }
}

impl<'f> Quota<'f> {
    pub(super) fn of(
        request: &Request,
        platform: &impl Platform,
        form: &'f FormDefinition,
    ) -> Self {
        let header = |name| request.header(name);
        let caller = Caller::new(
            header("cf-connecting-ip"),
            header("x-api-key"),
            header("authorization"),
        );
        let keys = platform.isolate().keys();
        let caller = caller.keyed(keys.map(|keys| keys.counter_names.clone()));
        Self {
            counters: limit::counters(&form.rate_limits, form.key.as_str(), &caller),
            decision: None,
            state: State::Uncounted,
            is_repeated: false,
        }
    }

    /// Whether the submission is counted and the count is not published yet.
    pub(super) fn is_counted(&self) -> bool {
        self.state != State::Uncounted
    }

    /// The rate limit headers of the response; none if the quota was not checked.
    pub(super) fn headers(&self, platform: &impl Platform) -> Vec<(&'static str, String)> {
        let decision = self.decision.as_ref();
        decision.map_or_else(Vec::new, |decision| {
            limit::rate_limit_headers(decision, platform.now())
        })
    }

    /// Counts the submission for its visitor if every policy admits it.
    ///
    /// # Errors
    /// [`Problem::RateLimited`], or [`Problem::Unavailable`] where a policy has to read the other isolates' counts first.
    pub(super) async fn check<P: Platform>(&mut self, platform: &P) -> Result<(), Problem> {
        let isolate = platform.isolate();
        let needs_store = |(policy, _): &Counted<'_>| policy.on_fault == FaultMode::Closed;
        if self.counters.iter().any(needs_store) {
            let now = platform.now();
            let is_over = isolate.counters.borrow_mut().is_over(&self.counters, now);
            // A flood that is refused anyway causes no read.
            if !is_over {
                for (policy, key) in &self.counters {
                    background::read_counter_if_required(platform, *key, policy).await;
                }
            }
        }
        let now = platform.now();
        let decision = isolate.counters.borrow_mut().arrive(&self.counters, now);
        let refusal = problem(decision.refusal.as_ref());
        self.decision = Some(decision);
        refusal.map_or(Ok(()), Err)?;
        self.state = State::Arrived;
        Ok(())
    }

    /// Counts a valid submission for the form; uncounts it for its visitor if the form's quota was used up meanwhile.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(super) fn admit<P: Platform>(&mut self, platform: &P) -> Result<(), Problem> {
        let Some(arrival) = &mut self.decision else {
            return Ok(());
        };
        let now = platform.now();
        let isolate = platform.isolate();
        let mut counters = isolate.counters.borrow_mut();
        let admission = counters.admit(&self.counters, now, arrival.is_known);
        arrival.update(admission);
        if let Some(problem) = problem(arrival.refusal.as_ref()) {
            let state = std::mem::replace(&mut self.state, State::Uncounted);
            let counted = self
                .counters
                .iter()
                .filter(|counted| state.includes(counted));
            counters.uncount(counted, now);
            return Err(problem);
        }
        self.state = State::Admitted;
        Ok(())
    }

    /// Uncounts a valid submission for the form, and not for its visitor: it is challenged, and comes again.
    pub(super) fn withdraw<P: Platform>(&mut self, platform: &P) {
        if self.state == State::Admitted {
            let isolate = platform.isolate();
            let mut counters = isolate.counters.borrow_mut();
            let counted = self
                .counters
                .iter()
                .filter(|counted| !State::Arrived.includes(counted));
            counters.uncount(counted, platform.now());
            self.state = State::Arrived;
        }
    }

    /// Publishes the count to the other isolates, in the background. Only once the submission is known to be no repetition:
    /// a published count cannot be taken back.
    pub(super) fn publish<P: Platform>(&mut self, platform: &P) {
        let state = std::mem::replace(&mut self.state, State::Uncounted);
        for counted @ (policy, key) in &self.counters {
            if state.includes(counted) {
                background::sync_counter(platform, *key, policy);
            }
        }
    }

    /// Uncounts a submission that gets the receipt of one that was counted.
    pub(super) fn uncount<P: Platform>(&mut self, platform: &P) {
        let now = platform.now();
        let state = std::mem::replace(&mut self.state, State::Uncounted);
        let isolate = platform.isolate();
        let mut counters = isolate.counters.borrow_mut();
        let counted = self
            .counters
            .iter()
            .filter(|counted| state.includes(counted));
        counters.uncount(counted, now);
        self.decision = Some(counters.status(&self.counters, now));
    }
}

fn problem(refusal: Option<&Refusal>) -> Option<Problem> {
    Some(match refusal? {
        Refusal::Over {
            policy,
            retry_after_s,
        } => Problem::RateLimited {
            policy: policy.clone(),
            retry_after_s: *retry_after_s,
        },
        Refusal::Unknown => Problem::Unavailable {
            retry_after_s: limit::UNKNOWN_RETRY_AFTER_S,
        },
    })
}
