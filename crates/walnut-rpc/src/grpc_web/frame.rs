//! The five-byte frame head: a flag byte and a big-endian length.

use bytes::{Buf as _, Bytes, BytesMut};
use thiserror::Error;

use crate::limits::{MESSAGE_BYTES_MAX, TRAILERS_BYTES_MAX};

const HEAD_BYTES: usize = 5;
const COMPRESSED: u8 = 0x01;
const TRAILERS: u8 = 0x80;

/// One message as the body of a request.
///
/// `message` must not exceed [`MESSAGE_BYTES_MAX`], which is far below what the length field can hold.
pub fn encode(message: &[u8]) -> Result<Vec<u8>, FrameError> {
    let length = u32::try_from(message.len())
        .map_err(|_| FrameError::TooLong { found_bytes: message.len(), limit_bytes: MESSAGE_BYTES_MAX })?;
    let mut frame = Vec::with_capacity(HEAD_BYTES + message.len());
    frame.push(0);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(message);
    Ok(frame)
}

/// One frame of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A protobuf message.
    Data(Bytes),
    /// The closing `name:value` lines.
    Trailers(Bytes),
}

/// Why a body is not a sequence of frames.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// A frame longer than we accept.
    #[error("message of {found_bytes} bytes exceeds the limit of {limit_bytes} bytes")]
    TooLong {
        /// Announced length.
        found_bytes: usize,
        /// Ours.
        limit_bytes: usize,
    },
    /// Compression was never negotiated.
    #[error("compressed frame")]
    Compressed,
    /// Bits that the format does not know.
    #[error("unknown frame flag {0:#04x}")]
    UnknownFlag(u8),
}

/// Collects bytes and gives out whole frames. Holds at most one frame and one chunk.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    buffer: BytesMut,
    /// Flag and payload length of the frame whose head was read.
    head: Option<(u8, usize)>,
}

impl FrameDecoder {
    /// Adds bytes from the network.
    pub fn push(&mut self, chunk: &[u8]) {
        self.buffer.extend_from_slice(chunk);
    }

    /// Whether every byte so far belonged to a frame that was given out.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty() && self.head.is_none()
    }

    /// The next whole frame, if its bytes are there. The length is judged before the payload is awaited.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let (flag, length) = match self.head {
            Some(head) => head,
            None if self.buffer.len() < HEAD_BYTES => return Ok(None),
            None => self.read_head()?,
        };
        if self.buffer.len() < length {
            // Memory follows the bytes that came, not the length that was announced.
            return Ok(None);
        }
        self.head = None;
        let payload = self.buffer.split_to(length).freeze();
        Ok(Some(if flag & TRAILERS == 0 { Frame::Data(payload) } else { Frame::Trailers(payload) }))
    }

    fn read_head(&mut self) -> Result<(u8, usize), FrameError> {
        let flag = self.buffer.get_u8();
        let length = self.buffer.get_u32();
        let limit_bytes = match flag {
            0 => MESSAGE_BYTES_MAX,
            TRAILERS => TRAILERS_BYTES_MAX,
            flag if flag & COMPRESSED != 0 && flag & !(COMPRESSED | TRAILERS) == 0 => {
                return Err(FrameError::Compressed);
            }
            flag => return Err(FrameError::UnknownFlag(flag)),
        };
        let found_bytes = usize::try_from(length).unwrap_or(usize::MAX);
        if found_bytes > limit_bytes {
            return Err(FrameError::TooLong { found_bytes, limit_bytes });
        }
        self.head = Some((flag, found_bytes));
        Ok((flag, found_bytes))
    }
}

#[cfg(test)]
mod tests;
