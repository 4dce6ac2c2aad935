//! Applications: published, created, called, asked, and met for the first time by message.

use futures::executor::block_on;
use walnut_base::{
    ApplicationId, BlobType, BlockHeight, ChainId, ConfirmedBlockCertificate, Operation,
    ResourceControlPolicy,
};
use walnut_client::{
    Application, ChainMode, Client, ClientError, Draft, GraphqlRequest, Outcome, Progress,
    created_application, created_applications, read_graphql_answer,
};

use crate::network::{Fault, Network, Wallet, owner_key};

const COUNTER_CONTRACT: &[u8] =
    include_bytes!("../../../../tests/vectors/applications/counter_contract.wasm");
const COUNTER_SERVICE: &[u8] = include_bytes!("../../../../tests/vectors/applications/counter_service.wasm");

fn quiet(_: Progress) {}

async fn execute(client: &Client<Wallet>, chain_id: ChainId, draft: Draft) -> ConfirmedBlockCertificate {
    match client.execute(chain_id, draft.operations, draft.blobs, &quiet).await.expect("the block is made") {
        Outcome::Committed(certificate) => *certificate,
        other => panic!("not committed: {other:?}"),
    }
}

async fn counter(client: &Client<Wallet>, chain_id: ChainId) -> ApplicationId {
    let (module_id, draft) = Draft::publish_module(COUNTER_CONTRACT, COUNTER_SERVICE).expect("two modules");
    let published = execute(client, chain_id, draft).await;
    assert!(
        module_id
            .bytecode_blob_ids()
            .into_iter()
            .all(|id| published.block().published_blob_ids().contains(&id))
    );
    let draft = Draft::create_application(module_id, "null", " 7 ", vec![]).expect("JSON");
    let certificate = execute(client, chain_id, draft).await;
    created_application(certificate.block()).expect("it was created")
}

async fn parcel(client: &Client<Wallet>, chain_id: ChainId) -> ApplicationId {
    let module = |text: &str| wat::parse_str(text).expect("a module");
    let contract = module(include_str!("parcel/contract.wat"));
    let service = module(include_str!("parcel/service.wat"));
    let (module_id, draft) = Draft::publish_module(&contract, &service).expect("two modules");
    execute(client, chain_id, draft).await;
    let draft = Draft::create_application(module_id, "null", "null", vec![]).expect("JSON");
    created_application(execute(client, chain_id, draft).await.block()).expect("it was created")
}

fn send_parcel(application_id: ApplicationId, to: ChainId) -> Draft {
    let mut bytes = to.0.as_bytes().to_vec();
    bytes.chunks_mut(8).for_each(<[u8]>::reverse);
    Draft::call(application_id, bytes)
}

async fn value(client: &Client<Wallet>, chain_id: ChainId, application_id: ApplicationId) -> u64 {
    let query = GraphqlRequest::new("query { value }").bytes();
    let outcome = client.query_application(chain_id, application_id, None, &query).await.expect("answers");
    assert_eq!(outcome.operations, vec![]);
    read_graphql_answer(&outcome.response).expect("GraphQL")["value"].as_u64().expect("a number")
}

fn requests(network: &Network, name: &str) -> u32 {
    network
        .validators
        .iter()
        .map(|validator| validator.requests.borrow().get(name).copied().unwrap_or(0))
        .sum()
}

#[test]
fn a_module_is_published_created_called_and_asked() {
    let network = Network::with_policy(1, ResourceControlPolicy::testnet());
    let (ana, chain_id) = (network.client(1), network.chain_id(1));
    block_on(async {
        let application_id = counter(&ana, chain_id).await;
        assert_eq!(value(&ana, chain_id, application_id).await, 7);
        let called = execute(&ana, chain_id, Draft::call(application_id, 5u64.to_le_bytes().to_vec())).await;
        assert_eq!(called.height(), BlockHeight(2));
        assert_eq!(created_application(called.block()), None);
        assert_eq!(value(&ana, chain_id, application_id).await, 12);

        let description = ana.application_description(application_id).await.expect("it is here");
        assert_eq!((description.creator_chain_id, description.block_height), (chain_id, BlockHeight(1)));
        assert_eq!(description.id(), application_id);
        let application = Application { application_id, description };
        assert_eq!(ana.applications(chain_id).await, Ok(vec![application]));
        assert_eq!(ana.applications(ana.admin_chain_id()).await, Ok(vec![]));
    });
}

