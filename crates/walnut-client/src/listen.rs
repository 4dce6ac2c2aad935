//! Reacting to what validators announce.
//!
//! A notification is a hint of one validator: it says where to look, never what is true. After every (re)connection the
//! chains are synchronised from that validator, so that nothing is missed while no stream was open; the program opens one
//! stream per validator for all chains, and opens it again with a delay whenever it ends.

use walnut_base::{ChainId, ChainInfoQuery, Notification, Reason};

use crate::{
    client::{ChainMode, Client},
    error::ClientError,
    host::Host,
    remote::Remote,
};

/// What a notification led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Nothing new.
    Nothing,
    /// The chain has new blocks, or its consensus moved.
    Advanced(ChainId),
    /// Something new waits in the chain's inbox.
    Received(ChainId),
    /// New events of a publisher are here: chains that subscribe to it can take them in.
    Published(ChainId),
}

impl<H: Host> Client<H> {
    /// Takes over everything that the validator knows of the followed chains: to be called after its stream was opened.
    pub async fn catch_up_with(&self, remote: &Remote<H::Remote>) -> Result<(), ClientError> {
        for (chain_id, mode) in self.followed_chains() {
            match mode {
                ChainMode::Full | ChainMode::Follow => self.sync_chain_from(remote, chain_id).await?,
                ChainMode::EventsOnly(streams) => self.sync_events_from(remote, chain_id, &streams).await?,
            }
        }
        Ok(())
    }

    /// Looks into what a validator announced, if it concerns a followed chain and is not known yet.
    pub async fn react(
        &self,
        remote: &Remote<H::Remote>,
        notification: &Notification,
    ) -> Result<Reaction, ClientError> {
        let chain_id = notification.chain_id;
        let Some(mode) = self.followed_chains().remove(&chain_id) else { return Ok(Reaction::Nothing) };
        match (&notification.reason, mode) {
            (Reason::NewIncomingBundle { origin, height }, ChainMode::Full) => {
                if self.local.next_outbox_height(*origin, chain_id).await? > *height {
                    return Ok(Reaction::Nothing);
                }
                self.ensure_description(chain_id).await?;
                self.fetch_sender_block(remote, chain_id, *origin, *height).await?;
                Ok(Reaction::Received(chain_id))
            }
            (Reason::NewBlock { height, .. }, ChainMode::Full | ChainMode::Follow) => {
                if self.next_height(chain_id).await? > *height {
                    return Ok(Reaction::Nothing);
                }
                self.sync_chain_from(remote, chain_id).await?;
                Ok(Reaction::Advanced(chain_id))
            }
            (Reason::NewRound { height, round }, ChainMode::Full | ChainMode::Follow) => {
                let info = self.local.chain_info(ChainInfoQuery::new(chain_id)).await?;
                if (info.next_block_height, info.manager.current_round) >= (*height, *round) {
                    return Ok(Reaction::Nothing);
                }
                self.sync_chain_from(remote, chain_id).await?;
                Ok(Reaction::Advanced(chain_id))
            }
            (
                Reason::NewEvents { event_streams, .. } | Reason::NewBlock { event_streams, .. },
                ChainMode::EventsOnly(streams),
            ) => {
                let wanted =
                    event_streams.intersection(&streams).cloned().collect::<std::collections::BTreeSet<_>>();
                if wanted.is_empty() {
                    return Ok(Reaction::Nothing);
                }
                self.sync_events_from(remote, chain_id, &wanted).await?;
                Ok(Reaction::Published(chain_id))
            }
            _ => Ok(Reaction::Nothing),
        }
    }
}
