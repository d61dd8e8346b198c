//! Parses the settings of the Worker, once per isolate. Each setting documents its variable, unit and default.

mod access;
mod health;
mod keys;
mod turnstile;

pub(crate) use access::no_access;
pub use health::{Waiting, health};
pub use keys::{Keys, MIN_SIGNING_KEY_BYTES};
pub use turnstile::Turnstile;

use std::rc::Rc;

use crate::access::AccessSettings;
use crate::constraint::url;
use crate::delivery::{CoreAuth, CoreSettings, MAX_DELAY_S, RETRY_DELAYS_S};
use crate::envelope::Dialect;
use crate::problem::SettingFault;
use crate::tls;

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The core lead service; `None` stores leads in the inbox.
    ///
    /// `CORE_URL`: the address, with `{form}` for the form key. Unset: no core.
    /// `CORE_AUTH`: `bearer` (default) or `x-api-key`. `CORE_TOKEN` (secret): unset sends none.
    /// `CORE_TIMEOUT_MS`: milliseconds for one attempt, [`MIN_CORE_TIMEOUT_MS`] to [`MAX_CORE_TIMEOUT_MS`], default
    /// [`DEFAULT_CORE_TIMEOUT_MS`]. `CORE_DIALECT`: the dialect of its responses, default `lead-gen`. `CORE_REDIRECT`: `block`
    /// (default), or `accept` for a core that responds with 302 or 303 after it stored the lead.
    pub core: Option<CoreSettings>,
    /// `RETRY_DELAYS_S`: the delays after failed attempts, in seconds, 1 to [`MAX_DELAY_S`] each, separated by commas, at most
    /// [`MAX_RETRIES`]; default [`RETRY_DELAYS_S`].
    pub retry_delays_s: Vec<u32>,
    /// `SIGNING_KEY` (secret): from it the keys of all purposes are derived; at least [`MIN_SIGNING_KEY_BYTES`] visible ASCII
    /// characters. Unset: there are no tickets, leads have no visitor hash, and counter names are hashes without a key.
    /// `SIGNING_KEY_PREVIOUS` (secret): the same; while the key is rotated, tickets of both are taken.
    pub keys: Option<Rc<Keys>>,
    /// `TURNSTILE_SITE_KEY`, `TURNSTILE_SECRET` (secret): Cloudflare's challenge instead of the proof of work; both or neither.
    /// `TURNSTILE_VERIFY_URL`: where its tokens are verified, default Cloudflare's address.
    pub turnstile: Option<Turnstile>,
    /// `FORM_CACHE`: `on` (default), or `off`: every request reads its form from KV, and browsers do not cache it. For
    /// development of a form; `make dev` sets it.
    pub has_form_cache: bool,
    /// `DEFAULT_DIALECT`: the dialect of responses for forms without one; default `lead-gen`.
    pub default_dialect: Dialect,
    /// Who may call the owner's API; `None` closes it. A fault in these settings closes the API alone: leads are accepted.
    ///
    /// `OWNERS`, `EDITORS`, `VIEWERS`: e-mail addresses and `*@` with a domain, separated by commas. `JWT_ISSUER`, `JWT_AUDIENCE`
    /// (one, or several separated by commas) and `JWT_JWKS_URL`: all three, or none, which accepts no JSON Web Token.
    pub access: Result<Option<AccessSettings>, Vec<SettingFault>>,
}

/// Which bindings the Worker has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    /// KV with form definitions.
    pub forms: bool,
    /// KV with counters.
    pub limits: bool,
    /// D1 with the inbox and the dead letters.
    pub leads: bool,
    /// The queue that is the outbox.
    pub outbox: bool,
    /// Static files.
    pub assets: bool,
}

impl Bindings {
    /// All bindings.
    pub const ALL: Self = Self {
        forms: true,
        limits: true,
        leads: true,
        outbox: true,
        assets: true,
    };
}

