//! What decoders refuse, what they let pass, and that hostile lengths do not allocate.

use std::{collections::BTreeMap, fs, path::Path};

use proptest::prelude::*;
use walnut_base::{
    AccountOwner, Amount, ApplicationPermissions, BlobContent, BlockHeight, ChainId, ChainOwnership,
    Committee, ConfirmedBlockCertificate, CryptoHash, EncodingError, Epoch, Event, EventId, Message,
    NodeError, Operation, ProposedBlock, Reason, Round, StreamId, SystemOperation, TimeoutConfig, Timestamp,
    Transaction, encoding, wallet_file::WalletFile,
};

const LIMIT: usize = 1 << 16;

/// A recorded certificate with operations, messages, events and signatures.
fn certificate_bytes() -> Vec<u8> {
    let chains = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/golden/testnet-fees/chains");
    let mut largest = Vec::new();
    for chain in fs::read_dir(chains).expect("the recordings") {
        for file in fs::read_dir(chain.expect("an entry").path()).expect("a chain") {
            let path = file.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "bcs") {
                let bytes = fs::read(path).expect("a certificate");
                if bytes.len() > largest.len() {
                    largest = bytes;
                }
            }
        }
    }
    assert!(largest.len() > 1_000);
    largest
}

fn bcs_error<T: std::fmt::Debug>(result: Result<T, EncodingError>) -> bcs::Error {
    match result {
        Err(EncodingError::Bcs(error)) => error,
        other => panic!("expected a BCS error, found {other:?}"),
    }
}

#[test]
fn truncated_certificates_are_refused_at_every_length() {
    let bytes = certificate_bytes();
    for length in 0..bytes.len() {
        assert!(matches!(
            encoding::from_bcs::<ConfirmedBlockCertificate>(&bytes[..length], LIMIT),
            Err(EncodingError::Bcs(_))
        ));
    }
    let value: ConfirmedBlockCertificate = encoding::from_bcs(&bytes, LIMIT).expect("a certificate");
    let bincode = encoding::to_bincode(&value);
    for length in 0..bincode.len() {
        assert!(matches!(
            encoding::from_bincode::<ConfirmedBlockCertificate>(&bincode[..length], LIMIT),
            Err(EncodingError::Bincode(_))
        ));
    }
}

#[test]
fn trailing_bytes_are_refused_by_bcs_and_ignored_by_bincode() {
    let mut bytes = certificate_bytes();
    let value: ConfirmedBlockCertificate = encoding::from_bcs(&bytes, LIMIT).expect("a certificate");
    bytes.push(0);
    assert_eq!(
        bcs_error(encoding::from_bcs::<ConfirmedBlockCertificate>(&bytes, LIMIT)),
        bcs::Error::RemainingInput
    );
    let mut bincode = encoding::to_bincode(&value);
    bincode.push(0);
    assert_eq!(encoding::from_bincode(&bincode, LIMIT), Ok(value));
}

#[test]
fn limits_count_bytes_before_decoding() {
    let bytes = encoding::to_bcs(&Amount::ONE);
    assert_eq!(encoding::from_bcs(&bytes, 16), Ok(Amount::ONE));
    let too_long = EncodingError::TooLong { found: 16, limit: 15 };
    assert_eq!(encoding::from_bcs::<Amount>(&bytes, 15), Err(too_long.clone()));
    assert_eq!(encoding::from_bincode::<Amount>(&bytes, 15), Err(too_long));
}

#[test]
fn noncanonical_numbers_are_refused() {
    // Lengths and variant numbers have one form: no trailing zero group, at most 32 bits.
    for bytes in [&[0x80, 0x00][..], &[0x80, 0x80, 0x80, 0x80, 0x00], &[0xff, 0xff, 0xff, 0xff, 0x7f]] {
        let error = bcs_error(encoding::from_bcs::<Vec<u8>>(bytes, LIMIT));
        assert!(
            matches!(
                error,
                bcs::Error::NonCanonicalUleb128Encoding | bcs::Error::IntegerOverflowDuringUleb128Decoding
            ),
            "{error}"
        );
    }
    assert_eq!(
        bcs_error(encoding::from_bcs::<Round>(&[0x80, 0x00], LIMIT)),
        bcs::Error::NonCanonicalUleb128Encoding
    );
    assert_eq!(bcs_error(encoding::from_bcs::<Option<u8>>(&[2, 0], LIMIT)), bcs::Error::ExpectedOption);
    assert!(matches!(encoding::from_bcs::<Round>(&[4], LIMIT), Err(EncodingError::Bcs(_))));
}

