//! Questions about chains that change nothing.

use walnut_base::{BlockHeight, ChainId, ChainInfoQuery, CryptoHash, Round};
use walnut_rpc::{Method, proto};

use super::Interviewer;

pub(super) fn ask(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let chain = interviewer.opened.alices.id();
    let shared = interviewer.opened.shared.id();
    let parent = interviewer.opened.blocks.last().map_or(chain, |block| block.chain_id());
    let owner = interviewer.opened.alice.owner();
    let nobody = ChainId(CryptoHash::from([7; 32]));
    let base = ChainInfoQuery::new;
    let questions = [
        ("a chain", base(chain)),
        ("its consensus state", base(chain).with_manager_values()),
        ("its committees", ChainInfoQuery { request_committees: true, ..base(chain) }),
        ("what waits in its inboxes", base(chain).with_pending_message_bundles()),
        ("an owner's balance", base(chain).with_owner_balance(owner)),
        ("whether its next height is 0", base(chain).test_next_block_height(BlockHeight(0))),
        ("whether its next height is 5", base(chain).test_next_block_height(BlockHeight(5))),
        ("the senders it knows", with_received_log(base(chain), 0)),
        ("the senders beyond those it knows", with_received_log(base(chain), 100)),
        ("the block it does not have", with_heights(base(chain), &[0])),
        ("the block its parent has", with_heights(base(parent), &[0])),
        ("one its parent has and one it has not", with_heights(base(parent), &[0, 9])),
        ("a time-out of the fast round", with_timeout(base(chain), 0, Round::Fast)),
        ("a time-out at a later height", with_timeout(base(chain), 3, Round::Fast)),
        ("a time-out of a round that has none", with_timeout(base(shared), 0, Round::MultiLeader(0))),
        ("a time-out of a later round", with_timeout(base(shared), 0, Round::SingleLeader(0))),
        ("to fall back to validator rounds", ChainInfoQuery { request_fallback: true, ..base(shared) }),
        ("a chain that nobody has opened", base(nobody)),
        ("its consensus state, too", base(nobody).with_manager_values()),
        ("blocks of a chain that nobody has opened", with_heights(base(nobody), &[0])),
    ];
    for (name, query) in questions {
        interviewer.ask(name, Method::HANDLE_CHAIN_INFO_QUERY, &proto::ChainInfoQuery::from(&query))?;
    }
    Ok(())
}

fn with_received_log(query: ChainInfoQuery, first: u64) -> ChainInfoQuery {
    ChainInfoQuery { request_received_log_excluding_first_n: Some(first), ..query }
}

fn with_heights(query: ChainInfoQuery, heights: &[u64]) -> ChainInfoQuery {
    let heights = heights.iter().copied().map(BlockHeight).collect();
    ChainInfoQuery { request_sent_certificate_hashes_by_heights: heights, ..query }
}

fn with_timeout(query: ChainInfoQuery, height: u64, round: Round) -> ChainInfoQuery {
    ChainInfoQuery { request_leader_timeout: Some((BlockHeight(height), round)), ..query }
}
