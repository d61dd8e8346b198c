//! [`FormCache`]: the definitions one isolate keeps warm, so that a submission waits for KV only the first time.

use std::num::NonZeroUsize;
use std::rc::Rc;

use lru::LruCache;

use super::{FormDefinition, FormKey};
use crate::clock::UnixMillis;
use crate::problem::Fault;

/// Definitions read from KV, the least recently used forgotten first. What KV does not have, or has broken, is remembered
/// too, more briefly, so that a flood of one wrong key costs no KV reads; and apart, so that a flood of many wrong keys
/// pushes out no form.
#[derive(Debug)]
pub struct FormCache {
    /// Under [`CURRENT`] alone.
    forms: Entries,
    /// Earlier versions, which never change.
    versions: Entries,
    /// Under [`CURRENT`] what is missing is the form.
    missing: Entries,
}

/// By form and version. One type for all three: each more is a kilobyte of code.
type Entries = LruCache<(FormKey, u32), CachedForm>;

#[derive(Debug)]
struct CachedForm {
    /// Else what is wrong with it; `None` when it is not there.
    form: Result<Rc<FormDefinition>, Option<Fault>>,
    read_at: UnixMillis,
    /// Set while a background task reads it again.
    refreshing_since: Option<UnixMillis>,
    /// Versions looked up since it was read.
    version_reads: u32,
}

/// What the shelf knows of a key.
#[derive(Clone, Debug)]
pub enum Found {
    /// Use this; `None` is "there is no such form".
    Fresh(Option<Rc<FormDefinition>>),
    /// Use this, and read it again in the background: it is getting old. Said to one caller only.
    Stale(Rc<FormDefinition>),
    /// There is one that cannot be used.
    Broken(Fault),
    /// Nothing is known: wait for KV.
    Miss,
}

/// What the shelf knows of one version of a form.
#[derive(Clone, Debug)]
pub enum FoundVersion {
    /// Use this.
    Form(Rc<FormDefinition>),
    /// There is none, or one that cannot be used.
    Missing(Option<Fault>),
    /// Nothing is known.
    Miss,
}

impl FormCache {
    /// Room for `capacity` keys.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            forms: LruCache::new(capacity),
            versions: LruCache::new(capacity),
            missing: LruCache::new(capacity),
        }
    }

    /// Looks a key up.
    pub fn find(&mut self, key: &FormKey, now: UnixMillis) -> Found {
        if let Some(cached) = self.forms.get_mut(&(key.clone(), CURRENT))
            && let Ok(form) = &cached.form
        {
            let is_refreshing = cached
                .refreshing_since
                .is_some_and(|since| now.since(since) < REFRESH_PRESUMED_DEAD_MS);
            if now.since(cached.read_at) < FRESH_FOR_MS || is_refreshing {
                return Found::Fresh(Some(form.clone()));
            }
            cached.refreshing_since = Some(now);
            return Found::Stale(form.clone());
        }
        match self.missing(key, CURRENT, now) {
            Some(None) => Found::Fresh(None),
            Some(Some(fault)) => Found::Broken(fault),
            None => Found::Miss,
        }
    }

    /// Looks up one version of a form.
    pub fn find_version(&mut self, key: &FormKey, version: u32, now: UnixMillis) -> FoundVersion {
        if let Some(cached) = self.versions.get_mut(&(key.clone(), version))
            && let Ok(form) = &cached.form
        {
            return FoundVersion::Form(form.clone());
        }
        match self.missing(key, version, now) {
            Some(fault) => FoundVersion::Missing(fault),
            None => FoundVersion::Miss,
        }
    }

    /// Whether KV may be asked for a version of this form; counts the reads. Numbers are easy to make up.
    pub fn may_read_version(&mut self, key: &FormKey) -> bool {
        let form = self.forms.get_mut(&(key.clone(), CURRENT));
        form.is_some_and(|cached| {
            cached.version_reads = cached.version_reads.saturating_add(1);
            cached.version_reads <= MAX_VERSION_READS
        })
    }

    /// Puts onto the shelf what was read of a form, under [`CURRENT`], or of one version of it: the definition, or why there
    /// is none, which is a fault or that it is not there. A form that breaks stays as it was.
    pub fn put(
        &mut self,
        key: FormKey,
        version: u32,
        form: Result<Rc<FormDefinition>, Option<Fault>>,
        now: UnixMillis,
    ) {
        let place = (key, version);
        if version == CURRENT && matches!(form, Err(None)) {
            self.forms.pop(&place);
        }
        let entries = match (&form, version) {
            (Ok(_), CURRENT) => &mut self.forms,
            (Ok(_), _) => &mut self.versions,
            (Err(_), _) => &mut self.missing,
        };
        let cached = CachedForm {
            form,
            read_at: now,
            refreshing_since: None,
            version_reads: 0,
        };
        entries.put(place, cached);
    }

    fn missing(&mut self, key: &FormKey, version: u32, now: UnixMillis) -> Option<Option<Fault>> {
        let cached = self.missing.get_mut(&(key.clone(), version))?;
        let is_recent = now.since(cached.read_at) < MISSING_FOR_MS;
        cached.form.as_ref().err().filter(|_| is_recent).cloned()
    }
}

