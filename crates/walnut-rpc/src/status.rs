//! gRPC codes and statuses, independent of any transport.

use thiserror::Error;

/// The seventeen gRPC codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are gRPC's own")]
pub enum Code {
    Ok,
    Cancelled,
    Unknown,
    InvalidArgument,
    DeadlineExceeded,
    NotFound,
    AlreadyExists,
    PermissionDenied,
    ResourceExhausted,
    FailedPrecondition,
    Aborted,
    OutOfRange,
    Unimplemented,
    Internal,
    Unavailable,
    DataLoss,
    Unauthenticated,
}

impl Code {
    /// The code of a number; numbers outside the list are [`Code::Unknown`].
    pub fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Ok,
            1 => Self::Cancelled,
            3 => Self::InvalidArgument,
            4 => Self::DeadlineExceeded,
            5 => Self::NotFound,
            6 => Self::AlreadyExists,
            7 => Self::PermissionDenied,
            8 => Self::ResourceExhausted,
            9 => Self::FailedPrecondition,
            10 => Self::Aborted,
            11 => Self::OutOfRange,
            12 => Self::Unimplemented,
            13 => Self::Internal,
            14 => Self::Unavailable,
            15 => Self::DataLoss,
            16 => Self::Unauthenticated,
            _ => Self::Unknown,
        }
    }

    /// The code for an HTTP answer that carries no gRPC status.
    pub fn from_http(status: u16) -> Self {
        match status {
            400 => Self::Internal,
            401 => Self::Unauthenticated,
            403 => Self::PermissionDenied,
            404 => Self::Unimplemented,
            429 | 502 | 503 | 504 => Self::Unavailable,
            _ => Self::Unknown,
        }
    }
}

/// A gRPC status: how a call failed outside the typed answers.
///
/// Its `Debug` form is part of error texts that clients tally by value, so it holds nothing that varies by machine.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{code:?}: {message}")]
pub struct Status {
    /// What kind of failure.
    pub code: Code,
    /// In words, possibly the peer's.
    pub message: String,
}

impl Status {
    /// A status from its parts.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The status of an exchange that took longer than its deadline.
    pub fn deadline_exceeded(deadline: std::time::Duration) -> Self {
        Self::new(Code::DeadlineExceeded, format!("no answer within {} ms", deadline.as_millis()))
    }

    /// Whether the same request may succeed when sent again (`linera-rpc/src/grpc/client.rs`, `is_retryable`).
    pub fn is_retryable(&self) -> bool {
        match self.code {
            Code::DeadlineExceeded
            | Code::Aborted
            | Code::Unavailable
            | Code::Unknown
            | Code::Ok
            | Code::Cancelled
            | Code::ResourceExhausted => true,
            // Proxies in front of a validator report lost connections this way.
            Code::Internal => {
                self.message.contains("h2 protocol error") || self.message.contains("502 Bad Gateway")
            }
            Code::NotFound
            | Code::InvalidArgument
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
            | Code::OutOfRange
            | Code::Unimplemented
            | Code::DataLoss
            | Code::Unauthenticated => false,
        }
    }
}

#[cfg(test)]
mod tests;
