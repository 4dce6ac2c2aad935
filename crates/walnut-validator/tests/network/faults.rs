//! One validator whose storage fails.

use std::sync::atomic::Ordering;

use walnut_base::{
    Amount, BlockProposal, ChainInfoQuery, ChainInfoResponse, ConfirmedBlock, ConfirmedBlockCertificate,
    GenesisConfig, LiteCertificate, ProposedBlock, Round, Secp256k1SecretKey, Timestamp, Transaction,
};
use walnut_execution::UnsupportedApplications;
use walnut_rpc::{
    Code,
    convert::{
        HandleBlockProposalRequest, HandleConfirmedCertificateRequest, HandleValidatedCertificateRequest,
    },
    server::{ServiceError, ValidatorService as _},
};
use walnut_storage::MemoryStorage;
use walnut_validator::{
    StartError, Validator, ValidatorStorage,
    genesis::{
        CommitteeConfig, GenesisOptions, NetworkKind, Policy, PublicNetwork, TlsKind, ValidatorConfig,
        create_genesis,
    },
};

use crate::support::{key, transfer};

fn secret() -> Secp256k1SecretKey {
    Secp256k1SecretKey::from_bytes(&[1; 32]).unwrap()
}

/// A genesis of one validator and two chains that belong to key 1.
fn genesis(name: &str) -> GenesisConfig {
    let network =
        PublicNetwork { protocol: NetworkKind::Grpc(TlsKind::ClearText), host: "127.0.0.1".into(), port: 1 };
    let validator = ValidatorConfig { public_key: secret().public(), account_key: key(9).public(), network };
    let options = GenesisOptions {
        other_chains: 0,
        initial_funding: Amount::ONE,
        policy: Policy::NoFees.prices(),
        network_name: Some(name.into()),
        timestamp: Timestamp::from_micros(5),
    };
    let committee = CommitteeConfig { validators: vec![validator] };
    let mut prng = walnut_base::crypto::TestingPrng::seed_from_u64(1);
    let mut genesis = create_genesis(&mut prng, committee, options).unwrap().genesis;
    for _ in 0..2 {
        genesis.add_root_chain(key(1).owner(), Amount::from_tokens(100));
    }
    genesis
}

fn start(memory: &MemoryStorage) -> Validator {
    let storage = ValidatorStorage::Memory(memory.clone());
    Validator::start(storage, &genesis("test"), &secret(), 2, UnsupportedApplications).unwrap()
}

async fn propose(validator: &Validator, tokens: u128) -> Result<ChainInfoResponse, ServiceError> {
    let genesis = genesis("test");
    let (chain_id, other) = (genesis.chains[1].id(), genesis.chains[2].id());
    let block = ProposedBlock {
        chain_id,
        epoch: Default::default(),
        transactions: vec![Transaction::ExecuteOperation(transfer(other, tokens))],
        height: Default::default(),
        timestamp: genesis.timestamp,
        authenticated_signer: Some(key(1).owner()),
        previous_block_hash: None,
    };
    let proposal = BlockProposal::new_initial(Round::MultiLeader(0), block, &key(1));
    let request = HandleBlockProposalRequest { proposal, supports_aggregated_missing: true };
    validator.front().handle_block_proposal(request).await
}

fn restarts(validator: &Validator) -> u64 {
    validator.counters().iter().map(|counters| counters.restarts.load(Ordering::Relaxed)).sum()
}

#[tokio::test]
async fn a_vote_that_was_not_stored_is_not_told_and_binds_nobody() {
    let memory = MemoryStorage::new();
    let validator = start(&memory);
    memory.fail_commit_after(0);
    match propose(&validator, 1).await {
        Err(ServiceError::Status(status)) => assert_eq!(status.code, Code::Unavailable),
        other => panic!("expected a status, found {other:?}"),
    }
    // The vote is forgotten, so another block can be voted for.
    let response = propose(&validator, 2).await.unwrap();
    let vote = response.info.manager.pending.unwrap();
    assert_eq!(restarts(&validator), 1);
    assert_eq!(propose(&validator, 2).await.unwrap().info.manager.pending, Some(vote));
    assert!(matches!(propose(&validator, 1).await, Err(ServiceError::Node(_))));
    validator.stop();

    // What was told is what a restart finds.
    let validator = start(&memory);
    let chain_id = genesis("test").chains[1].id();
    let info = validator.front().handle_chain_info_query(ChainInfoQuery::new(chain_id)).await.unwrap().info;
    assert_eq!(info.manager.pending, Some(vote));
    validator.stop();
}

