//! Messages and services generated from `proto/rpc.proto`.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, rustdoc::all)]
#![allow(clippy::unwrap_used, clippy::let_underscore_must_use, clippy::cast_possible_truncation)]

include!(concat!(env!("OUT_DIR"), "/rpc.v1.rs"));

/// The compiled `proto/rpc.proto` with its imports, as server reflection wants it: an encoded `FileDescriptorSet`.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rpc.v1.descriptors"));
