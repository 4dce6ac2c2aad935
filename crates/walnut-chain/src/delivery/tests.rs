//! Who is released when.

use walnut_base::{BlockHeight, ChainId, CryptoHash};

use super::DeliveryWaiters;

#[test]
fn waiters_at_or_below_the_height_are_released_once() {
    let chain = ChainId(CryptoHash::from([1; 32]));
    let other = ChainId(CryptoHash::from([2; 32]));
    let mut waiters = DeliveryWaiters::default();
    waiters.register(chain, BlockHeight(3), "three");
    waiters.register(chain, BlockHeight(5), "five");
    waiters.register(other, BlockHeight(3), "other");
    assert_eq!(waiters.release(chain, BlockHeight(2)), Vec::<&str>::new());
    assert_eq!(waiters.release(chain, BlockHeight(4)), vec!["three"]);
    assert_eq!(waiters.release(chain, BlockHeight(9)), vec!["five"]);
    assert_eq!(waiters.len(), 1);
    assert_eq!(waiters.release(other, BlockHeight(3)), vec!["other"]);
    assert!(waiters.is_empty());
}
