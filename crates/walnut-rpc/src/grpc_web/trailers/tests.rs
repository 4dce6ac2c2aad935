//! What trailers say.

use super::*;

#[test]
fn trailers_tell_a_status() {
    let read = |text: &str| status_from_frame(text.as_bytes());
    assert_eq!(read("grpc-status:0\r\n"), Ok(None));
    assert_eq!(read("grpc-status: 0\r\ndate:x\r\n"), Ok(None));
    assert_eq!(read(""), Ok(None));
    assert_eq!(
        read("grpc-status:5\r\ngrpc-message:Blob%20not%20found%3A%20%C3%A9\r\n"),
        Ok(Some(Status::new(Code::NotFound, "Blob not found: é")))
    );
    assert_eq!(read("Grpc-Status: 14\r\n"), Ok(Some(Status::new(Code::Unavailable, ""))));
    assert_eq!(read("grpc-status:many\r\n"), Ok(Some(Status::new(Code::Unknown, ""))));
    assert_eq!(read("no colon\r\n"), Err(TrailersError::Malformed));
    assert_eq!(status_from_frame(&[0xff]), Err(TrailersError::Malformed));
}

#[test]
fn percent_decoding_is_lenient() {
    assert_eq!(percent_decode("100%"), "100%");
    assert_eq!(percent_decode("%4"), "%4");
    assert_eq!(percent_decode("%zz%41"), "%zzA");
    assert_eq!(percent_decode("%FF"), "\u{fffd}");
}
