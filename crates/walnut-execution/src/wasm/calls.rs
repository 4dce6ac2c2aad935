//! Answers to what contracts and services ask alike.

use walnut_base::http;
use walnut_views::Store;
use walnut_vm::{Answer, HostCall};

use super::{Outside, WasmApplications, promises::Promises};
use crate::{ActionHost, HostError, LoadedApplication};

/// An answer, or the call back if it is one that only contracts or only services make.
pub(super) enum Reply {
    Answer(Answer),
    NotCommon(HostCall),
}

impl<O: Outside> WasmApplications<O> {
    /// Answers a call of `application`, whose pending reads are `promises`.
    pub(super) async fn answer_common<S: Store>(
        &self,
        host: &mut ActionHost<'_, S, Self>,
        application: &LoadedApplication,
        promises: &mut Promises,
        call: HostCall,
        is_contract: bool,
    ) -> Result<Reply, HostError> {
        let id = &application.application_id;
        let answer = match call {
            HostCall::ChainId => Answer::new(&host.chain_id()?),
            HostCall::BlockHeight => Answer::new(&host.block_height()?),
            HostCall::ApplicationId => {
                host.charge_runtime_hash()?;
                Answer::new(id)
            }
            HostCall::ApplicationCreatorChainId => {
                host.charge_runtime_hash()?;
                Answer::new(&application.description.creator_chain_id)
            }
            HostCall::ReadApplicationDescription(application_id) => {
                Answer::new(&host.application_description(application_id).await?)
            }
            HostCall::ApplicationParameters => {
                host.charge_parameters(&application.description.parameters)?;
                Answer::new(&application.description.parameters)
            }
            HostCall::ChainOwnership => Answer::new(&host.chain_ownership()?),
            HostCall::ApplicationPermissions => Answer::new(host.permissions()),
            HostCall::SystemTimestamp => Answer::new(&host.system_timestamp()?),
            HostCall::ChainBalance => Answer::new(&host.chain_balance()?),
            HostCall::OwnerBalance(owner) => Answer::new(&host.owner_balance(owner).await?),
            HostCall::OwnerBalances => Answer::new(&host.owner_balances().await?),
            HostCall::BalanceOwners => Answer::new(&host.balance_owners().await?),
            HostCall::PerformHttpRequest(request) => {
                let response: http::Response =
                    self.perform_http_request(host, *id, &request, is_contract).await?;
                Answer::new(&response)
            }
            HostCall::AssertBefore(timestamp) => Answer::new(&host.assert_before(timestamp)?),
            HostCall::ReadDataBlob(hash) => Answer::new(&host.read_data_blob(hash).await?),
            HostCall::AssertDataBlobExists(hash) => {
                host.assert_data_blob_exists(hash).await?;
                Answer::new(&())
            }
            HostCall::Log(message, level) => {
                self.outside.log(id, level, &message);
                Answer::new(&())
            }
            HostCall::ContainsKeyNew(key) => {
                let found = host.contains_keys(id, &[key]).await?;
                let is_there = found.first().is_some_and(|is_there| *is_there);
                Answer::new(&promises.begin(|promises| &mut promises.contains_key, is_there)?)
            }
            HostCall::ContainsKeyWait(promise) => {
                Answer::new(&promises.wait(|promises| &mut promises.contains_key, promise)?)
            }
            HostCall::ContainsKeysNew(keys) => {
                let found = host.contains_keys(id, &keys).await?;
                Answer::new(&promises.begin(|promises| &mut promises.contains_keys, found)?)
            }
            HostCall::ContainsKeysWait(promise) => {
                Answer::new(&promises.wait(|promises| &mut promises.contains_keys, promise)?)
            }
            HostCall::ReadMultiValuesBytesNew(keys) => {
                let values = host.read_values(id, &keys).await?;
                Answer::new(&promises.begin(|promises| &mut promises.multi_values, values)?)
            }
            HostCall::ReadMultiValuesBytesWait(promise) => {
                let values = promises.wait(|promises| &mut promises.multi_values, promise)?;
                for value in values.iter().flatten() {
                    host.charge_bytes_read(value.len() as u64)?;
                }
                Answer::new(&values)
            }
            HostCall::ReadValueBytesNew(key) => {
                let value = host.read_values(id, &[key]).await?.pop().flatten();
                Answer::new(&promises.begin(|promises| &mut promises.value, value)?)
            }
            HostCall::ReadValueBytesWait(promise) => {
                let value = promises.wait(|promises| &mut promises.value, promise)?;
                if let Some(value) = &value {
                    host.charge_bytes_read(value.len() as u64)?;
                }
                Answer::new(&value)
            }
            HostCall::FindKeysNew(prefix) => {
                let keys = host.find_keys(id, &prefix).await?;
                Answer::new(&promises.begin(|promises| &mut promises.keys, keys)?)
            }
            HostCall::FindKeysWait(promise) => {
                let keys = promises.wait(|promises| &mut promises.keys, promise)?;
                host.charge_bytes_read(keys.iter().map(|key| key.len() as u64).sum())?;
                Answer::new(&keys)
            }
            HostCall::FindKeyValuesNew(prefix) => {
                let entries = host.find_key_values(id, &prefix).await?;
                Answer::new(&promises.begin(|promises| &mut promises.key_values, entries)?)
            }
            HostCall::FindKeyValuesWait(promise) => {
                let entries = promises.wait(|promises| &mut promises.key_values, promise)?;
                let size = |(key, value): &(Vec<u8>, Vec<u8>)| key.len() as u64 + value.len() as u64;
                host.charge_bytes_read(entries.iter().map(size).sum())?;
                Answer::new(&entries)
            }
            call => return Ok(Reply::NotCommon(call)),
        };
        Ok(Reply::Answer(answer))
    }
}