/// The only validator's votes make certificates.
async fn confirmed_block(validator: &Validator) -> ConfirmedBlockCertificate {
    let (front, public_key) = (validator.front(), validator.front().public_key());
    let lite = |response: &ChainInfoResponse| {
        let vote = response.info.manager.pending.unwrap();
        LiteCertificate::try_from_votes([(public_key, vote)]).unwrap()
    };
    let response = propose(validator, 1).await.unwrap();
    let query = ChainInfoQuery::new(response.info.chain_id).with_manager_values();
    let info = front.handle_chain_info_query(query).await.unwrap().info;
    let certificate = lite(&response).with_value(*info.manager.requested_validated.unwrap()).unwrap();
    let request = HandleValidatedCertificateRequest { certificate: certificate.clone() };
    let response = front.handle_validated_certificate(request).await.unwrap();
    lite(&response).with_value(ConfirmedBlock::from(certificate.into_value())).unwrap()
}

async fn bundles_at_recipient(validator: &Validator) -> Result<usize, ServiceError> {
    let query = ChainInfoQuery::new(genesis("test").chains[2].id()).with_pending_message_bundles();
    let info = validator.front().handle_chain_info_query(query).await?.info;
    Ok(info.requested_pending_message_bundles.len())
}

/// Pays the other chain, and loses what arrives there: the block is stored, its delivery is not.
async fn pay_and_lose(memory: &MemoryStorage, validator: &Validator) {
    assert_eq!(bundles_at_recipient(validator).await.unwrap(), 0);
    let certificate = confirmed_block(validator).await;
    memory.fail_commit_after(1);
    let request = HandleConfirmedCertificateRequest {
        certificate,
        wait_for_outgoing_messages: false,
        supports_aggregated_missing: true,
    };
    validator.front().handle_confirmed_certificate(request).await.unwrap();
    while restarts(validator) == 0 {
        // A question that waited for the commit that fails is told so.
        match bundles_at_recipient(validator).await {
            Err(ServiceError::Status(status)) => assert_eq!(status.code, Code::Unavailable),
            bundles => assert_eq!(bundles.unwrap(), 0),
        }
    }
}

async fn wait_for_the_message(validator: &Validator) {
    while bundles_at_recipient(validator).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bundles_at_recipient(validator).await.unwrap(), 1);
}

#[tokio::test]
async fn messages_that_were_lost_on_the_way_are_sent_again_at_the_start() {
    let memory = MemoryStorage::new();
    let validator = start(&memory);
    pay_and_lose(&memory, &validator).await;
    validator.stop();

    let validator = start(&memory);
    wait_for_the_message(&validator).await;
    validator.stop();
}

#[tokio::test]
async fn messages_that_were_lost_to_a_failing_disk_are_sent_again() {
    let memory = MemoryStorage::new();
    let validator = start(&memory);
    pay_and_lose(&memory, &validator).await;
    wait_for_the_message(&validator).await;
    validator.stop();
}

#[tokio::test]
async fn a_stopped_validator_says_so() {
    let validator = start(&MemoryStorage::new());
    let front = validator.front().clone();
    validator.stop();
    let query = ChainInfoQuery::new(genesis("test").chains[1].id());
    match front.handle_chain_info_query(query).await {
        Err(ServiceError::Status(status)) => assert_eq!(status.code, Code::Unavailable),
        other => panic!("expected a status, found {other:?}"),
    }
}

#[tokio::test]
async fn storage_of_another_network_is_refused() {
    let memory = MemoryStorage::new();
    start(&memory).stop();
    let storage = ValidatorStorage::Memory(memory);
    let started = Validator::start(storage, &genesis("other"), &secret(), 1, UnsupportedApplications);
    assert!(matches!(started.err(), Some(StartError::Initialization(_))));
}
