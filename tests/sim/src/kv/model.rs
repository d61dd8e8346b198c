//! [`KvModel`]: how stale, how slow and how broken; [`Operations`]: what it costs.

/// The knobs of a store. Times in milliseconds, chances from 0 to 1.
#[derive(Clone, Debug)]
pub struct KvModel {
    /// Shortest time a location serves what it has read. 30 s since 2026-01-30:
    /// <https://developers.cloudflare.com/kv/api/read-key-value-pairs/#cachettl-parameter>
    pub min_cache_ms: u64,
    /// How long a location serves a list it has read: "up to 60 seconds".
    /// <https://developers.cloudflare.com/kv/concepts/how-kv-works/#consistency>
    pub list_cache_ms: u64,
    /// How likely a write is seen at once at the location it was made: "usually", "not guaranteed". Same page.
    pub own_writes_visible: f64,
    /// After how long a write is seen where nothing is cached: ranges, each with its chance; the last takes the rest.
    /// "60 seconds or more" is what the page promises for caches and this together.
    pub propagation: Vec<(f64, Span)>,
    /// Least time between two writes of one name.
    /// <https://developers.cloudflare.com/kv/platform/limits/>
    pub write_interval_ms: u64,
    /// How long a read from the location's cache takes.
    pub cached_read: Span,
    /// How long any other read, or a list, takes; `slow_chance` of them as long as `slow`.
    pub read: Span,
    /// How long a write takes; `slow_chance` of them as long as `slow`.
    pub write: Span,
    /// How many operations are slow.
    pub slow_chance: f64,
    /// How long those take.
    pub slow: Span,
    /// How many operations fail. Half of the writes that do have been made.
    pub failure_rate: f64,
}

/// From, to: milliseconds, both included.
pub type Span = (u64, u64);

impl KvModel {
    /// As documented, where figures are given; latencies as published for 2025-08:
    /// <https://blog.cloudflare.com/rearchitecting-workers-kv-for-redundancy/>.
    pub fn documented() -> Self {
        Self {
            min_cache_ms: 30_000,
            list_cache_ms: 60_000,
            own_writes_visible: 0.95,
            propagation: vec![
                (0.90, (100, 2_000)),
                (0.09, (2_000, 30_000)),
                (0.01, (30_000, 120_000)),
            ],
            write_interval_ms: 1_000,
            cached_read: (2, 10),
            read: (20, 80),
            write: (30, 120),
            slow_chance: 0.01,
            slow: (200, 1_000),
            failure_rate: 0.0,
        }
    }

    /// A bad day: writes take up to a minute, and some three, before any other location can see them.
    pub fn slow() -> Self {
        Self {
            propagation: vec![(0.95, (0, 60_000)), (0.05, (60_000, 180_000))],
            ..Self::documented()
        }
    }

    /// What a local workerd is: one store, nothing stale, no limit of writes.
    pub fn ideal() -> Self {
        Self {
            min_cache_ms: 0,
            list_cache_ms: 0,
            own_writes_visible: 1.0,
            propagation: Vec::new(),
            write_interval_ms: 0,
            cached_read: (1, 1),
            read: (1, 1),
            write: (1, 1),
            slow_chance: 0.0,
            slow: (1, 1),
            failure_rate: 0.0,
        }
    }
}

/// What is wrong with a store for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// Every operation fails.
    Down,
    /// Every operation takes so much longer.
    Slow {
        /// Milliseconds.
        ms: u64,
    },
    /// Every write is one too many.
    Throttled,
    /// What is read is not what was written.
    Garbage,
}

/// Operations that are billed; those that fail are not.
/// <https://developers.cloudflare.com/kv/platform/pricing/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Operations {
    /// Reads of one name, found or not.
    pub reads: u64,
    /// Writes.
    pub writes: u64,
    /// Pages of lists.
    pub lists: u64,
    /// Operations that failed.
    pub failed: u64,
}

impl Operations {
    /// What they cost beyond what is included: US dollars.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub fn price_usd(&self) -> f64 {
        (self.reads as f64 * 0.5 + self.writes as f64 * 5.0 + self.lists as f64 * 5.0) / 1e6
    }
}
