//! Which statuses are worth a second attempt.

use super::*;

#[test]
fn retryable_codes() {
    let retryable = [0, 1, 2, 4, 8, 10, 14];
    for number in 0..=16 {
        let status = Status::new(Code::from_number(number), "x");
        assert_eq!(status.is_retryable(), retryable.contains(&number), "{status:?}");
    }
    assert_eq!(Code::from_number(99), Code::Unknown);
}

#[test]
fn internal_is_retryable_only_for_lost_connections() {
    assert!(Status::new(Code::Internal, "h2 protocol error: http2 error").is_retryable());
    assert!(Status::new(Code::Internal, "protocol error: 502 Bad Gateway").is_retryable());
    assert!(!Status::new(Code::Internal, "storage").is_retryable());
}

#[test]
fn http_answers_without_status() {
    let cases = [
        (400, Code::Internal),
        (401, Code::Unauthenticated),
        (403, Code::PermissionDenied),
        (404, Code::Unimplemented),
        (429, Code::Unavailable),
        (500, Code::Unknown),
        (502, Code::Unavailable),
        (503, Code::Unavailable),
        (504, Code::Unavailable),
    ];
    for (http, code) in cases {
        assert_eq!(Code::from_http(http), code);
    }
}
