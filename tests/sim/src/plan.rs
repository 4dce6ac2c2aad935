//! What a seed decides at the beginning: who takes part, which chains there are, what may go wrong and how often.

use std::{collections::BTreeSet, str::FromStr};

use walnut_base::{
    AccountOwner, AccountSecretKey, Amount, ApplicationPermissions, ChainDescription, ChainOrigin,
    ChainOwnership, Committee, Ed25519SecretKey, Epoch, GenesisConfig, InitialChainConfig,
    ResourceControlPolicy, TimeDelta, TimeoutConfig, Timestamp, ValidatorSecretKey, ValidatorState,
};

use crate::random::Random;

/// When every network begins, in microseconds.
pub const GENESIS_TIME: u64 = 1_700_000_000_000_000;

/// More than anything costs.
const PRICE_MAX: Amount = Amount::from_micros(300);

/// One kind of thing that can go wrong or get in the way. Each can be switched off, to find out what a failure needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Requests and answers are lost.
    Loss,
    /// Some of them take seconds.
    Delay,
    /// Some arrive twice.
    Duplication,
    /// Parts of the network do not reach each other for a while.
    Partition,
    /// Commits fail, with nothing written.
    Disk,
    /// Commits are written, but reported as failed.
    Torn,
    /// Validators are killed, and lose what was not synced.
    ValidatorKill,
    /// Wallets are killed, and lose what was not synced.
    ClientKill,
    /// What a wallet is doing is broken off.
    Abort,
    /// Some validators lie, as far as the protocol bears it.
    Byzantine,
    /// An owner who breaks every rule and knows everything.
    Rogue,
    /// Clocks differ.
    Skew,
    /// Owners change.
    Ownership,
    /// Committees change.
    Epochs,
    /// Messages are refused and come back.
    Rejection,
    /// A second device has the key of the first.
    Twin,
    /// Disks and shards of validators stand still for a moment.
    Stall,
    /// Owners of a chain act at the same moment.
    Race,
    /// Chains are opened, and closed for good.
    Opening,
    /// Operations and messages cost something, and not the same in every epoch.
    Fees,
}

impl Fault {
    /// All kinds.
    pub const ALL: [Fault; 20] = [
        Fault::Loss,
        Fault::Delay,
        Fault::Duplication,
        Fault::Partition,
        Fault::Disk,
        Fault::Torn,
        Fault::ValidatorKill,
        Fault::ClientKill,
        Fault::Abort,
        Fault::Byzantine,
        Fault::Rogue,
        Fault::Skew,
        Fault::Ownership,
        Fault::Epochs,
        Fault::Rejection,
        Fault::Twin,
        Fault::Stall,
        Fault::Race,
        Fault::Opening,
        Fault::Fees,
    ];
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|fault| format!("{fault:?}").eq_ignore_ascii_case(text));
        known.ok_or_else(|| format!("no kind of fault is called `{text}`; there are {:?}", Self::ALL))
    }
}

/// How a chain is owned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// One regular owner.
    Single,
    /// One super owner.
    Super,
    /// Several regular owners: multi-leader rounds, then leaders.
    Shared,
    /// A super owner and regular ones.
    Mixed,
    /// Anyone may propose in multi-leader rounds.
    Open,
}

/// One chain of the genesis.
#[derive(Clone, Debug)]
pub struct ChainPlan {
    /// How it is owned.
    pub kind: Ownership,
    /// The devices (or the rogue) whose keys own it, the first one foremost.
    pub owners: Vec<usize>,
    /// Its owners as in its description.
    pub ownership: ChainOwnership,
    /// Its tokens.
    pub balance: Amount,
}

/// What a run is to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Decides everything.
    pub seed: u64,
    /// Steps with faults, before everything heals.
    pub steps: u64,
    /// What must not go wrong.
    pub without: BTreeSet<Fault>,
    /// Whether events go to standard error as they happen.
    pub echo: bool,
}

