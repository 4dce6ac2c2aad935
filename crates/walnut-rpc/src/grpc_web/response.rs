//! One answer, from its headers to its end.

use bytes::Bytes;

use super::{
    frame::{Frame, FrameDecoder, FrameError},
    trailers::{status_from_frame, status_from_pairs},
};
use crate::status::{Code, Status};

/// Reads one answer: headers first, then chunks of the body, then its end.
#[derive(Debug)]
pub struct Response {
    decoder: FrameDecoder,
    /// The trailers were read; nothing may follow.
    ended: bool,
}

impl Response {
    /// Judges the response headers. `header` looks up a header by its lower-case name.
    ///
    /// Errors: the peer's own status if the headers carry one ("trailers-only"); a status derived from the HTTP status if
    /// it is not 200; `Unknown` for a body that is not binary gRPC-web.
    pub fn start(http_status: u16, header: impl Fn(&str) -> Option<String>) -> Result<Self, Status> {
        let grpc_status = header("grpc-status");
        if let Some(status) = status_from_pairs(grpc_status.as_deref(), header("grpc-message").as_deref()) {
            return Err(status);
        }
        if http_status != 200 {
            return Err(Status::new(Code::from_http(http_status), format!("HTTP status {http_status}")));
        }
        let content_type = header("content-type").unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if grpc_status.is_none() && !matches!(essence, "application/grpc-web" | "application/grpc-web+proto")
        {
            return Err(Status::new(Code::Unknown, "answer is not gRPC-web"));
        }
        Ok(Self { decoder: FrameDecoder::default(), ended: false })
    }

    /// Adds bytes of the body.
    pub fn push(&mut self, chunk: &[u8]) {
        self.decoder.push(chunk);
    }

    /// The next message, if its bytes are there; the peer's status if the trailers tell one.
    pub fn next_message(&mut self) -> Result<Option<Bytes>, Status> {
        if self.ended {
            return if self.decoder.is_empty() {
                Ok(None)
            } else {
                Err(Status::new(Code::Internal, "data after the trailers"))
            };
        }
        match self.decoder.next_frame().map_err(frame_status)? {
            None => Ok(None),
            Some(Frame::Data(message)) => Ok(Some(message)),
            Some(Frame::Trailers(payload)) => {
                self.ended = true;
                let status = status_from_frame(&payload)
                    .map_err(|error| Status::new(Code::Internal, error.to_string()))?;
                match status {
                    Some(status) => Err(status),
                    None if self.decoder.is_empty() => Ok(None),
                    None => Err(Status::new(Code::Internal, "data after the trailers")),
                }
            }
        }
    }

    /// Whether the trailers announced success.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// The body is over. Missing trailers are a normal end; half a frame is a lost connection.
    pub fn finish(&self) -> Result<(), Status> {
        if self.decoder.is_empty() {
            Ok(())
        } else {
            Err(Status::new(Code::Unavailable, "the body ended inside a frame"))
        }
    }
}

fn frame_status(error: FrameError) -> Status {
    let code = match error {
        // The code tonic gives for the same, on both sides.
        FrameError::TooLong { .. } => Code::OutOfRange,
        FrameError::Compressed | FrameError::UnknownFlag(_) => Code::Internal,
    };
    Status::new(code, error.to_string())
}

#[cfg(test)]
mod tests;
