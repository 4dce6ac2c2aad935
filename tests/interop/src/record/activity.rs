//! What people do, drawn from a seed.

use anyhow::{Context as _, bail};
use rand_core::RngCore as _;
use serde::Serialize;
use walnut_base::{
    Account, AccountOwner, Amount, ApplicationId, BlobId, ChainId, ChainOwnership, OpenChainConfig,
    SystemOperation, TimeoutConfig, crypto::TestingPrng,
};
use walnut_cli::{CliError, KnownChain, Wallet};
use walnut_client::{Draft, created_application};
use walnut_forms::{counter, fungible, social};

use crate::{network::Network, our_wallet, programs::Programs};

/// Chains claimed from the faucet.
const CLAIMED: usize = 4;
/// Open chains at most.
const OPEN_MAX: usize = 14;
/// Between two changes by the admin, and payments by the reference's wallet, in blocks.
const ADMIN_EVERY: u64 = 250;
/// Proposals in a row that may be refused before it counts as a failure.
const REFUSED_MAX: u32 = 50;

/// Somebody with several chains.
struct Activity {
    rng: TestingPrng,
    wallet: Wallet,
    open: Vec<KnownChain>,
    closed: Vec<ChainId>,
    data: Vec<BlobId>,
    counter: ApplicationId,
    token: ApplicationId,
    social: ApplicationId,
    blocks: u64,
    refused: u32,
}