#[test]
fn a_mutation_becomes_a_block_and_can_be_looked_at_before() {
    let network = Network::new(1);
    let (ana, chain_id) = (network.client(1), network.chain_id(1));
    block_on(async {
        let application_id = counter(&ana, chain_id).await;
        let mutation = GraphqlRequest::new("mutation { increment(value: 30) }").bytes();
        let outcome =
            ana.query_application(chain_id, application_id, None, &mutation).await.expect("answers");
        let expected = Operation::User { application_id, bytes: 30u64.to_le_bytes().to_vec() };
        assert_eq!(outcome.operations, vec![expected]);
        assert_eq!(value(&ana, chain_id, application_id).await, 7, "nothing has happened yet");

        let draft = Draft::from(outcome.operations);
        let staged = ana.stage(chain_id, draft.operations, draft.blobs).await.expect("it executes");
        let query = GraphqlRequest::new("{ value }").bytes();
        let after = ana
            .query_application(chain_id, application_id, Some(staged.block.hash()), &query)
            .await
            .expect("answers");
        assert_eq!(read_graphql_answer(&after.response), Ok(serde_json::json!({ "value": 37 })));
        assert_eq!(value(&ana, chain_id, application_id).await, 7);
        assert!(matches!(ana.propose(staged, &quiet).await, Ok(Outcome::Committed(_))));
        assert_eq!(value(&ana, chain_id, application_id).await, 37);
    });
}

#[test]
fn what_was_asked_once_is_answered_without_a_network() {
    let network = Network::new(2);
    let (ana, chain_id) = (network.client(1), network.chain_id(1));
    let ben = network.client(2);
    block_on(async {
        let application_id = counter(&ana, chain_id).await;
        // Ben has never heard of the application, nor of the chain.
        ben.follow(chain_id, ChainMode::Follow).await;
        ben.sync_chain(chain_id).await.expect("syncs");
        assert_eq!(value(&ben, chain_id, application_id).await, 7);
        // On his own chain it was never used, and can be asked all the same: there its state is empty.
        assert_eq!(value(&ben, network.chain_id(2), application_id).await, 0);
        assert_eq!(ben.applications(network.chain_id(2)).await, Ok(vec![]));
        for validator in &network.validators {
            validator.fault.set(Fault::Offline);
        }
        assert_eq!(value(&ben, chain_id, application_id).await, 7);
    });
}

#[test]
fn a_description_is_fetched_from_whoever_has_it() {
    let network = Network::new(2);
    let (ana, ben) = (network.client(1), network.client(2));
    block_on(async {
        let application_id = counter(&ana, network.chain_id(1)).await;
        network.validators[0].fault.set(Fault::Offline);
        let description = ben.application_description(application_id).await.expect("three have it");
        assert_eq!(description.id(), application_id);
        let nobody = ApplicationId::new(walnut_base::CryptoHash::from([9; 32]));
        let expected = ClientError::CannotDownloadBlob(nobody.description_blob_id());
        assert_eq!(ben.application_description(nobody).await, Err(expected.clone()));
        let query = GraphqlRequest::new("{ value }").bytes();
        let asked = ben.query_application(network.chain_id(2), nobody, None, &query).await;
        assert_eq!(asked, Err(expected));
    });
}

