//! What a validator tells about a chain.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    AccountOwner, Amount, BcsHashable, BlockHeight, BlockProposal, ChainAndHeight, ChainDescription, ChainId,
    ChainOwnership, Committee, ConfirmedBlock, CryptoError, CryptoHash, Epoch, IncomingBundle, LiteVote,
    Round, TimeoutCertificate, Timestamp, ValidatedBlock, ValidatedBlockCertificate, ValidatorPublicKey,
    ValidatorSecretKey, ValidatorSignature,
};

/// State of a chain. Sent as bincode, signed over BCS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainInfo {
    /// The chain.
    pub chain_id: ChainId,
    /// Its epoch.
    pub epoch: Epoch,
    /// Its description.
    pub description: Option<ChainDescription>,
    /// Its consensus state.
    pub manager: Box<ChainManagerInfo>,
    /// Its own balance.
    pub chain_balance: Amount,
    /// Its last block.
    pub block_hash: Option<CryptoHash>,
    /// Timestamp of its last block.
    pub timestamp: Timestamp,
    /// Height of its next block.
    pub next_block_height: BlockHeight,
    /// Hash of its state.
    pub state_hash: Option<CryptoHash>,
    /// Balance of the owner asked for.
    pub requested_owner_balance: Option<Amount>,
    /// Its committees; never filled by validators.
    pub requested_committees: Option<BTreeMap<Epoch, Committee>>,
    /// Bundles that wait in its inboxes.
    pub requested_pending_message_bundles: Vec<IncomingBundle>,
    /// Blocks at the heights asked for.
    pub requested_sent_certificate_hashes: Vec<CryptoHash>,
    /// Length of the log of senders.
    pub count_received_log: u64,
    /// The part of that log asked for.
    pub requested_received_log: Vec<ChainAndHeight>,
}

impl BcsHashable for ChainInfo {
    const NAME: &'static str = "ChainInfo";
}

impl ChainInfo {
    /// The current round at the next height.
    pub const fn current_round(&self) -> Round {
        self.manager.current_round
    }
}

/// Consensus state of a chain. The fields named `requested_*` are filled only on request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainManagerInfo {
    /// Owners and round rules.
    pub ownership: ChainOwnership,
    /// The latest proposal whose signature was valid, even if execution failed.
    pub requested_signed_proposal: Option<Box<BlockProposal>>,
    /// The latest proposal that was executed.
    pub requested_proposed: Option<Box<BlockProposal>>,
    /// What a later proposal must repeat.
    pub requested_locking: Option<Box<LockingBlock>>,
    /// The latest timeout certificate.
    pub timeout: Option<Box<TimeoutCertificate>>,
    /// The latest vote on a block.
    pub pending: Option<LiteVote>,
    /// The latest vote that a round timed out.
    pub timeout_vote: Option<LiteVote>,
    /// The vote to fall back to validator rounds.
    pub fallback_vote: Option<LiteVote>,
    /// The block voted to confirm.
    pub requested_confirmed: Option<Box<ConfirmedBlock>>,
    /// The block voted to validate.
    pub requested_validated: Option<Box<ValidatedBlock>>,
    /// The current round.
    pub current_round: Round,
    /// Who alone may propose in it.
    pub leader: Option<AccountOwner>,
    /// When it times out, by the validator's clock.
    pub round_timeout: Option<Timestamp>,
}

/// What a later proposal must repeat, because it may have been confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "always boxed where it is stored")]
pub enum LockingBlock {
    /// A fast-round proposal. Beware: `content.round` may be that of a retry; the round counts as fast regardless.
    Fast(BlockProposal),
    /// A validated block.
    Regular(ValidatedBlockCertificate),
}

impl LockingBlock {
    /// The round that locks.
    pub const fn round(&self) -> Round {
        match self {
            Self::Fast(_) => Round::Fast,
            Self::Regular(certificate) => certificate.round,
        }
    }

    /// The chain.
    pub fn chain_id(&self) -> ChainId {
        match self {
            Self::Fast(proposal) => proposal.content.block.chain_id,
            Self::Regular(certificate) => certificate.chain_id(),
        }
    }

    /// The height.
    pub fn height(&self) -> BlockHeight {
        match self {
            Self::Fast(proposal) => proposal.content.block.height,
            Self::Regular(certificate) => certificate.height(),
        }
    }
}

/// A validator's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainInfoResponse {
    /// The answer.
    pub info: Box<ChainInfo>,
    /// The validator's signature; none from a node that is not one.
    pub signature: Option<ValidatorSignature>,
}

impl ChainInfoResponse {
    /// Signs, if there is a key.
    pub fn new(info: ChainInfo, secret_key: Option<&ValidatorSecretKey>) -> Self {
        let signature = secret_key.map(|key| key.sign(&info));
        Self { info: Box::new(info), signature }
    }

    /// Checks the signature of a validator, which must be a member of a committee: see
    /// [`check_all_of_members`](ValidatorSignature::check_all_of_members). A missing one is an error.
    pub fn check(&self, public_key: &ValidatorPublicKey) -> Result<(), CryptoError> {
        let signature = self.signature.ok_or(CryptoError::MissingValidatorSignature)?;
        let digest = CryptoHash::new(&*self.info);
        ValidatorSignature::check_all_of_members(digest, &[(*public_key, signature)], ChainInfo::NAME)
    }
}
