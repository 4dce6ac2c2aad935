//! Text and JSON forms of names.

use std::collections::BTreeMap;

use super::*;
use crate::{CryptoHash, ParseError, encoding};

const DIGITS: &str = "0b87a7cba23cf0d634a1f8eace084acb8fa110b8017db71a7f1bb159e4c752dd";

fn hash() -> CryptoHash {
    DIGITS.parse().expect("a hash")
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("JSON")
}

#[test]
fn hashes_parse_either_case_without_prefix() {
    assert_eq!(DIGITS.to_uppercase().parse(), Ok(hash()));
    assert_eq!(format!("0x{DIGITS}").parse::<CryptoHash>(), Err(ParseError::WrongLength(66)));
    assert_eq!(DIGITS[1..].parse::<CryptoHash>(), Err(ParseError::WrongLength(63)));
    assert_eq!(DIGITS.replace('b', "g").parse::<CryptoHash>(), Err(ParseError::NotHex));
    assert_eq!(json(&ChainId(hash())), format!("\"{DIGITS}\""));
    assert_eq!(format!("{:.8}", hash()), DIGITS[..8]);
}

#[test]
fn owners_are_told_apart_by_length() {
    let address20 = AccountOwner::Address20([7; 20]);
    for (owner, text) in [
        (AccountOwner::CHAIN, "0x00".to_owned()),
        (AccountOwner::Reserved(255), "0xff".to_owned()),
        (AccountOwner::Address32(hash()), format!("0x{DIGITS}")),
        (address20, format!("0x{}", "07".repeat(20))),
    ] {
        assert_eq!(owner.to_string(), text);
        assert_eq!(text.parse(), Ok(owner));
        assert_eq!(json(&owner), format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<AccountOwner>(&json(&owner)).expect("an owner"), owner);
    }
    assert_eq!(DIGITS.parse::<AccountOwner>(), Err(ParseError::MissingPrefix("0x")));
    assert_eq!("0x000".parse::<AccountOwner>(), Err(ParseError::WrongLength(3)));
    assert_eq!(encoding::to_bcs(&AccountOwner::CHAIN), [0, 0]);
    assert!(AccountOwner::CHAIN < AccountOwner::Address32(CryptoHash::ZERO));
    assert!(AccountOwner::Address32([255; 32].into()) < AccountOwner::Address20([0; 20]));
    assert_eq!(
        [AccountOwner::CHAIN, AccountOwner::Address32(hash()), address20].map(|owner| owner.size()),
        [1, 32, 20]
    );
    let mut padded = [0; 32];
    padded[12..].fill(7);
    assert_eq!(AccountOwner::from(padded), address20);
    padded[0] = 1;
    assert_eq!(AccountOwner::from(padded), AccountOwner::Address32(padded.into()));
}

#[test]
fn accounts_split_at_the_last_at_sign() {
    let account = Account::new(ChainId(hash()), AccountOwner::Reserved(1));
    assert_eq!(account.to_string(), format!("0x01@{DIGITS}"));
    assert_eq!(account.to_string().parse(), Ok(account));
    assert_eq!(DIGITS.parse(), Ok(Account::chain(ChainId(hash()))));
    assert_eq!(format!("0x01@0x01@{DIGITS}").parse::<Account>(), Err(ParseError::WrongLength(7)));
    assert_eq!(json(&account), format!("{{\"chain_id\":\"{DIGITS}\",\"owner\":\"0x01\"}}"));
}

#[test]
fn blob_ids_write_the_hash_first_and_sort_by_type() {
    let id = BlobId::new(hash(), BlobType::Committee);
    assert_eq!(id.to_string(), format!("Committee:{DIGITS}"));
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(encoding::to_bcs(&id), [hash().as_bytes().as_slice(), &[5]].concat());
    assert_eq!(encoding::to_bincode(&id).len(), 36);
    assert!(
        BlobId::new([255; 32].into(), BlobType::Data) < BlobId::new(CryptoHash::ZERO, BlobType::EvmBytecode)
    );
    assert_eq!(format!("committee:{DIGITS}").parse::<BlobId>(), Err(ParseError::UnknownVariant("blob type")));
    assert_eq!(json(&BTreeMap::from([(id, 1)])), format!("{{\"Committee:{DIGITS}\":1}}"));
}

