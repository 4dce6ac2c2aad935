//! Asking a faucet.

use walnut_base::{AccountOwner, GenesisConfig, TimeDelta, http};
use walnut_client::{ClaimedChain, FaucetError, FaucetRequest, faucet};
use walnut_rpc::http::{HttpClient, HttpError};

use crate::error::CliError;

/// A genesis with a few thousand chains fits; a claim waits for a block.
const LIMITS: http::Limits = http::Limits { maximum_bytes: 16 << 20, timeout: TimeDelta::from_secs(60) };

/// The genesis of the faucet's network. Blocks this thread.
///
/// # Errors
/// [`CliError::Http`] and [`CliError::Faucet`].
pub fn genesis(url: &str) -> Result<GenesisConfig, CliError> {
    Ok(faucet::read_genesis(&ask(url, FaucetRequest::GenesisConfig)?)?)
}

/// A chain of the owner's own. Blocks this thread.
///
/// # Errors
/// As [`genesis`].
pub fn claim(url: &str, owner: AccountOwner) -> Result<ClaimedChain, CliError> {
    Ok(faucet::read_claim(&ask(url, FaucetRequest::Claim(owner))?, &owner)?)
}

fn ask(url: &str, question: FaucetRequest) -> Result<String, CliError> {
    let failed = |error: HttpError| CliError::Http { url: url.to_owned(), error };
    let content_type = http::Header { name: "content-type".into(), value: b"application/json".to_vec() };
    let request = http::Request {
        method: http::Method::Post,
        url: url.to_owned(),
        headers: vec![content_type],
        body: question.body().into_bytes(),
    };
    let response = HttpClient::default().exchange(&request, LIMITS).map_err(failed)?;
    if response.status != 200 {
        return Err(failed(HttpError::Failed(format!("status {}", response.status))));
    }
    let unreadable = |error: std::string::FromUtf8Error| FaucetError::Unreadable(error.to_string());
    Ok(String::from_utf8(response.body).map_err(unreadable)?)
}
