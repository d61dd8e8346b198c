//! Finds the version of a form that the visitor saw, by whose rules the values are checked.

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
    /// The reason why it is not the version that the submission names; `None` when it is.
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
    /// The version the visitor saw, else the current one with a warning: an unusable version number is no reason to refuse.
    pub(super) async fn find_seen(
        &mut self,
        form: &Rc<FormDefinition>,
        values: &RawSubmission,
    ) -> Seen {
        let version = match self.seen_in_memory(form, values) {
            Ok(seen) => return seen,
            Err(version) => version,
        };
        match background::load_version(self.platform, &form.key, version).await {
            Ok(Some(seen)) => Seen::as_shown(seen),
            Ok(None) => Seen::instead(form, WarningCode::VersionUnknown),
            // The lead is accepted without the version; its warning shows that the version is not known.
            Err(fault) => {
                self.log.fault(&fault);
                Seen::instead(form, WarningCode::VersionUnknown)
            }
        }
    }

    /// The same, from the isolate's cache alone.
    ///
    /// # Errors
    /// The version number that must be read from KV.
    pub(super) fn seen_in_memory(
        &mut self,
        form: &Rc<FormDefinition>,
        values: &RawSubmission,
    ) -> Result<Seen, u32> {
        let version = match values.version() {
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
