//! Applications to torment a node with: one that calls every host function with numbers and memory of the caller's
//! choice, with answers for it, and small ones.

use walnut_base::{
    AccountOwner, Amount, ApplicationDescription, ApplicationId, CryptoHash, ModuleId, Timestamp, VmRuntime,
    http,
};
use walnut_vm::{Answer, HostCall, Module, ModuleKind, Permitted};

use crate::rng::Rng;

const BASE: &[(&str, &str)] = &[
    ("get-chain-id", "i"),
    ("get-block-height", ":l"),
    ("get-application-id", "i"),
    ("get-application-creator-chain-id", "i"),
    ("read-application-description", "lllli"),
    ("application-parameters", "i"),
    ("get-chain-ownership", "i"),
    ("get-application-permissions", "i"),
    ("read-system-timestamp", ":l"),
    ("read-chain-balance", "i"),
    ("read-owner-balance", "illlli"),
    ("read-owner-balances", "i"),
    ("read-balance-owners", "i"),
    ("perform-http-request", "iiiiiiii"),
    ("assert-before", "l"),
    ("read-data-blob", "lllli"),
    ("assert-data-blob-exists", "llll"),
    ("log", "iii"),
    ("contains-key-new", "ii:i"),
    ("contains-key-wait", "i:i"),
    ("contains-keys-new", "ii:i"),
    ("contains-keys-wait", "ii"),
    ("read-multi-values-bytes-new", "ii:i"),
    ("read-multi-values-bytes-wait", "ii"),
    ("read-value-bytes-new", "ii:i"),
    ("read-value-bytes-wait", "ii"),
    ("find-keys-new", "ii:i"),
    ("find-keys-wait", "ii"),
    ("find-key-values-new", "ii:i"),
    ("find-key-values-wait", "ii"),
];

const CONTRACT: &[(&str, &str)] = &[
    ("authenticated-signer", "i"),
    ("message-is-bouncing", "i"),
    ("message-origin-chain-id", "i"),
    ("authenticated-caller-id", "i"),
    ("send-message", "i"),
    ("transfer", "illllllllillllll"),
    ("claim", "i"),
    ("open-chain", "ii"),
    ("close-chain", "i"),
    ("change-ownership", "iiiiiiilllli"),
    ("change-application-permissions", "iiiiiiiiiiiiiiii"),
    ("create-application", "lllllllliiiiiiii"),
    ("create-data-blob", "iii"),
    ("publish-module", "iiiiii"),
    ("try-call-application", "illlliii"),
    ("emit", "iiii:i"),
    ("read-event", "lllliiii"),
    ("subscribe-to-events", "llllllllii"),
    ("unsubscribe-from-events", "llllllllii"),
    ("query-service", "lllliii"),
    ("consume-fuel", "l"),
    ("validation-round", "i"),
    ("write-batch", "ii"),
];

const SERVICE: &[(&str, &str)] =
    &[("schedule-operation", "ii"), ("try-query-application", "lllliii"), ("check-execution-time", "l")];

fn types(letters: &str) -> String {
    letters.chars().map(|letter| if letter == 'i' { " i32" } else { " i64" }).collect()
}

