//! Workers KV as Cloudflare documents it, in virtual time.
//!
//! The KV of a local workerd is one consistent store: nothing that goes wrong in many locations goes wrong there. This one
//! has locations with caches that are stale, misses that are cached, writes that take their time, one write a second a
//! name, and failures; everything is drawn from one seed, so that a run can be repeated. It knows nothing of formgate; only
//! [`memory`] does.
//!
//! ```
//! use sim::kv::{Kv, KvModel};
//! use sim::world::{Owner, World};
//!
//! let world = World::new(7);
//! let kv = Kv::new(&world, KvModel::documented());
//! let (vienna, lima) = (kv.at(0), kv.at(1));
//! let then = world.clone();
//! world.spawn(Owner(1), async move {
//!     assert!(lima.get("key", 30).await.unwrap().is_none());
//!     vienna.put("key", "value", None, None).await.unwrap();
//!     // The miss is cached in Lima, for half a minute at least.
//!     assert!(lima.get("key", 30).await.unwrap().is_none());
//!     then.sleep(200_000).await;
//!     assert!(lima.get("key", 30).await.unwrap().is_some());
//! });
//! world.run();
//! ```
//!
//! What is not modelled: that popular names are refreshed before they run out (it would be fresher than here), the tiers
//! between a location and the central stores, values that are large, pages of a list beyond the first, deleting.

pub mod kv;
pub mod load;
pub mod memory;
pub mod peers;
pub mod world;
