//! Creating applications, and finding out what an application consists of.

use std::collections::BTreeSet;

use walnut_base::{ApplicationDescription, ApplicationId, BlobContent, BlobId, BlockHeight, ModuleId};
use walnut_views::Store;

use crate::{ExecutionError, executor::Executor, storage};

/// An application whose description is known and whose bytecode is at hand.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoadedApplication {
    /// Its ID.
    pub application_id: ApplicationId,
    /// Its description.
    pub description: ApplicationDescription,
}

impl<S: Store, A> Executor<'_, S, A> {
    /// Creates an application: its description becomes a created blob. The caller instantiates it.
    pub async fn create_application(
        &mut self,
        block_height: BlockHeight,
        module_id: ModuleId,
        parameters: Vec<u8>,
        required_application_ids: Vec<ApplicationId>,
    ) -> Result<ApplicationId, ExecutionError> {
        let application_index = self.transaction.next_application_index()?;
        self.use_bytecode(&module_id).await?;
        let description = ApplicationDescription {
            module_id,
            creator_chain_id: self.env.chain_id,
            block_height,
            application_index,
            parameters,
            required_application_ids,
        };
        for required_id in &description.required_application_ids {
            self.describe_application(*required_id).await?;
        }
        let blob = description.to_blob();
        self.state.system.used_blobs.insert(&blob.id());
        let application_id = ApplicationId::new(blob.id().hash);
        self.transaction.add_created_blob(blob);
        Ok(application_id)
    }

    /// Reads an application's description and marks everything it consists of as used: description, bytecode, then
    /// the same for each required application, depth first.
    pub async fn describe_application(
        &mut self,
        application_id: ApplicationId,
    ) -> Result<ApplicationDescription, ExecutionError> {
        let description = self.describe_one(application_id).await?;
        // A stack instead of recursion keeps a hostile depth off the call stack. Describing an application a second
        // time has no effect, so it is left out: a few descriptions could otherwise ask for exponential work.
        let mut seen = BTreeSet::from([application_id]);
        let mut stack: Vec<_> = description.required_application_ids.iter().rev().copied().collect();
        while let Some(required_id) = stack.pop() {
            if seen.insert(required_id) {
                let required = self.describe_one(required_id).await?;
                stack.extend(required.required_application_ids.iter().rev());
            }
        }
        Ok(description)
    }

    async fn describe_one(
        &mut self,
        application_id: ApplicationId,
    ) -> Result<ApplicationDescription, ExecutionError> {
        let blob_id = application_id.description_blob_id();
        let content = match self.transaction.created_blob(&blob_id) {
            Some(content) => content.clone(),
            None => storage::require_blob(self.env.storage, blob_id).await?,
        };
        self.blob_used(blob_id).await?;
        let description: ApplicationDescription = storage::decode(content.bytes())?;
        self.use_bytecode(&description.module_id).await?;
        Ok(description)
    }

    /// Makes sure that the bytecode of a module is there, and marks it as used.
    async fn use_bytecode(&mut self, module_id: &ModuleId) -> Result<(), ExecutionError> {
        let blob_ids = module_id.bytecode_blob_ids();
        let mut wanted = blob_ids.clone();
        wanted.retain(|blob_id| self.transaction.created_blob(blob_id).is_none());
        let missing = storage::missing_blobs(self.env.storage, &wanted).await?;
        if !missing.is_empty() {
            return Err(ExecutionError::BlobsNotFound(missing));
        }
        for blob_id in blob_ids {
            self.blob_used(blob_id).await?;
        }
        Ok(())
    }

    /// Loads an application before one of its actions runs. An application created in this block leaves no trace,
    /// every other one is described, which marks what it consists of as used.
    pub async fn load_application(
        &mut self,
        application_id: ApplicationId,
    ) -> Result<LoadedApplication, ExecutionError> {
        let description = match self.transaction.created_in_block(&application_id.description_blob_id()) {
            Some(content) => storage::decode(content.bytes())?,
            None => self.describe_application(application_id).await?,
        };
        Ok(LoadedApplication { application_id, description })
    }

    /// Loads an application and all it requires, directly or not, in the order in which upstream visits them, each
    /// once: a repeated load has no effect.
    pub async fn load_with_dependencies(
        &mut self,
        application_id: ApplicationId,
    ) -> Result<Vec<LoadedApplication>, ExecutionError> {
        let mut loaded = Vec::new();
        let mut seen = BTreeSet::new();
        let mut stack = vec![application_id];
        while let Some(application_id) = stack.pop() {
            if seen.insert(application_id) {
                let application = self.load_application(application_id).await?;
                stack.extend(application.description.required_application_ids.iter().rev());
                loaded.push(application);
            }
        }
        Ok(loaded)
    }

    /// The compressed bytecode of a loaded application: from the blobs of this block, else from storage.
    pub async fn bytecode(&self, blob_id: BlobId) -> Result<BlobContent, ExecutionError> {
        match self.transaction.created_in_block(&blob_id) {
            Some(content) => Ok(content.clone()),
            None => storage::require_blob(self.env.storage, blob_id).await,
        }
    }
}
