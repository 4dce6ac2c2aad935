//! Ending a round whose leader did not propose.

use std::rc::Rc;

use walnut_base::{
    CertificateKind, CertificateValue as _, ChainId, ChainInfoQuery, LiteVote, NodeError, Timeout,
    TimeoutCertificate,
};

use super::{
    Progress,
    votes::{Count, certificate_of},
};
use crate::{
    client::Client,
    error::ClientError,
    host::Host,
    quorum::communicate_with_quorum,
    sync::to_node_error,
    update::{Delivery, Updater},
};

impl<H: Host> Client<H> {
    /// Asks validators to end the current round and spreads the certificate. Validators that lag behind are brought up to
    /// date and asked again.
    ///
    /// # Errors
    /// [`ClientError::Quorum`] when the round has not timed out for a quorum of them.
    pub async fn request_timeout(&self, chain_id: ChainId) -> Result<TimeoutCertificate, ClientError> {
        self.time_out(chain_id, &|_| {}).await
    }

    /// The same, with each vote told.
    pub(super) async fn time_out(
        &self,
        chain_id: ChainId,
        on_progress: &dyn Fn(Progress),
    ) -> Result<TimeoutCertificate, ClientError> {
        let info = self.local.chain_info(ChainInfoQuery::new(chain_id)).await?;
        let committee = self.chain_committee(chain_id).await?;
        let (height, round) = (info.next_block_height, info.manager.current_round);
        let value = Timeout { chain_id, height, epoch: info.epoch };
        let hash = value.hash();
        let query = ChainInfoQuery::new(chain_id).with_timeout(height, round);
        let count = Count::new(&committee, CertificateKind::Timeout, on_progress);
        let actions = self.remotes(&committee).into_iter().map(|remote| {
            let (query, count) = (query.clone(), Rc::clone(&count));
            (remote.public_key, async move {
                let mut updater = Updater::new(self, remote);
                let info = match updater.remote.query(query.clone()).await {
                    Ok(info) => info,
                    Err(_) => {
                        let target = height;
                        let sent = updater.send_chain(chain_id, target, Delivery::NonBlocking, None).await;
                        sent.map_err(to_node_error)?;
                        updater.remote.query(query).await?
                    }
                };
                let vote = info.manager.timeout_vote;
                let vote = updater.remote.vote(vote, CertificateKind::Timeout, hash, round)?;
                count.add(&updater.remote.public_key);
                Ok::<_, NodeError>(vote)
            })
        });
        let group = |vote: &LiteVote| (vote.value.value_hash, vote.round);
        let (_, votes) = communicate_with_quorum(&*self.host, &committee, actions.collect(), group).await?;
        let certificate = certificate_of(value, round, hash, votes, &committee)?;
        self.local.handle_timeout_certificate(certificate.clone()).await?;
        let actions = self.remotes(&committee).into_iter().map(|remote| {
            let certificate = certificate.clone();
            (remote.public_key, async move { remote.send_timeout(certificate).await.map(drop) })
        });
        // The certificate is valid whoever has it; validators that miss it now get it with the next proposal.
        let spread = communicate_with_quorum(&*self.host, &committee, actions.collect(), |()| ()).await;
        drop::<Result<_, crate::quorum::QuorumError>>(spread);
        Ok(certificate)
    }
}
