//! The functions that applications import. A table: the types of parameters and results give the signature in core
//! Wasm, so a module that was linked against another signature is refused (`linera-sdk/wit/*.wit`).

use std::{any::TypeId, cell::Cell};

use walnut_base::{
    Account, AccountOwner, Amount, ApplicationDescription, ApplicationId, ApplicationPermissions,
    BlockHeight, ChainId, ChainOwnership, CryptoHash, ModuleId, StreamName, Timestamp, VmRuntime, http,
};
use wasmi::{Caller, Error, FuncType, Linker, Val, ValType};

use crate::{
    ModuleKind,
    host_call::{HostCall as Call, PromiseId},
    limits,
    machine::{self, Guest, Stop, Waiting},
    values::{LogLevel, Permitted, SendMessageRequest, WriteOperation},
    wit::{AbiError, FlatType, Flats, Load, Memory, Store, flat_types},
};

/// What both kinds of modules import.
const BASE: &str = "linera:app/base-runtime-api";
/// What contracts import besides.
pub(crate) const CONTRACT: &str = "linera:app/contract-runtime-api";
/// What services import besides.
const SERVICE: &str = "linera:app/service-runtime-api";
/// The function that metering calls.
pub(crate) const CONSUME_FUEL: &str = "consume-fuel";

/// More parameters than this are passed in memory.
const MAX_FLAT_PARAMETERS: usize = 16;

type Bytes = Vec<u8>;

/// Everything a module of this kind may import.
pub(crate) fn link(linker: &mut Linker<Guest>, kind: ModuleKind) -> Result<(), Error> {
    link_base(linker)?;
    match kind {
        ModuleKind::Contract => link_contract(linker),
        ModuleKind::Service => link_service(linker),
    }
}

fn link_base(linker: &mut Linker<Guest>) -> Result<(), Error> {
    let mut base = Interface { linker, name: BASE };
    base.define::<(), ChainId>("get-chain-id", |()| Call::ChainId)?;
    base.define::<(), BlockHeight>("get-block-height", |()| Call::BlockHeight)?;
    base.define::<(), ApplicationId>("get-application-id", |()| Call::ApplicationId)?;
    base.define::<(), ChainId>("get-application-creator-chain-id", |()| Call::ApplicationCreatorChainId)?;
    base.define::<(ApplicationId,), ApplicationDescription>("read-application-description", |(id,)| {
        Call::ReadApplicationDescription(id)
    })?;
    base.define::<(), Bytes>("application-parameters", |()| Call::ApplicationParameters)?;
    base.define::<(), ChainOwnership>("get-chain-ownership", |()| Call::ChainOwnership)?;
    base.define::<(), ApplicationPermissions>("get-application-permissions", |()| {
        Call::ApplicationPermissions
    })?;
    base.define::<(), Timestamp>("read-system-timestamp", |()| Call::SystemTimestamp)?;
    base.define::<(), Amount>("read-chain-balance", |()| Call::ChainBalance)?;
    base.define::<(AccountOwner,), Amount>("read-owner-balance", |(owner,)| Call::OwnerBalance(owner))?;
    base.define::<(), Vec<(AccountOwner, Amount)>>("read-owner-balances", |()| Call::OwnerBalances)?;
    base.define::<(), Vec<AccountOwner>>("read-balance-owners", |()| Call::BalanceOwners)?;
    base.define::<(http::Request,), http::Response>("perform-http-request", |(request,)| {
        Call::PerformHttpRequest(request)
    })?;
    base.define::<(Timestamp,), ()>("assert-before", |(timestamp,)| Call::AssertBefore(timestamp))?;
    base.define::<(CryptoHash,), Bytes>("read-data-blob", |(hash,)| Call::ReadDataBlob(hash))?;
    base.define::<(CryptoHash,), ()>("assert-data-blob-exists", |(hash,)| Call::AssertDataBlobExists(hash))?;
    base.define::<(String, LogLevel), ()>("log", |(message, level)| Call::Log(message, level))?;
    base.define::<(Bytes,), PromiseId>("contains-key-new", |(key,)| Call::ContainsKeyNew(key))?;
    base.define::<(PromiseId,), bool>("contains-key-wait", |(id,)| Call::ContainsKeyWait(id))?;
    base.define::<(Vec<Bytes>,), PromiseId>("contains-keys-new", |(keys,)| Call::ContainsKeysNew(keys))?;
    base.define::<(PromiseId,), Vec<bool>>("contains-keys-wait", |(id,)| Call::ContainsKeysWait(id))?;
    base.define::<(Vec<Bytes>,), PromiseId>("read-multi-values-bytes-new", |(keys,)| {
        Call::ReadMultiValuesBytesNew(keys)
    })?;
    base.define::<(PromiseId,), Vec<Option<Bytes>>>("read-multi-values-bytes-wait", |(id,)| {
        Call::ReadMultiValuesBytesWait(id)
    })?;
    base.define::<(Bytes,), PromiseId>("read-value-bytes-new", |(key,)| Call::ReadValueBytesNew(key))?;
    base.define::<(PromiseId,), Option<Bytes>>("read-value-bytes-wait", |(id,)| {
        Call::ReadValueBytesWait(id)
    })?;
    base.define::<(Bytes,), PromiseId>("find-keys-new", |(prefix,)| Call::FindKeysNew(prefix))?;
    base.define::<(PromiseId,), Vec<Bytes>>("find-keys-wait", |(id,)| Call::FindKeysWait(id))?;
    base.define::<(Bytes,), PromiseId>("find-key-values-new", |(prefix,)| Call::FindKeyValuesNew(prefix))?;
    base.define::<(PromiseId,), Vec<(Bytes, Bytes)>>("find-key-values-wait", |(id,)| {
        Call::FindKeyValuesWait(id)
    })
}

