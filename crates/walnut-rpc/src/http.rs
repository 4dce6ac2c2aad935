//! Plain HTTP for native programs: what applications ask for, and faucets.
//!
//! Requests look as those of the reference (`linera-execution/src/execution_state_actor.rs`, `PerformHttpRequest`, by
//! `reqwest` with its defaults): HTTP/1.1, `accept: */*`, no agent, no compression, at most ten redirects. What an
//! application gets becomes part of a block, and validators that got different answers do not vote for the same one.
//!
//! A request *blocks its thread* until the answer is here or the time is over. Programs that run futures without a
//! network runtime, as a shard of the validator does, can thus make one; whoever has other work on the thread makes it on
//! another.

use std::io::Read as _;

use ureq::{
    Agent,
    http::{HeaderMap, Request as Outgoing, Response as Incoming},
};
use walnut_base::http;

/// Redirects that are followed, as by the reference.
const REDIRECTS_MAX: u32 = 10;

/// Bytes read at a time.
const CHUNK_BYTES: usize = 16 << 10;

/// Why there is no response.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HttpError {
    /// The request cannot be sent as it is: method, URL or headers.
    #[error("not a request: {0}")]
    InvalidRequest(String),
    /// No connection, no answer in time, or one that is not HTTP.
    #[error("the request failed: {0}")]
    Failed(String),
    /// The response is larger than it may be.
    #[error("the response has at least {size} bytes, more than {limit}")]
    TooLarge {
        /// What it may have.
        limit: u64,
        /// What it has, as far as it was read or announced.
        size: u64,
    },
}

/// Makes requests. Every request has its own connection; clones share their settings.
#[derive(Clone, Debug)]
pub struct HttpClient {
    agent: Agent,
}

impl Default for HttpClient {
    fn default() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(REDIRECTS_MAX)
            .user_agent("")
            .proxy(None)
            .max_idle_connections(0)
            .build();
        Self { agent: config.into() }
    }
}

impl HttpClient {
    /// Makes a request and waits for the whole response. Any status is a response.
    ///
    /// # Errors
    /// All of [`HttpError`].
    pub fn exchange(
        &self,
        request: &http::Request,
        limits: http::Limits,
    ) -> Result<http::Response, HttpError> {
        let mut outgoing = Outgoing::builder().method(request.method.as_str()).uri(&request.url);
        for header in &request.headers {
            outgoing = outgoing.header(&header.name, header.value.as_slice());
        }
        let invalid = |error: ureq::http::Error| HttpError::InvalidRequest(error.to_string());
        let outgoing = outgoing.body(request.body.as_slice()).map_err(invalid)?;
        let outgoing =
            self.agent.configure_request(outgoing).timeout_global(Some(limits.timeout.as_duration())).build();
        let response = self.agent.run(outgoing).map_err(|error| HttpError::Failed(error.to_string()))?;
        receive(response, limits.maximum_bytes)
    }
}

/// The host of a URL, as the reference compares it with the list of allowed hosts: without port, in lower case,
/// international names in their ASCII form. None when it is not a URL or names no host.
pub fn url_host(url: &str) -> Option<String> {
    url::Url::parse(url).ok()?.host_str().map(str::to_owned)
}

/// Reads a response, counting as the reference does.
fn receive(mut response: Incoming<ureq::Body>, limit: u64) -> Result<http::Response, HttpError> {
    let headers = headers(response.headers());
    let size = |header: &http::Header| header.name.len() as u64 + header.value.len() as u64;
    let mut size = headers.iter().map(size).sum::<u64>();
    let announced = size.saturating_add(response.body().content_length().unwrap_or(0));
    if size.max(announced) > limit {
        return Err(HttpError::TooLarge { limit, size: announced });
    }
    let mut body = Vec::new();
    let mut reader = response.body_mut().as_reader();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = reader.read(&mut chunk).map_err(|error| HttpError::Failed(error.to_string()))?;
        if count == 0 {
            break;
        }
        size = size.saturating_add(count as u64);
        if size > limit {
            return Err(HttpError::TooLarge { limit, size });
        }
        body.extend_from_slice(&chunk[..count]);
    }
    Ok(http::Response { status: response.status().as_u16(), headers, body })
}

/// Names in lower case, one entry per value, in the order of the library that the reference uses, too.
fn headers(headers: &HeaderMap) -> Vec<http::Header> {
    headers
        .iter()
        .map(|(name, value)| http::Header {
            name: name.as_str().to_owned(),
            value: value.as_bytes().to_vec(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
