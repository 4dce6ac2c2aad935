//! Block proposals.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    AccountOwner, AccountSecretKey, AccountSignature, BcsHashable, BlobId, BlockExecutionOutcome,
    CryptoError, LiteCertificate, ProposedBlock, Round, ValidatedBlock, ValidatedBlockCertificate,
};

/// What a proposer signs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProposalContent {
    /// The block.
    pub block: ProposedBlock,
    /// The round in which it is proposed.
    pub round: Round,
    /// Its outcome, when it was validated in an earlier round.
    pub outcome: Option<BlockExecutionOutcome>,
}

impl BcsHashable for ProposalContent {
    const NAME: &'static str = "ProposalContent";
}

/// Why a block is proposed again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OriginalProposal {
    /// A super owner proposed it in the fast round, and signed this.
    Fast(AccountSignature),
    /// A quorum validated it in an earlier round.
    Regular {
        /// The proof.
        certificate: LiteCertificate,
    },
}

/// A signed proposal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockProposal {
    /// What is signed.
    pub content: ProposalContent,
    /// The proposer's signature.
    pub signature: AccountSignature,
    /// Why it is proposed again; not signed.
    pub original_proposal: Option<OriginalProposal>,
}

/// A proposal contradicts itself, or is not signed as it claims.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProposalError {
    /// An outcome comes exactly with a proof that the block was validated.
    #[error(
        "Must contain a validation certificate if and only if it contains the execution outcome from a previous round"
    )]
    OutcomeWithoutCertificate,
    /// A fast block is proposed again in the fast round.
    #[error("The new proposal's round must be greater than the original's")]
    RoundNotAfterOriginal,
    /// The certificate is for another block.
    #[error("Lite certificate must match the given block and execution outcome")]
    CertificateMismatch,
    /// A signature is wrong.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

impl BlockProposal {
    /// Signs a new block.
    pub fn new_initial(round: Round, block: ProposedBlock, secret_key: &AccountSecretKey) -> Self {
        let content = ProposalContent { block, round, outcome: None };
        Self { signature: secret_key.sign(&content), content, original_proposal: None }
    }

    /// Signs a fast-round block again for a later round. The signature of the super owner must be over the same block
    /// in the fast round.
    pub fn new_retry_fast(
        round: Round,
        block: ProposedBlock,
        original_signature: AccountSignature,
        secret_key: &AccountSecretKey,
    ) -> Self {
        let content = ProposalContent { block, round, outcome: None };
        let original_proposal = Some(OriginalProposal::Fast(original_signature));
        Self { signature: secret_key.sign(&content), content, original_proposal }
    }

    /// Signs a validated block again for a later round.
    pub fn new_retry_regular(
        round: Round,
        validated: ValidatedBlockCertificate,
        secret_key: &AccountSecretKey,
    ) -> Self {
        let certificate = validated.lite_certificate();
        let (block, outcome) = validated.into_value().into_block().into_proposal();
        let content = ProposalContent { block, round, outcome: Some(outcome) };
        let original_proposal = Some(OriginalProposal::Regular { certificate });
        Self { signature: secret_key.sign(&content), content, original_proposal }
    }

    /// Who proposes; says nothing before [`BlockProposal::check_signature`].
    pub fn owner(&self) -> AccountOwner {
        self.signature.owner()
    }

    /// Checks the proposer's signature.
    pub fn check_signature(&self) -> Result<(), CryptoError> {
        self.signature.check(&self.content)
    }

    /// Checks the super owner's signature of a fast-round block that is proposed again, and returns the super owner. None
    /// for other proposals.
    pub fn check_fast_signature(&self) -> Result<Option<AccountOwner>, CryptoError> {
        let Some(OriginalProposal::Fast(signature)) = &self.original_proposal else { return Ok(None) };
        let original =
            ProposalContent { block: self.content.block.clone(), round: Round::Fast, outcome: None };
        signature.check(&original)?;
        Ok(Some(signature.owner()))
    }

    /// Checks that the parts fit together; checks no signature.
    pub fn check_invariants(&self) -> Result<(), ProposalError> {
        match (&self.original_proposal, &self.content.outcome) {
            (None, None) => Ok(()),
            (Some(OriginalProposal::Fast(_)), None) => {
                if self.content.round > Round::Fast {
                    Ok(())
                } else {
                    Err(ProposalError::RoundNotAfterOriginal)
                }
            }
            (Some(OriginalProposal::Regular { certificate }), Some(outcome)) => {
                if self.content.round <= certificate.round {
                    return Err(ProposalError::RoundNotAfterOriginal);
                }
                let block = outcome.clone().with(self.content.block.clone());
                if certificate.is_for(&ValidatedBlock::new(block)) {
                    Ok(())
                } else {
                    Err(ProposalError::CertificateMismatch)
                }
            }
            (None | Some(OriginalProposal::Fast(_)), Some(_))
            | (Some(OriginalProposal::Regular { .. }), None) => Err(ProposalError::OutcomeWithoutCertificate),
        }
    }

    /// Blobs that a validator needs before it can execute the block: published, or read by oracle in the outcome.
    pub fn required_blob_ids(&self) -> BTreeSet<BlobId> {
        let mut blob_ids = self.content.block.published_blob_ids();
        blob_ids.extend(self.content.outcome.iter().flat_map(BlockExecutionOutcome::oracle_blob_ids));
        blob_ids
    }

    /// Blobs that may be uploaded for this proposal: the required ones and those created in the outcome.
    pub fn expected_blob_ids(&self) -> BTreeSet<BlobId> {
        let mut blob_ids = self.required_blob_ids();
        blob_ids.extend(self.content.outcome.iter().flat_map(BlockExecutionOutcome::created_blob_ids));
        blob_ids
    }
}

#[cfg(test)]
mod tests;
