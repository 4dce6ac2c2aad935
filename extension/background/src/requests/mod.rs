//! What interfaces may ask of the node.

mod activity;
mod applications;
mod audit;
mod book;
mod chains;
mod network;
mod send;
mod settings;

use std::rc::Rc;

use walnut_base::AccountOwner;
use walnut_wallet::messages::{AccountId, SiteAnswer, SiteCall, UiError, UiErrorCode, UiRequest, UiResponse};

use crate::app::App;

impl App {
    /// Answers an interface.
    pub(crate) async fn handle(self: &Rc<Self>, request: UiRequest) -> Result<UiResponse, UiError> {
        match request {
            UiRequest::Snapshot | UiRequest::Subscribe { .. } => {
                Ok(UiResponse::Snapshot(self.snapshot().await?))
            }
            UiRequest::Unsubscribe => Ok(UiResponse::Done),
            UiRequest::SelectAccount { account } => self.select_account(account).await,
            UiRequest::ClaimChain { account, name } => Box::pin(self.claim_chain(account, name)).await,
            UiRequest::AddChain { chain_id, name } => Box::pin(self.add_chain(chain_id, name)).await,
            UiRequest::ForgetChain { chain_id } => self.forget_chain(chain_id).await,
            UiRequest::Chain { chain_id } => self.chain_details(chain_id).await,
            UiRequest::RenameChain { chain_id, name } => self.rename_chain(chain_id, name).await,
            UiRequest::AuditChain { chain_id } => Box::pin(self.audit_chain(chain_id)).await,
            UiRequest::Applications { chain_id } => Box::pin(self.applications_of(chain_id)).await,
            UiRequest::Application { chain_id, id } => Box::pin(self.application(chain_id, id)).await,
            UiRequest::QueryApplication { chain_id, id, query } => {
                Box::pin(self.query_application(chain_id, id, query)).await
            }
            UiRequest::ReceiveInfo { account } => self.receive_info(account).await,
            UiRequest::Recognise { text } => self.recognise(&text).await,
            UiRequest::QuoteSend { draft } => Box::pin(self.quote_send(draft)).await,
            UiRequest::PrepareSend { draft } => Box::pin(self.prepare_send(draft)).await,
            UiRequest::PrepareOperations { chain_id, operations } => {
                Box::pin(self.prepare_bytes(chain_id, &operations, None)).await
            }
            UiRequest::Approve { review_id } => self.approve(review_id).await,
            UiRequest::Cancel { review_id } => self.cancel(review_id),
            UiRequest::ProcessInbox { chain_id } => Box::pin(self.process_inbox(chain_id)).await,
            UiRequest::Activity { chain_id, before, limit } => self.activity_page(chain_id, before, limit),
            UiRequest::ActivityItem { id } => self.activity_item(id),
            UiRequest::Retry { id } => self.retry(id).await,
            UiRequest::Abandon { id } => self.abandon(id).await,
            UiRequest::AddBookEntry { name, address } => self.add_book_entry(&name, &address).await,
            UiRequest::RemoveBookEntry { id } => self.remove_book_entry(id).await,
            UiRequest::SetSettings { settings } => Box::pin(self.set_settings(settings)).await,
            UiRequest::NetworkStatus => Box::pin(self.network_status()).await,
            UiRequest::Resync => Box::pin(self.resync()).await,
            UiRequest::Diagnostics => self.diagnostics().await,
            UiRequest::ConnectedSites => self.connected_sites(),
            UiRequest::RevokeSite { site_id } => self.revoke_site(site_id).await,
            UiRequest::RevokeAllSites => self.revoke_all_sites().await,
            UiRequest::SiteRequests => Ok(UiResponse::SiteRequests(Vec::new())),
            UiRequest::ApproveConnect { .. }
            | UiRequest::ApproveSign { .. }
            | UiRequest::DenySiteRequest { .. } => {
                Err(UiError::new(UiErrorCode::UnknownSite, "This request is not waiting any more."))
            }
            // The host and the vault answer these; one that arrives here went the wrong way.
            _ => Err(UiError::bad_message("this request is not for the node")),
        }
    }

    /// Answers a page. No page is connected in this version.
    pub(crate) async fn handle_site(&self, _origin: String, _call: SiteCall) -> Result<SiteAnswer, UiError> {
        Err(UiError::new(
            UiErrorCode::Unsupported,
            "This version of the wallet does not connect to sites yet.",
        ))
    }

    /// The owner of one of the wallet's accounts.
    pub(crate) fn owner_of(&self, account: AccountId) -> Result<AccountOwner, UiError> {
        let accounts = self.accounts.borrow();
        let known = accounts.iter().find(|known| known.id == account).map(|known| known.owner);
        known.ok_or_else(|| {
            UiError::new(UiErrorCode::UnknownAccount, "This account is not in the wallet any more.")
        })
    }
}
