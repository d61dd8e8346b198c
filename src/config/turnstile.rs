//! [`Turnstile`]: the settings of Cloudflare's challenge, which replaces the proof of work.

use super::{fault, is_visible};
use crate::problem::SettingFault;
use crate::tls;

/// How Turnstile is shown and verified. `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Turnstile {
    /// What a page shows it with.
    pub site_key: String,
    /// What its tokens are verified with.
    pub secret: String,
    /// Where they are verified.
    pub verify_url: String,
}

impl Turnstile {
    /// Reads and checks the settings; `None` when they are not set.
    pub(super) fn read(
        read: impl Fn(&'static str) -> Option<String>,
        faults: &mut Vec<SettingFault>,
    ) -> Option<Self> {
        let verify_url = read(VERIFY_URL).unwrap_or_else(|| SITEVERIFY.to_owned());
        if !is_visible(&verify_url) || !tls::is_private(&verify_url) {
            faults.push(fault(VERIFY_URL, "must be an https:// address"));
        }
        let keys = [SITE_KEY, SECRET].map(|name| (name, read(name)));
        for (name, key) in &keys {
            if key.as_ref().is_some_and(|key| !is_visible(key)) {
                faults.push(fault(
                    name,
                    "must be visible ASCII characters, without spaces",
                ));
            }
        }
        match keys {
            [(_, Some(site_key)), (_, Some(secret))] => Some(Self {
                site_key,
                secret,
                verify_url,
            }),
            [(_, None), (_, None)] => None,
            [(_, site_key), _] => {
                let (set, missing) = match site_key {
                    Some(_) => (SITE_KEY, SECRET),
                    None => (SECRET, SITE_KEY),
                };
                faults.push(fault(missing, &["is not set, but ", set, " is"].concat()));
                None
            }
        }
    }
}

impl std::fmt::Debug for Turnstile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Turnstile(…)")
    }
}

const SITE_KEY: &str = "TURNSTILE_SITE_KEY";
const SECRET: &str = "TURNSTILE_SECRET";
const VERIFY_URL: &str = "TURNSTILE_VERIFY_URL";
/// <https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>
const SITEVERIFY: &str = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
