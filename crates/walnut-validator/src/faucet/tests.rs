//! The faucet over a chain that the test plays.

use std::sync::{Arc, Mutex};

use walnut_base::{
    AccountOwner, AccountSecretKey, Amount, Block, BlockExecutionOutcome, BlockHeight, ChainDescription,
    ChainId, ChainOrigin, Committee, ConfirmedBlock, ConfirmedBlockCertificate, CryptoHash, Ed25519SecretKey,
    Epoch, GenesisConfig, InitialChainConfig, Operation, ProposedBlock, Round, SystemOperation, Timestamp,
    Transaction,
};

use super::{schema::schema, *};
use crate::clock::now;

/// A chain without validators.
#[derive(Default)]
struct TestChain {
    state: Mutex<TestState>,
}

#[derive(Default)]
struct TestState {
    balance: Amount,
    blocks: Vec<ConfirmedBlockCertificate>,
    /// Blocks with more operations than this are refused.
    operations_max: usize,
}

fn chain_id() -> ChainId {
    ChainId(CryptoHash::from([7; 32]))
}

impl FaucetChain for TestChain {
    fn chain_id(&self) -> ChainId {
        chain_id()
    }

    async fn execute(&self, operations: Vec<Operation>) -> Result<ConfirmedBlockCertificate, ChainFailure> {
        let mut state = self.state.lock().unwrap();
        if operations.len() > state.operations_max {
            return Err(ChainFailure::Refused("too many".into()));
        }
        let height = BlockHeight(state.blocks.len() as u64);
        let timestamp = now();
        let mut blobs = Vec::new();
        for (operation, chain_index) in operations.iter().zip(0..) {
            let Operation::System(operation) = operation else { panic!("only system operations") };
            match &**operation {
                SystemOperation::OpenChain(config) => {
                    state.balance = state.balance.try_sub(config.balance).unwrap();
                    let description = ChainDescription {
                        origin: ChainOrigin::Child { parent: chain_id(), block_height: height, chain_index },
                        timestamp,
                        config: InitialChainConfig {
                            ownership: config.ownership.clone(),
                            epoch: Epoch::ZERO,
                            min_active_epoch: Epoch::ZERO,
                            max_active_epoch: Epoch::ZERO,
                            balance: config.balance,
                            application_permissions: config.application_permissions.clone(),
                        },
                    };
                    blobs.push(vec![description.to_blob()]);
                }
                SystemOperation::Transfer { amount, .. } => {
                    state.balance = state.balance.try_sub(*amount).unwrap();
                    blobs.push(Vec::new());
                }
                other => panic!("unexpected {other:?}"),
            }
        }
        let proposed = ProposedBlock {
            chain_id: chain_id(),
            epoch: Epoch::ZERO,
            transactions: operations.into_iter().map(Transaction::ExecuteOperation).collect(),
            height,
            timestamp,
            authenticated_signer: None,
            previous_block_hash: None,
        };
        let outcome = BlockExecutionOutcome { blobs, ..Default::default() };
        let block = ConfirmedBlock::new(Block::new(proposed, outcome));
        let certificate = ConfirmedBlockCertificate::new(block, Round::MultiLeader(0), Vec::new());
        state.blocks.push(certificate.clone());
        Ok(certificate)
    }

    async fn state(&self) -> Result<FaucetState, ChainFailure> {
        let state = self.state.lock().unwrap();
        let next_block_height = BlockHeight(state.blocks.len() as u64);
        Ok(FaucetState { balance: state.balance, epoch: Epoch::ZERO, next_block_height })
    }

    async fn blocks_from(&self, height: BlockHeight) -> Result<Vec<ConfirmedBlockCertificate>, ChainFailure> {
        let state = self.state.lock().unwrap();
        Ok(state.blocks.iter().filter(|block| block.height() >= height).take(2).cloned().collect())
    }

    fn committee(&self, _epoch: Epoch) -> Result<Committee, ChainFailure> {
        Ok(Committee::default())
    }
}

fn test_chain(tokens: u128) -> Arc<TestChain> {
    let state = TestState { balance: Amount::from_tokens(tokens), operations_max: 100, ..Default::default() };
    Arc::new(TestChain { state: Mutex::new(state) })
}

async fn start(chain: &Arc<TestChain>, daily: u128) -> Faucet<TestChain> {
    let genesis = GenesisConfig::new(Committee::default(), Timestamp::from_micros(5), "test".into());
    let mut options = FaucetOptions::new(Amount::from_tokens(10));
    options.daily_claim_amount = Amount::from_tokens(daily);
    Faucet::start(chain.clone(), Arc::new(genesis), options).await.unwrap()
}

fn owner(number: u8) -> AccountOwner {
    AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[number; 32])).owner()
}