#[test]
fn maps_must_be_sorted_by_bytes_in_bcs_only() {
    let map = BTreeMap::from([(Epoch(1), 1_u8), (Epoch(256), 2)]);
    let good = encoding::to_bcs(&map);
    let mut swapped = good.clone();
    swapped[1..].rotate_left(5);
    let mut doubled = good.clone();
    doubled.copy_within(1..6, 6);
    for bytes in [swapped, doubled] {
        assert_eq!(
            bcs_error(encoding::from_bcs::<BTreeMap<Epoch, u8>>(&bytes, LIMIT)),
            bcs::Error::NonCanonicalMap
        );
    }
    let mut bincode = encoding::to_bincode(&map);
    bincode[8..].rotate_left(5);
    assert_eq!(encoding::from_bincode(&bincode, LIMIT), Ok(map));
}

#[test]
fn sets_decode_unsorted_unless_asked_for_the_canonical_form() {
    let ownership = ChainOwnership::single_super(AccountOwner::Reserved(1));
    let good = encoding::to_bcs(&ownership);
    let unsorted = [&[3, 0, 2, 0, 1, 0, 1], &good[3..]].concat();
    let decoded: ChainOwnership = encoding::from_bcs(&unsorted, LIMIT).expect("sets are not checked");
    assert_eq!(decoded.super_owners.len(), 2);
    assert_eq!(
        encoding::from_bcs_canonical::<ChainOwnership>(&unsorted, LIMIT),
        Err(EncodingError::NotCanonical)
    );
    assert_eq!(encoding::from_bcs_canonical(&good, LIMIT), Ok(ownership));
}

#[test]
fn hostile_lengths_do_not_allocate() {
    // Each claims billions of elements and brings none; decoding must fail quickly.
    let bcs_length = [0xff, 0xff, 0xff, 0xff, 0x07];
    assert_eq!(bcs_error(encoding::from_bcs::<Vec<u8>>(&bcs_length, LIMIT)), bcs::Error::Eof);
    assert_eq!(bcs_error(encoding::from_bcs::<Vec<EventId>>(&bcs_length, LIMIT)), bcs::Error::Eof);
    assert_eq!(
        bcs_error(encoding::from_bcs::<BlobContent>(&[&[0], &bcs_length[..]].concat(), LIMIT)),
        bcs::Error::Eof
    );
    let bincode_length = [&u64::MAX.to_le_bytes()[..], &[0; 8]].concat();
    for failed in [
        encoding::from_bincode::<Vec<EventId>>(&bincode_length, LIMIT).err(),
        encoding::from_bincode::<BTreeMap<ChainId, BlockHeight>>(&bincode_length, LIMIT).err(),
        encoding::from_bincode::<String>(&bincode_length, LIMIT).err(),
        encoding::from_bincode::<BlobContent>(&[&[0; 4], &bincode_length[..]].concat(), LIMIT).err(),
    ] {
        assert!(matches!(failed, Some(EncodingError::Bincode(_))));
    }
}

#[test]
fn json_of_a_wallet_refuses_numbers_for_amounts() {
    let text = "{\"chains\":{},\"default\":1,\"genesis_config\":null}";
    assert!(serde_json::from_str::<WalletFile>(text).is_err_and(|error| error.is_data()));
}

fn any_hash() -> impl Strategy<Value = CryptoHash> {
    any::<[u8; 32]>().prop_map(CryptoHash::from)
}

fn any_owner() -> impl Strategy<Value = AccountOwner> {
    prop_oneof![
        any::<u8>().prop_map(AccountOwner::Reserved),
        any_hash().prop_map(AccountOwner::Address32),
        any::<[u8; 20]>().prop_map(AccountOwner::Address20),
    ]
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..20)
}

fn any_stream() -> impl Strategy<Value = StreamId> {
    (any::<Option<[u8; 32]>>(), any_bytes()).prop_map(|(application, name)| match application {
        None => StreamId::system(name),
        Some(hash) => StreamId::user(walnut_base::ApplicationId::new(hash.into()), name),
    })
}

fn any_ownership() -> impl Strategy<Value = ChainOwnership> {
    (
        prop::collection::btree_set(any_owner(), 0..4),
        prop::collection::btree_map(any_owner(), any::<u64>(), 0..4),
        any::<(u32, bool)>(),
    )
        .prop_map(|(super_owners, owners, (multi_leader_rounds, open_multi_leader_rounds))| {
            ChainOwnership {
                super_owners,
                owners,
                multi_leader_rounds,
                open_multi_leader_rounds,
                timeout_config: TimeoutConfig::default(),
            }
        })
}

