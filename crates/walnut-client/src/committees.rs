//! Which committee to ask, and which one a certificate must be checked against.

use std::rc::Rc;

use walnut_base::{ChainId, Committee, ConfirmedBlockCertificate, Epoch};

use crate::{client::Client, error::ClientError, host::Host};

impl<H: Host> Client<H> {
    /// The newest committee known here: that of the admin chain's epoch. Its members are asked for nearly everything.
    pub async fn admin_committee(&self) -> Result<Rc<Committee>, ClientError> {
        let epoch = self.local.epoch(self.admin_chain_id()).await?;
        self.committee(epoch).await
    }

    /// The committee of the chain's own epoch: it votes on the chain's next block.
    pub async fn chain_committee(&self, chain_id: ChainId) -> Result<Rc<Committee>, ClientError> {
        let epoch = self.local.epoch(chain_id).await?;
        self.committee(epoch).await
    }

    /// The committee of an epoch, as far as it is known here.
    ///
    /// # Errors
    /// [`ClientError::UnknownEpoch`].
    pub async fn committee(&self, epoch: Epoch) -> Result<Rc<Committee>, ClientError> {
        self.local.committee(epoch).await?.ok_or(ClientError::UnknownEpoch(epoch))
    }

    /// Checks a certificate of a chain that is not executed here. An epoch that is not known yet makes the admin chain
    /// synchronise first.
    pub(crate) async fn check_certificate(
        &self,
        certificate: &ConfirmedBlockCertificate,
    ) -> Result<(), ClientError> {
        let epoch = certificate.epoch();
        let committee = match self.local.committee(epoch).await? {
            Some(committee) => committee,
            None => {
                Box::pin(self.sync_chain(self.admin_chain_id())).await?;
                self.committee(epoch).await?
            }
        };
        certificate.check(&committee)?;
        Ok(())
    }
}
