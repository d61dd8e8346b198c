//! Simulated owners of a form: they edit, publish and unpublish it, two at a time; and what must hold of it.

use std::collections::BTreeMap;

use formgate::admin::forms::{delete_draft, find, publish, save_draft, unpublish};
use formgate::form::{FormDefinition, FormKey};
use serde_json::json;

use super::Stage;
use super::cloud::PLATFORM;
use super::faulty::FaultyIsolate;

impl Stage {
    /// Two owners, who know nothing of each other.
    pub(super) fn start_owners(&self) {
        for _ in 0..OWNERS {
            let stage = self.clone();
            self.world.spawn(PLATFORM, async move {
                while stage.cloud.0.fault_rate.get() > 0.0 {
                    let longest_ms = match stage.cloud.0.is_disaster.get() {
                        true => LONGEST_PAUSE_IN_DISASTER_MS,
                        false => LONGEST_PAUSE_MS,
                    };
                    let pause_ms = stage.world.between(500, longest_ms);
                    stage.world.sleep(pause_ms).await;
                    let (owner, isolate) = (stage.clone(), stage.isolate());
                    stage
                        .world
                        .spawn(isolate.owner, async move { owner.act(&isolate).await });
                }
            });
        }
    }

    async fn act(&self, isolate: &FaultyIsolate) {
        let Some(key) = key() else { return };
        // When it fails, the owner tries something another time.
        let Ok(record) = find(isolate, &key).await else {
            return;
        };
        let tag = Some(record.draft_tag.as_str()).filter(|tag| !tag.is_empty());
        match self.world.between(0, 9) {
            0..=4 => {
                let text = definition(self.world.between(0, 999));
                let _ = save_draft(isolate, &key, &record, &text, tag).await;
            }
            5..=7 => {
                let published = publish(isolate, &key, &record).await;
                if let (Ok(version), Some(draft)) = (published, &record.draft) {
                    let mut published = self.published.borrow_mut();
                    published.insert(version, title_of(draft));
                }
            }
            8 => _ = unpublish(isolate, &key, &record).await,
            _ => _ = delete_draft(isolate, &key, &record, tag).await,
        }
    }

    /// Every promise about the form.
    pub(super) fn check_form(&self, broken: &mut Vec<String>) {
        let stores = &self.cloud.0.stores;
        let (forms, rows) = (stores.forms.borrow(), stores.form_rows.borrow());
        if stores.rewritten.get() > 0 {
            broken.push(format!("{} versions have changed", stores.rewritten.get()));
        }
        for (name, json) in forms.iter() {
            if FormDefinition::parse(json).is_err() {
                broken.push(format!("{name} is no definition"));
            }
        }
        let current = forms.get("form/owned");
        let row = rows.get("owned").cloned().unwrap_or_default();
        if row.writing.is_some() {
            broken.push("a change of the form never ended".to_owned());
        }
        let version = row.version.filter(|_| row.is_published);
        let expected = version.map(|version| forms.get(&format!("form/owned/v/{version}")));
        if current != expected.flatten() || version.is_some() != current.is_some() {
            broken.push(format!("visitors get {current:?} instead of {version:?}"));
        }
        for (version, title) in self.published.borrow().iter() {
            let stored = forms.get(&format!("form/owned/v/{version}"));
            if stored.map(|json| title_of(json)) != Some(title.clone()) {
                broken.push(format!("version {version} is not what was published"));
            }
        }
    }
}

/// The titles that were published, by version.
pub(super) type Published = BTreeMap<u32, String>;

fn key() -> Option<FormKey> {
    FormKey::parse("owned").ok()
}

fn definition(number: u64) -> String {
    let fields = json!([{ "name": "email", "type": "email" }]);
    json!({ "key": "owned", "title": number.to_string(), "allowed_origins": [], "fields": fields })
        .to_string()
}

fn title_of(json: &str) -> String {
    FormDefinition::parse(json)
        .map_or_else(|_| String::new(), |form| form.title.unwrap_or_default())
}

const OWNERS: u32 = 2;
/// The longest pause between two actions: milliseconds.
const LONGEST_PAUSE_MS: u64 = 5_000;
/// The same in a disaster of three days, which would be a hundred thousand actions of each.
const LONGEST_PAUSE_IN_DISASTER_MS: u64 = 600_000;
