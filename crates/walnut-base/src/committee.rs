//! The validators of an epoch, their votes, and the quorum.
//!
//! With N votes in all, quorum = ⌊2N/3⌋ + 1 and validity = ⌈N/3⌉. Two quorums share more than N/3 votes, so at least one
//! honest one as long as less than N/3 are faulty; `validity` votes contain an honest one.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{AccountOwner, AccountPublicKey, ArithmeticError, ResourceControlPolicy, ValidatorPublicKey};

/// A validator in a committee.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ValidatorState {
    /// Where to reach it: `grpc:host:port`, `grpcs:host:port`, `tcp:…`, `udp:…`.
    pub network_address: String,
    /// Its voting power.
    pub votes: u64,
    /// The key of its account.
    pub account_public_key: AccountPublicKey,
}

/// The validators of an epoch and its policy. Public keys are decoded once, with the committee.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Committee {
    validators: BTreeMap<ValidatorPublicKey, ValidatorState>,
    total_votes: u64,
    quorum_threshold: u64,
    validity_threshold: u64,
    policy: ResourceControlPolicy,
}

impl Default for Committee {
    fn default() -> Self {
        Self {
            validators: BTreeMap::new(),
            total_votes: 0,
            quorum_threshold: 1,
            validity_threshold: 0,
            policy: ResourceControlPolicy::default(),
        }
    }
}

impl Committee {
    /// Counts the votes. Refuses a committee whose votes do not fit in 64 bits (the reference would wrap around).
    pub fn new(
        validators: BTreeMap<ValidatorPublicKey, ValidatorState>,
        policy: ResourceControlPolicy,
    ) -> Result<Self, ArithmeticError> {
        let total_votes = validators
            .values()
            .try_fold(0_u64, |total, validator| total.checked_add(validator.votes))
            .ok_or(ArithmeticError::Overflow)?;
        let quorum_threshold = total_votes.checked_mul(2).ok_or(ArithmeticError::Overflow)? / 3 + 1;
        let validity_threshold = total_votes.div_ceil(3);
        Ok(Self { validators, total_votes, quorum_threshold, validity_threshold, policy })
    }

    /// The validators, ordered by uncompressed key.
    pub const fn validators(&self) -> &BTreeMap<ValidatorPublicKey, ValidatorState> {
        &self.validators
    }

    /// Keys and network addresses.
    pub fn validator_addresses(&self) -> impl Iterator<Item = (ValidatorPublicKey, &str)> {
        self.validators.iter().map(|(name, validator)| (*name, validator.network_address.as_str()))
    }

    /// Voting power of a validator; zero for others.
    pub fn weight(&self, validator: &ValidatorPublicKey) -> u64 {
        self.validators.get(validator).map_or(0, |state| state.votes)
    }

    /// Network address of a validator.
    pub fn network_address(&self, validator: &ValidatorPublicKey) -> Option<&str> {
        self.validators.get(validator).map(|state| state.network_address.as_str())
    }

    /// All votes.
    pub const fn total_votes(&self) -> u64 {
        self.total_votes
    }

    /// Votes that decide.
    pub const fn quorum_threshold(&self) -> u64 {
        self.quorum_threshold
    }

    /// Votes among which one is honest.
    pub const fn validity_threshold(&self) -> u64 {
        self.validity_threshold
    }

    /// Prices and limits.
    pub const fn policy(&self) -> &ResourceControlPolicy {
        &self.policy
    }

    /// Prices and limits, to change.
    pub const fn policy_mut(&mut self) -> &mut ResourceControlPolicy {
        &mut self.policy
    }

    /// Owners who may propose in validator rounds, with weights. Validators that share an account collapse: the last one
    /// counts.
    pub fn fallback_owners(&self) -> BTreeMap<AccountOwner, u64> {
        self.validators
            .values()
            .map(|validator| (validator.account_public_key.owner(), validator.votes))
            .collect()
    }
}

/// The binary form: everything else is derived.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Committee")]
struct BinaryCommittee<V, P> {
    validators: V,
    policy: P,
}

/// The JSON form: with the derived numbers, which must agree.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Committee")]
struct JsonCommittee<V, P> {
    validators: V,
    total_votes: u64,
    quorum_threshold: u64,
    validity_threshold: u64,
    policy: P,
}

impl Serialize for Committee {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { validators, total_votes, quorum_threshold, validity_threshold, policy } = self;
        if serializer.is_human_readable() {
            JsonCommittee {
                validators,
                total_votes: *total_votes,
                quorum_threshold: *quorum_threshold,
                validity_threshold: *validity_threshold,
                policy,
            }
            .serialize(serializer)
        } else {
            BinaryCommittee { validators, policy }.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Committee {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        type Validators = BTreeMap<ValidatorPublicKey, ValidatorState>;

        if !deserializer.is_human_readable() {
            let BinaryCommittee { validators, policy } =
                BinaryCommittee::<Validators, ResourceControlPolicy>::deserialize(deserializer)?;
            return Self::new(validators, policy).map_err(D::Error::custom);
        }
        let json = JsonCommittee::<Validators, ResourceControlPolicy>::deserialize(deserializer)?;
        let committee = Self::new(json.validators, json.policy).map_err(D::Error::custom)?;
        let claimed = (json.total_votes, json.quorum_threshold, json.validity_threshold);
        if claimed != (committee.total_votes, committee.quorum_threshold, committee.validity_threshold) {
            return Err(D::Error::custom("total votes or thresholds do not agree with the validators"));
        }
        Ok(committee)
    }
}

#[cfg(test)]
mod tests;
