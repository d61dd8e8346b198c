//! One attempt to hand a lead over: the request to the core. What its answer means is `envelope`'s to say.

use super::parcel::Parcel;
use crate::envelope::Dialect;

/// Where and how to reach the core. Prints no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct CoreSettings {
    /// The address, with `{form}` for the form key.
    pub url_template: String,
    /// How the token is sent.
    pub auth: CoreAuth,
    /// The token; `None` sends none.
    pub token: Option<String>,
    /// How long one attempt may take, answer included: milliseconds.
    pub timeout_ms: u64,
    /// The dialect the core answers in.
    pub dialect: Dialect,
}

/// How the token is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CoreAuth {
    /// `Authorization: Bearer …`, RFC 6750 section 2.1.
    #[default]
    Bearer,
    /// `X-API-Key: …`
    ApiKey,
}

impl std::fmt::Debug for CoreSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CoreSettings(…)")
    }
}

/// One POST to the core.
#[derive(Clone)]
pub struct CoreRequest {
    /// The address.
    pub url: String,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// The lead as JSON.
    pub body: String,
    /// How long it may take, answer included: milliseconds.
    pub timeout_ms: u64,
}

impl CoreRequest {
    /// The request that hands a parcel over.
    pub fn new(settings: &CoreSettings, parcel: &Parcel) -> Self {
        let mut headers = vec![
            ("Content-Type", "application/json".to_owned()),
            ("Accept", "application/json".to_owned()),
            ("Idempotency-Key", parcel.idempotency_key.clone()),
            ("X-Request-Id", parcel.request_id.clone()),
        ];
        if let Some(token) = &settings.token {
            headers.push(match settings.auth {
                CoreAuth::Bearer => ("Authorization", format!("Bearer {token}")),
                CoreAuth::ApiKey => ("X-API-Key", token.clone()),
            });
        }
        Self {
            // A form key needs no escaping in a URL.
            url: settings.url_template.replace("{form}", &parcel.form),
            headers,
            body: parcel.lead.clone(),
            timeout_ms: settings.timeout_ms,
        }
    }
}

/// What is read of a core's answer: bytes.
pub const MAX_CORE_ANSWER_BYTES: usize = 65_536;
