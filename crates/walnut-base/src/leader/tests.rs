//! The alias table keeps the weights; the draw names owners.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{LeaderDistribution, leader};
use crate::{AccountOwner, BlockHeight};

#[test]
fn draws_by_key_order() {
    let owners = BTreeMap::from([
        (AccountOwner::Address20([0; 20]), 100),
        (AccountOwner::Reserved(3), 100),
        (AccountOwner::Address32([9; 32].into()), 100),
        (AccountOwner::Address32([1; 32].into()), 100),
    ]);
    // Recorded for four equal weights at height 0: indices 2, 3, …, 0 (round 5), … 1 (round 9).
    let drawn = |round| leader(&owners, round, BlockHeight::ZERO);
    assert_eq!(drawn(0), Some(AccountOwner::Address32([9; 32].into())));
    assert_eq!(drawn(1), Some(AccountOwner::Address20([0; 20])));
    assert_eq!(drawn(5), Some(AccountOwner::Reserved(3)));
    assert_eq!(drawn(9), Some(AccountOwner::Address32([1; 32].into())));
    assert_eq!(leader(&BTreeMap::new(), 0, BlockHeight::ZERO), None);
}

#[test]
fn draws_are_the_references() {
    // Ten rounds each, recorded with the reference's libraries.
    let recorded: [(&[u64], u64, [usize; 10]); 6] = [
        (&[100, 100], 0, [1, 1, 1, 1, 1, 0, 1, 1, 1, 0]),
        (&[100, 100], 7, [0, 1, 1, 0, 0, 0, 1, 1, 0, 1]),
        (&[1, 2, 3], 2, [2, 2, 1, 2, 1, 1, 1, 1, 0, 0]),
        (&[1, 2, 3], 1000, [0, 2, 1, 1, 2, 2, 2, 1, 2, 1]),
        (&[100, 1, 50, 7, 300], 1, [4, 0, 2, 0, 0, 0, 4, 0, 4, 4]),
        (&[100, 1, 50, 7, 300], 1000, [4, 4, 4, 4, 0, 0, 4, 2, 4, 4]),
    ];
    for (weights, height, expected) in recorded {
        let table = LeaderDistribution::new(weights).expect("someone can be drawn");
        let drawn: Vec<_> = (0..10).map(|round| table.leader_index(round, BlockHeight(height))).collect();
        assert_eq!(drawn, expected, "{weights:?} at height {height}");
    }
}

proptest! {
    #[test]
    fn table_is_exact(weights in prop::collection::vec(0_u64..1_000_000, 1..20)) {
        let sum: u64 = weights.iter().sum();
        let Some(table) = LeaderDistribution::new(&weights) else {
            prop_assert_eq!(sum, 0);
            return Ok(());
        };
        // Tickets out of n·S that each index wins: exactly weight·n.
        let mut wins = vec![0; weights.len()];
        for (index, odds) in table.odds.iter().enumerate() {
            wins[index] += odds;
            wins[table.alias[index]] += sum - odds;
        }
        let count = weights.len() as u64;
        prop_assert_eq!(wins, weights.iter().map(|weight| weight * count).collect::<Vec<_>>());
    }

    #[test]
    fn zero_weights_never_lead(height: u64, round: u32) {
        let table = LeaderDistribution::new(&[0, 5, 0, 7]).expect("someone can be drawn");
        prop_assert!([1, 3].contains(&table.leader_index(round, BlockHeight(height))));
    }
}
