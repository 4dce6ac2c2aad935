//! Applications in text form: what differs from one test to the next is the code of their entry points.

use walnut_base::{
    ApplicationDescription, ApplicationId, Blob, BlockHeight, CryptoHash, ModuleId, VmRuntime,
};

use crate::test_utils::{Desk, other_chain};

/// An application. Code may use all host functions by their names, and besides:
///
/// * `$p`, `$n`: address and length of the argument; `$i`, `$j`: numbers to work with
/// * `(call $answer address length)`: what an entry point returns that returns bytes
/// * `(call $trace address length)`: leaves bytes in the stream `t` of the application (contracts)
/// * `(call $report tag)`: leaves who vouches, who calls and where the message comes from, see [`Frame`] (contracts)
///
/// Memory below 1024 is for results, from there on for [`App::data`], from 65536 on for the allocator.
#[derive(Clone, Debug, Default)]
pub(super) struct App {
    pub(super) instantiate: String,
    pub(super) operation: String,
    pub(super) message: String,
    pub(super) streams: String,
    pub(super) finalize: String,
    pub(super) query: String,
    pub(super) data: Vec<(u32, Vec<u8>)>,
    pub(super) parameters: Vec<u8>,
    pub(super) required: Vec<ApplicationId>,
}

const BASE: &[(&str, &str)] = &[
    ("get-chain-id", "(param i32)"),
    ("get-block-height", "(result i64)"),
    ("get-application-id", "(param i32)"),
    ("get-application-creator-chain-id", "(param i32)"),
    ("read-application-description", "(param i64 i64 i64 i64 i32)"),
    ("application-parameters", "(param i32)"),
    ("get-chain-ownership", "(param i32)"),
    ("get-application-permissions", "(param i32)"),
    ("read-system-timestamp", "(result i64)"),
    ("read-chain-balance", "(param i32)"),
    ("read-owner-balance", "(param i32 i64 i64 i64 i64 i32)"),
    ("read-owner-balances", "(param i32)"),
    ("read-balance-owners", "(param i32)"),
    ("perform-http-request", "(param i32 i32 i32 i32 i32 i32 i32 i32)"),
    ("assert-before", "(param i64)"),
    ("read-data-blob", "(param i64 i64 i64 i64 i32)"),
    ("assert-data-blob-exists", "(param i64 i64 i64 i64)"),
    ("log", "(param i32 i32 i32)"),
    ("contains-key-new", "(param i32 i32) (result i32)"),
    ("contains-key-wait", "(param i32) (result i32)"),
    ("contains-keys-new", "(param i32 i32) (result i32)"),
    ("contains-keys-wait", "(param i32 i32)"),
    ("read-multi-values-bytes-new", "(param i32 i32) (result i32)"),
    ("read-multi-values-bytes-wait", "(param i32 i32)"),
    ("read-value-bytes-new", "(param i32 i32) (result i32)"),
    ("read-value-bytes-wait", "(param i32 i32)"),
    ("find-keys-new", "(param i32 i32) (result i32)"),
    ("find-keys-wait", "(param i32 i32)"),
    ("find-key-values-new", "(param i32 i32) (result i32)"),
    ("find-key-values-wait", "(param i32 i32)"),
];

const CONTRACT: &[(&str, &str)] = &[
    ("authenticated-signer", "(param i32)"),
    ("message-is-bouncing", "(param i32)"),
    ("message-origin-chain-id", "(param i32)"),
    ("authenticated-caller-id", "(param i32)"),
    ("send-message", "(param i32)"),
    ("transfer", "(param i32 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64)"),
    ("claim", "(param i32)"),
    ("open-chain", "(param i32 i32)"),
    ("close-chain", "(param i32)"),
    ("change-ownership", "(param i32 i32 i32 i32 i32 i32 i32 i64 i64 i64 i64 i32)"),
    (
        "change-application-permissions",
        "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)",
    ),
    ("create-application", "(param i64 i64 i64 i64 i64 i64 i64 i64 i32 i32 i32 i32 i32 i32 i32 i32)"),
    ("create-data-blob", "(param i32 i32 i32)"),
    ("publish-module", "(param i32 i32 i32 i32 i32 i32)"),
    ("try-call-application", "(param i32 i64 i64 i64 i64 i32 i32 i32)"),
    ("emit", "(param i32 i32 i32 i32) (result i32)"),
    ("read-event", "(param i64 i64 i64 i64 i32 i32 i32 i32)"),
    ("subscribe-to-events", "(param i64 i64 i64 i64 i64 i64 i64 i64 i32 i32)"),
    ("unsubscribe-from-events", "(param i64 i64 i64 i64 i64 i64 i64 i64 i32 i32)"),
    ("query-service", "(param i64 i64 i64 i64 i32 i32 i32)"),
    ("consume-fuel", "(param i64)"),
    ("validation-round", "(param i32)"),
    ("write-batch", "(param i32 i32)"),
];

const SERVICE: &[(&str, &str)] = &[
    ("schedule-operation", "(param i32 i32)"),
    ("try-query-application", "(param i64 i64 i64 i64 i32 i32 i32)"),
    ("check-execution-time", "(param i64)"),
];

