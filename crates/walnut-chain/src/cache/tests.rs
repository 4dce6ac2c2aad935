//! Bounds of the cache.

use super::BoundedCache;

#[test]
fn oldest_entries_leave_first_beyond_the_entry_limit() {
    let mut cache = BoundedCache::new(2, 100);
    cache.insert(1, 1, "a");
    cache.insert(2, 1, "b");
    cache.insert(1, 1, "c"); // replaced: now the youngest
    cache.insert(3, 1, "d");
    assert_eq!(cache.get(&2), None);
    assert_eq!(cache.get(&1), Some(&"c"));
    assert_eq!(cache.get(&3), Some(&"d"));
}

#[test]
fn bytes_are_bounded_and_returned_on_removal() {
    let mut cache = BoundedCache::new(100, 10);
    cache.insert(1, 6, ());
    cache.insert(2, 6, ());
    assert!(!cache.contains(&1));
    cache.remove(&2);
    cache.insert(3, 10, ());
    assert!(cache.contains(&3));
    cache.retain(|()| false);
    cache.insert(4, 10, ());
    assert_eq!(cache.len(), 1);
}

#[test]
fn churn_does_not_grow_the_order_queue() {
    let mut cache = BoundedCache::new(4, 1000);
    for round in 0..1000 {
        cache.insert(round % 3, 1, round);
    }
    assert!(cache.order.len() <= 2 * cache.len() + 17);
}