/// See the module.
#[derive(Debug)]
pub struct Plan {
    /// The seed and what the caller wants.
    pub options: Options,
    /// What may go wrong.
    pub faults: BTreeSet<Fault>,
    /// Votes of each validator in the first committee; zero for those that may join later.
    pub weights: Vec<u64>,
    /// Who lies.
    pub byzantine: BTreeSet<usize>,
    /// Shards of each validator.
    pub shards: usize,
    /// Honest wallets. The rogue's number follows.
    pub devices: usize,
    /// The chains; the first is the admin chain.
    pub chains: Vec<ChainPlan>,
    /// Lost requests and answers, per mille.
    pub loss: u64,
    /// Messages that take seconds, per mille.
    pub delay: u64,
    /// Doubled messages, per mille.
    pub duplication: u64,
    /// Failing commits, per mille.
    pub disk: u64,
    /// The longest usual delay of a message, in microseconds.
    pub latency: u64,
    /// What validators put into one request between chains, in bytes. With 1, blocks go one by one.
    pub chunk_bytes: Option<usize>,
    /// What an operation costs, and what a message that is sent.
    pub prices: [Amount; 2],
}

/// The account key with that number.
pub fn account_key(number: usize) -> AccountSecretKey {
    let byte = u8::try_from(number % 200).expect("below 200") + 1;
    AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[byte; 32]))
}

/// The owner with that number.
pub fn owner(number: usize) -> AccountOwner {
    account_key(number).owner()
}

/// The key of a validator.
pub fn validator_key(index: usize) -> ValidatorSecretKey {
    let byte = u8::try_from(index).expect("few validators") + 100;
    ValidatorSecretKey::from_bytes(&[byte; 32]).expect("a key")
}

/// Short rounds, so that a run sees many.
fn timeouts(random: &Random) -> TimeoutConfig {
    TimeoutConfig {
        fast_round_duration: Some(TimeDelta::from_millis(500 + random.below(4000))),
        base_timeout: TimeDelta::from_millis(500 + random.below(4000)),
        timeout_increment: TimeDelta::from_millis(random.below(1500)),
        fallback_duration: TimeDelta::MAX,
    }
}

/// Owners of that kind.
pub fn ownership(kind: Ownership, owners: &[usize], random: &Random) -> ChainOwnership {
    let timeout_config = timeouts(random);
    let weighted = |numbers: &[usize]| {
        numbers.iter().map(|number| (owner(*number), 1 + random.below(3))).collect::<Vec<_>>()
    };
    let multi_leader_rounds = u32::try_from(random.below(4)).expect("below four");
    match kind {
        Ownership::Single => ChainOwnership::single(owner(owners[0])),
        Ownership::Super => ChainOwnership::single_super(owner(owners[0])),
        Ownership::Shared => ChainOwnership::multiple(weighted(owners), multi_leader_rounds, timeout_config),
        Ownership::Mixed => {
            let rest = ChainOwnership::multiple(weighted(&owners[1..]), multi_leader_rounds, timeout_config);
            ChainOwnership { super_owners: [owner(owners[0])].into(), ..rest }
        }
        Ownership::Open => {
            let rounds = multi_leader_rounds.max(1);
            let base = ChainOwnership::multiple(weighted(owners), rounds, timeout_config);
            ChainOwnership { open_multi_leader_rounds: true, ..base }
        }
    }
}

impl Plan {
    /// What follows from the options.
    pub fn new(options: Options) -> Self {
        let random = Random::new(options.seed, 1);
        // A kind of fault is as often absent as not: some failures need quiet.
        let faults = Fault::ALL.into_iter().filter(|_| random.chance(550)).collect::<BTreeSet<_>>();
        let faults = faults.difference(&options.without).copied().collect::<BTreeSet<_>>();
        let weights = match random.below(8) {
            0 => vec![1, 1, 1],
            1 => vec![1; 7],
            2 => vec![3, 2, 2, 2, 1],
            3 => vec![1; 5],
            _ => vec![1; 4],
        };
        let byzantine = match faults.contains(&Fault::Byzantine) {
            true => liars(&weights, &random),
            false => BTreeSet::new(),
        };
        let mut weights = weights;
        if faults.contains(&Fault::Epochs) {
            weights.push(0);
        }
        let devices = 2 + random.index(3);
        let rogue = faults.contains(&Fault::Rogue);
        let chains = chains(devices, rogue, &random);
        let rate = |fault, most: u64| match faults.contains(&fault) {
            true => 1 + random.below(most),
            false => 0,
        };
        Self {
            loss: rate(Fault::Loss, 120),
            delay: rate(Fault::Delay, 60),
            duplication: rate(Fault::Duplication, 150),
            disk: rate(Fault::Disk, 30).max(rate(Fault::Torn, 30)),
            latency: [2_000, 20_000, 200_000][random.index(3)],
            shards: 1 + random.index(3),
            chunk_bytes: random.chance(350).then_some(1),
            prices: [(); 2].map(|()| match faults.contains(&Fault::Fees) {
                true => Amount::from_attos(u128::from(random.next()) % PRICE_MAX.to_attos()),
                false => Amount::ZERO,
            }),
            options,
            faults,
            weights,
            byzantine,
            devices,
            chains,
        }
    }

