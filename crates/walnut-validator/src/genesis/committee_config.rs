//! `committee.json`: the validators of the first committee.

use serde::{Deserialize, Serialize};
use walnut_base::{ArithmeticError, Committee, ResourceControlPolicy, ValidatorState};

use super::ValidatorConfig;

/// Votes of every validator in a first committee.
const VOTES: u64 = 100;

/// `committee.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitteeConfig {
    /// The validators.
    pub validators: Vec<ValidatorConfig>,
}

impl CommitteeConfig {
    /// The committee: 100 votes for everybody.
    ///
    /// # Errors
    /// When there are more than 2^57 validators.
    pub fn into_committee(self, policy: ResourceControlPolicy) -> Result<Committee, ArithmeticError> {
        let state = |validator: ValidatorConfig| {
            let state = ValidatorState {
                network_address: validator.network.address().to_string(),
                votes: VOTES,
                account_public_key: validator.account_key,
            };
            (validator.public_key, state)
        };
        Committee::new(self.validators.into_iter().map(state).collect(), policy)
    }
}
