//! What the vault signs, and what it never signs.
//!
//! * Only a `ProposalContent`, given as its bytes; the digest is computed here, from those bytes.
//! * Never two different blocks for one chain, height and round: in the fast round that could block the chain for
//!   good. The table of signed blocks comes with the request and the new line goes back with the signature; it must be
//!   durable before the signature is used. Retries of the same block in later rounds are fine.

use serde::Serialize;
use walnut_base::{BcsHashable, CryptoHash, ProposalContent, ProposedBlock};

use crate::messages::{SignRequest, SignedEntry, UiError, UiErrorCode};

/// Longest proposal content, in bytes: what fits into one message to a validator.
pub const PROPOSAL_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A request that may be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedSignRequest {
    /// What to sign, computed here.
    pub digest: CryptoHash,
    /// The table's new line.
    pub entry: SignedEntry,
}

/// Why the vault refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// More bytes than any proposal has.
    #[error("proposal of {found} bytes; at most {max}")]
    TooLong {
        /// Bytes found.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// The bytes are not a proposal content, or not its canonical encoding.
    #[error("these bytes are not a block proposal")]
    NotAProposal,
    /// The bytes have another hash than the request says.
    #[error("the bytes have the hash {computed}, the request says {given}")]
    DigestMismatch {
        /// Hash of the bytes.
        computed: CryptoHash,
        /// Hash in the request.
        given: CryptoHash,
    },
    /// A different block was signed for this chain, height and round.
    #[error("block {known} was signed at this height and round, now {given}")]
    Conflict {
        /// The block signed before.
        known: CryptoHash,
        /// The block of the request.
        given: CryptoHash,
    },
}

impl From<SigningError> for UiError {
    fn from(error: SigningError) -> Self {
        let details = error.to_string();
        match error {
            SigningError::Conflict { .. } => Self::new(
                UiErrorCode::ConflictingSignature,
                "A different block was already signed for this place in the chain. Signing two could block the chain, \
                 so Walnut refuses. Wait for the first one, or try again in a later round.",
            ),
            _ => Self::new(
                UiErrorCode::SigningRefused,
                "The vault was asked to sign something that is not the block you approved. It refused.",
            ),
        }
        .with_details(details)
    }
}

/// A proposed block as one hashable value. Its hash is no part of the protocol, it only names blocks in our table.
#[derive(Serialize)]
#[serde(transparent)]
struct BlockToSign<'a>(&'a ProposedBlock);

impl BcsHashable for BlockToSign<'_> {
    const NAME: &'static str = "ProposedBlock";
}

/// What names a block here, whoever executes it and in whichever round: the same for a proposal and what comes of it.
pub fn block_name(block: &ProposedBlock) -> CryptoHash {
    CryptoHash::new(&BlockToSign(block))
}

/// Checks a request against the rules above. `also_known` are lines that the vault itself remembers.
pub fn check_sign_request(
    request: &SignRequest,
    also_known: &[SignedEntry],
) -> Result<CheckedSignRequest, SigningError> {
    let found = request.content.len();
    if found > PROPOSAL_BYTES_MAX {
        return Err(SigningError::TooLong { found, max: PROPOSAL_BYTES_MAX });
    }
    let content: ProposalContent =
        bcs::from_bytes(&request.content).map_err(|_| SigningError::NotAProposal)?;
    if bcs::to_bytes(&content).ok().as_ref() != Some(&request.content) {
        return Err(SigningError::NotAProposal);
    }
    let computed = CryptoHash::new(&content);
    if computed != request.digest {
        return Err(SigningError::DigestMismatch { computed, given: request.digest });
    }
    let entry = SignedEntry {
        chain_id: content.block.chain_id,
        height: content.block.height,
        round: content.round,
        block: block_name(&content.block),
        owner: request.owner,
    };
    for known in request.signed.iter().chain(also_known) {
        let is_same_place =
            known.chain_id == entry.chain_id && known.height == entry.height && known.round == entry.round;
        if is_same_place && known.block != entry.block {
            return Err(SigningError::Conflict { known: known.block, given: entry.block });
        }
    }
    Ok(CheckedSignRequest { digest: computed, entry })
}
