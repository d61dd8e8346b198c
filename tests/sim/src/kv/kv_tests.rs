//! What the store promises, and what it does not.

use std::cell::RefCell;
use std::future::Future;

use serde_json::json;

use super::*;
use crate::world::{Owner, START_MS};

/// Runs a task in a world of its own, with a store of this model.
fn on<F: Future<Output = ()> + 'static>(model: KvModel, test: impl FnOnce(World, Kv) -> F) {
    let world = World::new(11);
    let kv = Kv::new(&world, model);
    let has_ended = Rc::new(Cell::new(false));
    let (task, end) = (test(world.clone(), kv), has_ended.clone());
    world.spawn(Owner(1), async move {
        task.await;
        end.set(true);
    });
    world.run();
    assert!(has_ended.get());
}

/// As documented, but all is seen elsewhere after two seconds, and here at once.
fn prompt() -> KvModel {
    KvModel {
        propagation: vec![(1.0, (2_000, 2_000))],
        own_writes_visible: 1.0,
        ..KvModel::documented()
    }
}

async fn value(at: &KvAt) -> Option<String> {
    at.get("key", 30).await.unwrap().map(|entry| entry.value)
}

#[test]
fn a_location_sees_what_it_wrote_and_another_what_it_had_read() {
    on(prompt(), |world, kv| async move {
        let (here, there) = (kv.at(0), kv.at(1));
        assert_eq!(value(&there).await, None);
        let read_at = world.now_ms();
        here.put("key", "1", None, None).await.unwrap();
        assert_eq!(value(&here).await.as_deref(), Some("1"));
        world.sleep(25_000).await;
        assert_eq!(value(&there).await, None, "a miss is cached");
        world.sleep(read_at + 30_000 - world.now_ms()).await;
        assert_eq!(value(&there).await.as_deref(), Some("1"));
    });
}

#[test]
fn a_location_that_has_not_read_a_name_sees_its_write_once_it_has_arrived() {
    on(prompt(), |world, kv| async move {
        kv.at(0).put("key", "1", None, None).await.unwrap();
        let written_at = world.now_ms();
        assert_eq!(value(&kv.at(1)).await, None);
        world.sleep(written_at + 2_000 - world.now_ms()).await;
        assert_eq!(value(&kv.at(2)).await.as_deref(), Some("1"));
    });
}

#[test]
fn a_name_takes_one_write_a_second() {
    on(KvModel::documented(), |world, kv| async move {
        let steady = KvModel {
            write: (0, 0),
            slow_chance: 0.0,
            ..KvModel::documented()
        };
        let (kv, other) = (Kv::new(&world, steady), kv);
        kv.at(0).put("key", "1", None, None).await.unwrap();
        kv.at(0).put("other", "1", None, None).await.unwrap();
        world.sleep(999).await;
        let refused = kv.at(1).put("key", "2", None, None).await.unwrap_err();
        assert_eq!(refused.to_string(), "KV PUT failed: 429 Too Many Requests");
        world.sleep(1).await;
        kv.at(1).put("key", "3", None, None).await.unwrap();
        assert_eq!(kv.operations().writes, 3);
        assert_eq!(kv.operations().failed, 1);
        assert_eq!(other.operations(), Operations::default());
    });
}

#[test]
fn the_later_write_wins_even_if_the_earlier_arrives_later() {
    let model = KvModel {
        propagation: vec![(0.5, (60_000, 60_000)), (0.5, (100, 100))],
        ..KvModel::documented()
    };
    on(model, |world, kv| async move {
        for count in 0..50 {
            kv.at(0)
                .put("key", &count.to_string(), None, None)
                .await
                .unwrap();
            world.sleep(1_000).await;
        }
        world.sleep(120_000).await;
        assert_eq!(value(&kv.at(1)).await.as_deref(), Some("49"));
    });
}

#[test]
fn what_has_expired_is_gone() {
    on(prompt(), |world, kv| async move {
        let here = kv.at(0);
        here.put("key", "1", None, Some(60)).await.unwrap();
        let written_at = world.now_ms();
        world.sleep(written_at + 59_900 - world.now_ms()).await;
        assert_eq!(here.list("k", 10).await.unwrap().len(), 1);
        world.sleep(written_at + 60_000 - world.now_ms()).await;
        assert_eq!(value(&here).await, None);
        assert!(here.list("k", 10).await.unwrap().is_empty());
    });
}

#[test]
fn each_limit_has_an_edge() {
    on(prompt(), |_, kv| async move {
        let at = kv.at(0);
        let failed = |result: Result<(), KvError>| result.unwrap_err().to_string();
        at.put(&"n".repeat(512), "", None, None).await.unwrap();
        assert!(failed(at.put(&"n".repeat(513), "", None, None).await).contains("414"));
        let metadata = |length: usize| Some(json!("m".repeat(length - 2)));
        at.put("a", "", metadata(1_024), None).await.unwrap();
        assert!(failed(at.put("b", "", metadata(1_025), None).await).contains("413"));
        at.put("c", "", None, Some(60)).await.unwrap();
        assert!(failed(at.put("d", "", None, Some(59)).await).contains("at least 60"));
        at.get("a", 30).await.unwrap();
        assert!(at.get("a", 29).await.is_err());
    });
}

