//! The shape of every wire type, traced and compared with `tests/vectors/format.yaml`.
//!
//! After a wanted change, run with `WALNUT_UPDATE_VECTORS=1` and review the difference.

use std::{fs, path::Path};

use serde::{Serialize, de::DeserializeOwned};
use serde_reflection::{Registry, Samples, Tracer, TracerConfig};
use walnut_base::{
    AccountPublicKey, AccountSecretKey, AccountSignature, AdminOperation, ApplicationDescription, Blob,
    BlobContent, BlobType, Block, BlockExecutionOutcome, BlockHeight, BlockHeightRange, Certificate,
    CertificateKind, ChainInfo, ChainInfoQuery, ChainInfoResponse, ChainOrigin, Committee, ConfirmedBlock,
    ConfirmedBlockCertificate, CrossChainRequest, CryptoHash, CryptoHashVec, DataBlobHash, Ed25519SecretKey,
    Epoch, EventId, EvmSecretKey, GenericApplicationId, GenesisConfig, LiteVote, LockingBlock, Message,
    MessageAction, MessageBundle, MessageKind, NetworkDescription, NodeError, Notification, Operation,
    OracleResponse, OriginalProposal, ProposedBlock, Reason, Round, Secp256k1SecretKey, SystemMessage,
    SystemOperation, Transaction, VersionInfo, VmRuntime, Vote, VoteValue,
    block::{PreviousEventBlocksMap, PreviousMessageBlocksMap},
};

fn trace_value<T: Serialize>(tracer: &mut Tracer, samples: &mut Samples, value: &T) {
    tracer.trace_value(samples, value).expect("a traceable value");
}

fn trace<T: DeserializeOwned>(tracer: &mut Tracer, samples: &Samples) {
    tracer.trace_type::<T>(samples).unwrap_or_else(|error| panic!("{}: {error}", std::any::type_name::<T>()));
}

fn registry() -> Registry {
    let config = TracerConfig::default()
        .record_samples_for_newtype_structs(true)
        .record_samples_for_tuple_structs(true);
    let mut tracer = Tracer::new(config);
    let mut samples = Samples::new();

    // Keys and signatures are checked when decoded, so the tracer needs valid ones.
    let secp256k1 = Secp256k1SecretKey::from_bytes(&[1; 32]).expect("a valid key");
    let evm = EvmSecretKey::from_bytes(&[1; 32]).expect("a valid key");
    trace_value(&mut tracer, &mut samples, &secp256k1.public());
    trace_value(&mut tracer, &mut samples, &secp256k1.sign_prehash(CryptoHash::ZERO));
    trace_value(&mut tracer, &mut samples, &evm.public());
    for key in [
        AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[1; 32])),
        AccountSecretKey::Secp256k1(secp256k1),
        AccountSecretKey::EvmSecp256k1(evm),
    ] {
        trace_value(&mut tracer, &mut samples, &key.public());
        trace_value(&mut tracer, &mut samples, &key.sign_prehash(CryptoHash::ZERO));
    }
    // Enums first, so that structs find them complete.
    macro_rules! trace_all {
        ($($type:ty),* $(,)?) => { $(trace::<$type>(&mut tracer, &samples);)* };
    }
    trace_all![
        walnut_base::AccountOwner,
        AccountPublicKey,
        AccountSignature,
        BlobType,
        CertificateKind,
        ChainOrigin,
        GenericApplicationId,
        MessageAction,
        MessageKind,
        Round,
        VmRuntime,
        AdminOperation,
        SystemMessage,
        SystemOperation,
        Operation,
        Message,
        OracleResponse,
        Transaction,
        OriginalProposal,
        LockingBlock,
        Reason,
        NodeError,
        CrossChainRequest,
        Certificate,
        ApplicationDescription,
        Blob,
        BlobContent,
        Block,
        BlockExecutionOutcome,
        BlockHeight,
        BlockHeightRange,
        ChainInfo,
        ChainInfoQuery,
        ChainInfoResponse,
        Committee,
        ConfirmedBlockCertificate,
        CryptoHashVec,
        DataBlobHash,
        Epoch,
        EventId,
        GenesisConfig,
        LiteVote,
        MessageBundle,
        NetworkDescription,
        Notification,
        PreviousEventBlocksMap,
        PreviousMessageBlocksMap,
        ProposedBlock,
        VersionInfo,
        Vote<ConfirmedBlock>,
        VoteValue,
    ];
    tracer.registry().expect("every type is complete")
}

#[test]
fn wire_types_keep_their_shape() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/format.yaml");
    let ours = serde_yaml::to_string(&registry()).expect("YAML");
    if std::env::var_os("WALNUT_UPDATE_VECTORS").is_some() {
        fs::write(&path, &ours).expect("a writable snapshot");
    }
    let recorded = fs::read_to_string(&path).expect("the snapshot");
    for (line, (ours, recorded)) in ours.lines().zip(recorded.lines()).enumerate() {
        assert_eq!(ours, recorded, "line {} of format.yaml", line + 1);
    }
    assert_eq!(ours, recorded);
}
