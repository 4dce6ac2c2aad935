//! System operations: what owners do to their chain (`linera-execution/src/system.rs`).
//!
//! No operation asks who the signer is except where it spends from an account. The right to put operations into a
//! block is the right to propose, which is decided elsewhere.

mod admin;
mod applications;
mod blobs;
mod chains;
mod settings;
mod streams;
mod transfer;

use walnut_base::{ApplicationId, SystemOperation};
use walnut_views::Store;

use crate::{ExecutionError, OperationContext, executor::Executor};

pub use applications::LoadedApplication;

impl<S: Store, A> Executor<'_, S, A> {
    /// Executes a system operation. Returns the application it created, which is then to be instantiated with the
    /// argument.
    pub(crate) async fn execute_system_operation<'o>(
        &mut self,
        context: OperationContext,
        operation: &'o SystemOperation,
    ) -> Result<Option<(ApplicationId, &'o [u8])>, ExecutionError> {
        match operation {
            SystemOperation::Transfer { owner, recipient, amount } => {
                self.transfer(context.authenticated_signer, None, *owner, *recipient, *amount).await?;
            }
            SystemOperation::Claim { owner, target_id, recipient, amount } => {
                let signer = context.authenticated_signer;
                self.claim(signer, None, *owner, *target_id, *recipient, *amount).await?;
            }
            SystemOperation::OpenChain(config) => {
                self.open_chain(config.clone(), context.height, context.timestamp).await?;
            }
            SystemOperation::CloseChain => self.close_chain(),
            SystemOperation::ChangeOwnership {
                super_owners,
                owners,
                multi_leader_rounds,
                open_multi_leader_rounds,
                timeout_config,
            } => self.change_ownership(walnut_base::ChainOwnership {
                super_owners: super_owners.iter().copied().collect(),
                owners: owners.iter().copied().collect(),
                multi_leader_rounds: *multi_leader_rounds,
                open_multi_leader_rounds: *open_multi_leader_rounds,
                timeout_config: timeout_config.clone(),
            }),
            SystemOperation::ChangeApplicationPermissions(permissions) => {
                self.change_application_permissions(permissions.clone());
            }
            SystemOperation::PublishModule { module_id } => {
                for blob_id in module_id.bytecode_blob_ids() {
                    self.blob_published(blob_id);
                }
            }
            SystemOperation::PublishDataBlob { blob_hash } => self.publish_data_blob(*blob_hash),
            SystemOperation::VerifyBlob { blob_id } => self.verify_blob(*blob_id).await?,
            SystemOperation::CreateApplication {
                module_id,
                parameters,
                instantiation_argument,
                required_application_ids,
            } => {
                let application_id = self
                    .create_application(
                        context.height,
                        *module_id,
                        parameters.clone(),
                        required_application_ids.clone(),
                    )
                    .await?;
                return Ok(Some((application_id, instantiation_argument)));
            }
            SystemOperation::Admin(operation) => self.execute_admin_operation(operation).await?,
            SystemOperation::ProcessNewEpoch(epoch) => self.process_new_epoch(*epoch).await?,
            SystemOperation::ProcessRemovedEpoch(epoch) => self.process_removed_epoch(*epoch).await?,
            SystemOperation::UpdateStreams(updates) => self.update_streams(updates).await?,
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
