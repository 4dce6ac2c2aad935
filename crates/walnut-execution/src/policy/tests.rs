//! Flags, blob limits, the price of grants.

use walnut_base::{Amount, ApplicationId, Blob, BlobType, ResourceControlPolicy, policy::StateHashMode};

use super::{PolicyFlags, Resources, check_blob_size, total_price};
use crate::{
    DecompressionError, ExecutionError, bytecode,
    test_utils::{blob_of, hash, policy},
};

fn flags(entries: &[&str]) -> PolicyFlags {
    PolicyFlags::new(&policy(|policy| {
        policy.http_request_allow_list = entries.iter().map(|entry| entry.to_string()).collect();
    }))
}

#[test]
fn flags_are_exact_and_ranked() {
    assert_eq!(flags(&[]), PolicyFlags::default());
    let all = flags(&[
        "FLAG_HISTORICAL_HASH_SHADOW.linera.network",
        "FLAG_HISTORICAL_HASH.linera.network",
        "FLAG_ZERO_HASH.linera.network",
    ]);
    assert_eq!(all.state_hash_mode, StateHashMode::Zero);
    let rolling =
        flags(&["FLAG_HISTORICAL_HASH_SHADOW.linera.network", "FLAG_HISTORICAL_HASH.linera.network"]);
    assert_eq!(rolling.state_hash_mode, StateHashMode::Historical);
    assert_eq!(flags(&["flag_zero_hash.linera.network"]).state_hash_mode, StateHashMode::Full);
    assert!(flags(&["FLAG_FREE_REJECT.linera.network"]).free_reject);
    assert!(!flags(&["FLAG_FREE_REJECT"]).free_reject);
}

#[test]
fn free_applications_are_named_in_lower_case() {
    let app = ApplicationId::new(hash(0xab));
    let name = app.to_string();
    assert!(flags(&[&format!("FLAG_FREE_APPLICATION_ID_{name}.linera.network")]).is_free(&app));
    let upper = name.to_uppercase();
    assert!(!flags(&[&format!("FLAG_FREE_APPLICATION_ID_{upper}.linera.network")]).is_free(&app));
    assert!(!flags(&["FLAG_FREE_APPLICATION_ID_.linera.network"]).is_free(&app));
}

#[test]
fn blob_size_is_limited_exactly() {
    let limited = policy(|policy| policy.maximum_blob_size = 10);
    let check = |bytes: usize| check_blob_size(&limited, Blob::new_data(vec![0; bytes]).content());
    assert_eq!(check(9), Ok(()));
    assert_eq!(check(10), Ok(()));
    assert_eq!(check(11), Err(ExecutionError::BlobTooLarge));
}

#[test]
fn bytecode_size_is_limited_after_decompression() {
    let limited = policy(|policy| policy.maximum_bytecode_size = 1000);
    for blob_type in [BlobType::ContractBytecode, BlobType::ServiceBytecode, BlobType::EvmBytecode] {
        let check = |bytes: usize| {
            let compressed = bytecode::compress(&vec![7; bytes]).unwrap();
            check_blob_size(&limited, blob_of(blob_type, compressed).content())
        };
        assert_eq!(check(999), Ok(()));
        assert_eq!(check(1000), Ok(()));
        assert_eq!(check(1001), Err(ExecutionError::BytecodeTooLarge));
    }
    let check = |bytes: &[u8]| {
        check_blob_size(&limited, blob_of(BlobType::ContractBytecode, bytes.to_vec()).content())
    };
    let invalid = Err(ExecutionError::DecompressionError(DecompressionError));
    assert_eq!(check(b"not zstd at all"), invalid);
    assert_eq!(check(b""), invalid);
    // A block with this in a blob must fail whatever the limit.
    let unlimited = ResourceControlPolicy::no_fees();
    assert_eq!(check_blob_size(&unlimited, blob_of(BlobType::EvmBytecode, vec![1]).content()), invalid);
}

#[test]
fn bytecode_may_have_several_frames_but_no_garbage() {
    let mut frames = bytecode::compress(&[1; 600]).unwrap();
    frames.extend(bytecode::compress(&[2; 600]).unwrap());
    assert_eq!(bytecode::decompressed_size_at_most(&frames, 1200), Ok(true));
    assert_eq!(bytecode::decompressed_size_at_most(&frames, 1199), Ok(false));
    assert_eq!(bytecode::decompress(&frames).unwrap(), [vec![1; 600], vec![2; 600]].concat());
    frames.push(0);
    assert_eq!(bytecode::decompressed_size_at_most(&frames, 5000), Err(DecompressionError));
    let truncated = &frames[..frames.len() - 3];
    assert_eq!(bytecode::decompress(truncated), Err(DecompressionError));
}

/// Validators are built with libzstd's decoders for the formats before 1.0: a frame of version 0.7 with one raw block.
#[test]
fn old_formats_are_bytecode_too() {
    let frame = hex::decode("27b52ffd2003400003616263c00000").unwrap();
    assert_eq!(bytecode::decompress(&frame).unwrap(), b"abc");
    assert_eq!(bytecode::decompressed_size_at_most(&frame, 3), Ok(true));
    assert_eq!(bytecode::decompressed_size_at_most(&frame, 2), Ok(false));
}

/// Bytes recorded from the reference (`linera-base` 0.15.23, native).
#[test]
fn compression_equals_the_validators() {
    assert_eq!(hex::encode(bytecode::compress(&[]).unwrap()), "28b52ffd2000010000");
    assert_eq!(hex::encode(bytecode::compress(&[0; 100]).unwrap()), "28b52ffd006845000010000001003f012c");
}

#[test]
fn grants_cost_everything_but_operations() {
    let ones = Resources {
        wasm_fuel: 1,
        evm_fuel: 1,
        read_operations: 1,
        write_operations: 1,
        bytes_runtime: 1,
        bytes_to_read: 1,
        bytes_to_write: 1,
        blobs_to_read: 1,
        blobs_to_publish: 1,
        blob_bytes_to_read: 1,
        blob_bytes_to_publish: 1,
        messages: 1,
        message_size: 1,
        storage_size_delta: 1,
        service_as_oracle_queries: 1,
        http_requests: 1,
    };
    let prices = ResourceControlPolicy::testnet();
    let expected = [
        prices.wasm_fuel_unit,
        prices.evm_fuel_unit,
        prices.read_operation,
        prices.write_operation,
        prices.byte_runtime,
        prices.byte_read,
        prices.byte_written,
        prices.blob_read,
        prices.blob_published,
        prices.blob_byte_read,
        prices.blob_byte_published,
        prices.byte_stored,
        prices.message,
        prices.message_byte,
        prices.service_as_oracle_query,
        prices.http_request,
    ];
    assert_eq!(total_price(&prices, &ones), Ok(expected.into_iter().sum()));
    let dear = policy(|policy| policy.wasm_fuel_unit = Amount::MAX);
    let two = Resources { wasm_fuel: 2, ..Resources::default() };
    assert_eq!(total_price(&dear, &two), Err(walnut_base::ArithmeticError::Overflow));
}