const SHARED: &str = r#"
    (memory (export "memory") 40)
    (global $next (mut i32) (i32.const 65536))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (local.set $at (i32.and
            (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
            (i32.sub (i32.const 0) (local.get 2))))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
    (func $answer (param i32 i32) (result i32)
        (i32.store (i32.const 8) (local.get 0))
        (i32.store (i32.const 12) (local.get 1))
        (i32.const 8))
    (data (i32.const 0) "t")"#;

const TRACING: &str = r#"
    (func $trace (param i32 i32)
        (drop (call $emit (i32.const 0) (i32.const 1) (local.get 0) (local.get 1))))
    (func $report (param i32) (local $i i32)
        (loop $l
            (i64.store offset=512 (local.get $i) (i64.const 0))
            (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 136))))
        (i32.store8 (i32.const 512) (local.get 0))
        (call $authenticated-signer (i32.const 520))
        (call $authenticated-caller-id (i32.const 568))
        (call $message-origin-chain-id (i32.const 608))
        (call $trace (i32.const 512) (i32.const 136)))"#;

fn imports(interface: &str, functions: &[(&str, &str)]) -> String {
    let import = |(name, signature): &(&str, &str)| {
        format!("(import \"linera:app/{interface}\" \"{name}\" (func ${name} {signature}))\n")
    };
    functions.iter().map(import).collect()
}

impl App {
    fn data_text(&self) -> String {
        let segment = |(address, bytes): &(u32, Vec<u8>)| {
            let bytes: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
            format!("(data (i32.const {address}) \"{bytes}\")\n")
        };
        self.data.iter().map(segment).collect()
    }

    pub(super) fn contract(&self) -> Vec<u8> {
        let entry = |name: &str, result: &str, code: &str| {
            let code = match (code, result) {
                ("", "(result i32)") => "(call $answer (i32.const 0) (i32.const 0))",
                _ => code,
            };
            let parameters = if name == "finalize" { "" } else { "(param $p i32) (param $n i32)" };
            format!(
                "(func (export \"linera:app/contract-entrypoints#{name}\") {parameters} {result}
                (local $i i32) (local $j i32) {code})\n"
            )
        };
        let text = [
            "(module\n".into(),
            imports("base-runtime-api", BASE),
            imports("contract-runtime-api", CONTRACT),
            SHARED.into(),
            TRACING.into(),
            self.data_text(),
            entry("instantiate", "", &self.instantiate),
            entry("execute-operation", "(result i32)", &self.operation),
            entry("execute-message", "", &self.message),
            entry("process-streams", "", &self.streams),
            entry("finalize", "", &self.finalize),
            ")".into(),
        ];
        parse(&text.concat())
    }

    pub(super) fn service(&self) -> Vec<u8> {
        let code =
            if self.query.is_empty() { "(call $answer (i32.const 0) (i32.const 0))" } else { &self.query };
        let text = [
            "(module\n".into(),
            imports("base-runtime-api", BASE),
            imports("service-runtime-api", SERVICE),
            SHARED.into(),
            self.data_text(),
            format!(
                "(func (export \"linera:app/service-entrypoints#handle-query\") (param $p i32) (param $n i32)
                (result i32) (local $i i32) (local $j i32) {code}))"
            ),
        ];
        parse(&text.concat())
    }

    pub(super) fn blobs(&self) -> (Blob, Blob) {
        (
            Blob::new_contract_bytecode(pack(&self.contract())),
            Blob::new_service_bytecode(pack(&self.service())),
        )
    }

    pub(super) fn module_id(&self) -> ModuleId {
        let (contract, service) = self.blobs();
        ModuleId::new(contract.id().hash, service.id().hash, VmRuntime::Wasm)
    }

    pub(super) fn description(&self) -> ApplicationDescription {
        ApplicationDescription {
            module_id: self.module_id(),
            creator_chain_id: other_chain(),
            block_height: BlockHeight(1),
            application_index: 0,
            parameters: self.parameters.clone(),
            required_application_ids: self.required.clone(),
        }
    }

    /// Stores what another chain has created.
    pub(super) fn install<A: crate::Applications>(&self, desk: &Desk<A>) -> ApplicationId {
        self.store_module(desk);
        desk.put_blob(&self.description().to_blob());
        self.description().id()
    }

    pub(super) fn store_module<A: crate::Applications>(&self, desk: &Desk<A>) {
        let (contract, service) = self.blobs();
        desk.put_blob(&contract);
        desk.put_blob(&service);
    }
}

fn parse(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Level 1: the validators' level allocates tables that would dominate the tests.
pub(super) fn pack(bytecode: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytecode, 1).unwrap()
}

/// A hash as four parameters.
pub(super) fn words(hash: CryptoHash) -> String {
    let word = |bytes: &[u8]| format!("(i64.const {:#x})", u64::from_be_bytes(bytes.try_into().unwrap()));
    hash.as_bytes().chunks(8).map(word).collect()
}

/// An application's identifier as four parameters.
pub(super) fn id(application_id: ApplicationId) -> String {
    words(application_id.application_description_hash)
}

/// A hash as it lies in memory.
pub(super) fn image(hash: CryptoHash) -> [u8; 32] {
    let mut bytes = *hash.as_bytes();
    bytes.chunks_exact_mut(8).for_each(<[u8]>::reverse);
    bytes
}

/// The identifier that lies at `address`, as four parameters.
pub(super) fn id_at(address: &str) -> String {
    (0..4).map(|word| format!("(i64.load offset={} {address})", word * 8)).collect()
}

pub(super) fn hash_in(image: &[u8]) -> CryptoHash {
    let mut bytes: [u8; 32] = image.try_into().unwrap();
    bytes.chunks_exact_mut(8).for_each(<[u8]>::reverse);
    bytes.into()
}