/// In place of a version: whichever is the current one. No version has this number.
pub const CURRENT: u32 = 0;
/// A published change reaches every warm isolate within this and KV's own delay: milliseconds.
pub const FRESH_FOR_MS: u64 = 60_000;
/// A form published, or put right, under a key that was asked for too early appears after this and KV's own delay:
/// milliseconds.
const MISSING_FOR_MS: u64 = 10_000;
/// A refresh that has not finished by now was cancelled with its request: milliseconds.
const REFRESH_PRESUMED_DEAD_MS: u64 = 10_000;
/// Keys one isolate keeps; a definition is a few kilobytes: entries.
pub const MAX_CACHED_FORMS: usize = 500;
/// Versions of a form looked up in KV by one isolate between two readings of the form, so about a minute: reads.
const MAX_VERSION_READS: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::FaultKind;

    fn cache() -> FormCache {
        FormCache::new(NonZeroUsize::new(2).unwrap())
    }

    fn key(text: &str) -> FormKey {
        FormKey::parse(text).unwrap()
    }

    fn form(name: &str) -> Rc<FormDefinition> {
        let json = r#"{"key":"a","allowed_origins":[],"fields":[{"name":"n","type":"text"}]}"#;
        let json = json.replace("\"a\"", &format!("\"{name}\""));
        Rc::new(FormDefinition::parse(&json).unwrap())
    }

    #[test]
    fn a_warm_form_is_used_at_once_and_refreshed_once() {
        let mut cache = cache();
        let now = UnixMillis(0);
        assert!(matches!(cache.find(&key("a"), now), Found::Miss));
        cache.put(key("a"), CURRENT, Ok(form("a")), now);
        assert!(matches!(
            cache.find(&key("a"), now.plus(59_999)),
            Found::Fresh(Some(_))
        ));
        let old = now.plus(60_000);
        assert!(matches!(cache.find(&key("a"), old), Found::Stale(_)));
        assert!(matches!(cache.find(&key("a"), old), Found::Fresh(Some(_))));
        let dead = old.plus(10_000);
        assert!(
            matches!(cache.find(&key("a"), dead), Found::Stale(_)),
            "the task died"
        );
    }

    #[test]
    fn what_is_missing_or_broken_is_asked_for_again_soon() {
        let mut cache = cache();
        let fault = || Fault::new(FaultKind::FormBroken, "{");
        cache.put(key("a"), CURRENT, Err(None), UnixMillis(0));
        cache.put(key("b"), CURRENT, Err(Some(fault())), UnixMillis(0));
        let mut find = |name, now| cache.find(&key(name), UnixMillis(now));
        assert!(matches!(find("a", 9_999), Found::Fresh(None)));
        assert!(matches!(find("b", 9_999), Found::Broken(known) if known == fault()));
        assert!(matches!(find("a", 10_000), Found::Miss));
        assert!(matches!(find("b", 10_000), Found::Miss));
    }

    #[test]
    fn a_form_that_is_taken_down_is_gone_and_one_that_breaks_stays() {
        let mut cache = cache();
        cache.put(key("a"), CURRENT, Ok(form("a")), UnixMillis(0));
        let fault = Fault::new(FaultKind::FormBroken, "{");
        cache.put(key("a"), CURRENT, Err(Some(fault)), UnixMillis(1));
        let found = cache.find(&key("a"), UnixMillis(1));
        assert!(matches!(found, Found::Fresh(Some(_))));
        cache.put(key("a"), CURRENT, Err(None), UnixMillis(2));
        assert!(matches!(
            cache.find(&key("a"), UnixMillis(2)),
            Found::Fresh(None)
        ));
        cache.put(key("a"), CURRENT, Ok(form("a")), UnixMillis(3));
        assert!(matches!(
            cache.find(&key("a"), UnixMillis(3)),
            Found::Fresh(Some(_))
        ));
    }

    #[test]
    fn a_version_is_kept_and_an_absent_one_asked_for_again() {
        let mut cache = cache();
        let cold = cache.find_version(&key("a"), 1, UnixMillis(0));
        assert!(matches!(cold, FoundVersion::Miss));
        cache.put(key("a"), 1, Ok(form("a")), UnixMillis(0));
        cache.put(key("a"), 2, Err(None), UnixMillis(0));
        let mut find = |version, now| cache.find_version(&key("a"), version, UnixMillis(now));
        assert!(matches!(find(1, 1 << 40), FoundVersion::Form(_)));
        assert!(matches!(find(2, 9_999), FoundVersion::Missing(None)));
        assert!(matches!(find(2, 10_000), FoundVersion::Miss));
    }

    #[test]
    fn so_many_versions_are_looked_up_until_the_form_is_read_again() {
        let mut cache = cache();
        assert!(!cache.may_read_version(&key("a")), "no form, no version");
        for now in [0, 60_000] {
            cache.put(key("a"), CURRENT, Ok(form("a")), UnixMillis(now));
            for _ in 0..20 {
                assert!(cache.may_read_version(&key("a")));
            }
            assert!(!cache.may_read_version(&key("a")));
        }
    }

    #[test]
    fn forgets_the_least_recently_used_form_and_none_for_what_is_missing() {
        let mut cache = cache();
        for name in ["a", "b", "c"] {
            cache.put(key(name), CURRENT, Ok(form(name)), UnixMillis(0));
            cache.put(key("a"), 7, Err(None), UnixMillis(0));
        }
        for missing in 0..1_000 {
            cache.put(
                key(&format!("no{missing}")),
                CURRENT,
                Err(None),
                UnixMillis(0),
            );
            cache.put(key("b"), missing + 1, Err(None), UnixMillis(0));
        }
        let mut find = |name: &str| cache.find(&key(name), UnixMillis(0));
        assert!(matches!(find("a"), Found::Miss));
        assert!(matches!(find("b"), Found::Fresh(Some(_))));
        assert!(matches!(find("c"), Found::Fresh(Some(_))));
        assert!(matches!(find("no999"), Found::Fresh(None)));
    }
}