fn any_operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        (any_hash(), any_bytes()).prop_map(|(hash, bytes)| Operation::User {
            application_id: walnut_base::ApplicationId::new(hash),
            bytes
        }),
        (any_owner(), any_owner(), any_hash(), any::<u128>()).prop_map(|(owner, recipient, chain, attos)| {
            let recipient = walnut_base::Account::new(ChainId(chain), recipient);
            SystemOperation::Transfer { owner, recipient, amount: Amount::from_attos(attos) }.into()
        }),
        (any_ownership(), any::<u128>()).prop_map(|(ownership, attos)| {
            SystemOperation::OpenChain(walnut_base::OpenChainConfig {
                ownership,
                balance: Amount::from_attos(attos),
                application_permissions: ApplicationPermissions::default(),
            })
            .into()
        }),
        prop::collection::vec((any_hash().prop_map(ChainId), any_stream(), any::<u32>()), 0..3)
            .prop_map(|updates| SystemOperation::UpdateStreams(updates).into()),
    ]
}

fn any_block() -> impl Strategy<Value = ProposedBlock> {
    (
        any_hash(),
        any::<(u32, u64, u64)>(),
        prop::collection::vec(any_operation(), 0..5),
        prop::option::of(any_owner()),
        prop::option::of(any_hash()),
    )
        .prop_map(|(chain, (epoch, height, timestamp), operations, signer, previous)| ProposedBlock {
            chain_id: ChainId(chain),
            epoch: Epoch(epoch),
            transactions: operations.into_iter().map(Transaction::ExecuteOperation).collect(),
            height: BlockHeight(height),
            timestamp: Timestamp::from_micros(timestamp),
            authenticated_signer: signer,
            previous_block_hash: previous,
        })
}

fn round_trip<T>(value: &T) -> Result<(), TestCaseError>
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let bcs = encoding::to_bcs(value);
    let decoded = encoding::from_bcs_canonical::<T>(&bcs, LIMIT);
    prop_assert_eq!(decoded.as_ref(), Ok(value));
    prop_assert_eq!(encoding::bcs_size(value), bcs.len() as u64);
    let decoded = encoding::from_bincode::<T>(&encoding::to_bincode(value), LIMIT);
    prop_assert_eq!(decoded.as_ref(), Ok(value));
    let json = serde_json::to_string(value).expect("JSON");
    prop_assert_eq!(&serde_json::from_str::<T>(&json).expect("a value"), value);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn blocks_round_trip(block in any_block()) {
        round_trip(&block)?;
    }

    #[test]
    fn ownerships_round_trip(ownership in any_ownership()) {
        round_trip(&ownership)?;
    }

    #[test]
    fn events_and_reasons_round_trip(
        stream_id in any_stream(),
        index: u32,
        value in any_bytes(),
        hash in any_hash(),
        event_streams in prop::collection::btree_set(any_stream(), 0..4),
    ) {
        round_trip(&Event { stream_id: stream_id.clone(), index, value })?;
        round_trip(&EventId { chain_id: ChainId(hash), stream_id: stream_id.clone(), index })?;
        round_trip(&BTreeMap::from([(stream_id, (hash, BlockHeight(u64::MAX)))]))?;
        round_trip(&Reason::NewBlock { height: BlockHeight(1), hash, event_streams })?;
        round_trip(&NodeError::MissingCertificates(vec![hash]))?;
    }

    #[test]
    fn damaged_certificates_never_panic(position: usize, byte: u8) {
        let mut bytes = certificate_bytes();
        let position = position % bytes.len();
        bytes[position] = byte;
        if let Ok(value) = encoding::from_bcs::<ConfirmedBlockCertificate>(&bytes, LIMIT) {
            prop_assert!(encoding::to_bcs(&value).len() <= bytes.len());
        }
        let decoded = encoding::from_bincode::<ConfirmedBlockCertificate>(&bytes, LIMIT);
        prop_assert!(decoded.is_err() || position < bytes.len());
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(message) = encoding::from_bcs::<Message>(&bytes, LIMIT) {
            prop_assert_eq!(encoding::to_bcs(&message), bytes.clone());
        }
        if let Ok(committee) = encoding::from_bcs::<Committee>(&bytes, LIMIT) {
            prop_assert!(committee.quorum_threshold() > 0);
        }
        if let Ok(error) = encoding::from_bincode::<NodeError>(&bytes, LIMIT) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
