//! Bringing validators up to date, and getting their votes (`linera-core/src/updater.rs`).
//!
//! An [`Updater`] belongs to one validator and one purpose. It only reads local state, so it may be dropped at any await.

mod certificate;
mod chain;
mod proposal;

use std::collections::BTreeSet;

use walnut_base::ChainId;

use crate::{client::Client, host::Host, remote::Remote};

/// Brings one validator up to date.
pub(crate) struct Updater<'a, H: Host> {
    client: &'a Client<H>,
    pub(crate) remote: Remote<H::Remote>,
    /// Chains that are being pushed right now: guards against going in circles.
    in_progress: BTreeSet<ChainId>,
}

impl<'a, H: Host> Updater<'a, H> {
    pub(crate) fn new(client: &'a Client<H>, remote: Remote<H::Remote>) -> Self {
        Self { client, remote, in_progress: BTreeSet::new() }
    }
}

/// Whether a validator answers a confirmed block at once, or after its messages were delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// At once.
    NonBlocking,
    /// After delivery.
    Blocking,
}

impl Delivery {
    pub(crate) fn waits(self) -> bool {
        self == Self::Blocking
    }
}
