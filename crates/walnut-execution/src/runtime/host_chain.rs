//! Host calls that change the chain or read what the system application knows
//! (`linera-execution/src/runtime.rs`).

use walnut_base::{
    Account, AccountOwner, Amount, ApplicationDescription, ApplicationId, ApplicationPermissions, Blob,
    BlobId, BlobType, ChainId, ChainOwnership, CryptoHash, Message, MessageKind, ModuleId, OpenChainConfig,
    OutgoingMessage, StreamId, StreamName, Timestamp, VmRuntime,
};
use walnut_views::Store;
use walnut_vm::SendMessageRequest;

use super::host::{ActionHost, HostError, Side};
use crate::{ExecutionError, MAX_STREAM_NAME_LEN, bytecode, storage, total_price};

impl<S: Store, A> ActionHost<'_, S, A> {
    /// Sends a message to the same application on another chain. The grant is paid at once, also by applications that
    /// run for free: their pool is simply not debited.
    pub fn send_message(
        &mut self,
        application_id: ApplicationId,
        signer: Option<AccountOwner>,
        request: SendMessageRequest,
    ) -> Result<(), HostError> {
        let grant = total_price(self.controller.committee.policy(), &request.grant).or_trap()?;
        let refund_grant_to = if grant > Amount::ZERO {
            self.meter().track_grant(grant).or_trap()?;
            self.refund_grant_to
        } else {
            None
        };
        self.executor.transaction.add_outgoing_message(OutgoingMessage {
            destination: request.destination,
            authenticated_signer: signer,
            grant,
            refund_grant_to,
            kind: if request.is_tracked { MessageKind::Tracked } else { MessageKind::Simple },
            message: Message::User { application_id, bytes: request.message },
        });
        Ok(())
    }

    /// Moves tokens on behalf of the frame's signer or of the application.
    pub async fn transfer(
        &mut self,
        application_id: ApplicationId,
        signer: Option<AccountOwner>,
        source: AccountOwner,
        destination: Account,
        amount: Amount,
    ) -> Result<(), HostError> {
        self.executor.transfer(signer, Some(application_id), source, destination, amount).await.or_fail()
    }

    /// Moves tokens from an account on the chain that `source` names.
    pub async fn claim(
        &mut self,
        application_id: ApplicationId,
        signer: Option<AccountOwner>,
        source: Account,
        destination: Account,
        amount: Amount,
    ) -> Result<(), HostError> {
        let claim = self.executor.claim(
            signer,
            Some(application_id),
            source.owner,
            source.chain_id,
            destination,
            amount,
        );
        claim.await.or_fail()
    }

    /// Opens a chain; nobody is asked whether the chain's balance may be spent on it.
    pub async fn open_chain(
        &mut self,
        ownership: ChainOwnership,
        application_permissions: ApplicationPermissions,
        balance: Amount,
    ) -> Result<ChainId, HostError> {
        self.meter().track_runtime_word().or_trap()?;
        let config = OpenChainConfig { ownership, balance, application_permissions };
        self.executor.open_chain(config, self.block.height, self.block.timestamp).await.or_fail()
    }

    /// Closes the chain. `false`: the application may not.
    pub fn close_chain(&mut self, application_id: &ApplicationId) -> bool {
        let is_permitted = self.permissions().can_close_chain(application_id);
        if is_permitted {
            self.executor.close_chain();
        }
        is_permitted
    }

    /// Replaces the ownership. `false`: the application may not; it needs the permission to close the chain.
    pub fn change_ownership(&mut self, application_id: &ApplicationId, ownership: ChainOwnership) -> bool {
        let is_permitted = self.permissions().can_close_chain(application_id);
        if is_permitted {
            self.executor.change_ownership(ownership);
        }
        is_permitted
    }

    /// Replaces the permissions. `false`: the application may not.
    pub fn change_application_permissions(
        &mut self,
        application_id: &ApplicationId,
        permissions: ApplicationPermissions,
    ) -> bool {
        let is_permitted = self.permissions().can_change_application_permissions(application_id);
        if is_permitted {
            self.executor.change_application_permissions(permissions);
        }
        is_permitted
    }

    /// Creates an application; the machine then calls its `instantiate` in a new frame.
    pub async fn create_application(
        &mut self,
        module_id: ModuleId,
        parameters: Vec<u8>,
        required_application_ids: Vec<ApplicationId>,
    ) -> Result<ApplicationId, HostError> {
        self.meter().track_runtime_word().or_trap()?;
        let height = self.block.height;
        self.executor
            .create_application(height, module_id, parameters, required_application_ids)
            .await
            .or_fail()
    }

    /// Creates a data blob. Its size is checked, and its fee charged, at the end of the transaction, unless the action
    /// runs for free.
    pub fn create_data_blob(&mut self, bytes: Vec<u8>) -> CryptoHash {
        self.create_blob(Blob::new_data(bytes)).hash
    }

    /// Publishes a module: compresses its bytecode and creates the blobs.
    pub fn publish_module(
        &mut self,
        contract: &[u8],
        service: &[u8],
        vm_runtime: VmRuntime,
    ) -> Result<ModuleId, HostError> {
        let compressed = bytecode::compress(contract).or_fail()?;
        let module_id = match vm_runtime {
            VmRuntime::Wasm => {
                let contract = self.create_blob(Blob::new_contract_bytecode(compressed));
                let service = bytecode::compress(service).or_fail()?;
                let service = self.create_blob(Blob::new_service_bytecode(service));
                ModuleId::new(contract.hash, service.hash, vm_runtime)
            }
            VmRuntime::Evm => {
                let contract = self.create_blob(Blob::new_evm_bytecode(compressed));
                ModuleId::new(contract.hash, contract.hash, vm_runtime)
            }
        };
        Ok(module_id)
    }

    fn create_blob(&mut self, blob: Blob) -> BlobId {
        let blob_id = blob.id();
        self.executor.transaction.add_created_blob(blob);
        if self.controller.is_free {
            self.executor.transaction.mark_blob_free(blob_id);
        }
        blob_id
    }

    /// Publishes an event of the application and returns its index.
    pub async fn emit(
        &mut self,
        application_id: ApplicationId,
        stream_name: StreamName,
        value: Vec<u8>,
    ) -> Result<u32, HostError> {
        check_stream_name(&stream_name)?;
        let size = value.len() as u64;
        let index = self.executor.emit(application_id, stream_name, value).await.or_fail()?;
        self.meter().track_bytes_written(size).or_trap()?;
        Ok(index)
    }

    /// Subscribes the application to a stream.
    pub async fn subscribe_to_events(
        &mut self,
        application_id: ApplicationId,
        chain_id: ChainId,
        stream_id: StreamId,
    ) -> Result<(), HostError> {
        check_stream_name(&stream_id.stream_name)?;
        self.executor.subscribe_to_events(application_id, chain_id, stream_id).await.or_fail()
    }

    /// Ends a subscription of the application.
    pub async fn unsubscribe_from_events(
        &mut self,
        application_id: ApplicationId,
        chain_id: ChainId,
        stream_id: StreamId,
    ) -> Result<(), HostError> {
        check_stream_name(&stream_id.stream_name)?;
        self.executor.unsubscribe_from_events(application_id, chain_id, stream_id).await.or_fail()
    }

    /// The executing chain.
    pub fn chain_id(&mut self) -> Result<ChainId, HostError> {
        self.meter().track_runtime_hash().or_trap()?;
        Ok(self.block.chain_id)
    }

    /// The height of the executing block.
    pub fn block_height(&mut self) -> Result<walnut_base::BlockHeight, HostError> {
        self.meter().track_runtime_word().or_trap()?;
        Ok(self.block.height)
    }

    /// The timestamp of the executing block.
    pub fn system_timestamp(&mut self) -> Result<Timestamp, HostError> {
        self.meter().track_runtime_word().or_trap()?;
        Ok(*self.executor.state.system.timestamp.get())
    }

    /// The chain's balance as stored, without the fees of the running action.
    pub fn chain_balance(&mut self) -> Result<Amount, HostError> {
        self.meter().track_runtime_amount().or_trap()?;
        Ok(*self.executor.state.system.balance.get())
    }

    /// The balance of an account; zero if there is none.
    pub async fn owner_balance(&mut self, owner: AccountOwner) -> Result<Amount, HostError> {
        let executor = &self.executor;
        let balance = executor.state.system.balances.read(&executor.env.chain, &owner).await?;
        self.meter().track_runtime_amount().or_trap()?;
        Ok(balance.unwrap_or_default())
    }

    /// All accounts, in the order of their owners' bytes.
    pub async fn owner_balances(&mut self) -> Result<Vec<(AccountOwner, Amount)>, HostError> {
        let executor = &self.executor;
        let entries = executor.state.system.balances.entries(&executor.env.chain).await?;
        self.meter().track_runtime_owner_balances(entries.iter().map(|(owner, _)| owner)).or_trap()?;
        Ok(entries)
    }

    /// The owners of all accounts, in the order of their bytes.
    pub async fn balance_owners(&mut self) -> Result<Vec<AccountOwner>, HostError> {
        let executor = &self.executor;
        let owners = executor.state.system.balances.keys(&executor.env.chain).await?;
        self.meter().track_runtime_owners(&owners).or_trap()?;
        Ok(owners)
    }

    /// The chain's ownership, as the block has left it so far.
    pub fn chain_ownership(&mut self) -> Result<ChainOwnership, HostError> {
        let ownership = self.executor.state.system.ownership.get().clone();
        self.meter().track_runtime_chain_ownership(&ownership).or_trap()?;
        Ok(ownership)
    }

    /// The permissions of applications, as the block has left them so far. Not charged.
    pub fn permissions(&self) -> &ApplicationPermissions {
        self.executor.state.system.application_permissions.get()
    }

    /// The content of a data blob. One created in this block is free and leaves no trace; any other one is charged to
    /// the chain and the block's signer, not to the action.
    pub async fn read_data_blob(&mut self, hash: CryptoHash) -> Result<Vec<u8>, HostError> {
        let blob_id = BlobId::new(hash, BlobType::Data);
        if let Some(content) = self.executor.transaction.created_in_block(&blob_id) {
            return Ok(content.bytes().to_vec());
        }
        let content = storage::require_blob(self.executor.env.storage, blob_id).await.or_fail()?;
        self.executor.charge_blob_read(content.bytes().len() as u64).await.or_fail()?;
        self.executor.blob_used(blob_id).await.or_fail()?;
        Ok(content.bytes().to_vec())
    }

    /// Checks that a data blob is stored. The first use on the chain is recorded twice, as upstream does.
    pub async fn assert_data_blob_exists(&mut self, hash: CryptoHash) -> Result<(), HostError> {
        let blob_id = BlobId::new(hash, BlobType::Data);
        self.executor.assert_blob_exists(blob_id).await.or_fail()?;
        self.executor.charge_blob_read(0).await.or_fail()?;
        if self.executor.blob_used(blob_id).await.or_fail()? {
            let response = walnut_base::OracleResponse::Blob(blob_id);
            self.executor.transaction.record_known(response).or_fail()?;
        }
        Ok(())
    }

    /// The description of an application. Marks the description as used, but not the bytecode.
    pub async fn application_description(
        &mut self,
        application_id: ApplicationId,
    ) -> Result<ApplicationDescription, HostError> {
        let blob_id = application_id.description_blob_id();
        let description: ApplicationDescription = match self.executor.transaction.created_in_block(&blob_id) {
            Some(content) => storage::decode(content.bytes()).or_fail()?,
            None => {
                let content = storage::require_blob(self.executor.env.storage, blob_id).await.or_fail()?;
                self.executor.blob_used(blob_id).await.or_fail()?;
                storage::decode(content.bytes()).or_fail()?
            }
        };
        self.meter().track_runtime_application_description(&description).or_trap()?;
        Ok(description)
    }
}

pub(super) fn check_stream_name(name: &StreamName) -> Result<(), HostError> {
    if name.0.len() <= MAX_STREAM_NAME_LEN {
        Ok(())
    } else {
        Err(HostError::Trap(ExecutionError::StreamNameTooLong))
    }
}