fn link_contract(linker: &mut Linker<Guest>) -> Result<(), Error> {
    linker.func_wrap(CONTRACT, CONSUME_FUEL, |mut caller: Caller<'_, Guest>, cost: i64| {
        machine::burn(&mut caller, cost.cast_unsigned()).map_err(Error::host)
    })?;
    let mut contract = Interface { linker, name: CONTRACT };
    contract.define::<(), Option<AccountOwner>>("authenticated-signer", |()| Call::AuthenticatedSigner)?;
    contract.define::<(), Option<bool>>("message-is-bouncing", |()| Call::MessageIsBouncing)?;
    contract.define::<(), Option<ChainId>>("message-origin-chain-id", |()| Call::MessageOriginChainId)?;
    contract
        .define::<(), Option<ApplicationId>>("authenticated-caller-id", |()| Call::AuthenticatedCallerId)?;
    contract.define::<(SendMessageRequest,), ()>("send-message", |(request,)| Call::SendMessage(request))?;
    contract.define::<(AccountOwner, Account, Amount), ()>("transfer", |(source, destination, amount)| {
        Call::Transfer { source, destination, amount }
    })?;
    contract.define::<(Account, Account, Amount), ()>("claim", |(source, destination, amount)| {
        Call::Claim { source, destination, amount }
    })?;
    contract.define::<(ChainOwnership, ApplicationPermissions, Amount), ChainId>(
        "open-chain",
        |(ownership, permissions, balance)| Call::OpenChain { ownership, permissions, balance },
    )?;
    contract.define::<(), Permitted>("close-chain", |()| Call::CloseChain)?;
    contract.define::<(ChainOwnership,), Permitted>("change-ownership", |(ownership,)| {
        Call::ChangeOwnership(ownership)
    })?;
    contract.define::<(ApplicationPermissions,), Permitted>(
        "change-application-permissions",
        |(permissions,)| Call::ChangeApplicationPermissions(permissions),
    )?;
    contract.define::<(ModuleId, Bytes, Bytes, Vec<ApplicationId>), ApplicationId>(
        "create-application",
        |(module_id, parameters, argument, required_application_ids)| Call::CreateApplication {
            module_id,
            parameters,
            argument,
            required_application_ids,
        },
    )?;
    contract.define::<(Bytes,), CryptoHash>("create-data-blob", |(bytes,)| Call::CreateDataBlob(bytes))?;
    contract.define::<(Bytes, Bytes, VmRuntime), ModuleId>(
        "publish-module",
        |(contract, service, vm_runtime)| Call::PublishModule { contract, service, vm_runtime },
    )?;
    contract.define::<(bool, ApplicationId, Bytes), Bytes>(
        "try-call-application",
        |(authenticated, callee_id, argument)| Call::TryCallApplication {
            authenticated,
            callee_id,
            argument,
        },
    )?;
    contract.define::<(StreamName, Bytes), u32>("emit", |(name, value)| Call::Emit(name, value))?;
    contract.define::<(ChainId, StreamName, u32), Bytes>("read-event", |(chain_id, name, index)| {
        Call::ReadEvent(chain_id, name, index)
    })?;
    contract.define::<(ChainId, ApplicationId, StreamName), ()>(
        "subscribe-to-events",
        |(chain_id, application_id, name)| Call::SubscribeToEvents(chain_id, application_id, name),
    )?;
    contract.define::<(ChainId, ApplicationId, StreamName), ()>(
        "unsubscribe-from-events",
        |(chain_id, application_id, name)| Call::UnsubscribeFromEvents(chain_id, application_id, name),
    )?;
    contract.define::<(ApplicationId, Bytes), Bytes>("query-service", |(application_id, query)| {
        Call::QueryService(application_id, query)
    })?;
    contract.define::<(), Option<u32>>("validation-round", |()| Call::ValidationRound)?;
    contract.define::<(Vec<WriteOperation>,), ()>("write-batch", |(operations,)| Call::WriteBatch(operations))
}