#[test]
fn a_list_has_only_its_prefix_and_is_a_minute_old_elsewhere() {
    on(prompt(), |world, kv| async move {
        let (here, there) = (kv.at(0), kv.at(1));
        here.put("a/1", "", Some(json!([1])), None).await.unwrap();
        here.put("b/1", "", None, None).await.unwrap();
        let names = |listed: Vec<(String, Option<Value>)>| {
            listed.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        let listed = here.list("a/", 10).await.unwrap();
        assert_eq!(listed, [("a/1".to_owned(), Some(json!([1])))]);
        assert!(there.list("a/", 10).await.unwrap().is_empty());
        let read_at = world.now_ms();
        here.put("a/2", "", None, None).await.unwrap();
        assert_eq!(names(here.list("a/", 10).await.unwrap()), ["a/1", "a/2"]);
        assert_eq!(names(here.list("a/", 1).await.unwrap()), ["a/1"]);
        world.sleep(55_000).await;
        assert!(there.list("a/", 10).await.unwrap().is_empty());
        world.sleep(read_at + 60_000 - world.now_ms()).await;
        assert_eq!(names(there.list("a/", 10).await.unwrap()), ["a/1", "a/2"]);
    });
}

#[test]
fn an_outage_is_what_its_name_says() {
    on(prompt(), |world, kv| async move {
        let at = kv.at(0);
        at.put("key", "12345678", Some(json!([1, 2])), None)
            .await
            .unwrap();
        kv.set_outage(Some(Outage::Down));
        assert!(at.get("key", 30).await.is_err() && at.list("k", 1).await.is_err());
        kv.set_outage(Some(Outage::Throttled));
        assert!(
            at.put("new", "1", None, None)
                .await
                .unwrap_err()
                .to_string()
                .contains("429")
        );
        assert!(at.get("new", 30).await.unwrap().is_none());
        kv.set_outage(Some(Outage::Garbage));
        for _ in 0..50 {
            let entry = at.get("key", 30).await.unwrap().unwrap();
            assert_ne!(entry.value, "12345678");
            assert_ne!(at.list("key", 1).await.unwrap()[0].1, Some(json!([1, 2])));
        }
        kv.set_outage(Some(Outage::Slow { ms: 5_000 }));
        let before = world.now_ms();
        at.get("key", 30).await.unwrap();
        assert!((5_000..5_020).contains(&(world.now_ms() - before)));
        kv.set_outage(None);
        assert_eq!(value(&at).await.as_deref(), Some("12345678"));
    });
}

#[test]
fn some_writes_that_fail_were_made() {
    let model = KvModel {
        failure_rate: 0.5,
        ..prompt()
    };
    on(model, |_, kv| async move {
        let at = kv.at(0);
        let (mut failed, mut made) = (Vec::new(), 0);
        for number in 0..200 {
            let name = format!("n{number}");
            if at.put(&name, "1", None, None).await.is_err() {
                failed.push(name);
            }
        }
        for name in &failed {
            loop {
                let Ok(entry) = at.get(name, 30).await else {
                    continue;
                };
                made += usize::from(entry.is_some());
                break;
            }
        }
        assert!((70..130).contains(&failed.len()), "{}", failed.len());
        assert!(
            (failed.len() / 3..failed.len() * 2 / 3).contains(&made),
            "{made}"
        );
    });
}

#[test]
fn the_seed_alone_decides_what_happens() {
    let trace = |seed| {
        let world = World::new(seed);
        let kv = Kv::new(&world, KvModel::slow());
        let seen = Rc::new(RefCell::new(Vec::new()));
        for location in 0..3 {
            let (world, at, seen) = (world.clone(), kv.at(location), seen.clone());
            world.clone().spawn(Owner(1), async move {
                for _ in 0..30 {
                    let read = at.get("key", 30).await.unwrap().map(|entry| entry.value);
                    seen.borrow_mut().push((world.now_ms() - START_MS, read));
                    let _ = at.put("key", &world.now_ms().to_string(), None, None).await;
                    world.sleep(world.between(0, 5_000)).await;
                }
            });
        }
        world.run();
        seen.take()
    };
    assert_eq!(trace(1), trace(1));
    assert_ne!(trace(1), trace(2));
}

#[test]
fn operations_cost_what_is_documented() {
    let operations = Operations {
        reads: 2_000_000,
        writes: 1_000_000,
        lists: 1_000_000,
        failed: 9,
    };
    assert!((operations.price_usd() - 11.0).abs() < 1e-9);
}
