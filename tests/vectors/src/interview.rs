//! What validators were asked, wrong questions above all, and what they said: recorded from the reference's validators by
//! `tests/interop`, asked again of ours. Clients weigh errors by their exact text (protocol/06 §6), so every byte counts.

use prost::Message as _;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use walnut_base::{ChainInfo, ChainInfoResponse, GenesisConfig, NodeError, TimeDelta, http};
use walnut_rpc::{
    Code, Method, Status,
    grpc_web::{CONTENT_TYPE, FrameError, Response, encode},
    http::{HttpClient, HttpError},
    proto,
};

/// No answer of a validator about small chains is larger or takes longer.
const LIMITS: http::Limits = http::Limits { maximum_bytes: 16 << 20, timeout: TimeDelta::from_secs(60) };

/// Methods whose answer is a [`proto::ChainInfoResult`].
const ABOUT_CHAINS: [Method; 7] = [
    Method::HANDLE_BLOCK_PROPOSAL,
    Method::HANDLE_LITE_CERTIFICATE,
    Method::HANDLE_CONFIRMED_CERTIFICATE,
    Method::HANDLE_VALIDATED_CERTIFICATE,
    Method::HANDLE_TIMEOUT_CERTIFICATE,
    Method::HANDLE_CHAIN_INFO_QUERY,
    Method::HANDLE_PENDING_BLOB,
];

/// Questions in the order in which they were asked, and what a validator must know before.
#[derive(Serialize, Deserialize)]
pub struct Interview {
    /// Whose validators answered.
    pub source: String,
    /// Their network.
    pub genesis: GenesisConfig,
    /// Blocks that they knew already: requests of `HandleConfirmedCertificate`, in order.
    pub blocks: Vec<Bytes>,
    /// The questions.
    pub questions: Vec<Question>,
}

/// One question and its answer.
#[derive(Serialize, Deserialize)]
pub struct Question {
    /// What it is about, in words.
    pub name: String,
    /// The method's path.
    pub path: String,
    /// The request.
    pub request: Bytes,
    /// The answer.
    pub answer: Answer,
}

/// Bytes, written in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(#[serde(with = "hex::serde")] pub Vec<u8>);

/// What a validator said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Messages, and success.
    Messages(Vec<Bytes>),
    /// A gRPC status.
    Refused {
        /// Its number.
        code: u32,
        /// Its text.
        text: String,
    },
}

/// A validator could not be asked.
#[derive(Debug, Error)]
pub enum AskError {
    /// The request is too long for a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// No answer came.
    #[error(transparent)]
    Http(#[from] HttpError),
}

impl Answer {
    /// Asks the validator at this URL over gRPC-Web and blocks until it has answered.
    ///
    /// # Errors
    /// [`AskError`]. What the validator refuses is an answer.
    pub fn from_validator(url: &str, path: &str, request: &[u8]) -> Result<Self, AskError> {
        let header = |name: &str, value: &str| http::Header { name: name.into(), value: value.into() };
        let request = http::Request {
            method: http::Method::Post,
            url: format!("{url}{path}"),
            headers: vec![header("content-type", CONTENT_TYPE), header("x-grpc-web", "1")],
            body: encode(request)?,
        };
        let response = HttpClient::default().exchange(&request, LIMITS)?;
        Ok(read(&response).map_or_else(
            |status| Self::Refused { code: status.code as u32, text: status.message },
            |messages| Self::Messages(messages.iter().map(|message| Bytes(message.to_vec())).collect()),
        ))
    }

    /// What two validators must agree in, as text: without what only one of them can know or sign.
    pub fn essence(&self, path: &str) -> String {
        match self {
            Self::Messages(messages) if ABOUT_CHAINS.iter().any(|method| method.path == path) => {
                messages.iter().map(|message| about_chain(&message.0)).collect()
            }
            // What cannot be read is told in each one's own words.
            Self::Refused { code, .. } if *code == Code::InvalidArgument as u32 => "cannot be read".into(),
            Self::Messages(_) | Self::Refused { .. } => format!("{self:?}"),
        }
    }

    /// The state of a chain, if that is what was answered.
    pub fn chain_info(&self) -> Option<ChainInfo> {
        let Self::Messages(messages) = self else { return None };
        let result = proto::ChainInfoResult::decode(messages.first()?.0.as_slice()).ok()?;
        Some(*Result::<ChainInfoResponse, NodeError>::from(result).ok()?.info)
    }
}

fn read(response: &http::Response) -> Result<Vec<bytes::Bytes>, Status> {
    let header = |name: &str| {
        let found = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        String::from_utf8(found.value.clone()).ok()
    };
    let mut reader = Response::start(response.status, header)?;
    reader.push(&response.body);
    let mut messages = Vec::new();
    while let Some(message) = reader.next_message()? {
        messages.push(message);
    }
    reader.finish()?;
    Ok(messages)
}

/// Votes without their signatures, and of the end of a round, which is by the validator's clock, only whether there is one.
fn about_chain(message: &[u8]) -> String {
    let result = match proto::ChainInfoResult::decode(message) {
        Ok(result) => Result::<ChainInfoResponse, NodeError>::from(result),
        Err(error) => return format!("unreadable: {error}"),
    };
    match result {
        Err(error) => format!("{error:?}"),
        Ok(ChainInfoResponse { mut info, .. }) => {
            let manager = &mut info.manager;
            let votes = [&mut manager.pending, &mut manager.timeout_vote, &mut manager.fallback_vote];
            let votes = votes.map(|vote| vote.take().map(|vote| (vote.value, vote.round)));
            let ends = manager.round_timeout.take().is_some();
            format!("{info:?}, votes {votes:?}, the round ends: {ends}")
        }
    }
}
