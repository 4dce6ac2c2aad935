//! The fill limit is reached exactly.

use super::*;

#[test]
fn fill_limit_is_the_references() {
    assert_eq!(CHUNK_FILL_BYTES_MAX, 11_744_051);
    let mut fill = BatchFill::new();
    assert!(fill.try_add(CHUNK_FILL_BYTES_MAX - 1));
    assert!(!fill.try_add(2));
    assert!(fill.try_add(1));
    assert!(!fill.try_add(1));
    assert!(fill.try_add(0));
}

#[test]
fn oversized_first_item_leaves_the_batch_empty() {
    assert!(!BatchFill::new().try_add(CHUNK_FILL_BYTES_MAX + 1));
    assert!(!BatchFill::new().try_add(usize::MAX));
}
