//! gRPC-web without a transport: framing, trailers and the order in which an answer is judged.
//!
//! A request is one frame; an answer is data frames and one trailers frame, cut anywhere by the network. Errors found
//! before any data come as response headers with an empty body ("trailers-only"), so headers are looked at first.

mod frame;
mod response;
mod trailers;

pub use frame::{Frame, FrameDecoder, FrameError, encode};
pub use response::Response;
pub use trailers::{TrailersError, status_from_pairs};

/// Content type of requests and answers: binary protobuf.
pub const CONTENT_TYPE: &str = "application/grpc-web+proto";
