//! Frames survive any cut; hostile heads are refused before their payload is awaited.

use super::*;

fn trailers_frame(text: &str) -> Vec<u8> {
    let mut frame = encode(text.as_bytes()).unwrap();
    frame[0] = TRAILERS;
    frame
}

#[test]
fn request_frame_is_big_endian() {
    assert_eq!(encode(b"abc").unwrap(), b"\0\0\0\0\x03abc");
    assert_eq!(encode(b"").unwrap(), [0; 5]);
}

#[test]
fn frames_survive_every_cut() {
    let mut body = encode(b"first").unwrap();
    body.extend(encode(b"").unwrap());
    body.extend(encode(&[7; 300]).unwrap());
    body.extend(trailers_frame("grpc-status:0\r\n"));
    let expected = vec![
        Frame::Data(Bytes::from_static(b"first")),
        Frame::Data(Bytes::new()),
        Frame::Data(Bytes::from(vec![7; 300])),
        Frame::Trailers(Bytes::from_static(b"grpc-status:0\r\n")),
    ];
    for size in 1..=body.len() {
        let mut decoder = FrameDecoder::default();
        let mut frames = Vec::new();
        for chunk in body.chunks(size) {
            decoder.push(chunk);
            while let Some(frame) = decoder.next_frame().unwrap() {
                frames.push(frame);
            }
        }
        assert_eq!(frames, expected);
        assert!(decoder.is_empty());
    }
}

#[test]
fn truncated_frames_are_not_given_out() {
    let body = encode(b"first").unwrap();
    for length in 1..body.len() {
        let mut decoder = FrameDecoder::default();
        decoder.push(&body[..length]);
        assert_eq!(decoder.next_frame(), Ok(None));
        assert!(!decoder.is_empty());
    }
}

#[test]
fn hostile_heads() {
    let limit = u32::try_from(MESSAGE_BYTES_MAX).unwrap();
    let head = |flag: u8, length: u32| {
        let mut decoder = FrameDecoder::default();
        decoder.push(&[flag]);
        decoder.push(&length.to_be_bytes());
        decoder.next_frame()
    };
    assert_eq!(head(0, limit), Ok(None));
    assert_eq!(
        head(0, limit + 1),
        Err(FrameError::TooLong { found_bytes: MESSAGE_BYTES_MAX + 1, limit_bytes: MESSAGE_BYTES_MAX })
    );
    assert_eq!(
        head(0x80, limit),
        Err(FrameError::TooLong { found_bytes: MESSAGE_BYTES_MAX, limit_bytes: TRAILERS_BYTES_MAX })
    );
    assert_eq!(head(1, 0), Err(FrameError::Compressed));
    assert_eq!(head(0x81, 0), Err(FrameError::Compressed));
    assert_eq!(head(b'<', 0), Err(FrameError::UnknownFlag(b'<')));
}
