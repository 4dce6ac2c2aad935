//! What a web server says, taken into blocks.

use serde_json::json;
use walnut_applications::{Network, Web, response};
use walnut_base::{ApplicationId, NodeError, OracleResponse};
use walnut_client::{ClientError, QuorumError};
use walnut_execution::{BlockError, ExecutionError};
use walnut_forms::price::{Operation, Parameters, Response};

use crate::trap;

/// Votes that all validators have.
const VALIDATORS: u64 = 4;

fn parameters(web: &Web) -> Parameters {
    Parameters { url: web.url.clone() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_validator_asks_and_nobody_asks_again() {
    let web = Web::start();
    let network = Network::with_host("127.0.0.1").await;
    let ana = network.person().await;
    let module = ana.publish("price").await;
    let price: ApplicationId = ana.create(module, &parameters(&web), &(), &[]).await;
    assert_eq!(ana.query(price, "query { value }").await, json!({ "value": null }));
    assert_eq!(web.take_requests(), 0);

    web.set(41);
    assert_eq!(ana.query(price, "query { value current }").await, json!({ "value": null, "current": 41 }));
    assert_eq!(web.take_requests(), 1, "a question is nobody else's business");

    web.set(42);
    let block = ana.call(price, &Operation::Fetch).await;
    assert_eq!(response::<Response>(&block), 42);
    let recorded: Vec<_> = block.block().body.oracle_responses.iter().flatten().collect();
    let [OracleResponse::Http(recorded)] = recorded[..] else { panic!("not one response: {recorded:?}") };
    assert_eq!((recorded.status, &*recorded.body), (200, &b"42\n"[..]));
    network.settles(&ana).await;
    let asked = web.take_requests();
    assert!(
        (VALIDATORS..=VALIDATORS + 1).contains(&asked),
        "{asked} requests by a wallet and {VALIDATORS} validators"
    );

    // Headers differ from now on. What the service makes of a response does not.
    web.number_answers();
    web.set(43);
    let block = ana.mutate(price, "mutation { update }").await;
    assert_eq!(response::<Response>(&block), 43);
    let recorded: Vec<_> = block.block().body.oracle_responses.iter().flatten().collect();
    assert!(matches!(recorded[..], [OracleResponse::Service(_)]), "{recorded:?}");
    network.settles(&ana).await;
    assert!(web.take_requests() >= VALIDATORS);
    web.set(44);
    network.replays(&ana).await;
    assert_eq!(web.take_requests(), 0, "a replay asks nobody");
    assert_eq!(ana.query(price, "query { value }").await, json!({ "value": 43 }));

    // Each validator votes for what it saw itself, which is nobody else's block.
    let error = ana.fails(price, &Operation::Fetch).await;
    let ClientError::Quorum(QuorumError::Trusted(NodeError::MissingVoteInValidatorResponse(_))) = error
    else {
        panic!("not about votes: {error}")
    };
    assert_eq!(ana.query(price, "query { value }").await, json!({ "value": 43 }));
    drop(ana);
    network.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_hosts_of_the_list_are_asked() {
    let web = Web::start();
    let network = Network::with_host("localhost").await;
    let ana = network.person().await;
    let module = ana.publish("price").await;
    let price = ana.create(module, &parameters(&web), &(), &[]).await;
    let BlockError::ExecutionError(error, _) = ana.refused(price, &Operation::Fetch).await else {
        panic!("it was not executed")
    };
    assert_eq!(*error, ExecutionError::UnauthorizedHttpRequest(web.url.clone()));
    let nowhere = Parameters { url: "http://".into() };
    let price = ana.create(module, &nowhere, &(), &[]).await;
    let BlockError::ExecutionError(error, _) = ana.refused(price, &Operation::Fetch).await else {
        panic!("it was not executed")
    };
    assert_eq!(*error, ExecutionError::InvalidUrlForHttpRequest);
    assert_eq!(web.take_requests(), 0);
    drop(ana);
    network.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_no_number_is_refused() {
    let web = Web::start();
    let network = Network::with_host("127.0.0.1").await;
    let ana = network.person().await;
    let module = ana.publish("price").await;
    let missing = Parameters { url: web.url.replace("/price", "/missing") };
    let price = ana.create(module, &missing, &(), &[]).await;
    assert_eq!(ana.refused(price, &Operation::Fetch).await, trap());
    assert_eq!(web.take_requests(), 1, "nobody but the person's node was asked");
    drop(ana);
    network.stop().await;
}
