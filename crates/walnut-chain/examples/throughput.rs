//! Measures whole cycles of blocks (propose, validate, confirm, deliver) at four validators in one thread:
//! `cargo run --release -p walnut-chain --features test-utils --example throughput [BLOCKS]`.

use std::time::Instant;

use walnut_base::{
    Account, AccountOwner, Amount, BlockProposal, Operation, ResourceControlPolicy, Round, SystemOperation,
};
use walnut_chain::test_utils::TestNetwork;

fn main() {
    let blocks: u32 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1_000);
    for (name, policy) in
        [("no fees", ResourceControlPolicy::no_fees()), ("testnet fees", ResourceControlPolicy::testnet())]
    {
        let mut network = TestNetwork::new(4, &[1_000_000, 1_000_000], policy);
        let (other, chain) = (network.chain_id(0), network.chain_id(1));
        let mut last = Instant::now();
        for number in 0..blocks {
            let transfer = Operation::from(SystemOperation::Transfer {
                owner: AccountOwner::CHAIN,
                recipient: Account::chain(other),
                amount: Amount::from_attos(1),
            });
            let block = network.block_without_bundles(chain, Some(network.owner(1)), vec![transfer]);
            let proposal = BlockProposal::new_initial(Round::MultiLeader(0), block, &network.owner_keys[1]);
            network.execute(&proposal);
            if (number + 1) % (blocks / 5).max(1) == 0 {
                let per_second = f64::from((blocks / 5).max(1)) / last.elapsed().as_secs_f64();
                println!(
                    "{name}: block {}: {per_second:.0} blocks/s at 4 validators in 1 thread",
                    number + 1
                );
                last = Instant::now();
            }
        }
    }
}