fn link_service(linker: &mut Linker<Guest>) -> Result<(), Error> {
    let mut service = Interface { linker, name: SERVICE };
    service
        .define::<(Bytes,), ()>("schedule-operation", |(operation,)| Call::ScheduleOperation(operation))?;
    service.define::<(ApplicationId, Bytes), Bytes>("try-query-application", |(application_id, query)| {
        Call::TryQueryApplication(application_id, query)
    })?;
    service.define::<(u64,), ()>("check-execution-time", |(fuel,)| Call::CheckExecutionTime(fuel))
}

struct Interface<'l> {
    linker: &'l mut Linker<Guest>,
    name: &'static str,
}

impl Interface<'_> {
    /// Defines a function that takes parameters `P`, pauses the machine with a call, and gets an answer `R`.
    fn define<P: Load + 'static, R: Store + 'static>(
        &mut self,
        name: &str,
        make_call: fn(P) -> Call,
    ) -> Result<(), Error> {
        let flat_parameters = flat_types::<P>();
        let in_memory = flat_parameters.len() > MAX_FLAT_PARAMETERS;
        let mut parameters: Vec<ValType> =
            if in_memory { vec![ValType::I32] } else { flat_parameters.iter().map(core_type).collect() };
        let flat_results = flat_types::<R>();
        let results = match flat_results.as_slice() {
            [] => Vec::new(),
            [result] => vec![core_type(result)],
            _ => {
                parameters.push(ValType::I32);
                Vec::new()
            }
        };
        let has_result_room = flat_results.len() > 1;
        let call = move |caller: Caller<'_, Guest>, values: &[Val], _results: &mut [Val]| {
            let lift = |memory: Memory<'_>| {
                let mut flats = Flats::new(values);
                let parameters =
                    if in_memory { P::load(memory, flats.pointer()?)? } else { P::lift(&mut flats, memory)? };
                let result_room = if has_result_room { Some(flats.pointer()?) } else { None };
                Ok::<_, AbiError>((parameters, result_room))
            };
            let memory = caller.data().memory().map_err(Error::host)?;
            let left = Cell::new(limits::MAX_QUESTION_BYTES);
            let (parameters, result_room) = lift(Memory::new(memory.data(&caller), &left))
                .map_err(|error| Error::host(Stop::Abi(error)))?;
            let waiting = Waiting { result_room, answer_type: TypeId::of::<R>() };
            Err(Error::host(caller_pauses(caller, make_call(parameters), waiting)))
        };
        self.linker.func_new(self.name, name, FuncType::new(parameters, results), call)?;
        Ok(())
    }
}

fn caller_pauses(mut caller: Caller<'_, Guest>, call: Call, waiting: Waiting) -> Stop {
    caller.data_mut().pause(call, waiting);
    Stop::Paused
}

fn core_type(flat: &FlatType) -> ValType {
    match flat {
        FlatType::I32 => ValType::I32,
        FlatType::I64 => ValType::I64,
    }
}
