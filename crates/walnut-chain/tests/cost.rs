//! The work for a block does not grow with the chain.

use walnut_base::{
    Account, AccountOwner, Amount, BlockProposal, Operation, ResourceControlPolicy, Round, SystemOperation,
};
use walnut_chain::test_utils::TestNetwork;

/// Writes and bytes per block over the last blocks of a chain of this length. Each block transfers to another chain, and
/// nobody consumes what arrives there.
fn cost(blocks: usize) -> (usize, usize) {
    let mut network = TestNetwork::new(1, &[1_000_000, 1_000_000], ResourceControlPolicy::no_fees());
    let other = network.chain_id(0);
    let mut before = (0, 0);
    for number in 0..blocks {
        if number + 5 == blocks {
            let node = &network.validators[0];
            before = (node.writes, node.bytes_written);
        }
        let transfer = Operation::from(SystemOperation::Transfer {
            owner: AccountOwner::CHAIN,
            recipient: Account::chain(other),
            amount: Amount::ONE,
        });
        let chain = network.chain_id(1);
        let block = network.block_without_bundles(chain, Some(network.owner(1)), vec![transfer]);
        let proposal = BlockProposal::new_initial(Round::MultiLeader(0), block, &network.owner_keys[1]);
        network.execute(&proposal);
    }
    let node = &network.validators[0];
    ((node.writes - before.0) / 5, (node.bytes_written - before.1) / 5)
}

#[test]
fn writes_per_block_are_flat() {
    let (short_writes, short_bytes) = cost(10);
    let (long_writes, long_bytes) = cost(300);
    assert_eq!(short_writes, long_writes);
    assert!(long_bytes <= short_bytes + 64, "{short_bytes} bytes per block grow to {long_bytes}");
}
