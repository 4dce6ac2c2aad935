//! Headers first, then frames, then the end.

use super::*;
use crate::grpc_web::{CONTENT_TYPE, encode};

fn start(http_status: u16, headers: &[(&str, &str)]) -> Result<Response, Status> {
    Response::start(http_status, |name| {
        headers.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    })
}

fn ok() -> Response {
    start(200, &[("content-type", CONTENT_TYPE)]).unwrap()
}

fn trailers(text: &str) -> Vec<u8> {
    let mut frame = encode(text.as_bytes()).unwrap();
    frame[0] = 0x80;
    frame
}

#[test]
fn trailers_only_errors_come_from_the_headers() {
    let headers =
        [("content-type", CONTENT_TYPE), ("grpc-status", "5"), ("grpc-message", "Blob%20not%20found")];
    assert_eq!(start(200, &headers).unwrap_err(), Status::new(Code::NotFound, "Blob not found"));
    // The peer's own status wins over the HTTP status.
    assert_eq!(start(503, &headers).unwrap_err().code, Code::NotFound);
    // Success without a body needs no content type.
    assert!(start(200, &[("grpc-status", "0")]).is_ok());
}

#[test]
fn other_servers_are_recognised() {
    assert_eq!(start(502, &[]).unwrap_err(), Status::new(Code::Unavailable, "HTTP status 502"));
    assert_eq!(start(404, &[]).unwrap_err().code, Code::Unimplemented);
    let portal = start(200, &[("content-type", "text/html")]).unwrap_err();
    assert_eq!(portal, Status::new(Code::Unknown, "answer is not gRPC-web"));
    let text = start(200, &[("content-type", "application/grpc-web-text+proto")]).unwrap_err();
    assert_eq!(text.code, Code::Unknown);
    assert!(start(200, &[("content-type", "application/grpc-web+proto; charset=utf-8")]).is_ok());
}

#[test]
fn messages_then_trailers() {
    let mut response = ok();
    response.push(&encode(b"one").unwrap());
    response.push(&encode(b"two").unwrap());
    response.push(&trailers("grpc-status:0\r\n"));
    assert_eq!(response.next_message(), Ok(Some(Bytes::from_static(b"one"))));
    assert_eq!(response.next_message(), Ok(Some(Bytes::from_static(b"two"))));
    assert_eq!(response.next_message(), Ok(None));
    assert!(response.is_ended());
    assert_eq!(response.finish(), Ok(()));
}

#[test]
fn errors_after_data() {
    let mut response = ok();
    response.push(&encode(b"one").unwrap());
    response.push(&trailers("grpc-status:13\r\ngrpc-message:storage\r\n"));
    assert_eq!(response.next_message(), Ok(Some(Bytes::from_static(b"one"))));
    assert_eq!(response.next_message(), Err(Status::new(Code::Internal, "storage")));
}

#[test]
fn nothing_may_follow_the_trailers() {
    let mut response = ok();
    response.push(&trailers("grpc-status:0\r\n"));
    assert_eq!(response.next_message(), Ok(None));
    response.push(b"x");
    assert_eq!(response.next_message(), Err(Status::new(Code::Internal, "data after the trailers")));
}

#[test]
fn a_cut_body_is_a_lost_connection() {
    let mut response = ok();
    response.push(&encode(b"one").unwrap()[..6]);
    assert_eq!(response.next_message(), Ok(None));
    let error = response.finish().unwrap_err();
    assert_eq!(error, Status::new(Code::Unavailable, "the body ended inside a frame"));
    assert!(error.is_retryable());
    // No trailers at all is a normal end.
    assert_eq!(ok().finish(), Ok(()));
}

#[test]
fn oversized_messages_are_not_awaited() {
    let mut response = ok();
    response.push(&[0, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!(response.next_message().unwrap_err().code, Code::OutOfRange);
}
