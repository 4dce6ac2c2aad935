//! Handing blocks to the local node, and fetching whatever it then lacks.

use std::collections::BTreeSet;

use walnut_base::{BlobId, BlockHeight, ChainId, ConfirmedBlockCertificate, EventId};

use crate::{client::Client, error::ClientError, host::Host, local::Missing, remote::Remote};

/// What the local node does with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Execute it; it must continue the chain.
    Executed,
    /// Execute it if it continues the chain, else keep it for its messages and events.
    IfContiguous,
    /// Keep it for its messages and events.
    Preprocessed,
}

impl<H: Host> Client<H> {
    /// Gives certificates to the local node, in order. Blobs and events that it lacks are fetched, each at most once, and
    /// the block is tried again.
    pub(crate) async fn process_certificates(
        &self,
        remotes: &[Remote<H::Remote>],
        mut certificates: Vec<ConfirmedBlockCertificate>,
        keep: Keep,
    ) -> Result<(), ClientError> {
        let mut fetched_blobs = BTreeSet::new();
        let mut fetched_events = BTreeSet::new();
        while !certificates.is_empty() {
            let (processed, outcome) =
                Box::pin(self.local.handle_confirmed_certificates(&certificates, keep)).await;
            certificates.drain(..processed);
            let Err(error) = outcome else { continue };
            match error.missing() {
                Some(Missing::Blobs(blob_ids)) if is_news(&mut fetched_blobs, &blob_ids) => {
                    self.fetch_blobs(blob_ids, remotes).await?;
                }
                Some(Missing::Events(event_ids)) if is_news(&mut fetched_events, &event_ids) => {
                    Box::pin(self.fetch_events(event_ids)).await?;
                }
                _ => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Fetches what a local request about the chain lacked. Returns whether anything was fetched; what was asked for before is not
    /// asked for again.
    pub(crate) async fn fetch_missing(
        &self,
        recipient: ChainId,
        missing: Missing,
        remotes: &[Remote<H::Remote>],
        known: &mut Fetched,
    ) -> Result<bool, ClientError> {
        match missing {
            Missing::Blobs(blob_ids) if is_news(&mut known.blobs, &blob_ids) => {
                Box::pin(self.fetch_blobs_with_certificates(blob_ids, remotes)).await?;
                Ok(true)
            }
            Missing::Events(event_ids) if is_news(&mut known.events, &event_ids) => {
                Box::pin(self.fetch_events(event_ids)).await?;
                Ok(true)
            }
            Missing::Bundles(bundles) if is_news(&mut known.bundles, &bundles) => {
                for (origin, height) in bundles {
                    Box::pin(self.fetch_bundle(recipient, origin, height)).await?;
                }
                Ok(true)
            }
            Missing::Blobs(_) | Missing::Events(_) | Missing::Bundles(_) => Ok(false),
        }
    }
}

/// What has been fetched for one request so far.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    blobs: BTreeSet<BlobId>,
    events: BTreeSet<EventId>,
    bundles: BTreeSet<(ChainId, BlockHeight)>,
}

/// Whether any of the ids was not asked for before; remembers all of them.
fn is_news<T: Ord + Clone>(known: &mut BTreeSet<T>, ids: &[T]) -> bool {
    let before = known.len();
    known.extend(ids.iter().cloned());
    known.len() > before
}
