//! Block proposals.

use walnut_base::{BlockProposal, OriginalProposal, ProposalContent};

use super::{
    error::ConversionError,
    payload::{from_bincode, required, to_bincode},
};
use crate::proto;

/// A proposal as a validator receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandleBlockProposalRequest {
    /// The proposal.
    pub proposal: BlockProposal,
    /// Whether the caller understands [`MissingCrossChainUpdates`](walnut_base::NodeError::MissingCrossChainUpdates).
    pub supports_aggregated_missing: bool,
}

/// The proposal and whether we understand aggregated missing updates.
impl From<(&BlockProposal, bool)> for proto::BlockProposal {
    fn from((proposal, supports_aggregated_missing): (&BlockProposal, bool)) -> Self {
        Self {
            chain_id: Some(proposal.content.block.chain_id.into()),
            content: to_bincode(&proposal.content),
            owner: Some(proposal.owner().into()),
            signature: Some((&proposal.signature).into()),
            original_proposal: proposal.original_proposal.as_ref().map(to_bincode),
            supports_aggregated_missing,
        }
    }
}

/// Refuses a proposal addressed to another chain than its block's. `owner` is not looked at: it follows from the signature.
impl TryFrom<proto::BlockProposal> for HandleBlockProposalRequest {
    type Error = ConversionError;

    fn try_from(message: proto::BlockProposal) -> Result<Self, Self::Error> {
        let outer = required(message.chain_id, "chain_id")?.try_into()?;
        let content: ProposalContent = from_bincode(&message.content, "content")?;
        let inner = content.block.chain_id;
        if inner != outer {
            return Err(ConversionError::InconsistentChainId { outer, inner });
        }
        let original_proposal = message
            .original_proposal
            .map(|bytes| from_bincode::<OriginalProposal>(&bytes, "original_proposal"))
            .transpose()?;
        let signature = required(message.signature, "signature")?.try_into()?;
        Ok(Self {
            proposal: BlockProposal { content, signature, original_proposal },
            supports_aggregated_missing: message.supports_aggregated_missing,
        })
    }
}
