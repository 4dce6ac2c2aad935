//! How liars answer: they hold back, forge, mix up, show old states, and tell of things that never were.
//!
//! That a liar is two processes under one key, which vote without knowing of each other and may go back to an old state,
//! is in [`crate::validator`] and [`crate::chaos`].

use std::rc::Rc;

use walnut_base::{
    BlockHeight, ChainAndHeight, ChainInfo, ChainInfoResponse, CryptoHash, LiteVote, NodeError, Round,
    Timestamp,
};

use crate::{
    plan::validator_key,
    validator::Validator,
    wire::{Answer, Reply, Request, failed_call},
    world::World,
};

/// The answer as it leaves a liar; none if nothing does.
pub fn twist(
    world: &Rc<World>,
    validator: &Rc<Validator>,
    request: &Rc<Request>,
    answer: Answer,
) -> Option<Answer> {
    let random = &world.random;
    match random.below(100) {
        0..70 => Some(answer),
        70..80 => None,
        80..86 => Some(Err(refusal(world, request))),
        _ => match answer {
            Ok(Reply::Info(response)) => Some(Ok(Reply::Info(Box::new(info(world, validator, *response))))),
            Ok(Reply::Certificates(mut certificates)) => {
                if random.chance(500) {
                    certificates.reverse();
                } else {
                    certificates.pop();
                }
                if let Some(certificate) = certificates.first_mut() {
                    let (value, round, signatures) = certificate.clone().into_parts();
                    let kept = signatures.into_iter().skip(1).collect();
                    *certificate = walnut_base::GenericCertificate::new(value, round, kept);
                }
                Some(Ok(Reply::Certificates(certificates)))
            }
            Ok(Reply::BlobIds(_)) => Some(Ok(Reply::BlobIds(Vec::new()))),
            Ok(Reply::Heights(heights)) => {
                Some(Ok(Reply::Heights(vec![Some(BlockHeight(7)); heights.len()])))
            }
            other => Some(other),
        },
    }
}

/// A refusal that is not true.
fn refusal(world: &World, request: &Request) -> NodeError {
    let random = &world.random;
    let Some(chain_id) = request.chain_id() else { return failed_call("no") };
    match random.below(5) {
        0 => NodeError::WrongRound(Round::SingleLeader(u32::MAX)),
        1 => NodeError::UnexpectedBlockHeight {
            expected_block_height: BlockHeight(random.below(20)),
            found_block_height: BlockHeight(random.below(20)),
        },
        2 => NodeError::MissingCrossChainUpdates {
            chain_id,
            bundles: vec![(*random.pick(&world.chain_ids), BlockHeight(random.below(10)))],
        },
        3 => NodeError::BlobsNotFound(vec![chain_id.description_blob_id()]),
        _ => NodeError::InactiveChain(chain_id),
    }
}

/// A changed answer, correctly signed or not.
fn info(world: &World, validator: &Validator, response: ChainInfoResponse) -> ChainInfoResponse {
    let random = &world.random;
    let ChainInfoResponse { mut info, signature } = response;
    let key = validator_key(validator.index);
    match random.below(8) {
        0 => info.next_block_height = BlockHeight(info.next_block_height.0 + 1 + random.below(3)),
        1 => info.next_block_height = BlockHeight(info.next_block_height.0 / 2),
        2 => info.manager.current_round = Round::SingleLeader(3),
        3 => info.manager.round_timeout = Some(Timestamp::from(0)),
        4 => {
            let chain_id = *random.pick(&world.chain_ids);
            let height = BlockHeight(random.below(9));
            info.requested_received_log.push(ChainAndHeight { chain_id, height });
        }
        5 => vote_for_anything(&mut info, &key, random.next()),
        6 => {
            info.manager.timeout = None;
            info.manager.requested_locking = None;
            info.manager.requested_proposed = None;
        }
        // As if somebody had changed it on the way.
        _ => return ChainInfoResponse { info: Box::new(ChainInfo { block_hash: None, ..*info }), signature },
    }
    ChainInfoResponse::new(*info, Some(&key))
}

fn vote_for_anything(info: &mut ChainInfo, key: &walnut_base::ValidatorSecretKey, noise: u64) {
    if let Some(vote) = &mut info.manager.pending {
        let mut value = vote.value;
        let mut bytes = *value.value_hash.as_bytes();
        bytes[0] ^= noise.to_le_bytes()[0] | 1;
        value.value_hash = CryptoHash::from(bytes);
        *vote = LiteVote::new(value, vote.round, key);
    }
}
