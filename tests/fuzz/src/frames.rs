//! The body of a gRPC-web answer, cut anywhere.
//!
//! Promises: however the network cuts a body, it says the same; and what our own encoder frames comes out whole.

use walnut_rpc::{
    Status,
    grpc_web::{FrameDecoder, Response, encode, status_from_pairs},
};

use crate::input::Input;

/// Headers, where to cut, and the body.
pub(crate) fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let http_status = [200, 200, 200, 200, 404, 503, input.short()][input.below(7)];
    let has_status = input.byte().is_multiple_of(8);
    let header_bytes = usize::from(input.byte() % 32);
    let header = String::from_utf8_lossy(input.take(header_bytes)).into_owned();
    drop(status_from_pairs(Some(&header), Some(&header)));
    let headers = |name: &str| match name {
        "content-type" if has_status => Some(header.clone()),
        "content-type" => Some("application/grpc-web+proto".to_owned()),
        _ => has_status.then(|| header.clone()),
    };
    let step = usize::from(input.byte()).max(1);
    let body = input.rest();
    let Ok(whole) = Response::start(http_status, headers) else { return };
    let parts = Response::start(http_status, headers).expect("as before");
    let (whole, parts) = (read(whole, body.chunks(body.len().max(1))), read(parts, body.chunks(step)));
    assert_eq!(whole.0, parts.0, "cut into {step} bytes: other messages");
    assert_eq!(whole.1.is_err(), parts.1.is_err(), "cut into {step} bytes: {:?}, {:?}", whole.1, parts.1);

    let mut decoder = FrameDecoder::default();
    let frame = encode(body).expect("small enough");
    frame.chunks(step).for_each(|chunk| decoder.push(chunk));
    let Ok(Some(walnut_rpc::grpc_web::Frame::Data(message))) = decoder.next_frame() else {
        panic!("our own frame is not whole");
    };
    assert!(message == body && decoder.is_empty());
}

/// Messages, and how it ended.
fn read<'a>(
    mut response: Response,
    chunks: impl Iterator<Item = &'a [u8]>,
) -> (Vec<Vec<u8>>, Result<bool, Status>) {
    let mut messages = Vec::new();
    for chunk in chunks {
        response.push(chunk);
        loop {
            match response.next_message() {
                Ok(Some(message)) => messages.push(message.to_vec()),
                Ok(None) => break,
                Err(status) => return (messages, Err(status)),
            }
        }
    }
    let end = response.finish().map(|()| response.is_ended());
    (messages, end)
}
