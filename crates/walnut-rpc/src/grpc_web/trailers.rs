//! `grpc-status` and `grpc-message`, from headers or from the trailers frame.

use thiserror::Error;

use crate::status::{Code, Status};

/// Why a trailers frame cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TrailersError {
    /// Not `name:value` lines in UTF-8.
    #[error("malformed trailers")]
    Malformed,
}

/// The status that `grpc-status` and `grpc-message` values tell; `None` for success or when there is no status.
/// A status that is not a number is `Unknown`.
pub fn status_from_pairs(grpc_status: Option<&str>, grpc_message: Option<&str>) -> Option<Status> {
    let code = grpc_status?.trim().parse().map_or(Code::Unknown, Code::from_number);
    (code != Code::Ok).then(|| Status { code, message: percent_decode(grpc_message.unwrap_or_default()) })
}

/// Reads the payload of a trailers frame: the error it tells, if any.
pub(super) fn status_from_frame(payload: &[u8]) -> Result<Option<Status>, TrailersError> {
    let text = str::from_utf8(payload).map_err(|_| TrailersError::Malformed)?;
    let (mut grpc_status, mut grpc_message) = (None, None);
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or(TrailersError::Malformed)?;
        let value = value.strip_prefix(' ').unwrap_or(value);
        if name.eq_ignore_ascii_case("grpc-status") {
            grpc_status = Some(value);
        } else if name.eq_ignore_ascii_case("grpc-message") {
            grpc_message = Some(value);
        }
    }
    Ok(status_from_pairs(grpc_status, grpc_message))
}

/// Undoes the percent encoding of `grpc-message`; what is not an escape stays, what is not UTF-8 is replaced.
fn percent_decode(text: &str) -> String {
    let digit = |byte: Option<&u8>| {
        byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|d| u8::try_from(d).ok())
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match (byte, digit(tail.first()), digit(tail.get(1))) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high * 16 + low);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
