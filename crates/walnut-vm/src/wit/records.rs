//! Records: fields in order (`linera-sdk/wit/*.wit`).

use walnut_base::{
    Account, AccountOwner, ApplicationDescription, ApplicationId, ApplicationPermissions, BlockHeight,
    ChainId, ChainOwnership, CryptoHash, GenericApplicationId, ModuleId, StreamId, StreamName, TimeDelta,
    TimeoutConfig, VmRuntime,
    http::{Header, Method, Request, Response},
};

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AbiError, FlatType, Flats, Load, Memory, Place, Script, Store, Wit,
    containers::{record_align, record_size},
    memory::Fields,
    script::Places,
};
use crate::{Permitted, Resources, SendMessageRequest, StreamUpdate};

macro_rules! record {
    ($type:ty { $($field:tt: $inner:ty),+ $(,)? }) => {
        impl Wit for $type {
            const SIZE: u32 = record_size(&[$((<$inner>::SIZE, <$inner>::ALIGN)),+]);
            const ALIGN: u32 = record_align(&[$((<$inner>::SIZE, <$inner>::ALIGN)),+]);

            fn flatten(types: &mut Vec<FlatType>) {
                $(<$inner>::flatten(types);)+
            }
        }

        impl Load for $type {
            fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
                let mut fields = Fields::new(memory, address);
                Ok(Self { $($field: fields.load::<$inner>()?),+ })
            }

            fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
                Ok(Self { $($field: <$inner>::lift(flats, memory)?),+ })
            }
        }

        impl Store for $type {
            fn store(&self, script: &mut Script, place: Place) {
                let mut places = Places::new(place);
                $(self.$field.store(script, places.next::<$inner>());)+
            }
        }
    };
}

record!(ChainId { 0: CryptoHash });
record!(ApplicationId { application_description_hash: CryptoHash });
record!(StreamName { 0: Vec<u8> });

record!(Account { chain_id: ChainId, owner: AccountOwner });

record!(ModuleId { contract_blob_hash: CryptoHash, service_blob_hash: CryptoHash, vm_runtime: VmRuntime });

record!(ApplicationDescription {
    module_id: ModuleId,
    creator_chain_id: ChainId,
    block_height: BlockHeight,
    application_index: u32,
    parameters: Vec<u8>,
    required_application_ids: Vec<ApplicationId>,
});

record!(TimeoutConfig {
    fast_round_duration: Option<TimeDelta>,
    base_timeout: TimeDelta,
    timeout_increment: TimeDelta,
    fallback_duration: TimeDelta,
});

record!(ChainOwnership {
    super_owners: BTreeSet<AccountOwner>,
    owners: BTreeMap<AccountOwner, u64>,
    multi_leader_rounds: u32,
    open_multi_leader_rounds: bool,
    timeout_config: TimeoutConfig,
});

record!(ApplicationPermissions {
    execute_operations: Option<Vec<ApplicationId>>,
    mandatory_applications: Vec<ApplicationId>,
    close_chain: Vec<ApplicationId>,
    change_application_permissions: Vec<ApplicationId>,
    call_service_as_oracle: Option<Vec<ApplicationId>>,
    make_http_requests: Option<Vec<ApplicationId>>,
});

record!(Header { name: String, value: Vec<u8> });
record!(Request { method: Method, url: String, headers: Vec<Header>, body: Vec<u8> });
record!(Response { status: u16, headers: Vec<Header>, body: Vec<u8> });

record!(Resources {
    wasm_fuel: u64,
    evm_fuel: u64,
    read_operations: u32,
    write_operations: u32,
    bytes_runtime: u32,
    bytes_to_read: u32,
    bytes_to_write: u32,
    blobs_to_read: u32,
    blobs_to_publish: u32,
    blob_bytes_to_read: u32,
    blob_bytes_to_publish: u32,
    messages: u32,
    message_size: u32,
    storage_size_delta: u32,
    service_as_oracle_queries: u32,
    http_requests: u32,
});

record!(SendMessageRequest {
    destination: ChainId,
    authenticated: bool,
    is_tracked: bool,
    grant: Resources,
    message: Vec<u8>,
});

record!(StreamId { application_id: GenericApplicationId, stream_name: StreamName });
record!(StreamUpdate { chain_id: ChainId, stream_id: StreamId, previous_index: u32, next_index: u32 });

/// A height is passed as a number, not as a record of one.
impl Wit for BlockHeight {
    const SIZE: u32 = u64::SIZE;
    const ALIGN: u32 = u64::ALIGN;

    fn flatten(types: &mut Vec<FlatType>) {
        u64::flatten(types);
    }
}

impl Load for BlockHeight {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        u64::load(memory, address).map(Self)
    }

    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
        u64::lift(flats, memory).map(Self)
    }
}

impl Store for BlockHeight {
    fn store(&self, script: &mut Script, place: Place) {
        self.0.store(script, place);
    }

    fn direct(&self) -> Option<wasmi::Val> {
        self.0.direct()
    }
}

/// A result with nothing in it and an error with one case.
impl Wit for Permitted {
    const SIZE: u32 = 2;
    const ALIGN: u32 = 1;

    fn flatten(types: &mut Vec<FlatType>) {
        types.extend([FlatType::I32; 2]);
    }
}

impl Store for Permitted {
    fn store(&self, script: &mut Script, place: Place) {
        let Permitted(is_permitted) = self;
        let not_permitted: &[u8] = if *is_permitted { &[0] } else { &[1, 0] };
        script.write(place, not_permitted);
    }
}
