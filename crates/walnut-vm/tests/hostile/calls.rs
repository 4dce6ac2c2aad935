//! Every host function, called with numbers that mean harm from memory full of noise, answered with whatever fits, in
//! applications whose allocators return what they like.

use walnut_base::{
    AccountOwner, Amount, ApplicationDescription, ApplicationId, ChainId, CryptoHash, ModuleId, StreamId,
    StreamName, Timestamp, VmRuntime, http,
};
use walnut_vm::{
    Answer, EntryPoint, HostCall, Machine, Module, ModuleKind, Permitted, Step, StreamUpdate, Trap,
};

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
fn module(kind: ModuleKind) -> (Module, usize) {
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

fn hash(rng: &mut Rng) -> CryptoHash {
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

fn some_bytes(rng: &mut Rng) -> Vec<u8> {
    let length = [0, 1, 7, 100, 5000][rng.below(5)];
    rng.bytes(length)
}

fn list<T>(rng: &mut Rng, element: impl Fn(&mut Rng) -> T) -> Vec<T> {
    let length = [0, 1, 2, 9][rng.below(4)];
    (0..length).map(|_| element(rng)).collect()
}

fn application(rng: &mut Rng) -> ApplicationId {
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

fn argument(rng: &mut Rng, function: usize) -> Vec<u8> {
    // Half of the calls mean no harm, so that they get through to the questions.
    let is_tame = rng.coin();
    let number =
        |rng: &mut Rng| if is_tame { [0, 0, 0, 1, 1, 2, 1200, 2000][rng.below(8)] } else { rng.edge() };
    let mut bytes = (function as u32).to_le_bytes().to_vec();
    bytes.extend((number(rng) as u32).to_le_bytes());
    for _ in 0..18 {
        bytes.extend(number(rng).to_le_bytes());
    }
    // Noise of which pointers and lengths are often small: what they point to is again noise.
    let words = rng.below(3000);
    for _ in 0..words {
        let word = match (is_tame, rng.next() % 4) {
            (true, _) => number(rng),
            (false, 0) => rng.next(),
            (false, _) => rng.next() % 5000,
        };
        bytes.extend((word as u32).to_le_bytes());
    }
    bytes
}

struct Tally {
    asked: Vec<usize>,
    trapped: usize,
    done: usize,
}

fn torment(kind: ModuleKind, seed: u64, cases: usize) -> Tally {
    let (module, functions) = module(kind);
    let mut rng = Rng::new(seed);
    let mut tally = Tally { asked: vec![0; functions], trapped: 0, done: 0 };
    for case in 0..cases {
        let function = case % functions;
        let argument = argument(&mut rng, function);
        let entry = match kind {
            ModuleKind::Contract => EntryPoint::ExecuteOperation(argument),
            ModuleKind::Service => EntryPoint::HandleQuery(argument),
        };
        let mut machine = Machine::new(&module).unwrap();
        let mut step = machine.enter(&entry, 1_000_000);
        // One call, or a few if an answer fell upon the argument.
        for _ in 0..10 {
            step = match step {
                Ok(Step::Host(call)) => {
                    tally.asked[function] += 1;
                    machine.resume(answer(&call, &mut rng), 1_000_000)
                }
                Ok(Step::Done(_)) => {
                    tally.done += 1;
                    break;
                }
                Ok(Step::Tired) => panic!("a single call takes few steps"),
                Err(Trap::WrongAnswer(reason)) => panic!("{reason}"),
                Err(_) => {
                    tally.trapped += 1;
                    break;
                }
            };
        }
    }
    tally
}

#[test]
fn no_number_is_dangerous_to_the_node() {
    for (kind, seed, cases) in [(ModuleKind::Contract, 11, 20_000), (ModuleKind::Service, 12, 8_000)] {
        let tally = torment(kind, seed, cases);
        let silent: Vec<_> = (0..tally.asked.len()).filter(|function| tally.asked[*function] == 0).collect();
        // `consume-fuel` is the one that asks nothing.
        let expected: &[usize] = if kind == ModuleKind::Contract { &[50] } else { &[] };
        assert_eq!(silent, expected);
        assert!(tally.trapped > cases / 10 && tally.done > cases / 100, "{} {}", tally.trapped, tally.done);
    }
}

/// The same noise gives the same questions.
#[test]
fn noise_is_answered_the_same_every_time() {
    let [first, second] = [0, 1].map(|_| torment(ModuleKind::Contract, 13, 2_000));
    assert_eq!((first.asked, first.trapped, first.done), (second.asked, second.trapped, second.done));
}

/// Every entry point with an allocator that returns noise.
#[test]
fn entry_points_survive_their_allocators() {
    let mut rng = Rng::new(14);
    let names = ["instantiate", "execute-message", "process-streams"];
    let entries: String = names
        .map(|name| format!("(func (export \"linera:app/contract-entrypoints#{name}\") (param i32 i32))"))
        .concat();
    for _ in 0..300 {
        let text = format!(
            "(module (memory (export \"memory\") 1) {entries}
            (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const {})))",
            rng.edge() as i32
        );
        let module = Module::new(ModuleKind::Contract, &wat::parse_str(text).unwrap()).unwrap();
        let updates = list(&mut rng, |rng| StreamUpdate {
            chain_id: ChainId(hash(rng)),
            stream_id: StreamId {
                application_id: application(rng).into(),
                stream_name: StreamName(some_bytes(rng)),
            },
            previous_index: 0,
            next_index: 1,
        });
        for entry in [
            EntryPoint::Instantiate(some_bytes(&mut rng)),
            EntryPoint::ExecuteMessage(vec![]),
            EntryPoint::ProcessStreams(updates),
        ] {
            match Machine::new(&module).unwrap().enter(&entry, 1000) {
                Ok(Step::Done(None)) | Err(Trap::Abi(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
