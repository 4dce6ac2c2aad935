//! What the applications of a validator learn about the world: how long services take, and the answers of hosts that the
//! committee's policy allows. Their log lines go to the validator's own log, at the level for developers.
//!
//! A shard has one thread, and its futures are polled without a runtime (`poll.rs`): a request blocks the shard until it
//! is answered, or for as long as the policy allows. The other shards go on. Networks that allow hosts choose quick ones.

use std::time::Instant;

use walnut_base::{ApplicationId, TimeDelta, http};
use walnut_execution::{ExecutionError, LogLevel, Outside, WasmApplications};
use walnut_rpc::http::{HttpClient, HttpError, url_host};

/// Runs applications for all shards of all validators of this process; they share the loaded modules.
pub(crate) fn applications() -> WasmApplications<ValidatorOutside> {
    WasmApplications::new(ValidatorOutside { start: Instant::now(), client: HttpClient::default() })
}

/// The senses of a validator.
#[derive(Clone, Debug)]
pub(crate) struct ValidatorOutside {
    start: Instant,
    client: HttpClient,
}

impl Outside for ValidatorOutside {
    fn elapsed(&self) -> TimeDelta {
        TimeDelta::from_micros(u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    fn url_host(&self, url: &str) -> Option<String> {
        url_host(url)
    }

    async fn http(
        &self,
        request: &http::Request,
        limits: http::Limits,
    ) -> Result<http::Response, ExecutionError> {
        self.client.exchange(request, limits).map_err(|error| match error {
            HttpError::TooLarge { limit, size } => {
                ExecutionError::HttpResponseSizeLimitExceeded { limit, size }
            }
            error => ExecutionError::HttpRequestFailed(error.to_string()),
        })
    }

    fn log(&self, application_id: &ApplicationId, level: LogLevel, message: &str) {
        tracing::debug!(%application_id, ?level, message);
    }
}
