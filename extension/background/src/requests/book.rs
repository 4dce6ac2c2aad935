//! The address book and connected sites.

use std::rc::Rc;

use walnut_wallet::{
    address::{KnownAddresses, recognise_recipient},
    messages::{SiteId, UiError, UiErrorCode, UiResponse},
};

use crate::{app::App, time};

impl App {
    pub(super) async fn recognise(&self, text: &str) -> Result<UiResponse, UiError> {
        let snapshot = self.snapshot().await?;
        let (chains, accounts, book) = (&snapshot.chains, &snapshot.accounts, &snapshot.address_book);
        let recipient = recognise_recipient(text, KnownAddresses { chains, accounts, book })?;
        Ok(UiResponse::Recipient(recipient))
    }

    pub(super) async fn add_book_entry(
        self: &Rc<Self>,
        name: &str,
        address: &str,
    ) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let entry = session.change(|network| network.book.add(name, address, time::now()).cloned()).await??;
        self.changed();
        Ok(UiResponse::BookEntry(entry))
    }

    pub(super) async fn remove_book_entry(self: &Rc<Self>, id: u32) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        session.change(|network| network.book.remove(id)).await??;
        self.changed();
        Ok(UiResponse::Done)
    }

    pub(super) fn connected_sites(&self) -> Result<UiResponse, UiError> {
        let sites = self.session().map(|session| session.network.borrow().sites.sites().to_vec());
        Ok(UiResponse::ConnectedSites(sites.unwrap_or_default()))
    }

    pub(super) async fn revoke_site(self: &Rc<Self>, site_id: SiteId) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let unknown = |_| UiError::new(UiErrorCode::UnknownSite, "This site is not connected any more.");
        session.change(|network| network.sites.revoke(site_id)).await?.map_err(unknown)?;
        self.changed();
        Ok(UiResponse::Done)
    }

    pub(super) async fn revoke_all_sites(self: &Rc<Self>) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        session.change(|network| network.sites.revoke_all()).await?;
        self.changed();
        Ok(UiResponse::Done)
    }
}
