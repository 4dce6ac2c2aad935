//! Sizes and times, each with its reason.

use std::time::Duration;

/// Largest protobuf message either side encodes or accepts, in bytes. The reference refuses larger ones in both
/// directions (`linera-rpc/src/grpc/mod.rs`), so sending one is never useful. A hostile peer can make us hold one
/// message of this size per open call.
pub const MESSAGE_BYTES_MAX: usize = walnut_base::limits::GRPC_MESSAGE_BYTES_MAX;

/// Where a validator stops filling a batch answer, in bytes: 70 % of [`MESSAGE_BYTES_MAX`], as the reference
/// (`GRPC_CHUNKED_MESSAGE_FILL_LIMIT`). Callers ask again for the rest.
pub const CHUNK_FILL_BYTES_MAX: usize = walnut_base::limits::GRPC_CHUNK_BYTES_MAX;

/// Largest gRPC-web trailers frame, in bytes. Trailers hold a code and one error text; 64 KiB leaves room for long
/// texts and keeps a hostile peer from using them as a second message channel.
pub const TRAILERS_BYTES_MAX: usize = 64 * 1024;

/// Most stream ids in one `PreviousEventBlocks` request; the reference client splits at the same number.
pub const STREAM_IDS_PER_REQUEST_MAX: usize = walnut_base::limits::STREAM_IDS_PER_REQUEST_MAX;

/// Most certificates that a server reads at a time while it fills an answer; the reference reads as many.
pub const CERTIFICATES_PER_READ_MAX: usize = 100;

/// Most rounds of asking for the rest of one batch of certificates. Each round must make progress, so this is reached
/// only by a validator that answers one certificate at a time; callers then get what is there.
pub const BATCH_ROUNDS_MAX: usize = 1_000;

/// Time for connecting natively: the reference's `send_timeout`.
pub const CONNECT_DEADLINE: Duration = Duration::from_secs(4);

/// Time for one ordinary request, whole exchange. The reference allows 4 s until the response headers; ours covers the
/// body too, and a validator may execute a block or wait for a block's timestamp first.
pub const REQUEST_DEADLINE: Duration = Duration::from_secs(10);

/// Time for one exchange that may carry a message of [`MESSAGE_BYTES_MAX`]: 60 s is that size at 2.3 Mbit/s.
pub const TRANSFER_DEADLINE: Duration = Duration::from_secs(60);

/// Requests from this size on get the transfer deadline, in bytes: 256 KiB takes about a second at 2.3 Mbit/s, and ordinary
/// blocks are far smaller.
pub const LARGE_REQUEST_BYTES_MIN: usize = 256 * 1024;

/// TCP keep-alive of native connections, as the reference.
pub const TCP_KEEP_ALIVE: Duration = Duration::from_secs(60);

/// Interval of HTTP/2 pings, also on idle connections, as the reference.
pub const PING_INTERVAL: Duration = Duration::from_secs(30);

/// Time to wait for the answer to an HTTP/2 ping, as the reference.
pub const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// Counts bytes towards [`CHUNK_FILL_BYTES_MAX`] while a batch answer is put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchFill {
    used_bytes: usize,
}

impl BatchFill {
    /// Starts an empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an item of `bytes` if it still fits; `false` ends the batch. A first item that is too large ends it empty,
    /// as in the reference.
    pub fn try_add(&mut self, bytes: usize) -> bool {
        match self.used_bytes.checked_add(bytes) {
            Some(total) if total <= CHUNK_FILL_BYTES_MAX => {
                self.used_bytes = total;
                true
            }
            _ => false,
        }
    }
}

/// The deadlines of one remote node. They bound single attempts, not a whole call with its retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For connecting, native only.
    pub connect: Duration,
    /// For ordinary requests and for opening a stream.
    pub request: Duration,
    /// For requests that carry certificates with values, blobs or batches.
    pub transfer: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { connect: CONNECT_DEADLINE, request: REQUEST_DEADLINE, transfer: TRANSFER_DEADLINE }
    }
}

#[cfg(test)]
mod tests;
