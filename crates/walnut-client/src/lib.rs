//! A client of Linera validators around its own local node: follow chains, propose blocks, bring validators up to date.
//!
//! The local node executes and verifies every block itself; validators are asked for data and votes and are trusted with
//! nothing. Everything the client waits for comes through one trait, [`Host`]: it has no clock, socket, disk or random
//! source of its own, spawns nothing and runs on one thread. Where the house style suggests hand-written machines that
//! ask, this crate uses `async` over that trait: under a single-threaded executor with pretend time it is just as
//! deterministic, and reads like the protocol it implements.
//!
//! Safety rules of this crate:
//! 1. *Persist, then speak*: a proposal, with its signature, is committed durably before its first byte leaves, and after
//!    a crash that proposal is finished, not another one for the same height and round.
//! 2. A certificate counts only after its signatures were checked here against the committee of its epoch.
//! 3. What the local node accepted from a validator is committed before anything is built on it.
//!
//! Start reading at [`Client`], then `sync/`, `propose/` and `update/`; for applications at [`Draft`].

mod applications;
pub mod audit;
mod client;
mod committees;
mod error;
pub mod faucet;
mod host;
mod limits;
mod listen;
mod local;
mod policy;
mod propose;
mod quorum;
mod received_log;
mod remote;
mod sync;
mod update;

pub use applications::{
    Application, Draft, DraftError, GraphqlError, GraphqlRequest, created_application, created_applications,
    read_graphql_answer,
};
pub use client::{ChainMode, Client, Options};
pub use error::ClientError;
pub use faucet::{ClaimedChain, FaucetError, FaucetRequest};
pub use host::{Answer, Durability, Host, SignError, SignedContent, ValidatorNode};
pub use listen::Reaction;
pub use local::{Balances, LocalError, LocalNode, Missing};
pub use policy::{BlanketPolicy, MessagePolicy};
pub use propose::{Outcome, PendingProposal, Progress, StagedBlock};
pub use quorum::QuorumError;
pub use remote::Remote;
