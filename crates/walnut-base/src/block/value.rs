//! Blocks as certificate values: the same bytes and hash, different claims.

use serde::{Deserialize, Serialize};

use crate::{Block, BlockHeight, ChainId, CryptoHash, Epoch, Hashed, certificate::CertificateKind};

macro_rules! block_value {
    ($type:ident, $kind:ident, $doc:literal) => {
        #[doc = $doc]
        ///
        /// Encodes as the block alone; the hash is the block's.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(Hashed<Block>);

        impl $type {
            /// Hashes the block.
            pub fn new(block: Block) -> Self {
                Self(Hashed::new(block))
            }

            /// From a block that is hashed already.
            pub const fn from_hashed(block: Hashed<Block>) -> Self {
                Self(block)
            }

            /// The block with its hash.
            pub const fn inner(&self) -> &Hashed<Block> {
                &self.0
            }

            /// The block.
            pub fn block(&self) -> &Block {
                self.0.inner()
            }

            /// The block; cloned when it is shared.
            pub fn into_block(self) -> Block {
                self.0.into_inner()
            }

            /// The block with its hash.
            pub fn into_inner(self) -> Hashed<Block> {
                self.0
            }

            /// The block hash.
            pub const fn hash(&self) -> CryptoHash {
                self.0.hash()
            }

            /// The chain.
            pub fn chain_id(&self) -> ChainId {
                self.block().header.chain_id
            }

            /// The height.
            pub fn height(&self) -> BlockHeight {
                self.block().header.height
            }

            /// The epoch whose committee certifies it.
            pub fn epoch(&self) -> Epoch {
                self.block().header.epoch
            }
        }

        impl crate::certificate::CertificateValue for $type {
            const KIND: CertificateKind = CertificateKind::$kind;

            fn hash(&self) -> CryptoHash {
                self.0.hash()
            }

            fn chain_id(&self) -> ChainId {
                self.block().header.chain_id
            }

            fn height(&self) -> BlockHeight {
                self.block().header.height
            }

            fn epoch(&self) -> Epoch {
                self.block().header.epoch
            }
        }
    };
}

block_value!(ValidatedBlock, Validated, "A block that a quorum found valid in some round.");
block_value!(ConfirmedBlock, Confirmed, "A block that is final.");

impl From<ValidatedBlock> for ConfirmedBlock {
    fn from(validated: ValidatedBlock) -> Self {
        Self(validated.0)
    }
}
