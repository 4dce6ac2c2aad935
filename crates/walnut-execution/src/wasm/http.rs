//! HTTP requests of applications: who may ask whom for how much (`linera-execution/src/execution_state_actor.rs`,
//! `PerformHttpRequest`).

use walnut_base::{ApplicationId, TimeDelta, http};
use walnut_views::Store;

use super::{Outside, WasmApplications};
use crate::{ActionHost, ExecutionError, HostError};

impl<O: Outside> WasmApplications<O> {
    /// Makes a request, or replays it. `is_contract`: the response becomes part of a block.
    pub(super) async fn perform_http_request<S: Store>(
        &self,
        host: &mut ActionHost<'_, S, Self>,
        application_id: ApplicationId,
        request: &http::Request,
        is_contract: bool,
    ) -> Result<http::Response, HostError> {
        if let Some(response) = host.begin_http_request(application_id)? {
            return Ok(response);
        }
        let response = self.ask(host, request, is_contract).await.map_err(HostError::Fail)?;
        host.end_http_request(response.clone());
        Ok(response)
    }

    async fn ask<S: Store>(
        &self,
        host: &ActionHost<'_, S, Self>,
        request: &http::Request,
        is_contract: bool,
    ) -> Result<http::Response, ExecutionError> {
        for header in &request.headers {
            if !is_header_name(&header.name) {
                return Err(ExecutionError::InvalidHeaderName);
            }
            if !is_header_value(&header.value) {
                return Err(ExecutionError::InvalidHeaderValue);
            }
        }
        let url_host = self.outside.url_host(&request.url).ok_or(ExecutionError::InvalidUrlForHttpRequest)?;
        let env = host.executor.env;
        let system = &host.executor.state.system;
        let committee = system.current_committee(env.storage, env.committees).await?;
        let policy = committee.as_ref().map(|committee| committee.policy());
        let Some(policy) = policy.filter(|policy| policy.http_request_allow_list.contains(&url_host)) else {
            return Err(ExecutionError::UnauthorizedHttpRequest(request.url.clone()));
        };
        let mut maximum_bytes = policy.maximum_http_response_bytes;
        if is_contract {
            maximum_bytes = maximum_bytes.min(policy.maximum_oracle_response_bytes);
        }
        let timeout = TimeDelta::from_millis(policy.http_request_timeout_ms);
        let response = self.outside.http(request, http::Limits { maximum_bytes, timeout }).await?;
        let header_size = |header: &http::Header| header.name.len() as u64 + header.value.len() as u64;
        let size = response.headers.iter().map(header_size).sum::<u64>() + response.body.len() as u64;
        if size > maximum_bytes {
            return Err(ExecutionError::HttpResponseSizeLimitExceeded { limit: maximum_bytes, size });
        }
        Ok(response)
    }
}

/// Longest name of a header, in bytes: what the `http` crate accepts.
const MAX_HEADER_NAME_LEN: usize = 0xffff;

/// A token of RFC 9110, as the `http` crate accepts it.
fn is_header_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.len() <= MAX_HEADER_NAME_LEN && name.bytes().all(is_token)
}

/// Visible characters, spaces, tabs, and anything beyond ASCII.
fn is_header_value(value: &[u8]) -> bool {
    value.iter().all(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f))
}
