//! One lazily connected HTTP/2 channel per validator.

use std::{
    future::Future,
    hash::{BuildHasher as _, RandomState},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use tonic::{
    Request,
    client::Grpc,
    codec::Streaming,
    codegen::http::uri::PathAndQuery,
    transport::{Channel, ClientTlsConfig, Endpoint, Error},
};

use super::codec::BytesCodec;
use crate::{
    limits::{Deadlines, MESSAGE_BYTES_MAX, PING_INTERVAL, PING_TIMEOUT, TCP_KEEP_ALIVE},
    method::Method,
    status::{Code, Status},
    transport::Transport,
};

/// A pooled HTTP/2 connection to one validator; clones share it.
#[derive(Clone, Debug)]
pub struct Http2 {
    channel: Channel,
}

impl Http2 {
    /// Prepares a channel to `http://host:port` or `https://host:port` without connecting. Must be called within a tokio
    /// runtime.
    pub fn new(base_url: &str, deadlines: &Deadlines) -> Result<Self, Error> {
        let mut endpoint = Endpoint::from_shared(base_url.to_owned())?
            .connect_timeout(deadlines.connect)
            .tcp_keepalive(Some(TCP_KEEP_ALIVE))
            .http2_keep_alive_interval(PING_INTERVAL)
            .keep_alive_timeout(PING_TIMEOUT)
            .keep_alive_while_idle(true);
        if base_url.starts_with("https:") {
            endpoint = endpoint.tls_config(ClientTlsConfig::new().with_webpki_roots())?;
        }
        Ok(Self { channel: endpoint.connect_lazy() })
    }

    async fn ready(&self) -> Result<Grpc<Channel>, Status> {
        let mut grpc = Grpc::new(self.channel.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX);
        match grpc.ready().await {
            Ok(()) => Ok(grpc),
            Err(error) => Err(Status::new(Code::Unknown, format!("service was not ready: {error}"))),
        }
    }
}

impl Transport for Http2 {
    type Answers = Answers;

    async fn unary(&self, method: Method, request: Bytes, deadline: Duration) -> Result<Bytes, Status> {
        within(deadline, async {
            let path = PathAndQuery::from_static(method.path);
            let response = self.ready().await?.unary(Request::new(request), path, BytesCodec).await;
            response.map(tonic::Response::into_inner).map_err(Status::from)
        })
        .await
    }

    async fn server_streaming(
        &self,
        method: Method,
        request: Bytes,
        deadline: Duration,
    ) -> Result<Answers, Status> {
        within(deadline, async {
            let path = PathAndQuery::from_static(method.path);
            let response =
                self.ready().await?.server_streaming(Request::new(request), path, BytesCodec).await;
            response.map(|response| Answers { stream: response.into_inner() }).map_err(Status::from)
        })
        .await
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn random(&self) -> u64 {
        // The standard library seeds its hashers from the operating system; good enough for jitter.
        RandomState::new().hash_one(0u8)
    }
}

async fn within<T>(
    deadline: Duration,
    exchange: impl Future<Output = Result<T, Status>>,
) -> Result<T, Status> {
    match tokio::time::timeout(deadline, exchange).await {
        Ok(result) => result,
        Err(_) => Err(Status::deadline_exceeded(deadline)),
    }
}

/// The answers of a server-streaming call.
#[derive(Debug)]
pub struct Answers {
    stream: Streaming<Bytes>,
}

impl Stream for Answers {
    type Item = Result<Bytes, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.stream).poll_next(context).map(|item| item.map(|item| item.map_err(Status::from)))
    }
}

impl From<tonic::Status> for Status {
    fn from(status: tonic::Status) -> Self {
        let number = u32::try_from(i32::from(status.code())).unwrap_or(u32::MAX);
        Self::new(Code::from_number(number), status.message())
    }
}
