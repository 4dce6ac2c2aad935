//! Every value that is hashed, signed, stored or sent on a Linera network.
//!
//! The crate promises that its bytes are those of Linera 0.15.23 ("Testnet Conway") in all three encodings: BCS (hashes,
//! signatures, blobs, state), bincode (payloads inside protobuf) and JSON (files, GraphQL scalars). It holds the checks
//! that need nothing but the value: signatures, quorum, round rules, proposal invariants.
//!
//! It refuses to know: clocks, sockets, disks, randomness (callers hand in a generator), chain state, execution.
//!
//! Start with [`Block`], [`ConfirmedBlockCertificate`] and [`Committee`]; every hash goes through [`CryptoHash::new`],
//! every untrusted byte string through [`encoding`].

mod text;

pub mod amount;
pub mod arithmetic;
pub mod blob;
pub mod block;
pub mod bundle;
pub mod certificate;
pub mod chain_info;
pub mod committee;
pub mod cross_chain;
pub mod crypto;
pub mod description;
pub mod encoding;
pub mod event;
pub mod genesis;
pub mod hashed;
pub mod http;
pub mod identifiers;
pub mod leader;
pub mod limits;
pub mod message;
pub mod network_address;
pub mod node_error;
pub mod notification;
pub mod operation;
pub mod oracle;
pub mod ownership;
pub mod permissions;
pub mod policy;
pub mod proposal;
pub mod query;
pub mod round;
pub mod time;
pub mod transaction;
pub mod version;
pub mod vote;
pub mod wallet_file;

pub use amount::{Amount, ParseAmountError};
pub use arithmetic::ArithmeticError;
pub use blob::{Blob, BlobContent};
pub use block::{
    Block, BlockBody, BlockExecutionOutcome, BlockHeader, BlockSubHashes, ConfirmedBlock, ProposedBlock,
    ValidatedBlock,
};
pub use bundle::{IncomingBundle, MessageAction, MessageBundle, PostedMessage};
pub use certificate::{
    Certificate, CertificateError, CertificateKind, CertificateValue, ConfirmedBlockCertificate,
    GenericCertificate, LiteCertificate, SignatureAggregator, Signatures, Timeout, TimeoutCertificate,
    ValidatedBlockCertificate, check_signatures,
};
pub use chain_info::{ChainInfo, ChainInfoResponse, ChainManagerInfo, LockingBlock};
pub use committee::{Committee, ValidatorState};
pub use cross_chain::CrossChainRequest;
pub use crypto::{
    AccountPublicKey, AccountSecretKey, AccountSignature, BcsHashable, CryptoError, CryptoHash,
    CryptoHashVec, Ed25519PublicKey, Ed25519SecretKey, Ed25519Signature, EvmPublicKey, EvmSecretKey,
    EvmSignature, Secp256k1PublicKey, Secp256k1SecretKey, Secp256k1Signature, ValidatorKeypair,
    ValidatorPublicKey, ValidatorSecretKey, ValidatorSignature,
};
pub use description::{
    ApplicationDescription, ChainDescription, ChainOrigin, InitialChainConfig, NetworkDescription,
};
pub use encoding::EncodingError;
pub use event::Event;
pub use genesis::{GenesisConfig, GenesisError};
pub use hashed::Hashed;
pub use identifiers::{
    Account, AccountOwner, ApplicationId, BlobId, BlobType, BlockHeight, BlockHeightRange, ChainAndHeight,
    ChainId, DataBlobHash, Epoch, EventId, GenericApplicationId, ModuleId, StreamId, StreamName, VmRuntime,
};
pub use leader::LeaderDistribution;
pub use message::{Message, MessageKind, OutgoingMessage, SystemMessage};
pub use network_address::{NetworkAddress, NetworkProtocol};
pub use node_error::NodeError;
pub use notification::{Notification, Reason};
pub use operation::{AdminOperation, OpenChainConfig, Operation, SystemOperation};
pub use oracle::OracleResponse;
pub use ownership::{ChainOwnership, TimeoutConfig};
pub use permissions::{ApplicationPermissions, PermissionError};
pub use policy::ResourceControlPolicy;
pub use proposal::{BlockProposal, OriginalProposal, ProposalContent, ProposalError};
pub use query::ChainInfoQuery;
pub use round::Round;
pub use text::ParseError;
pub use time::{TimeDelta, Timestamp};
pub use transaction::{OperationResult, Transaction};
pub use version::{CrateVersion, VersionInfo};
pub use vote::{LiteValue, LiteVote, Vote, VoteValue};
