//! Has a submission prove that it is none of many, where its score asks for that: by a proof of work, by Turnstile, or, on a page
//! without a script, by a wait.

use super::Intake;
use crate::config::Keys;
use crate::dispatch;
use crate::form::FormDefinition;
use crate::hash::{first_half, hex, separated, sha256};
use crate::json::Object;
use crate::limit::Visitor;
use crate::platform::Platform;
use crate::problem::{Challenge, Problem};
use crate::spam::{Verdict, Wait, Work};
use crate::submission::RawSubmission;

impl<P: Platform> Intake<'_, P> {
    /// The idempotency key of a submission that solves a proof of work and has no key of its own.
    pub(super) fn key_of_work(&self, values: &RawSubmission) -> Option<String> {
        let key = values.proofs().next().and(self.platform.isolate().keys())?;
        let now = self.platform.now();
        let mut solved = values
            .proofs()
            .filter_map(|text| Work::read(text, &key.challenges, now));
        solved.next().map(|work| work.nonce)
    }

    /// What follows for a submission with the verdict [`Verdict::Challenge`], which stays where there is no key or no randomness to
    /// make a challenge with. `key` is its idempotency key.
    ///
    /// # Errors
    /// [`Problem::ChallengeRequired`] for one without a proof that is taken.
    pub(super) async fn challenge(
        &mut self,
        form: &FormDefinition,
        key: Option<&str>,
        values: &RawSubmission,
    ) -> Result<Verdict, Problem> {
        let isolate = self.platform.isolate();
        let (Ok(config), Some(keys)) = (&isolate.config, isolate.keys()) else {
            return Ok(Verdict::Challenge);
        };
        let form_key = form.key.as_str();
        let now = self.platform.now();
        let waited = |proof| Wait::read(proof, &keys.challenges, form_key, key?, now);
        let wait = values.proofs().find_map(waited);
        let is_over = wait.is_some_and(|wait| wait.is_over(now));
        let verdict = match &config.turnstile {
            None if is_over || self.is_worked(form_key, key, &keys, values) => Some(Verdict::Inbox),
            None => None,
            Some(turnstile) => {
                let token = values.proofs().find(|proof| waited(proof).is_none());
                let parts = [form_key, key.unwrap_or_default(), token.unwrap_or_default()];
                let id = uuid(&parts);
                let (platform, log) = (self.platform, &mut self.log);
                match dispatch::verify_turnstile(platform, turnstile, token, &id, log).await {
                    Some(true) => Some(Verdict::Inbox),
                    Some(false) if !is_over => None,
                    // A person without a script cannot pass Turnstile, and it may be down: the owner decides.
                    _ => Some(Verdict::Spam),
                }
            }
        };
        match verdict {
            Some(verdict) => Ok(verdict),
            None => self.demand(form_key, key, &keys, wait),
        }
    }

    fn is_worked(
        &self,
        form_key: &str,
        key: Option<&str>,
        keys: &Keys,
        values: &RawSubmission,
    ) -> bool {
        let now = self.platform.now();
        let works = values.proofs();
        let mut works = works.filter_map(|proof| Work::read(proof, &keys.challenges, now));
        works.any(|work| key.is_some_and(|key| work.is_for(form_key, key)))
    }

    /// The challenge of a submission; `wait` is that of its page, if it is not over.
    fn demand(
        &self,
        form_key: &str,
        key: Option<&str>,
        keys: &Keys,
        wait: Option<Wait>,
    ) -> Result<Verdict, Problem> {
        let (Ok(nonce), Ok(salt)) = (self.platform.random(), self.platform.random()) else {
            return Ok(Verdict::Challenge);
        };
        let now = self.platform.now();
        let isolate = self.platform.isolate();
        let config = isolate.config.as_ref().ok();
        let turnstile = config.and_then(|config| config.turnstile.as_ref());
        let own_key = hex(&nonce);
        let idempotency_key = key.unwrap_or(&own_key);
        let visitor = Visitor::from_address(self.request.header("cf-connecting-ip"));
        let level = {
            let mut efforts = isolate.efforts.borrow_mut();
            efforts.note(visitor.name(), idempotency_key, now)
        };
        let mut challenge = Challenge {
            key: idempotency_key.to_owned(),
            ..Challenge::default()
        };
        if self.wants_page {
            let wait = wait.unwrap_or_else(|| Wait::new(level, now));
            challenge.proof = wait.token(&keys.challenges, form_key, idempotency_key);
            challenge.wait_s = wait.left_s(now);
            challenge.site_key = turnstile.map(|turnstile| turnstile.site_key.clone());
        } else {
            let details = &mut challenge.details;
            match turnstile {
                Some(turnstile) => Object::write(details, |details| {
                    let site_key = &turnstile.site_key;
                    details.object("turnstile", |details| details.text("site_key", site_key));
                }),
                None => {
                    let random = [nonce, salt];
                    let work = Work::new(&keys.challenges, form_key, key, level, now, random);
                    work.write(&keys.challenges, details);
                }
            }
        }
        Err(Problem::ChallengeRequired(Box::new(challenge)))
    }
}

/// A UUID made of texts: RFC 9562 section 5.8 leaves its bits to the application.
fn uuid(parts: &[&str]) -> String {
    let digits = hex(&first_half(sha256(&separated(parts))));
    let mut uuid = String::with_capacity(36);
    for (index, digit) in digits.char_indices() {
        if [8, 12, 16, 20].contains(&index) {
            uuid.push('-');
        }
        uuid.push(if index == 12 { '8' } else { digit });
    }
    uuid
}
