//! HTTP requests of contracts and services: who may ask whom, for how much.

use walnut_base::{OracleResponse, ResourceControlPolicy, TimeDelta, http};

use super::{
    apps::App,
    world::{Senses, ask, assert_trap, call, desk_in, execution_error},
};
use crate::{ExecutedBlock, ExecutionError};

/// A request to the URL at 1100 with one header, `x-a: v` unless other bytes lie there; returns the response's body.
fn request(method: u32, url: &str, header: (&[u8], &[u8])) -> App {
    let code = format!(
        "(call $perform-http-request (i32.const {method}) (i32.const 1100) (i32.const {}) (i32.const 1024)
        (i32.const 1) (i32.const 1040) (i32.const 4) (i32.const 64))
        (call $answer (i32.load offset=12 (i32.const 64)) (i32.load offset=16 (i32.const 64)))",
        url.len()
    );
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap();
    let lists = [1200, length(header.0), 1300, length(header.1)];
    App {
        operation: code.clone(),
        query: code,
        data: vec![
            (1024, lists.into_iter().flat_map(u32::to_le_bytes).collect()),
            (1040, b"body".to_vec()),
            (1100, url.as_bytes().to_vec()),
            (1200, header.0.to_vec()),
            (1300, header.1.to_vec()),
        ],
        ..App::default()
    }
}

fn get(url: &str) -> App {
    request(0, url, (b"x-a", b"v"))
}

fn response(headers: &[(&str, &[u8])], body: &[u8]) -> http::Response {
    let headers =
        headers.iter().map(|(name, value)| http::Header { name: (*name).into(), value: value.to_vec() });
    http::Response { status: 201, headers: headers.collect(), body: body.to_vec() }
}

fn example(policy: &mut ResourceControlPolicy) {
    policy.http_request_allow_list.insert("example.com".into());
    policy.http_request_timeout_ms = 1234;
    policy.maximum_http_response_bytes = 30;
    policy.maximum_oracle_response_bytes = 20;
}

/// The outcome, and what was asked.
type Asked = (Result<ExecutedBlock, ExecutionError>, Vec<(http::Request, http::Limits)>);

fn run(app: &App, answer: http::Response, change: impl FnOnce(&mut ResourceControlPolicy)) -> Asked {
    let senses = Senses::default();
    senses.0.borrow_mut().responses.push_back(Ok(answer));
    let mut desk = desk_in(&senses, change);
    let app = app.install(&desk);
    let outcome = desk.execute(vec![call(app, b"")]).map_err(execution_error);
    let requests = senses.0.borrow().requests.clone();
    (outcome, requests)
}

#[test]
fn a_request_is_made_recorded_and_replayed() {
    let app = request(7, "http://example.com:8080/x?y", (b"X-a", b"\xfftab\t"));
    let answer = response(&[("a", b"b")], b"answer");
    let (outcome, requests) = run(&app, answer.clone(), example);
    let executed = outcome.unwrap();
    assert_eq!(executed.outcome.operation_results[0].0, b"answer");
    assert_eq!(executed.outcome.oracle_responses[0].last(), Some(&OracleResponse::Http(answer)));
    let expected = http::Request {
        method: http::Method::Patch,
        url: "http://example.com:8080/x?y".into(),
        headers: vec![http::Header { name: "X-a".into(), value: b"\xfftab\t".to_vec() }],
        body: b"body".to_vec(),
    };
    let limits = http::Limits { maximum_bytes: 20, timeout: TimeDelta::from_millis(1234) };
    assert_eq!(requests, [(expected, limits)]);

    let senses = Senses::default();
    let mut desk = desk_in(&senses, example);
    let app = app.install(&desk);
    let block = desk.block(vec![call(app, b"")]);
    let recorded = executed.outcome.oracle_responses.clone();
    assert_eq!(desk.execute_with(&block, &[], Some(&recorded)).unwrap(), executed);
    assert_eq!(senses.0.borrow().requests, []);
}

#[test]
fn hosts_must_be_on_the_list() {
    for (url, error) in [
        ("http://example.org/", ExecutionError::UnauthorizedHttpRequest("http://example.org/".into())),
        (
            "http://sub.example.com/",
            ExecutionError::UnauthorizedHttpRequest("http://sub.example.com/".into()),
        ),
        ("example.com", ExecutionError::InvalidUrlForHttpRequest),
        ("http://", ExecutionError::InvalidUrlForHttpRequest),
    ] {
        let (outcome, requests) = run(&get(url), response(&[], b""), example);
        assert_eq!(outcome.unwrap_err(), error, "{url}");
        assert_eq!(requests, []);
    }
}

/// The first header that is wrong decides which error it is.
#[test]
fn headers_must_be_headers() {
    for (header, error) in [
        ((b"".as_slice(), b"v".as_slice()), ExecutionError::InvalidHeaderName),
        ((b"a b", b"v"), ExecutionError::InvalidHeaderName),
        ((b"a:", b"\n"), ExecutionError::InvalidHeaderName),
        (("\u{e9}".as_bytes(), b"v"), ExecutionError::InvalidHeaderName),
        ((b"a", b"\n"), ExecutionError::InvalidHeaderValue),
        ((b"a", b"\x7f"), ExecutionError::InvalidHeaderValue),
        ((b"a", b"\0"), ExecutionError::InvalidHeaderValue),
    ] {
        let (outcome, requests) = run(&request(0, "http://nowhere/", header), response(&[], b""), example);
        assert_eq!(outcome.unwrap_err(), error, "{header:?}");
        assert_eq!(requests, []);
    }
}

/// Of headers and body together, for contracts also by the limit for oracles.
#[test]
fn responses_have_a_largest_size() {
    let app = get("http://example.com/");
    let fits = response(&[("name", b"value")], b"12345678901");
    run(&app, fits, example).0.unwrap();
    let too_large = response(&[("name", b"value")], b"123456789012");
    let error = ExecutionError::HttpResponseSizeLimitExceeded { limit: 20, size: 21 };
    assert_eq!(run(&app, too_large, example).0.unwrap_err(), error);
}

#[test]
fn failures_are_this_nodes_own() {
    let senses = Senses::default();
    let error = ExecutionError::HttpRequestFailed("no route".into());
    senses.0.borrow_mut().responses.push_back(Err(error.clone()));
    let mut desk = desk_in(&senses, example);
    let app = get("http://example.com/").install(&desk);
    assert_eq!(desk.execute(vec![call(app, b"")]).map_err(execution_error).unwrap_err(), error);
    assert!(error.is_local());
}

/// Permission is asked first, before anything is counted; services are under the same rules, but for the size.
#[test]
fn the_chain_decides_who_may_make_requests() {
    let senses = Senses::default();
    let mut desk = desk_in(&senses, example);
    let app = get("http://example.com/").install(&desk);
    let permissions =
        walnut_base::ApplicationPermissions { make_http_requests: Some(vec![]), ..Default::default() };
    desk.state.system.application_permissions.set(permissions);
    desk.save();
    let refused = ExecutionError::UnauthorizedApplication(app);
    assert_trap(desk.execute(vec![call(app, b"")]).map_err(execution_error), &refused);
    assert_trap(ask(&desk, app, b""), &refused);
    desk.state.system.application_permissions.set(walnut_base::ApplicationPermissions::default());
    desk.save();
    let body = [7; 30];
    senses.0.borrow_mut().responses.push_back(Ok(response(&[], &body)));
    assert_eq!(ask(&desk, app, b"").unwrap().response, body);
    assert_eq!(senses.0.borrow().requests[0].1.maximum_bytes, 30);
}
