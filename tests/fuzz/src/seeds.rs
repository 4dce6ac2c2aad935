//! Real values as inputs, for a corpus to begin with: what an engine would hardly come upon by itself.

mod bodies;
mod values;

use walnut_chain::test_utils::validator_key;
use walnut_rpc::grpc_web::encode;
use walnut_vectors::{GOLDEN, Recording, golden};

use crate::application::SMALL;

/// Inputs by target.
pub fn all() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    vec![
        ("wire_values", values::bcs()),
        ("rpc_messages", bodies::messages()),
        ("grpc_web", frames()),
        ("proposals", steps(&[0, 1])),
        ("certificates", steps(&[0, 4, 6])),
        ("replayed", replayed()),
        ("inbox", inbox()),
        ("modules", modules()),
        ("host_calls", host_calls()),
        ("texts", texts()),
    ]
}

/// A first byte before other bytes.
fn tagged(kind: u8, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    [&[kind], bytes.as_ref()].concat()
}

fn frames() -> Vec<Vec<u8>> {
    let trailers = |text: &str| {
        let length = u8::try_from(text.len()).expect("short");
        [&[0x80, 0, 0, 0, length], text.as_bytes()].concat()
    };
    let message = encode(b"message").expect("short");
    let bodies = [
        [&message[..], &message, &trailers("grpc-status:0\r\n")].concat(),
        trailers("grpc-status: 5\r\ngrpc-message: not%20found\r\n"),
        [&message[..], &trailers("")].concat(),
        message[..7].to_vec(),
        vec![1, 0, 0, 0, 0],
        vec![0, 255, 255, 255, 255],
    ];
    let head = |body: &Vec<u8>| [&[0, 1, 0, 3], &body[..]].concat();
    bodies.iter().map(head).collect()
}

/// Each way to propose; and what follows a proposal.
fn steps(kinds: &[u8]) -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for chain in 0..4 {
        for key in 0..4 {
            // Chain, round (any number, the one that is on), key, which one before, how; then what is in the block.
            let first = [kinds[0], chain, 0, 5, key, 0, 1, 4, chain, key, 1, 0];
            let mut input = first.to_vec();
            for kind in &kinds[1..] {
                input.extend([*kind, 0, 0, 5, 1, 0, 1]);
            }
            input.extend([kinds[0], chain, 0, 1, key, 0, 2, key, 0, 5, 0, 2, 200]);
            inputs.push(input);
        }
    }
    inputs
}

fn replayed() -> Vec<Vec<u8>> {
    let recording = Recording::from_files(&golden("no-fees")).expect("the recording is whole");
    let blocks = recording.chains.values().map(Vec::len).sum::<usize>();
    let blocks = u8::try_from(blocks).unwrap_or(u8::MAX);
    let in_order = |first: u8| (first..blocks).take(12).flat_map(|block| [block, 4]).collect::<Vec<_>>();
    let backwards = |first: u8| (0..first).rev().take(12).flat_map(|block| [block, 6]).collect::<Vec<_>>();
    let noted = (0..blocks).step_by(3).take(12).flat_map(|block| [block, 0]).collect();
    let changed = vec![0, 5, 0, 9, 7, 1, 0, 4];
    (0..blocks).step_by(7).map(in_order).chain([backwards(12), backwards(blocks), noted, changed]).collect()
}

fn inbox() -> Vec<Vec<u8>> {
    vec![
        vec![0, 0x00, 0, 0, 0x01, 1, 1, 0x00, 0, 1, 0x01, 1],
        vec![1, 0x00, 0, 1, 0x10, 1, 0, 0x00, 0, 0, 0x10, 1],
        vec![0, 0x00, 0, 0, 0x10, 1, 0, 0x20, 0, 1, 0x20, 0, 1, 0x10, 1],
        vec![0, 0x00, 16, 0, 0x10, 0, 1, 0x10, 0],
        vec![0, 0x0f, 0, 1, 0x0f, 0, 0, 0xf0, 0, 1, 0xff, 0],
    ]
}

fn modules() -> Vec<Vec<u8>> {
    let small = SMALL.iter().map(|text| wat::parse_str(text).expect("it is a module"));
    let small = small.flat_map(|module| (0..4).map(move |kind| tagged(kind, &module)));
    small.collect()
}

fn host_calls() -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for (kind, functions) in [(0, 53), (1, 33)] {
        for function in 0..functions {
            // An allocator that returns 4096, parameters that are all 2000, and memory of ones.
            let mut input = vec![kind, function, 1, 0, 16, 0, 0];
            (0..16).for_each(|_| input.extend(2000_u64.to_le_bytes()));
            input.extend([1; 300]);
            inputs.push(input);
        }
    }
    inputs
}

fn texts() -> Vec<Vec<u8>> {
    let words = "abandon ".repeat(11) + "about";
    let hex = "0f".repeat(32);
    let key = validator_key(1).public().to_string();
    let address = format!("0x{hex}@{hex}");
    let genesis = GOLDEN.iter().find(|(path, _)| *path == "no-fees/genesis.json").map(|(_, bytes)| *bytes);
    let simple = [
        (0, words.as_str()),
        (1, r#"{"keys":[["0x00",[123,125]]],"prng_seed":null}"#),
        (2, &hex),
        (3, &hex),
        (4, &hex),
        (5, r#"{"format":"walnut-vault","version":1,"checksum":"00","body":{}}"#),
        (6, "12 345.000_1"),
        (7, &address),
        (7, "0x52908400098527886E0F7030069857D2E4169EE7"),
        (8, "aban"),
        (9, r#"{"to":"ui","id":1,"payload":{"ui_response":{"Ok":"done"}}}"#),
        (11, r#"{"chains":{},"default":null,"genesis_config":{}}"#),
        (13, r#"{"version":1,"next_id":1,"entries":[]}"#),
        (14, "1.000000000000000001"),
        (15, &hex),
        (16, "0x00"),
        (17, &address),
        (18, &hex),
        (19, "System"),
        (21, "Data:00"),
        (23, "2024-01-02 03:04:05.678901"),
        (24, "grpcs:example.org:443"),
        (26, &key),
        (28, "18446744073709551615"),
        (29, "4294967295"),
    ];
    let genesis = genesis.map(|bytes| tagged(10, bytes));
    simple.iter().map(|(kind, text)| tagged(*kind, text)).chain(genesis).collect()
}
