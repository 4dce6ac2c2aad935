//! The sharded validator, the local network and the faucet.
//!
//! One process is one whole validator of the Linera 0.15.23 protocol: a public gRPC and gRPC-web listener (`front.rs`) over
//! single-threaded shards (`shard.rs`), each a [`walnut_chain::Node`] with its part of the chains. The core decides; this
//! crate adds threads, a clock, sockets and a disk. It promises that nothing leaves a validator before what it rests on is
//! stored, and that storage never holds a batch without those it builds on (`committer.rs`).
//!
//! It refuses to know the rules of chains, and which certificates are right.
//!
//! Start with [`Validator`]; [`LocalNet`] runs several of them with a [`faucet`] in one process; [`genesis`] has the files.

mod clock;
mod committer;
mod cross_chain;
pub mod faucet;
mod front;
pub mod genesis;
mod local_net;
mod mailbox;
mod notifier;
mod outgoing;
mod outside;
mod poll;
mod progress;
mod release;
mod request;
mod routing;
mod run;
mod shard;
mod storage;
mod validator;

pub use front::{Front, version_info};
pub use local_net::{FolderError, LocalNet, LocalNetError, LocalNetOptions};
pub use notifier::Subscription;
pub use routing::{shard_hash, shard_index};
pub use run::{RunError, run};
pub use shard::ShardCounters;
pub use storage::ValidatorStorage;
pub use validator::{StartError, Validator};