/// Plays until about so many blocks were made.
pub(super) async fn play(
    programs: &Programs,
    network: &Network,
    seed: u64,
    blocks: u64,
) -> anyhow::Result<()> {
    let folder = network.folder().join("recorder");
    drop(our_wallet::OurWallet::init(programs, &folder, &network.faucet())?);
    let mut wallet = Wallet::open(&folder).await?;
    let mut open = Vec::new();
    for _ in 0..CLAIMED {
        open.push(wallet.request_chain(None).await?);
    }
    let counter = create(programs, &wallet, open[0], "counter", "null", "35").await?;
    let accounts = open.iter().map(|chain| (chain.owner.to_string(), "1000000".into())).collect();
    let argument = serde_json::json!({ "accounts": serde_json::Value::Object(accounts) }).to_string();
    let token =
        create(programs, &wallet, open[1], "fungible", r#"{"ticker_symbol":"NUT"}"#, &argument).await?;
    let social = create(programs, &wallet, open[2], "social", "null", "null").await?;
    let rng = TestingPrng::seed_from_u64(seed);
    let (closed, data) = (Vec::new(), Vec::new());
    let mut activity =
        Activity { rng, wallet, open, closed, data, counter, token, social, blocks: 0, refused: 0 };
    let admin = network.admin()?;
    let theirs = network.their_wallet("recorder-theirs")?;
    let (their_chain, _) = theirs.request_chain(&network.faucet())?;
    let mut next_change = ADMIN_EVERY;
    while activity.blocks < blocks {
        activity.act().await?;
        if activity.blocks >= next_change {
            next_change += ADMIN_EVERY;
            let price = format!("0.00000000{}", next_change / ADMIN_EVERY);
            admin.ask(&["resource-control-policy", "--operation-byte", &price])?;
            let to = activity.any_chain().chain_id.to_string();
            theirs.ask(&["sync"])?;
            theirs.ask(&["process-inbox"])?;
            theirs.ask(&["transfer", "--from", &their_chain, "--to", &to, "3"])?;
            println!("{} blocks", activity.blocks);
        }
    }
    Ok(())
}

/// Publishes and creates an example.
async fn create(
    programs: &Programs,
    wallet: &Wallet,
    chain: KnownChain,
    name: &str,
    parameters: &str,
    argument: &str,
) -> anyhow::Result<ApplicationId> {
    let (contract, service) = programs.example(name);
    let (module_id, draft) = Draft::publish_module(&std::fs::read(contract)?, &std::fs::read(service)?)?;
    wallet.execute(chain.chain_id, draft).await?;
    let draft = Draft::create_application(module_id, parameters, argument, Vec::new())?;
    let certificate = wallet.execute(chain.chain_id, draft).await?;
    created_application(certificate.block()).with_context(|| format!("{name} was not created"))
}

impl Activity {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.rng.next_u64() % (bound.max(1) as u64)).unwrap_or_default()
    }

    fn any_chain(&mut self) -> KnownChain {
        let index = self.below(self.open.len());
        self.open[index]
    }

    /// A few tenths of a token.
    fn amount(&mut self) -> Amount {
        Amount::from_attos(u128::from(self.rng.next_u64() % 1_000) * 1_000_000_000_000_000)
    }

    /// A chain of somebody, or an owner's account on it; sometimes a chain that is closed.
    fn recipient(&mut self) -> Account {
        if !self.closed.is_empty() && self.below(12) == 0 {
            let index = self.below(self.closed.len());
            return Account { chain_id: self.closed[index], owner: AccountOwner::CHAIN };
        }
        let chain = self.any_chain();
        let owner = if self.below(3) == 0 { self.any_chain().owner } else { AccountOwner::CHAIN };
        Account { chain_id: chain.chain_id, owner }
    }

    /// One block on one chain, if what was drawn is possible there.
    async fn act(&mut self) -> anyhow::Result<()> {
        let chain = self.any_chain();
        let draft = self.draw(chain);
        match self.wallet.execute(chain.chain_id, draft).await {
            Ok(certificate) => {
                self.blocks += 1;
                self.refused = 0;
                self.note(chain, &certificate).await
            }
            // Not enough tokens, or not on this chain: people try such things, too.
            Err(CliError::Client(error)) if self.refused < REFUSED_MAX => {
                self.refused += 1;
                println!("     refused: {error}");
                Ok(())
            }
            // The block is kept, and goes on when this chain is drawn again.
            Err(error @ CliError::NotNow { .. }) if self.refused < REFUSED_MAX => {
                self.refused += 1;
                println!("     later: {error}");
                Ok(())
            }
            Err(error) => bail!("after {} blocks: {error}", self.blocks),
        }
    }

    /// Takes notice of chains that were opened or closed.
    async fn note(
        &mut self,
        chain: KnownChain,
        certificate: &walnut_base::ConfirmedBlockCertificate,
    ) -> anyhow::Result<()> {
        let block = certificate.block();
        let created = block.created_blob_ids();
        for id in created.iter().filter(|id| id.blob_type == walnut_base::BlobType::ChainDescription) {
            let adopted = self.wallet.adopt_chain(ChainId(id.hash), None).await?;
            self.open.push(adopted);
        }
        self.data.extend(
            block.published_blob_ids().into_iter().filter(|id| id.blob_type == walnut_base::BlobType::Data),
        );
        let operations = block.body.transactions.iter().filter_map(walnut_base::Transaction::operation);
        let is_close = |operation: &walnut_base::Operation| matches!(operation, walnut_base::Operation::System(system) if **system == SystemOperation::CloseChain);
        if operations.into_iter().any(is_close) {
            self.open.retain(|open| open.chain_id != chain.chain_id);
            self.closed.push(chain.chain_id);
        }
        Ok(())
    }

    fn draw(&mut self, chain: KnownChain) -> Draft {
        let amount = self.amount();
        let recipient = self.recipient();
        let system = |operation: SystemOperation| Draft::from(vec![operation.into()]);
        let transfer = |owner, recipient| SystemOperation::Transfer { owner, recipient, amount };
        match self.below(100) {
            0..25 => system(transfer(AccountOwner::CHAIN, recipient)),
            25..32 => system(transfer(chain.owner, recipient)),
            32..40 => {
                let count = 2 + self.below(8);
                let each = (0..count).map(|_| transfer(AccountOwner::CHAIN, self.recipient()).into());
                Draft::from(each.collect::<Vec<_>>())
            }
            40..45 => {
                let target_id = self.any_chain().chain_id;
                system(SystemOperation::Claim { owner: chain.owner, target_id, recipient, amount })
            }
            45..50 if self.open.len() < OPEN_MAX => {
                let other = self.any_chain().owner;
                let ownership = match self.below(4) {
                    0 => ChainOwnership::single_super(chain.owner),
                    1 => ChainOwnership::multiple(
                        [(chain.owner, 100), (other, 50)],
                        3,
                        TimeoutConfig::default(),
                    ),
                    _ => ChainOwnership::single(chain.owner),
                };
                let balance = Amount::from_tokens(5);
                system(SystemOperation::OpenChain(OpenChainConfig {
                    ownership,
                    balance,
                    application_permissions: Default::default(),
                }))
            }
            50..54 => {
                let other = self.any_chain().owner;
                let (weight, rounds) = (1 + self.rng.next_u64() % 200, 1 + self.rng.next_u32() % 9);
                system(SystemOperation::ChangeOwnership {
                    super_owners: Vec::new(),
                    owners: vec![(chain.owner, 100), (other, weight)],
                    multi_leader_rounds: rounds,
                    open_multi_leader_rounds: false,
                    timeout_config: TimeoutConfig::default(),
                })
            }
            54..56 if self.open.len() > CLAIMED => {
                // Those that the applications live on stay open.
                let child = self.open.iter().skip(CLAIMED).any(|open| open.chain_id == chain.chain_id);
                if child {
                    system(SystemOperation::CloseChain)
                } else {
                    system(transfer(AccountOwner::CHAIN, recipient))
                }
            }
            56..61 => {
                let length = 1 + self.below(2000);
                let mut bytes = vec![0; length];
                self.rng.fill_bytes(&mut bytes);
                Draft::publish_data(bytes).1
            }
            61..65 if !self.data.is_empty() => {
                let index = self.below(self.data.len());
                system(SystemOperation::VerifyBlob { blob_id: self.data[index] })
            }
            65..75 => call(self.counter, &counter::Operation::Increment { value: self.rng.next_u64() >> 20 }),
            75..88 => {
                let to = self.any_chain();
                let target_account = Account { chain_id: to.chain_id, owner: to.owner };
                call(
                    self.token,
                    &fungible::Operation::Transfer { owner: chain.owner, amount, target_account },
                )
            }
            88..94 => {
                let text = format!("post {}", self.rng.next_u64());
                call(self.social, &social::Operation::Post { text })
            }
            94..98 => {
                let chain_id = self.any_chain().chain_id;
                call(self.social, &social::Operation::Subscribe { chain_id })
            }
            _ => system(transfer(AccountOwner::CHAIN, recipient)),
        }
    }
}

fn call(application_id: ApplicationId, operation: &impl Serialize) -> Draft {
    let bytes = bcs::to_bytes(operation).expect("forms are plain enums of numbers and texts");
    Draft::call(application_id, bytes)
}
