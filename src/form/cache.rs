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

    /// Forgets the current version of a form, which has just been published or unpublished; earlier versions never change.
    pub fn forget(&mut self, key: &FormKey) {
        for entries in [&mut self.forms, &mut self.missing] {
            entries.pop(&(key.clone(), CURRENT));
        }
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
#[path = "cache_tests.rs"]
mod tests;
