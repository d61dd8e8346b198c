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
