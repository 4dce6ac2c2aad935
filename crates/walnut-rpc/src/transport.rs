//! What a remote node needs from a network: bytes there, bytes back, and a timer.

use std::{future::Future, time::Duration};

use bytes::Bytes;
use futures_core::Stream;

use crate::{method::Method, status::Status};

/// One way to reach one validator. Requests and answers are encoded protobuf messages without framing.
///
/// Dropping a returned future or stream abandons the exchange. Implementations refuse answers above
/// [`MESSAGE_BYTES_MAX`](crate::limits::MESSAGE_BYTES_MAX) with `OutOfRange`; the caller has checked the request.
pub trait Transport {
    /// The answers of a server-streaming call. It ends with `None` after a clean end or after one `Err`.
    type Answers: Stream<Item = Result<Bytes, Status>> + Unpin;

    /// Sends one request and waits for its one answer, at most for `deadline` (then `DeadlineExceeded`).
    fn unary(
        &self,
        method: Method,
        request: Bytes,
        deadline: Duration,
    ) -> impl Future<Output = Result<Bytes, Status>>;

    /// Sends one request and waits for the response headers, at most for `deadline`; the answers have no deadline.
    fn server_streaming(
        &self,
        method: Method,
        request: Bytes,
        deadline: Duration,
    ) -> impl Future<Output = Result<Self::Answers, Status>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;

    /// A random number for jitter; need not be secure.
    fn random(&self) -> u64;
}