/// A module that takes its argument as: which function, what the allocator returns, sixteen parameters, and noise that
/// is the rest of its memory.
pub(crate) fn module(kind: ModuleKind) -> (Module, usize) {
    let (own, interface, entry) = match kind {
        ModuleKind::Contract => (CONTRACT, "contract-runtime-api", "contract-entrypoints#execute-operation"),
        ModuleKind::Service => (SERVICE, "service-runtime-api", "service-entrypoints#handle-query"),
    };
    let functions: Vec<_> = BASE
        .iter()
        .map(|function| ("base-runtime-api", function))
        .chain(own.iter().map(|function| (interface, function)))
        .collect();
    let (mut imports, mut calls) = (String::new(), String::new());
    for (index, (interface, (name, signature))) in functions.iter().enumerate() {
        let (parameters, result) = signature.split_once(':').unwrap_or((signature, ""));
        imports += &format!(
            "(import \"linera:app/{interface}\" \"{name}\" (func ${name} (param{}) (result{})))\n",
            types(parameters),
            types(result)
        );
        let load = |(index, letter): (usize, char)| {
            let load = if letter == 'i' { "i32.load" } else { "i64.load" };
            format!("({load} offset={} (i32.const 1024))", 8 + index * 8)
        };
        let arguments: String = parameters.chars().enumerate().map(load).collect();
        let call = format!("(call ${name} {arguments})");
        let call = if result.is_empty() { call } else { format!("(drop {call})") };
        calls += &format!("(if (i32.eq (i32.load (i32.const 1024)) (i32.const {index})) (then {call}))\n");
    }
    let text = format!(
        "(module {imports}
        (memory (export \"memory\") 2)
        (global $alloc (mut i32) (i32.const 1024))
        (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (global.get $alloc))
        (func (export \"linera:app/{entry}\") (param i32 i32) (result i32)
            (global.set $alloc (i32.load (i32.const 1028)))
            {calls}
            (i32.load (i32.const 1160))))"
    );
    (Module::new(kind, &wat::parse_str(text).unwrap()).unwrap(), functions.len())
}

pub(crate) fn hash(rng: &mut Rng) -> CryptoHash {
    let bytes: [u8; 32] = rng.bytes(32).try_into().unwrap();
    bytes.into()
}

fn owner(rng: &mut Rng) -> AccountOwner {
    match rng.next() % 3 {
        0 => AccountOwner::Reserved(rng.next() as u8),
        1 => AccountOwner::Address32(hash(rng)),
        _ => AccountOwner::Address20(rng.bytes(20).try_into().unwrap()),
    }
}

pub(crate) fn some_bytes(rng: &mut Rng) -> Vec<u8> {
    let length = [0, 1, 7, 100, 5000][rng.below(5)];
    rng.bytes(length)
}

pub(crate) fn list<T>(rng: &mut Rng, element: impl Fn(&mut Rng) -> T) -> Vec<T> {
    let length = [0, 1, 2, 9][rng.below(4)];
    (0..length).map(|_| element(rng)).collect()
}

pub(crate) fn application(rng: &mut Rng) -> ApplicationId {
    ApplicationId::new(hash(rng))
}

/// An answer of the type that the call wants.
pub(crate) fn answer(call: &HostCall, rng: &mut Rng) -> Answer {
    use HostCall::*;
    match call {
        ChainId | ApplicationCreatorChainId | OpenChain { .. } => {
            Answer::new(&walnut_base::ChainId(hash(rng)))
        }
        BlockHeight => Answer::new(&walnut_base::BlockHeight(rng.next())),
        ApplicationId | CreateApplication { .. } => Answer::new(&application(rng)),
        ReadApplicationDescription(_) => Answer::new(&ApplicationDescription {
            module_id: ModuleId::new(hash(rng), hash(rng), VmRuntime::Evm),
            creator_chain_id: walnut_base::ChainId(hash(rng)),
            block_height: walnut_base::BlockHeight(rng.next()),
            application_index: rng.next() as u32,
            parameters: some_bytes(rng),
            required_application_ids: list(rng, application),
        }),
        ApplicationParameters
        | ReadDataBlob(_)
        | TryCallApplication { .. }
        | ReadEvent(..)
        | QueryService(..)
        | TryQueryApplication(..) => Answer::new(&some_bytes(rng)),
        ChainOwnership => Answer::new(&walnut_base::ChainOwnership {
            super_owners: list(rng, owner).into_iter().collect(),
            owners: list(rng, owner).into_iter().map(|owner| (owner, 1)).collect(),
            ..walnut_base::ChainOwnership::default()
        }),
        ApplicationPermissions => Answer::new(&walnut_base::ApplicationPermissions {
            execute_operations: Some(list(rng, application)),
            mandatory_applications: list(rng, application),
            ..walnut_base::ApplicationPermissions::default()
        }),
        SystemTimestamp => Answer::new(&Timestamp::from_micros(rng.next())),
        ChainBalance | OwnerBalance(_) => Answer::new(&Amount::from_attos(rng.next().into())),
        OwnerBalances => Answer::new(&list(rng, |rng| (owner(rng), Amount::ONE))),
        BalanceOwners => Answer::new(&list(rng, owner)),
        PerformHttpRequest(_) => Answer::new(&http::Response {
            status: 200,
            headers: list(rng, |rng| http::Header { name: "name".into(), value: some_bytes(rng) }),
            body: some_bytes(rng),
        }),
        AssertBefore(_)
        | AssertDataBlobExists(_)
        | Log(..)
        | SendMessage(_)
        | Transfer { .. }
        | Claim { .. }
        | SubscribeToEvents(..)
        | UnsubscribeFromEvents(..)
        | WriteBatch(_)
        | ScheduleOperation(_)
        | CheckExecutionTime(_) => Answer::new(&()),
        ContainsKeyNew(_)
        | ContainsKeysNew(_)
        | ReadMultiValuesBytesNew(_)
        | ReadValueBytesNew(_)
        | FindKeysNew(_)
        | FindKeyValuesNew(_)
        | Emit(..) => Answer::new(&(rng.next() as u32)),
        ContainsKeyWait(_) => Answer::new(&(rng.coin())),
        ContainsKeysWait(_) => Answer::new(&list(rng, |rng| rng.coin())),
        ReadMultiValuesBytesWait(_) => Answer::new(&list(rng, |rng| (rng.coin()).then(|| some_bytes(rng)))),
        ReadValueBytesWait(_) => Answer::new(&(rng.coin()).then(|| some_bytes(rng))),
        FindKeysWait(_) => Answer::new(&list(rng, some_bytes)),
        FindKeyValuesWait(_) => Answer::new(&list(rng, |rng| (some_bytes(rng), some_bytes(rng)))),
        AuthenticatedSigner => Answer::new(&(rng.coin()).then(|| owner(rng))),
        MessageIsBouncing => Answer::new(&(rng.coin()).then_some(true)),
        MessageOriginChainId => Answer::new(&Some(walnut_base::ChainId(hash(rng)))),
        AuthenticatedCallerId => Answer::new(&Some(application(rng))),
        CloseChain | ChangeOwnership(_) | ChangeApplicationPermissions(_) => {
            Answer::new(&Permitted(rng.coin()))
        }
        CreateDataBlob(_) => Answer::new(&hash(rng)),
        PublishModule { .. } => Answer::new(&ModuleId::new(hash(rng), hash(rng), VmRuntime::Wasm)),
        ValidationRound => Answer::new(&Some(rng.next() as u32)),
    }
}

/// Small modules, so that a change is likely to hit something that matters.
pub(crate) const SMALL: [&str; 4] = [
    r#"(module
        (import "linera:app/base-runtime-api" "application-parameters" (func $parameters (param i32)))
        (import "linera:app/contract-runtime-api" "write-batch" (func $write (param i32 i32)))
        (memory (export "memory") 2)
        (table 4 funcref) (elem (i32.const 1) $a $b)
        (global $next (mut i32) (i32.const 4096))
        (func $a (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
        (func $b (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (global.get $next) (global.set $next (i32.add (global.get $next) (local.get 3))))
        (func (export "linera:app/contract-entrypoints#execute-operation") (param i32 i32) (result i32)
            (local $i i32) (local $x f64)
            (local.set $i (i32.const 5))
            (block $out (loop $again
                (br_if $out (i32.eqz (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
                (drop (call_indirect (param i32) (result i32) (local.get $i) (i32.const 2)))
                (local.set $x (f64.div (local.get $x) (f64.const 0)))
                (br $again)))
            (call $parameters (i32.const 64))
            (call $write (i32.const 128) (i32.const 1))
            (i32.const 64))
        (data (i32.const 128) "\02\00\00\00\00\10\00\00\01\00\00\00\00\10\00\00\01\00\00\00"))"#,
    "(module (memory (export \"memory\") 1 2) (func (export \"f\") (result i32) (memory.grow (i32.const 1))))",
    "(module (func (param i32) (block (block (block (br_table 0 1 2 0 (local.get 0)))))))",
    "(module (global (export \"g\") (mut i64) (i64.const 7)) (func (result i64) (i64.extend8_s (global.get 0))))",
];