#[test]
fn a_message_brings_its_application_along() {
    let network = Network::new(2);
    let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
    let (ana, ben, laptop) = (network.client(1), network.client(2), network.client(2));
    block_on(async {
        // One validator misses everything, and is needed later.
        network.validators[3].fault.set(Fault::Offline);
        let application_id = parcel(&ana, ana_chain).await;
        execute(&ana, ana_chain, send_parcel(application_id, ben_chain)).await;
        network.validators[3].fault.set(Fault::None);
        network.validators[0].fault.set(Fault::Offline);

        ben.sync_all(ben_chain).await.expect("the message is found");
        assert_eq!(ben.applications(ben_chain).await, Ok(vec![]));
        let blob_id = application_id.description_blob_id();
        assert_eq!(ben.local().blob(blob_id).await.expect("reads"), None);
        let (certificates, waiting) = ben.process_inbox(ben_chain, &quiet).await.expect("it is received");
        assert_eq!((certificates.len(), waiting), (1, None));
        assert!(
            certificates[0]
                .block()
                .incoming_bundles()
                .all(|incoming| { incoming.action == walnut_base::MessageAction::Accept })
        );
        assert!(requests(&network, "download_blob_certificate") > 0);
        let known = ben.applications(ben_chain).await.expect("reads");
        let names = known.iter().map(|application| application.application_id).collect::<Vec<_>>();
        assert_eq!(names, [application_id]);
        let asked = ben.query_application(ben_chain, application_id, None, b"").await.expect("answers");
        assert_eq!(asked.response, 1u64.to_le_bytes());

        // Another device of Ben executes the same history from nothing.
        laptop.sync_chain(ben_chain).await.expect("syncs");
        let asked = laptop.query_application(ben_chain, application_id, None, b"").await.expect("answers");
        assert_eq!(asked.response, 1u64.to_le_bytes());
    });
}

#[test]
fn data_travels_beside_its_block() {
    let network = Network::new(1);
    let (ana, laptop) = (network.client(1), network.client(1));
    let chain_id = network.chain_id(1);
    block_on(async {
        let (blob_id, draft) = Draft::publish_data(b"read me".to_vec());
        let certificate = execute(&ana, chain_id, draft).await;
        assert_eq!(blob_id.blob_type, BlobType::Data);
        assert_eq!(certificate.block().published_blob_ids().into_iter().collect::<Vec<_>>(), [blob_id]);
        laptop.sync_chain(chain_id).await.expect("syncs");
        let blob = laptop.local().blob(blob_id).await.expect("reads").expect("it came with the block");
        assert_eq!(blob.bytes(), b"read me");
    });
}

#[test]
fn a_module_that_is_no_application_fails_at_its_creation_and_nothing_is_signed() {
    let network = Network::new(1);
    let wallet = network.wallet(1);
    let ana = network.open(wallet.clone(), 1);
    let chain_id = network.chain_id(1);
    let empty = wat::parse_str("(module)").expect("a module");
    block_on(async {
        let (module_id, draft) = Draft::publish_module(&empty, &empty).expect("modules");
        execute(&ana, chain_id, draft).await;
        assert_eq!(wallet.signed.borrow().len(), 1);
        let draft = Draft::create_application(module_id, "null", "null", vec![]).expect("JSON");
        let refused = ana.stage(chain_id, draft.operations, draft.blobs).await;
        let Err(ClientError::Local(error)) = refused else { panic!("{refused:?}") };
        assert_eq!(error.missing(), None);
        assert_eq!(wallet.signed.borrow().len(), 1);
        let (_, mut draft) = Draft::publish_data(b"forgotten".to_vec());
        draft.blobs.clear();
        let refused = ana.stage(chain_id, draft.operations, draft.blobs).await;
        assert!(matches!(refused, Err(ClientError::Local(_))), "{refused:?}");
    });
    assert_eq!(owner_key(1).owner(), ana.owner_of(chain_id).expect("owned"));
}

#[test]
fn several_applications_of_one_block_are_told_apart() {
    let network = Network::new(1);
    let (ana, chain_id) = (network.client(1), network.chain_id(1));
    block_on(async {
        let (module_id, draft) =
            Draft::publish_module(COUNTER_CONTRACT, COUNTER_SERVICE).expect("two modules");
        execute(&ana, chain_id, draft).await;
        let mut draft = Draft::default();
        for argument in ["1", "2"] {
            let create = Draft::create_application(module_id, "null", argument, vec![]).expect("JSON");
            draft.operations.extend(create.operations);
        }
        let certificate = execute(&ana, chain_id, draft).await;
        let created = created_applications(certificate.block());
        let [(first, _), (second, _)] = created[..] else { panic!("{created:?}") };
        assert_eq!(created_application(certificate.block()), Some(second));
        assert_eq!(value(&ana, chain_id, first).await, 1);
        assert_eq!(value(&ana, chain_id, second).await, 2);
    });
}
