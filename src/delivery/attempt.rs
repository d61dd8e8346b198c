//! [`CoreRequest`]: one attempt to deliver a lead to the core. `envelope` parses the response.

use super::queued_lead::QueuedLead;
use crate::clock::UnixMillis;
use crate::envelope::{CoreResponse, Dialect, Outcome};

/// The address of the core and how to send to it. `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct CoreSettings {
    /// The address, with `{form}` for the form key.
    pub url_template: String,
    /// How the token is sent.
    pub auth: CoreAuth,
    /// The token; `None` sends none.
    pub token: Option<String>,
    /// The timeout of one attempt, response included: milliseconds.
    pub timeout_ms: u64,
    /// The dialect of the core's responses.
    pub dialect: Dialect,
    /// Whether it responds with a redirect after it stored the lead.
    pub accepts_redirect: bool,
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

impl CoreSettings {
    /// The outcome of the core's response.
    ///
    /// 302 and 303 are how a program that processed a POST shows the next page, Google Apps Script among them. 301, 307 and 308
    /// mean that the address has moved and nothing was processed; a 302 to a sign-in page means that nothing was processed.
    pub fn parse_response(&self, mut response: CoreResponse, now: UnixMillis) -> Outcome {
        if self.accepts_redirect && matches!(response.status, 302 | 303) && !is_sign_in(&response) {
            response.status = 200;
            // The body is only a page that links to the new address.
            response.content_type = None;
        }
        self.dialect.parse_response(&response, now)
    }
}

fn is_sign_in(response: &CoreResponse) -> bool {
    let location = response.location.as_deref().unwrap_or_default();
    let location = location.to_ascii_lowercase().replace(['-', '_'], "");
    ["login", "signin", "oauth", "/auth"]
        .iter()
        .any(|word| location.contains(word))
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
    /// The timeout, response included: milliseconds.
    pub timeout_ms: u64,
}

impl CoreRequest {
    /// The request that delivers a queued lead.
    pub fn new(settings: &CoreSettings, queued: &QueuedLead) -> Self {
        let mut headers = vec![
            ("Content-Type", "application/json".to_owned()),
            ("Accept", "application/json".to_owned()),
            ("Idempotency-Key", queued.idempotency_key.clone()),
            ("X-Request-Id", queued.request_id.clone()),
        ];
        if let Some(token) = &settings.token {
            headers.push(match settings.auth {
                CoreAuth::Bearer => ("Authorization", format!("Bearer {token}")),
                CoreAuth::ApiKey => ("X-API-Key", token.clone()),
            });
        }
        Self {
            // A form key needs no escaping in a URL.
            url: settings.url_template.replace("{form}", &queued.form),
            headers,
            body: queued.lead.clone(),
            timeout_ms: settings.timeout_ms,
        }
    }
}

/// At most this much of a core's response is read: bytes.
pub const MAX_CORE_RESPONSE_BYTES: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(status: u16, location: Option<&str>, body: &str) -> bool {
        let settings = CoreSettings {
            url_template: "https://core.example/".to_owned(),
            auth: CoreAuth::Bearer,
            token: None,
            timeout_ms: 1_000,
            dialect: Dialect::LeadGen,
            accepts_redirect: true,
        };
        let response = CoreResponse {
            status,
            content_type: Some("text/html".to_owned()),
            location: location.map(str::to_owned),
            body: body.as_bytes().to_vec(),
            ..CoreResponse::default()
        };
        let blocked = |outcome: &Outcome| matches!(outcome, Outcome::Blocked { .. });
        assert!(blocked(
            &settings.dialect.parse_response(&response, UnixMillis(0))
        ));
        settings.parse_response(response, UnixMillis(0)) == Outcome::Accepted
    }

    #[test]
    fn a_redirect_is_success_if_the_setting_accepts_it() {
        let moved = "<HTML><HEAD><TITLE>Moved Temporarily</TITLE></HEAD></HTML>";
        let echo = Some("https://script.googleusercontent.com/macros/echo?user_content_key=k");
        for (status, location, body, is_taken) in [
            (302, echo, moved, true),
            (303, Some("/thanks"), "", true),
            (302, None, "", true),
            (301, echo, moved, false),
            (307, echo, moved, false),
            (308, echo, moved, false),
            (300, echo, moved, false),
            (304, None, "", false),
            (
                302,
                Some("https://accounts.google.com/ServiceLogin?continue=x"),
                moved,
                false,
            ),
            (302, Some("/users/sign_in"), "", false),
            (303, Some("https://id.example/oauth2/authorize"), "", false),
            (302, echo, r#"{"success":false}"#, false),
        ] {
            assert_eq!(
                outcome(status, location, body),
                is_taken,
                "{status} {location:?} {body}"
            );
        }
    }
}
