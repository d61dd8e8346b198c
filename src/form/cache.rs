//! [`FormCache`]: the definitions one isolate keeps in memory, so that only its first submission waits for KV.

use std::num::NonZeroUsize;
use std::rc::Rc;

use lru::LruCache;

use super::{FormDefinition, FormKey};
use crate::clock::UnixMillis;
use crate::problem::Fault;

/// Definitions read from KV; the least recently used is evicted first.
///
/// A missing or broken definition is cached too, for a shorter time: repeated requests for one wrong key cause no KV
/// reads. It is in a cache of its own: requests for many wrong keys evict no form.
#[derive(Debug)]
pub struct FormCache {
    /// Current versions, all under [`CURRENT`].
    forms: Entries,
    /// Earlier versions, which never change.
    versions: Entries,
    /// Missing or broken forms, under [`CURRENT`], and versions.
    missing: Entries,
}

/// By form and version. All three have one type: a second one would add a kilobyte of code.
type Entries = LruCache<(FormKey, u32), CachedForm>;

#[derive(Debug)]
struct CachedForm {
    /// The definition; else what is wrong with it, or `None` when KV does not have it.
    form: Result<Rc<FormDefinition>, Option<Fault>>,
    read_at: UnixMillis,
    /// Set while a background task reads it again.
    refreshing_since: Option<UnixMillis>,
    /// KV reads of its versions since it was read.
    version_reads: u32,
}

/// The result of looking up a form.
#[derive(Clone, Debug)]
pub enum Found {
    /// Use this; `None` when there is no such form.
    Fresh(Option<Rc<FormDefinition>>),
    /// Use this. Returned to one caller only, which must start the refresh in the background.
    Stale(Rc<FormDefinition>),
    /// The stored definition is invalid.
    Broken(Fault),
    /// Not cached: read KV.
    Miss,
}

/// The result of looking up one version of a form.
#[derive(Clone, Debug)]
pub enum FoundVersion {
    /// Use this.
    Form(Rc<FormDefinition>),
    /// There is none, or it is invalid.
    Missing(Option<Fault>),
    /// Not cached: read KV.
    Miss,
}

impl FormCache {
    /// A cache of at most `capacity` forms, as many versions, and as many missing ones.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            forms: LruCache::new(capacity),
            versions: LruCache::new(capacity),
            missing: LruCache::new(capacity),
        }
    }

    /// Looks up the current version of a form.
    pub fn find(&mut self, key: &FormKey, now: UnixMillis) -> Found {
        if let Some(cached) = self.forms.get_mut(&(key.clone(), CURRENT))
            && let Ok(form) = &cached.form
        {
            if now.since(cached.read_at) < FRESH_FOR_MS || cached.is_refreshing(now) {
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

    /// Whether KV may be read for a version of this form; counts the reads, since a client can invent version numbers.
    pub fn may_read_version(&mut self, key: &FormKey) -> bool {
        let form = self.forms.get_mut(&(key.clone(), CURRENT));
        form.is_some_and(|cached| {
            cached.version_reads = cached.version_reads.saturating_add(1);
            cached.version_reads <= MAX_VERSION_READS
        })
    }

    /// Whether a form that is cached requires tickets.
    pub fn requires_tickets(&self) -> bool {
        let mut forms = self.forms.iter();
        forms.any(|(_, cached)| cached.form.as_ref().is_ok_and(|form| form.requires_ticket))
    }

    /// Caches the result of reading a form, under [`CURRENT`], or one version of it: the definition, a fault, or `None`
    /// when KV does not have it. When the stored form becomes invalid, the last valid definition stays in use.
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

    /// When the entry is too old, one caller reads KV, and the others get the entry until the result is there.
    fn missing(&mut self, key: &FormKey, version: u32, now: UnixMillis) -> Option<Option<Fault>> {
        let cached = self.missing.get_mut(&(key.clone(), version))?;
        let age_ms = now.since(cached.read_at);
        let is_used =
            age_ms < MISSING_FOR_MS || (age_ms < MAX_MISSING_AGE_MS && cached.is_refreshing(now));
        if !is_used {
            cached.refreshing_since = Some(now);
        }
        cached.form.as_ref().err().filter(|_| is_used).cloned()
    }
}

impl CachedForm {
    fn is_refreshing(&self, now: UnixMillis) -> bool {
        self.refreshing_since
            .is_some_and(|since| now.since(since) < REFRESH_PRESUMED_DEAD_MS)
    }
}

/// The number used for the current version; versions begin at 1.
pub const CURRENT: u32 = 0;
/// A published change reaches every isolate within this time and KV's own delay: milliseconds.
pub const FRESH_FOR_MS: u64 = 60_000;
/// A form that was missing or broken is read again after this time; KV's own delay comes on top: milliseconds.
const MISSING_FOR_MS: u64 = 10_000;
/// The most that entry can be used while one request reads it again: milliseconds.
const MAX_MISSING_AGE_MS: u64 = 20_000;
/// After this time a refresh counts as cancelled together with its request: milliseconds.
const REFRESH_PRESUMED_DEAD_MS: u64 = 10_000;
/// Forms one isolate caches: entries of a few kilobytes.
pub const MAX_CACHED_FORMS: usize = 500;
/// KV reads of versions of one form by one isolate until the form is read again, which is about a minute: reads.
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
    fn a_cached_form_is_used_at_once_and_refreshed_once() {
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
    fn a_missing_or_broken_form_is_read_again_after_ten_seconds() {
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
    fn one_request_reads_a_missing_or_broken_form_again_while_others_use_the_old_result() {
        let fault = Fault::new(FaultKind::FormBroken, "{");
        for known in [None, Some(fault)] {
            let mut cache = cache();
            let is_used = |found| matches!(found, Found::Fresh(None) | Found::Broken(_));
            cache.put(key("a"), CURRENT, Err(known.clone()), UnixMillis(0));
            let mut find = |now| cache.find(&key("a"), UnixMillis(now));
            assert!(matches!(find(10_000), Found::Miss), "reads KV");
            assert!(is_used(find(10_000)));
            assert!(is_used(find(19_999)));
            assert!(matches!(find(20_000), Found::Miss), "too old for all");
            assert!(matches!(find(20_001), Found::Miss), "too old for all");
            cache.put(key("a"), CURRENT, Err(known), UnixMillis(20_002));
            assert!(is_used(cache.find(&key("a"), UnixMillis(20_003))));
        }
    }

    #[test]
    fn a_deleted_form_is_gone_and_an_invalid_one_keeps_its_last_definition() {
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
    fn a_version_stays_cached_and_a_missing_one_is_read_again() {
        let mut cache = cache();
        let absent = cache.find_version(&key("a"), 1, UnixMillis(0));
        assert!(matches!(absent, FoundVersion::Miss));
        cache.put(key("a"), 1, Ok(form("a")), UnixMillis(0));
        cache.put(key("a"), 2, Err(None), UnixMillis(0));
        let mut find = |version, now| cache.find_version(&key("a"), version, UnixMillis(now));
        assert!(matches!(find(1, 1 << 40), FoundVersion::Form(_)));
        assert!(matches!(find(2, 9_999), FoundVersion::Missing(None)));
        assert!(matches!(find(2, 10_000), FoundVersion::Miss));
    }

    #[test]
    fn version_reads_are_limited_until_the_form_is_read_again() {
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
    fn evicts_the_least_recently_used_form_and_none_for_missing_ones() {
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