impl Config {
    /// Parses all settings. An empty variable counts as unset.
    ///
    /// # Errors
    /// Every setting that is missing or malformed; never with its value, which may be a secret.
    pub fn parse(
        variable: impl Fn(&str) -> Option<String>,
        bindings: Bindings,
    ) -> Result<Self, Vec<SettingFault>> {
        let mut faults = Vec::new();
        let read = |name: &'static str| variable(name).filter(|value| !value.is_empty());
        let url_template = read("CORE_URL");
        let token = read("CORE_TOKEN");
        let is_secret = token.is_some();
        match url_template.as_deref() {
            Some(template) if !is_core_url(template) => {
                faults.push(fault("CORE_URL", "must be an http:// or https:// address"));
            }
            Some(template) if is_secret && !tls::is_private(template) => {
                faults.push(fault("CORE_URL", CORE_TOKEN_IN_CLEAR));
            }
            _ => {}
        }
        let auth = match read("CORE_AUTH").as_deref() {
            None | Some("bearer") => CoreAuth::Bearer,
            Some("x-api-key") => CoreAuth::ApiKey,
            Some(_) => {
                faults.push(fault("CORE_AUTH", "must be bearer or x-api-key"));
                CoreAuth::default()
            }
        };
        let accepts_redirect = match read("CORE_REDIRECT").as_deref() {
            None | Some("block") => false,
            Some("accept") => true,
            Some(_) => {
                faults.push(fault("CORE_REDIRECT", "must be block or accept"));
                false
            }
        };
        let has_form_cache = match read("FORM_CACHE").as_deref() {
            None | Some("on") => true,
            Some("off") => false,
            Some(_) => {
                faults.push(fault("FORM_CACHE", "must be on or off"));
                true
            }
        };
        if token.as_deref().is_some_and(|token| !is_visible(token)) {
            faults.push(fault(
                "CORE_TOKEN",
                "must be visible ASCII characters, without spaces",
            ));
        }
        let keys = Keys::read(read, &mut faults).map(Rc::new);
        let turnstile = Turnstile::read(read, &mut faults);
        let timeout_ms = match read("CORE_TIMEOUT_MS").map(|text| text.parse()) {
            None => DEFAULT_CORE_TIMEOUT_MS,
            Some(Ok(millis @ MIN_CORE_TIMEOUT_MS..=MAX_CORE_TIMEOUT_MS)) => millis,
            Some(_) => {
                let reason = format!(
                    "must be a whole number of milliseconds from {MIN_CORE_TIMEOUT_MS} to {MAX_CORE_TIMEOUT_MS}"
                );
                faults.push(fault("CORE_TIMEOUT_MS", &reason));
                DEFAULT_CORE_TIMEOUT_MS
            }
        };
        let retry_delays_s = match read("RETRY_DELAYS_S").as_deref().map(parse_delays) {
            None => RETRY_DELAYS_S.to_vec(),
            Some(Some(delays_s)) => delays_s,
            Some(None) => {
                let reason = format!(
                    "must be at most {MAX_RETRIES} numbers of seconds from 1 to {MAX_DELAY_S}, apart by commas"
                );
                faults.push(fault("RETRY_DELAYS_S", &reason));
                Vec::new()
            }
        };
        let mut dialect = |name: &'static str| match read(name).as_deref().map(Dialect::parse) {
            None => Dialect::default(),
            Some(Some(dialect)) => dialect,
            Some(None) => {
                let known: Vec<&str> = Dialect::ALL
                    .iter()
                    .map(|dialect| dialect.as_str())
                    .collect();
                faults.push(fault(
                    name,
                    &format!("must be one of: {}", known.join(", ")),
                ));
                Dialect::default()
            }
        };
        let core_dialect = dialect("CORE_DIALECT");
        let default_dialect = dialect("DEFAULT_DIALECT");
        if !bindings.forms {
            faults.push(fault(
                "FORMS",
                "is not bound: a KV namespace with form definitions",
            ));
        }
        if !bindings.limits {
            faults.push(fault(
                "LIMITS",
                "is not bound: a KV namespace for rate limit counters",
            ));
        }
        if url_template.is_none() && !bindings.leads {
            faults.push(fault(
                "CORE_URL",
                "is not set, and there is no D1 database LEADS to keep leads in",
            ));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let access = access::read(read);
        let core = url_template.map(|url_template| CoreSettings {
            url_template,
            auth,
            token,
            timeout_ms,
            dialect: core_dialect,
            accepts_redirect,
        });
        Ok(Self {
            core,
            retry_delays_s,
            keys,
            turnstile,
            has_form_cache,
            default_dialect,
            access,
        })
    }
}

/// The fault when there are no tickets, for a form that requires them.
pub(crate) fn no_tickets() -> SettingFault {
    fault(keys::SIGNING_KEY, NO_SIGNING_KEY)
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn parse_delays(text: &str) -> Option<Vec<u32>> {
    let delay_s = |text: &str| text.trim().parse().ok();
    let delays_s: Option<Vec<u32>> = text.split(',').map(delay_s).collect();
    delays_s.filter(|delays_s| {
        let is_sound = |delay_s: &u32| (1..=MAX_DELAY_S).contains(delay_s);
        delays_s.len() <= MAX_RETRIES && delays_s.iter().all(is_sound)
    })
}

fn is_core_url(template: &str) -> bool {
    let address = template.replace("{form}", "form");
    (address.starts_with("https://") || address.starts_with("http://"))
        && is_visible(&address)
        && url::check(&address).is_ok()
}

fn fault(variable: &'static str, reason: &str) -> SettingFault {
    SettingFault {
        variable,
        reason: reason.to_owned(),
    }
}

/// The reason of the fault of a database whose tables are missing.
pub const NO_TABLES: &str = "has not all its tables: `make seed` creates them on this machine, `make deploy` in the account";
/// The reason of the fault of a form that requires tickets while there is no key to sign them.
const NO_SIGNING_KEY: &str = "is not set, and a form has \"ticket\": \"required\"";
const CORE_TOKEN_IN_CLEAR: &str =
    "must be https:// with a CORE_TOKEN, which http sends in clear; http is for this machine";
/// The longest retry schedule: attempts after the first.
pub const MAX_RETRIES: usize = 20;
/// Enough for a core that has to start first, and bearable for a waiting visitor: milliseconds.
pub const DEFAULT_CORE_TIMEOUT_MS: u64 = 5_000;
/// A shorter timeout is assumed to be a mistake: milliseconds.
pub const MIN_CORE_TIMEOUT_MS: u64 = 100;
/// The longest timeout: milliseconds. The visitor waits for it, and the widget waits a little longer (a test in
/// `dispatch/key.rs` checks that).
pub const MAX_CORE_TIMEOUT_MS: u64 = 25_000;

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
