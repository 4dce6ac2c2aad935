//! The faucet's GraphQL schema.

use std::collections::BTreeMap;

use async_graphql::{EmptySubscription, Json, Object, Schema, SimpleObject};
use walnut_base::{GenesisConfig, ValidatorState};

use super::{
    ChainFailure, Faucet, FaucetChain, FaucetError,
    scalars::{
        AccountOwner, Amount, ChainDescription, ChainId, CryptoHash, Epoch, ResourceControlPolicy, Timestamp,
        ValidatorPublicKey, VersionInfo,
    },
};
use crate::front::version_info;

/// Nesting of a query; introspection needs about a dozen.
const DEPTH_MAX: usize = 20;
/// Fields of a query; introspection needs about a hundred.
const COMPLEXITY_MAX: usize = 500;

/// The schema over one faucet.
pub(super) type FaucetSchema<C> = Schema<QueryRoot<C>, MutationRoot<C>, EmptySubscription>;

/// Builds the schema.
pub(super) fn schema<C: FaucetChain>(faucet: Faucet<C>) -> FaucetSchema<C> {
    let query = QueryRoot { faucet: faucet.clone() };
    Schema::build(query, MutationRoot { faucet }, EmptySubscription)
        .limit_depth(DEPTH_MAX)
        .limit_complexity(COMPLEXITY_MAX)
        .finish()
}

/// Questions.
pub(super) struct QueryRoot<C> {
    faucet: Faucet<C>,
}

/// Requests for tokens.
pub(super) struct MutationRoot<C> {
    faucet: Faucet<C>,
}

#[derive(SimpleObject)]
struct Validator {
    public_key: ValidatorPublicKey,
    network_address: String,
}

#[derive(SimpleObject)]
struct Committee {
    validators: Json<BTreeMap<walnut_base::ValidatorPublicKey, ValidatorState>>,
    total_votes: u64,
    quorum_threshold: u64,
    validity_threshold: u64,
    policy: ResourceControlPolicy,
}

#[derive(SimpleObject)]
struct InitialClaim {
    chain_id: ChainId,
    timestamp: Timestamp,
}

#[derive(SimpleObject)]
struct ClaimOutcome {
    chain_id: ChainId,
    certificate_hash: CryptoHash,
    amount: Amount,
}

impl<C: FaucetChain> QueryRoot<C> {
    async fn committee(&self) -> Result<walnut_base::Committee, ChainFailure> {
        let epoch = self.faucet.chain().state().await?.epoch;
        self.faucet.chain().committee(epoch)
    }
}

#[Object]
impl<C: FaucetChain> QueryRoot<C> {
    /// The version of the faucet.
    async fn version(&self) -> VersionInfo {
        VersionInfo(version_info())
    }

    /// The genesis of the network.
    async fn genesis_config(&self) -> Json<GenesisConfig> {
        Json(self.faucet.genesis().clone())
    }

    /// The validators of the current committee.
    async fn current_validators(&self) -> Result<Vec<Validator>, ChainFailure> {
        let committee = self.committee().await?;
        let validator = |(public_key, address): (_, &str)| Validator {
            public_key: ValidatorPublicKey(public_key),
            network_address: address.to_owned(),
        };
        Ok(committee.validator_addresses().map(validator).collect())
    }

    /// The current committee.
    async fn current_committee(&self) -> Result<Committee, ChainFailure> {
        let committee = self.committee().await?;
        Ok(Committee {
            validators: Json(committee.validators().clone()),
            total_votes: committee.total_votes(),
            quorum_threshold: committee.quorum_threshold(),
            validity_threshold: committee.validity_threshold(),
            policy: ResourceControlPolicy(committee.policy().clone()),
        })
    }

    /// The epoch of the current committee.
    async fn current_epoch(&self) -> Result<Epoch, ChainFailure> {
        Ok(Epoch(self.faucet.chain().state().await?.epoch))
    }

    /// The chain that was claimed for an owner.
    async fn chain_id(&self, owner: AccountOwner) -> Result<ChainId, FaucetError> {
        let (chain_id, _) = self.faucet.initial_claim(&owner.0).ok_or(FaucetError::NoChain)?;
        Ok(ChainId(chain_id))
    }

    /// The first claim of an owner.
    async fn initial_claim(&self, owner: AccountOwner) -> Option<InitialClaim> {
        let (chain_id, timestamp) = self.faucet.initial_claim(&owner.0)?;
        Some(InitialClaim { chain_id: ChainId(chain_id), timestamp: Timestamp(timestamp) })
    }

    /// When an owner may claim tokens again.
    async fn next_daily_claim(&self, owner: AccountOwner) -> Option<Timestamp> {
        self.faucet.next_daily_claim(&owner.0).map(Timestamp)
    }
}

#[Object]
impl<C: FaucetChain> MutationRoot<C> {
    /// Creates a chain for an owner, or tells which one they have.
    async fn claim(&self, owner: AccountOwner) -> Result<ChainDescription, FaucetError> {
        Ok(ChainDescription(self.faucet.claim(owner.0).await?))
    }

    /// Sends today's tokens to the owner's chain.
    async fn daily_claim(&self, owner: AccountOwner) -> Result<ClaimOutcome, FaucetError> {
        let outcome = self.faucet.daily_claim(owner.0).await?;
        Ok(ClaimOutcome {
            chain_id: ChainId(outcome.chain_id),
            certificate_hash: CryptoHash(outcome.certificate_hash),
            amount: Amount(outcome.amount),
        })
    }
}
