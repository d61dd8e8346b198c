//! The JSON of a rate limit policy.

use serde_json::Value;

use super::fault::DefinitionFault;
use super::read::{
    CHARACTERS, Part, Reason, UNKNOWN, check_length, join, number, optional_text, read, text,
};

/// The JSON of a rate limit policy.
#[derive(Clone, Debug, Default)]
pub struct StoredPolicy {
    /// The name in the rate limit headers.
    pub name: String,
    /// Submissions per window.
    pub quota: u64,
    /// The length of the window: seconds.
    pub window_s: u64,
    /// `form`, `visitor` or `api_key`.
    pub partition: String,
    /// `open` or `closed`; open when absent.
    pub on_fault: Option<String>,
}

impl Part for StoredPolicy {
    fn set(&mut self, name: &str, value: Value) -> Result<(), Reason> {
        match name {
            "name" => {
                text(&mut self.name, value)?;
                check_length(
                    self.name.chars().count(),
                    1,
                    MAX_POLICY_NAME_CHARS,
                    CHARACTERS,
                )
            }
            "quota" => number(&mut self.quota, &value),
            "window_s" => number(&mut self.window_s, &value),
            "partition" => text(&mut self.partition, value),
            "on_fault" => optional_text(&mut self.on_fault, value, 0, u64::MAX),
            _ => Err(UNKNOWN.into()),
        }
    }
}

/// Reads a policy, which must have a name.
pub(super) fn read_policy(
    item: Value,
    path: &str,
    faults: &mut Vec<DefinitionFault>,
) -> StoredPolicy {
    let mut policy = StoredPolicy::default();
    if item.is_object() && item.get("name").is_none() {
        faults.push(DefinitionFault::new(join(path, "name"), "is missing"));
    }
    read(&mut policy, item, path, faults);
    policy
}

/// The longest name of a policy, which is in two headers of every response: characters.
const MAX_POLICY_NAME_CHARS: u64 = 40;
