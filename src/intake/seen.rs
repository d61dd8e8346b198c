//! Which version of a form the visitor saw, and so which rules apply to the values.

use std::rc::Rc;

use super::Intake;
use crate::background;
use crate::form::{FormDefinition, FoundVersion};
use crate::platform::Platform;
use crate::problem::{Warning, WarningCode};
use crate::submission::{RawSubmission, VERSION_NAME};

/// The version a submission is checked against.
pub(super) struct Seen {
    pub(super) form: Rc<FormDefinition>,
    /// Why it is not the version the page says it shows.
    pub(super) instead: Option<WarningCode>,
}

impl Seen {
    fn as_shown(form: Rc<FormDefinition>) -> Self {
        Self {
            form,
            instead: None,
        }
    }

    fn instead(form: &Rc<FormDefinition>, reason: WarningCode) -> Self {
        Self {
            form: form.clone(),
            instead: Some(reason),
        }
    }

    pub(super) fn warning(&self) -> Option<Warning> {
        self.instead.map(|code| Warning::of(VERSION_NAME, code))
    }
}

impl<P: Platform> Intake<'_, P> {
    /// The version the visitor saw, else the current one with a warning: nobody is refused for a number on a page.
    pub(super) async fn find_seen(
        &mut self,
        form: &Rc<FormDefinition>,
        raw: &RawSubmission,
    ) -> Seen {
        let version = match self.seen_in_memory(form, raw) {
            Ok(seen) => return seen,
            Err(version) => version,
        };
        match background::load_version(self.platform, &form.key, version).await {
            Ok(Some(seen)) => Seen::as_shown(seen),
            Ok(None) => Seen::instead(form, WarningCode::VersionUnknown),
            // The lead is worth more than the version: it says that nothing is known of what was shown.
            Err(fault) => {
                self.log.fault(&fault);
                Seen::instead(form, WarningCode::VersionUnknown)
            }
        }
    }

    /// The same as far as this isolate knows it.
    ///
    /// # Errors
    /// The version that KV has to be asked for.
    pub(super) fn seen_in_memory(
        &mut self,
        form: &Rc<FormDefinition>,
        raw: &RawSubmission,
    ) -> Result<Seen, u32> {
        let version = match raw.version() {
            Ok(Some(version)) if version != form.version => version,
            Ok(_) => return Ok(Seen::as_shown(form.clone())),
            Err(code) => return Ok(Seen::instead(form, code)),
        };
        if version < form.oldest_version {
            return Ok(Seen::instead(form, WarningCode::VersionWithdrawn));
        }
        let now = self.platform.now();
        let isolate = self.platform.isolate();
        let found = isolate
            .forms
            .borrow_mut()
            .find_version(&form.key, version, now);
        match found {
            FoundVersion::Form(seen) => Ok(Seen::as_shown(seen)),
            FoundVersion::Missing(fault) => {
                if let Some(fault) = fault {
                    self.log.fault(&fault);
                }
                Ok(Seen::instead(form, WarningCode::VersionUnknown))
            }
            FoundVersion::Miss => Err(version),
        }
    }
}
