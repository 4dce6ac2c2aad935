//! The chains that a validator has before anybody bothers it.

use walnut_base::{
    Account, AccountOwner, AccountSecretKey, Amount, ChainId, Operation, ResourceControlPolicy,
    SystemOperation, TimeDelta, TimeoutConfig, Timestamp, ValidatorSecretKey,
};
use walnut_chain::test_utils::{TestNetwork, account_key, validator_key};
use walnut_views::MemoryStore;

use crate::input::Input;

/// See the module.
pub(super) struct Scene {
    /// What the first validator has stored.
    pub(super) store: MemoryStore,
    pub(super) chains: Vec<ChainId>,
    /// The owners of the chains, and one who owns nothing.
    pub(super) owners: Vec<AccountSecretKey>,
    pub(super) validators: Vec<ValidatorSecretKey>,
    /// The key of no validator.
    pub(super) stranger: ValidatorSecretKey,
    pub(super) now: Timestamp,
}

impl Scene {
    /// Three chains; the second has a super owner, three owners, two multi-leader rounds, and messages that wait.
    pub(super) fn new() -> Self {
        let mut network = TestNetwork::new(4, &[10, 20, 30], ResourceControlPolicy::no_fees());
        let chains = (0..3).map(|index| network.chain_id(index)).collect::<Vec<_>>();
        let to = |index: usize| Self::transfer(AccountOwner::CHAIN, Account::chain(chains[index]), 1);
        let owners = (0..3).map(|index| (network.owner(index), 1 + index as u64)).collect();
        network.run(
            1,
            vec![Operation::from(SystemOperation::ChangeOwnership {
                super_owners: vec![network.owner(1)],
                owners,
                multi_leader_rounds: 2,
                open_multi_leader_rounds: false,
                timeout_config: TimeoutConfig {
                    fast_round_duration: Some(TimeDelta::from_secs(1)),
                    base_timeout: TimeDelta::from_secs(1),
                    ..TimeoutConfig::default()
                },
            })],
        );
        network.run(0, vec![to(1), to(2)]);
        network.run(2, vec![to(1)]);
        network.run(1, vec![to(2)]);
        let mut owners = std::mem::take(&mut network.owner_keys);
        owners.push(account_key(99));
        Self {
            store: network.validators[0].store.clone(),
            chains,
            owners,
            validators: (1..=4).map(validator_key).collect(),
            stranger: validator_key(77),
            now: network.now,
        }
    }

    fn transfer(owner: AccountOwner, recipient: Account, tokens: u128) -> Operation {
        let amount = Amount::from_tokens(tokens);
        SystemOperation::Transfer { owner, recipient, amount }.into()
    }

    /// Something that somebody may or may not do.
    pub(super) fn operation(&self, input: &mut Input<'_>) -> Operation {
        let chain_id = self.chains[input.below(3)];
        let owner = self.owners[input.below(4)].owner();
        let tokens = u128::from(input.byte());
        match input.below(6) {
            0 => Self::transfer(owner, Account { chain_id, owner }, tokens),
            1 => Self::transfer(AccountOwner::CHAIN, Account { chain_id, owner }, tokens),
            2 => {
                let (recipient, amount) = (Account::chain(chain_id), Amount::from_tokens(tokens));
                SystemOperation::Claim { owner, target_id: chain_id, recipient, amount }.into()
            }
            3 => SystemOperation::CloseChain.into(),
            4 => SystemOperation::ChangeOwnership {
                super_owners: (tokens % 2 > 0).then_some(owner).into_iter().collect(),
                owners: vec![(owner, u64::try_from(tokens).unwrap_or(1))],
                multi_leader_rounds: u32::from(input.byte()),
                open_multi_leader_rounds: tokens & 2 > 0,
                timeout_config: TimeoutConfig::default(),
            }
            .into(),
            _ => Self::transfer(AccountOwner::CHAIN, Account::chain(chain_id), tokens),
        }
    }
}
