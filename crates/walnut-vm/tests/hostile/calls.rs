//! Every host function, called with numbers that mean harm from memory full of noise, answered with whatever fits, in
//! applications whose allocators return what they like.

use walnut_base::{ChainId, StreamId, StreamName};
use walnut_vm::{EntryPoint, Machine, Module, ModuleKind, Step, StreamUpdate, Trap};

use crate::{
    application::{answer, application, hash, list, module, some_bytes},
    rng::Rng,
};

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