#[test]
fn modules_and_applications() {
    let module = ModuleId::new(hash(), [2; 32].into(), VmRuntime::Evm);
    let text = format!("{DIGITS}{}01", "02".repeat(32));
    assert_eq!(module.to_string(), text);
    assert_eq!(text.parse(), Ok(module));
    assert_eq!(encoding::to_bcs(&module).len(), 65);
    assert_eq!(
        format!("{DIGITS}{DIGITS}02")
            .parse::<ModuleId>()
            .map_err(|error| matches!(error, ParseError::InvalidValue(_))),
        Err(true)
    );
    assert_eq!(module.bytecode_blob_ids(), [BlobId::new(hash(), BlobType::EvmBytecode)]);
    assert_eq!(module.service_bytecode_blob_id(), module.contract_bytecode_blob_id());
    let wasm = ModuleId { vm_runtime: VmRuntime::Wasm, ..module };
    assert_eq!(
        wasm.bytecode_blob_ids(),
        [
            BlobId::new(hash(), BlobType::ContractBytecode),
            BlobId::new([2; 32].into(), BlobType::ServiceBytecode)
        ]
    );
    assert_eq!("wasm".parse(), Ok(VmRuntime::Wasm));
    assert_eq!(VmRuntime::Evm.to_string(), "Evm");
    assert_eq!("Wasm".parse::<VmRuntime>(), Err(ParseError::UnknownVariant("VM runtime")));

    let user = GenericApplicationId::User(ApplicationId::new(hash()));
    assert_eq!(user.to_string(), format!("User:{DIGITS}"));
    assert_eq!(json(&user), format!("{{\"User\":\"{DIGITS}\"}}"));
    assert_eq!(json(&GenericApplicationId::System), "\"System\"");
    assert_eq!("System".parse(), Ok(GenericApplicationId::System));
    assert_eq!(user.to_string().parse(), Ok(user));
}

#[test]
fn streams_split_at_the_last_colon() {
    let stream = StreamId::user(ApplicationId::new(hash()), "ab");
    assert_eq!(stream.to_string(), format!("User:{DIGITS}:6162"));
    assert_eq!(stream.to_string().parse(), Ok(stream.clone()));
    assert_eq!(json(&stream), format!("\"{stream}\""));
    assert_eq!(StreamId::system([0]).to_string(), "System:00");
    assert_eq!("System:".parse(), Ok(StreamId::system([])));
    assert_eq!("System".parse::<StreamId>(), Err(ParseError::Malformed("stream ID")));
    assert_eq!(json(&StreamName::from("ab")), "[97,98]");
    assert_eq!(serde_json::from_str::<StreamName>("\"ab\"").expect("a name"), StreamName::from("ab"));

    // In memory longer names sort by content; in BCS maps the length comes first.
    let streams = BTreeMap::from([(StreamId::system("aa"), 1_u8), (StreamId::system("b"), 2)]);
    assert_eq!(streams.keys().next(), Some(&StreamId::system("aa")));
    assert_eq!(encoding::to_bcs(&streams), [2, 0, 1, b'b', 2, 0, 2, b'a', b'a', 1]);
    assert_eq!(encoding::to_bincode(&streams)[20], b'a');
    let decoded: BTreeMap<StreamId, u8> =
        encoding::from_bcs_canonical(&encoding::to_bcs(&streams), 64).expect("a map");
    assert_eq!(decoded, streams);
}

#[test]
fn epochs_are_strings_in_json_and_sort_oddly_in_bcs() {
    let epochs = BTreeMap::from([(Epoch(1), 1_u8), (Epoch(256), 2)]);
    assert_eq!(json(&epochs), "{\"1\":1,\"256\":2}");
    assert_eq!(encoding::to_bcs(&epochs), [2, 0, 1, 0, 0, 2, 1, 0, 0, 0, 1]);
    assert_eq!(json(&Epoch(3)), "\"3\"");
    assert!(serde_json::from_str::<Epoch>("3").is_err_and(|error| error.is_data()));
    assert_eq!(json(&BlockHeight(3)), "3");
}
