//! A native wallet: what a program needs to be a client of a network, and the commands of the program `walnut`.
//!
//! The first half is for any native program: [`NativeHost`] is a [`walnut_client::Host`] over a store, keys in memory
//! and validators reached over HTTP/2; [`NativeOutside`] is what applications feel of a native machine. The second half
//! is a wallet in a folder ([`Folder`]) and what `walnut` does with it ([`commands`]).
//!
//! It refuses to know how blocks are made and checked: that is the client's. It is for developers and for scripts; its
//! keys lie unencrypted in a file that only its owner may read.
//!
//! Start with [`commands::Command`], then `wallet.rs`.

mod audit_desk;
pub mod commands;
mod error;
pub mod faucet;
mod folder;
mod host;
mod outside;
mod remote;
mod report;
mod wallet;

pub use error::{CliError, ExitKind};
pub use folder::{Folder, KnownChain, WalletFile};
pub use host::{Connections, NativeHost};
pub use outside::NativeOutside;
pub use remote::NativeRemote;
pub use report::Report;
pub use wallet::Wallet;