#[tokio::test]
async fn a_claim_is_repeated_not_doubled_also_after_a_restart() {
    let chain = test_chain(100);
    let faucet = start(&chain, 0).await;
    let first = faucet.claim(owner(1)).await.unwrap();
    assert_eq!(faucet.claim(owner(1)).await, Ok(first.clone()));
    for number in 2..6 {
        faucet.claim(owner(number)).await.unwrap();
    }
    let faucet = start(&chain, 0).await;
    assert_eq!(faucet.claim(owner(1)).await, Ok(first.clone()));
    assert_eq!(faucet.initial_claim(&owner(1)).map(|(chain_id, _)| chain_id), Some(first.id()));
    assert_eq!(chain.state.lock().unwrap().blocks.len(), 5);
}

#[tokio::test]
async fn claims_share_blocks_and_refused_blocks_are_split() {
    let chain = test_chain(1_000);
    chain.state.lock().unwrap().operations_max = 3;
    let faucet = start(&chain, 0).await;
    let claims = (1..=10).map(|number| faucet.claim(owner(number)));
    let outcomes = futures_util::future::join_all(claims).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let blocks = chain.state.lock().unwrap().blocks.len();
    assert!((4..10).contains(&blocks), "{blocks} blocks");
}

#[tokio::test]
async fn the_loser_of_a_race_is_told() {
    let chain = test_chain(1_000);
    let faucet = start(&chain, 0).await;
    let (first, second) = tokio::join!(faucet.claim(owner(1)), faucet.claim(owner(1)));
    assert!(first.is_ok());
    assert_eq!(second, Err(FaucetError::AlreadyHasChain));
}

#[tokio::test]
async fn an_empty_faucet_says_so() {
    let chain = test_chain(15);
    let faucet = start(&chain, 0).await;
    assert!(faucet.claim(owner(1)).await.is_ok());
    assert_eq!(faucet.claim(owner(2)).await, Err(FaucetError::Empty));
    assert_eq!(faucet.daily_claim(owner(1)).await, Err(FaucetError::DailyClaimsDisabled));
}

#[tokio::test]
async fn daily_claims_come_after_the_first_day() {
    let chain = test_chain(100);
    let faucet = start(&chain, 1).await;
    assert_eq!(faucet.daily_claim(owner(1)).await, Err(FaucetError::ClaimChainFirst));
    faucet.claim(owner(1)).await.unwrap();
    assert_eq!(faucet.daily_claim(owner(1)).await, Err(FaucetError::AlreadyClaimed));
    let (_, first) = faucet.initial_claim(&owner(1)).unwrap();
    let day = 24 * 60 * 60 * 1_000_000;
    assert_eq!(faucet.next_daily_claim(&owner(1)), Some(first.saturating_add_micros(day)));
}

#[tokio::test]
async fn graphql_in_the_words_of_clients() {
    let chain = test_chain(100);
    let schema = schema(start(&chain, 0).await);
    let ask = async |text: String| serde_json::to_value(schema.execute(text).await).unwrap();
    let owner = owner(1);

    let unknown = ask(format!(r#"query {{ chainId(owner: "{owner}") }}"#)).await;
    assert_eq!(unknown["errors"][0]["message"], "This user has no chain yet");
    let none = ask(format!(r#"query {{ initialClaim(owner: "{owner}") {{ chainId timestamp }} nextDailyClaim(owner: "{owner}") }}"#)).await;
    assert_eq!(none["data"], serde_json::json!({ "initialClaim": null, "nextDailyClaim": null }));

    let claimed = ask(format!(r#"mutation {{ claim(owner: "{owner}") }}"#)).await;
    let description: ChainDescription = serde_json::from_value(claimed["data"]["claim"].clone()).unwrap();
    assert!(description.config.ownership.verify_owner(&owner));
    let found = ask(format!(r#"query {{ chainId(owner: "{owner}") }}"#)).await;
    assert_eq!(found["data"]["chainId"], description.id().to_string());

    let version = ask("query { version }".into()).await;
    assert_eq!(version["data"]["version"]["crate_version"], "0.15.23");
    let genesis = ask("query { genesisConfig }".into()).await;
    assert_eq!(genesis["data"]["genesisConfig"]["network_name"], "test");
    let committee = ask("{ currentEpoch currentValidators { publicKey networkAddress } \
         currentCommittee { validators totalVotes quorumThreshold validityThreshold policy } }"
        .into())
    .await;
    assert_eq!(committee["data"]["currentEpoch"], "0");
    assert_eq!(committee["data"]["currentCommittee"]["quorumThreshold"], 1);
    let daily =
        ask(format!(r#"mutation {{ dailyClaim(owner: "{owner}") {{ chainId certificateHash amount }} }}"#))
            .await;
    assert_eq!(daily["errors"][0]["message"], "Daily claims are not enabled on this faucet");
    let wrong = ask(r#"mutation { claim(owner: "0x123") }"#.into()).await;
    assert!(wrong["errors"][0]["message"].as_str().unwrap().contains("AccountOwner"), "{wrong}");
}
