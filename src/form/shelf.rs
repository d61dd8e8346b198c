//! [`Shelf`]: the definitions one isolate keeps warm, so that a submission waits for KV only the first time.

use std::num::NonZeroUsize;
use std::rc::Rc;

use lru::LruCache;

use super::{FormDefinition, FormKey};
use crate::clock::UnixMillis;

/// Definitions read from KV, the least recently used forgotten first. Keys without a form are remembered too, more
/// briefly, so that a flood of one wrong key costs no KV reads.
#[derive(Debug)]
pub struct Shelf {
    forms: LruCache<FormKey, Shelved>,
    /// Earlier versions, which never change.
    versions: LruCache<(FormKey, u32), Shelved>,
}

#[derive(Debug)]
struct Shelved {
    form: Option<Rc<FormDefinition>>,
    read_at: UnixMillis,
    /// Set while a background task reads it again.
    refreshing_since: Option<UnixMillis>,
}

/// What the shelf knows of a key.
#[derive(Clone, Debug)]
pub enum Found {
    /// Use this; `None` is "there is no such form".
    Warm(Option<Rc<FormDefinition>>),
    /// Use this, and read it again in the background: it is getting old. Said to one caller only.
    Stale(Rc<FormDefinition>),
    /// Nothing is known: wait for KV.
    Cold,
}

impl Shelf {
    /// Room for `capacity` keys.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            forms: LruCache::new(capacity),
            versions: LruCache::new(capacity),
        }
    }

    /// Looks a key up.
    pub fn find(&mut self, key: &FormKey, now: UnixMillis) -> Found {
        let Some(shelved) = self.forms.get_mut(key) else {
            return Found::Cold;
        };
        let age_ms = now.since(shelved.read_at);
        match &shelved.form {
            None if age_ms < ABSENT_FOR_MS => Found::Warm(None),
            None => Found::Cold,
            Some(form) if age_ms < FRESH_FOR_MS => Found::Warm(Some(form.clone())),
            Some(form) => {
                let is_refreshing = shelved
                    .refreshing_since
                    .is_some_and(|since| now.since(since) < REFRESH_PRESUMED_DEAD_MS);
                if is_refreshing {
                    return Found::Warm(Some(form.clone()));
                }
                shelved.refreshing_since = Some(now);
                Found::Stale(form.clone())
            }
        }
    }

    /// Looks up one version of a form: `None` when KV has to be asked.
    pub fn find_version(
        &mut self,
        key: &FormKey,
        version: u32,
        now: UnixMillis,
    ) -> Option<Option<Rc<FormDefinition>>> {
        let shelved = self.versions.get(&(key.clone(), version))?;
        let is_known = shelved.form.is_some() || now.since(shelved.read_at) < ABSENT_FOR_MS;
        is_known.then(|| shelved.form.clone())
    }

    /// Puts what was read of one version onto the shelf.
    pub fn put_version(
        &mut self,
        key: FormKey,
        version: u32,
        form: Option<Rc<FormDefinition>>,
        now: UnixMillis,
    ) {
        let shelved = Shelved {
            form,
            read_at: now,
            refreshing_since: None,
        };
        self.versions.put((key, version), shelved);
    }

    /// Puts what was read onto the shelf.
    pub fn put(&mut self, key: FormKey, form: Option<Rc<FormDefinition>>, now: UnixMillis) {
        let shelved = Shelved {
            form,
            read_at: now,
            refreshing_since: None,
        };
        self.forms.put(key, shelved);
    }
}

/// A published change reaches every warm isolate within this and KV's own delay: milliseconds.
pub const FRESH_FOR_MS: u64 = 60_000;
/// A form published under a key that was asked for too early appears after this and KV's own delay: milliseconds.
const ABSENT_FOR_MS: u64 = 10_000;
/// A refresh that has not finished by now was cancelled with its request: milliseconds.
const REFRESH_PRESUMED_DEAD_MS: u64 = 10_000;
/// Keys one isolate keeps; a definition is a few kilobytes: entries.
pub const MAX_SHELVED_FORMS: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf() -> Shelf {
        Shelf::new(NonZeroUsize::new(2).unwrap())
    }

    fn key(text: &str) -> FormKey {
        FormKey::parse(text).unwrap()
    }

    fn form() -> Option<Rc<FormDefinition>> {
        let json = r#"{"key":"a","allowed_origins":[],"fields":[{"name":"n","type":"text"}]}"#;
        Some(Rc::new(FormDefinition::parse(json).unwrap()))
    }

    #[test]
    fn a_warm_form_is_used_at_once_and_refreshed_once() {
        let mut shelf = shelf();
        let now = UnixMillis(0);
        assert!(matches!(shelf.find(&key("a"), now), Found::Cold));
        shelf.put(key("a"), form(), now);
        assert!(matches!(
            shelf.find(&key("a"), now.plus(59_999)),
            Found::Warm(Some(_))
        ));
        let old = now.plus(60_000);
        assert!(matches!(shelf.find(&key("a"), old), Found::Stale(_)));
        assert!(matches!(shelf.find(&key("a"), old), Found::Warm(Some(_))));
        let dead = old.plus(10_000);
        assert!(
            matches!(shelf.find(&key("a"), dead), Found::Stale(_)),
            "the task died"
        );
    }

    #[test]
    fn an_absent_form_is_asked_for_again_soon() {
        let mut shelf = shelf();
        shelf.put(key("a"), None, UnixMillis(0));
        assert!(matches!(
            shelf.find(&key("a"), UnixMillis(9_999)),
            Found::Warm(None)
        ));
        assert!(matches!(
            shelf.find(&key("a"), UnixMillis(10_000)),
            Found::Cold
        ));
    }

    #[test]
    fn a_version_is_kept_and_an_absent_one_asked_for_again() {
        let mut shelf = shelf();
        assert!(shelf.find_version(&key("a"), 1, UnixMillis(0)).is_none());
        shelf.put_version(key("a"), 1, form(), UnixMillis(0));
        shelf.put_version(key("a"), 2, None, UnixMillis(0));
        assert!(matches!(
            shelf.find_version(&key("a"), 1, UnixMillis(1 << 40)),
            Some(Some(_))
        ));
        assert!(matches!(
            shelf.find_version(&key("a"), 2, UnixMillis(9_999)),
            Some(None)
        ));
        assert!(
            shelf
                .find_version(&key("a"), 2, UnixMillis(10_000))
                .is_none()
        );
    }

    #[test]
    fn forgets_the_least_recently_used_form() {
        let mut shelf = shelf();
        for name in ["a", "b", "c"] {
            shelf.put(key(name), None, UnixMillis(0));
        }
        assert!(matches!(shelf.find(&key("a"), UnixMillis(0)), Found::Cold));
        assert!(matches!(
            shelf.find(&key("c"), UnixMillis(0)),
            Found::Warm(None)
        ));
    }
}
