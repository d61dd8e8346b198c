//! [`Quota`]: the counters that one submission is counted by, one of each rate limit policy of the form.
//!
//! A submission is counted before its body is read, and uncounted when it turns out to repeat one that was counted.

use crate::background;
use crate::form::FormDefinition;
use crate::limit::{self, Caller, CounterKey, RateLimitPolicy, Refusal};
use crate::platform::Platform;
use crate::problem::Problem;
use crate::route::Request;

/// The counters of one submission.
pub(super) struct Quota<'f> {
    counters: Vec<(&'f RateLimitPolicy, CounterKey)>,
    /// The rate limit headers of the response; empty until the quota is checked.
    pub(super) headers: Vec<(&'static str, String)>,
    /// Whether the submission is counted in this isolate, and the count is not published yet.
    pub(super) is_counted: bool,
    /// Whether the submission repeats one that was counted.
    pub(super) is_repeated: bool,
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
        let caller = caller.keyed(platform.isolate().keys().map(|keys| keys.counter_names));
        Self {
            counters: limit::counters(&form.rate_limits, form.key.as_str(), &caller),
            headers: Vec::new(),
            is_counted: false,
            is_repeated: false,
        }
    }

    /// Counts the submission if every policy admits it.
    ///
    /// # Errors
    /// [`Problem::RateLimited`], or [`Problem::Unavailable`] where a policy has to read the other isolates' counts first.
    pub(super) async fn check<P: Platform>(&mut self, platform: &P) -> Result<(), Problem> {
        for (policy, key) in &self.counters {
            background::read_counter_if_required(platform, *key, policy).await;
        }
        let now = platform.now();
        let isolate = platform.isolate();
        let decision = isolate.counters.borrow_mut().decide(&self.counters, now);
        self.headers = limit::rate_limit_headers(&decision, now);
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

    /// Publishes the count to the other isolates, in the background. Only once the submission is known to be no repetition:
    /// a published count cannot be taken back.
    pub(super) fn publish<P: Platform>(&mut self, platform: &P) {
        if std::mem::take(&mut self.is_counted) {
            for (policy, key) in &self.counters {
                background::sync_counter(platform, *key, policy);
            }
        }
    }

    /// Uncounts a submission that gets the receipt of one that was counted.
    pub(super) fn uncount<P: Platform>(&mut self, platform: &P) {
        let now = platform.now();
        let is_counted = std::mem::take(&mut self.is_counted);
        self.is_repeated = true;
        let isolate = platform.isolate();
        let mut counters = isolate.counters.borrow_mut();
        if is_counted {
            counters.uncount(&self.counters, now);
        }
        let status = counters.status(&self.counters, now);
        self.headers = limit::rate_limit_headers(&status, now);
    }
}