    /// Whether that may go wrong.
    pub fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// The number of the key of the owner who breaks every rule.
    pub fn rogue(&self) -> usize {
        self.devices
    }

    /// A committee with these votes per validator, and prices that are so many times those of the plan.
    pub fn committee(&self, weights: &[u64], times: u128) -> Committee {
        let members = weights.iter().enumerate().filter(|(_, votes)| **votes > 0).map(|(index, votes)| {
            let state = ValidatorState {
                network_address: format!("grpc:validator:{index}"),
                votes: *votes,
                account_public_key: account_key(150 + index).public(),
            };
            (validator_key(index).public(), state)
        });
        let [operation, message] = self.prices.map(|price| Amount::from_attos(price.to_attos() * times));
        let policy = ResourceControlPolicy { operation, message, ..ResourceControlPolicy::no_fees() };
        Committee::new(members.collect(), policy).expect("few votes")
    }

    /// The genesis.
    pub fn genesis(&self) -> GenesisConfig {
        let time = Timestamp::from(GENESIS_TIME);
        let mut genesis = GenesisConfig::new(self.committee(&self.weights, 1), time, "sim".into());
        for (index, chain) in self.chains.iter().enumerate() {
            genesis.chains.push(ChainDescription {
                origin: ChainOrigin::Root(u32::try_from(index).expect("few chains")),
                timestamp: time,
                config: InitialChainConfig {
                    ownership: chain.ownership.clone(),
                    epoch: Epoch::ZERO,
                    min_active_epoch: Epoch::ZERO,
                    max_active_epoch: Epoch::ZERO,
                    balance: chain.balance,
                    application_permissions: ApplicationPermissions::default(),
                },
            });
        }
        genesis
    }
}

/// Validators with less than a third of the votes.
fn liars(weights: &[u64], random: &Random) -> BTreeSet<usize> {
    let total = weights.iter().sum::<u64>();
    let mut liars = BTreeSet::new();
    let mut votes = 0;
    for _ in 0..weights.len() {
        let index = random.index(weights.len());
        if !liars.contains(&index) && 3 * (votes + weights[index]) < total {
            votes += weights[index];
            liars.insert(index);
        }
    }
    liars
}

fn chains(devices: usize, rogue: bool, random: &Random) -> Vec<ChainPlan> {
    let count = devices + 1 + random.index(3);
    let mut chains = Vec::new();
    for index in 0..=count {
        let kinds =
            [Ownership::Single, Ownership::Super, Ownership::Shared, Ownership::Mixed, Ownership::Open];
        let kind = match index {
            0 => Ownership::Single,
            _ => *random.pick(&kinds),
        };
        let first = index.checked_sub(1).map_or(0, |index| index % devices);
        let mut owners = vec![first];
        for other in 0..devices {
            if other != first && random.chance(600) {
                owners.push(other);
            }
        }
        if rogue && random.chance(500) {
            owners.push(devices);
        }
        if rogue && index == count {
            // A chain of the rogue's own.
            owners = vec![devices];
        }
        let ownership = ownership(kind, &owners, random);
        let owners = match kind {
            Ownership::Single | Ownership::Super => vec![owners[0]],
            _ => owners,
        };
        let balance = Amount::from_tokens(u128::from(1 + random.below(50)));
        chains.push(ChainPlan { kind, owners, ownership, balance });
    }
    chains
}

impl Plan {
    /// The votes of another committee: one validator more, less or with other votes. None if liars would be too many.
    pub fn other_weights(&self, random: &Random) -> Option<Vec<u64>> {
        let mut weights = self.weights.clone();
        for weight in &mut weights {
            if random.chance(300) {
                *weight = random.below(3);
            }
        }
        let total = weights.iter().sum::<u64>();
        let lying = self.byzantine.iter().map(|index| weights[*index]).sum::<u64>();
        let honest = weights.iter().filter(|weight| **weight > 0).count();
        (honest >= 3 && 3 * lying < total).then_some(weights)
    }
}
