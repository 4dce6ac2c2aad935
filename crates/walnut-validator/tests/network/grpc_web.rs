//! A browser's way in: gRPC-web over HTTP/1, from any origin.

use prost::Message as _;
use walnut_base::{ChainInfoQuery, ChainInfoResponse, NodeError};
use walnut_rpc::{
    Method,
    grpc_web::{CONTENT_TYPE, Response, encode},
    proto,
};

use crate::support::{TestNet, key, post, request};

fn url(net: &TestNet) -> String {
    net.net.validators[0].replace("grpc:", "http://")
}

#[tokio::test]
async fn a_query_from_an_extension() {
    let net = TestNet::start().await;
    let chain_id = net.claim(&key(1)).await;
    let message = proto::ChainInfoQuery::from(&ChainInfoQuery::new(chain_id));
    let body = encode(&message.encode_to_vec()).unwrap();
    let headers = [
        ("content-type", CONTENT_TYPE),
        ("accept", CONTENT_TYPE),
        ("x-grpc-web", "1"),
        ("origin", "chrome-extension://abc"),
    ];
    let (head, body) = post(&url(&net), Method::HANDLE_CHAIN_INFO_QUERY.path, &headers, &body).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    assert!(head.contains("access-control-expose-headers: *"), "{head}");
    let header = |name: &str| {
        let found = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.map(str::to_owned)
    };
    let mut response = Response::start(200, header).unwrap();
    response.push(&body);
    let answer = response.next_message().unwrap().unwrap();
    assert_eq!(response.next_message(), Ok(None));
    response.finish().unwrap();
    let result = proto::ChainInfoResult::decode(answer).unwrap();
    let info = Result::<ChainInfoResponse, NodeError>::from(result).unwrap();
    assert_eq!(info.info.chain_id, chain_id);
    net.stop().await;
}

#[tokio::test]
async fn preflights_and_other_traffic() {
    let net = TestNet::start().await;
    let preflight = [
        ("origin", "chrome-extension://abc"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,x-grpc-web"),
    ];
    let line = format!("OPTIONS {}", Method::SUBSCRIBE.path);
    let (head, _) = request(&url(&net), &line, &preflight, &[]).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("access-control-allow-headers: *"), "{head}");
    assert!(!head.contains("allow-credentials"), "{head}");
    let line = format!("POST {}", Method::HANDLE_CHAIN_INFO_QUERY.path);
    let (head, _) = request(&url(&net), &line, &[("content-type", "application/json")], b"{}").await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    net.stop().await;
}
