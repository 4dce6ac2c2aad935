//! Operations: what owners do to their chain.

use serde::{Deserialize, Serialize};

use crate::{
    Account, AccountOwner, Amount, ApplicationId, ApplicationPermissions, BcsHashable, BlobId, BlobType,
    ChainId, ChainOwnership, CryptoHash, Epoch, GenericApplicationId, ModuleId, StreamId, TimeoutConfig,
};

/// An operation in a block.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operation {
    /// On the system application.
    System(Box<SystemOperation>),
    /// On a user application.
    User {
        /// The application.
        application_id: ApplicationId,
        /// Its own encoding of the operation.
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
}

impl BcsHashable for Operation {
    const NAME: &'static str = "Operation";
}

impl From<SystemOperation> for Operation {
    fn from(operation: SystemOperation) -> Self {
        Self::System(Box::new(operation))
    }
}

impl Operation {
    /// Which application executes it.
    pub const fn application_id(&self) -> GenericApplicationId {
        match self {
            Self::System(_) => GenericApplicationId::System,
            Self::User { application_id, .. } => GenericApplicationId::User(*application_id),
        }
    }

    /// Blobs that the proposer must supply with this operation (not those created while executing).
    pub fn published_blob_ids(&self) -> Vec<BlobId> {
        let Self::System(operation) = self else { return Vec::new() };
        match **operation {
            SystemOperation::PublishDataBlob { blob_hash } => vec![BlobId::new(blob_hash, BlobType::Data)],
            SystemOperation::Admin(AdminOperation::PublishCommitteeBlob { blob_hash }) => {
                vec![BlobId::new(blob_hash, BlobType::Committee)]
            }
            SystemOperation::PublishModule { module_id } => module_id.bytecode_blob_ids(),
            _ => Vec::new(),
        }
    }

    /// Whether application permissions never refuse it, and it waives mandatory applications: epoch changes and stream
    /// updates.
    pub fn is_exempt_from_permissions(&self) -> bool {
        let Self::System(operation) = self else { return false };
        matches!(
            **operation,
            SystemOperation::ProcessNewEpoch(_)
                | SystemOperation::ProcessRemovedEpoch(_)
                | SystemOperation::UpdateStreams(_)
        )
    }
}

/// An operation on the system application.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SystemOperation {
    /// Moves tokens from an account of this chain.
    Transfer {
        /// Whose account.
        owner: AccountOwner,
        /// Where to.
        recipient: Account,
        /// How much.
        amount: Amount,
    },
    /// Moves tokens from an account of another chain.
    Claim {
        /// Whose account.
        owner: AccountOwner,
        /// The chain that keeps the account.
        target_id: ChainId,
        /// Where to.
        recipient: Account,
        /// How much.
        amount: Amount,
    },
    /// Creates a chain.
    OpenChain(OpenChainConfig),
    /// Ends this chain: afterwards it only rejects messages.
    CloseChain,
    /// Replaces the owners. The lists keep their order in the bytes; for an owner listed twice the last weight counts.
    ChangeOwnership {
        /// New super owners.
        super_owners: Vec<AccountOwner>,
        /// New owners with weights.
        owners: Vec<(AccountOwner, u64)>,
        /// See [`ChainOwnership`].
        multi_leader_rounds: u32,
        /// See [`ChainOwnership`].
        open_multi_leader_rounds: bool,
        /// See [`ChainOwnership`].
        timeout_config: TimeoutConfig,
    },
    /// Replaces the application permissions.
    ChangeApplicationPermissions(ApplicationPermissions),
    /// Publishes bytecode.
    PublishModule {
        /// The module.
        module_id: ModuleId,
    },
    /// Publishes a data blob.
    PublishDataBlob {
        /// Its hash.
        blob_hash: CryptoHash,
    },
    /// Asserts that a blob exists.
    VerifyBlob {
        /// The blob.
        blob_id: BlobId,
    },
    /// Creates an application.
    CreateApplication {
        /// Its bytecode.
        module_id: ModuleId,
        /// Public parameters, part of the description.
        #[serde(with = "serde_bytes")]
        parameters: Vec<u8>,
        /// Argument of the first call.
        #[serde(with = "serde_bytes")]
        instantiation_argument: Vec<u8>,
        /// Applications it depends on.
        required_application_ids: Vec<ApplicationId>,
    },
    /// On the admin chain only.
    Admin(AdminOperation),
    /// Takes over the committee of a new epoch.
    ProcessNewEpoch(Epoch),
    /// Stops trusting the committee of an epoch.
    ProcessRemovedEpoch(Epoch),
    /// Takes notice of events in subscribed streams: chain, stream, next index.
    UpdateStreams(Vec<(ChainId, StreamId, u32)>),
}

/// An operation of the admin chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AdminOperation {
    /// Publishes a committee.
    PublishCommitteeBlob {
        /// The committee blob.
        blob_hash: CryptoHash,
    },
    /// Starts an epoch.
    CreateCommittee {
        /// The epoch.
        epoch: Epoch,
        /// The committee blob.
        blob_hash: CryptoHash,
    },
    /// Revokes an epoch.
    RemoveCommittee {
        /// The epoch.
        epoch: Epoch,
    },
}

/// How a new chain starts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenChainConfig {
    /// Its owners.
    pub ownership: ChainOwnership,
    /// Its balance, taken from the creating chain's.
    pub balance: Amount,
    /// Its application permissions.
    pub application_permissions: ApplicationPermissions,
}
