//! [`Challenge`]: what a submission needs before it is accepted, as a script or a page gets it.

/// What a submission needs before it is accepted. A script gets `details`; a page gets the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    /// For a script, as JSON: `{ "altcha": … }`, or `{ "turnstile": … }`. Empty for a page.
    pub details: String,
    /// The idempotency key that the submission has to come with.
    pub key: String,
    /// For a page: what it sends along. Empty for a script.
    pub proof: String,
    /// For a page: how long it has to wait before `proof` is taken: seconds.
    pub wait_s: u64,
    /// For a page: the site key of Turnstile; `None` where that is off.
    pub site_key: Option<String>,
}
