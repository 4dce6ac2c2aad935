//! What applications can learn about the world outside of their chain. The rules are in this crate; only the senses
//! are the platform's.

use std::{fmt::Debug, future::Future};

use walnut_base::{ApplicationId, TimeDelta, http};
use walnut_vm::LogLevel;

use crate::ExecutionError;

/// The senses of the machine that executes. Used when a block is made or voted on; a certificate replays the answers.
pub trait Outside: Clone + Debug {
    /// A clock that never goes back, to measure how long services take. Where it starts does not matter.
    fn elapsed(&self) -> TimeDelta;

    /// How long a question from outside of blocks may take. None: as long as it wants. Services that contracts ask are
    /// limited by the network's policy instead.
    fn query_limit(&self) -> Option<TimeDelta> {
        None
    }

    /// The host of a URL, without port, as it is compared with the list of allowed hosts. None: no such thing.
    fn url_host(&self, url: &str) -> Option<String>;

    /// Makes an HTTP request. Method, headers and host were checked.
    ///
    /// # Errors
    ///
    /// [`ExecutionError::HttpRequestFailed`]; [`ExecutionError::HttpResponseSizeLimitExceeded`] if the sum of the
    /// sizes of headers and body is larger than `limits.maximum_bytes`.
    fn http(
        &self,
        request: &http::Request,
        limits: http::Limits,
    ) -> impl Future<Output = Result<http::Response, ExecutionError>>;

    /// A line of an application's log. Never part of a result.
    fn log(&self, application_id: &ApplicationId, level: LogLevel, message: &str);
}

/// A machine that makes no requests and measures no time: for replays and for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingOutside;

impl Outside for NothingOutside {
    fn elapsed(&self) -> TimeDelta {
        TimeDelta::ZERO
    }

    fn url_host(&self, _url: &str) -> Option<String> {
        None
    }

    async fn http(
        &self,
        _request: &http::Request,
        _limits: http::Limits,
    ) -> Result<http::Response, ExecutionError> {
        Err(ExecutionError::HttpRequestFailed("this node makes no requests for applications".into()))
    }

    fn log(&self, _application_id: &ApplicationId, _level: LogLevel, _message: &str) {}
}
