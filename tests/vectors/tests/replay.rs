//! The golden recordings replay without a difference, and doctored copies with exactly the expected one.

use walnut_base::{BlobContent, ConfirmedBlock, ConfirmedBlockCertificate, CryptoHash, encoding};
use walnut_execution::{NothingOutside, UnsupportedApplications, WasmApplications};
use walnut_vectors::{
    Files, MismatchKind, RECORDINGS, Recording, RecordingError, Report, block_on, golden, replay,
};

fn replay_files(files: &Files) -> Report {
    let recording = Recording::from_files(files).expect("the recording is whole");
    block_on(replay(&recording, WasmApplications::<NothingOutside>::default()))
}

fn kinds(report: &Report) -> Vec<MismatchKind> {
    report.mismatches_by_kind().into_keys().collect()
}

/// The path of a certificate that is executed without applications.
fn path_of_block(files: &Files, height: u64) -> String {
    let suffix = format!("/{height:04}.certificate.bcs");
    let admin = format!("chains/{}/", Recording::from_files(files).expect("whole").network.admin_chain_id);
    let path = files.keys().find(|path| path.ends_with(&suffix) && !path.starts_with(&admin));
    path.expect("some other chain has such a block").clone()
}

fn decode(bytes: &[u8]) -> ConfirmedBlockCertificate {
    encoding::from_bcs(bytes, bytes.len()).expect("golden certificates decode")
}

#[test]
fn golden_recordings_replay_without_a_difference() {
    for name in RECORDINGS {
        let report = replay_files(&golden(name));
        assert_eq!(report.mismatches, Vec::new(), "{name}");
        assert_eq!(report.certificates_verified, 62, "{name}");
        assert_eq!((report.blocks_executed, report.needs_applications), (62, 0), "{name}");
        assert!(report.chains.iter().all(|chain| chain.final_state_checked), "{name}");
    }
}

#[test]
fn folders_replay_like_embedded_files() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/no-fees");
    let recording = Recording::from_folder(&folder).expect("the folder is a recording");
    let report = block_on(replay(&recording, WasmApplications::<NothingOutside>::default()));
    assert_eq!(report.mismatches, Vec::new());
    assert_eq!((report.certificates_verified, report.blocks_executed), (62, 62));
}

/// A node that cannot run applications stops where the first one is called, and says so; it guesses nothing.
#[test]
fn without_applications_their_chains_wait() {
    for name in RECORDINGS {
        let recording = Recording::from_files(&golden(name)).expect("the recording is whole");
        let report = block_on(replay(&recording, UnsupportedApplications));
        assert_eq!(report.mismatches, Vec::new(), "{name}");
        assert_eq!((report.blocks_executed, report.needs_applications), (46, 16), "{name}");
    }
}

#[test]
fn a_flipped_byte_in_a_block_changes_its_hash() {
    for name in RECORDINGS {
        let mut files = golden(name);
        let path = path_of_block(&files, 0);
        let certificate = files.get_mut(&path).expect("it was just found");
        certificate[40] ^= 1; // inside the header: chain ID is 32 bytes, epoch 4, then height and timestamp
        assert_eq!(kinds(&replay_files(&files)), [MismatchKind::BlockHash], "{name}");
    }
}

#[test]
fn a_flipped_byte_in_a_signature_is_an_invalid_signature() {
    let mut files = golden("testnet-fees");
    let path = path_of_block(&files, 0);
    let certificate = files.get_mut(&path).expect("it was just found");
    let last = certificate.len() - 1;
    certificate[last] ^= 1;
    assert_eq!(kinds(&replay_files(&files)), [MismatchKind::Signatures]);
}

#[test]
fn a_missing_signature_is_no_quorum() {
    let mut files = golden("no-fees");
    let path = path_of_block(&files, 0);
    let (value, round, mut signatures) = decode(&files[&path]).into_parts();
    signatures.truncate(2);
    let doctored = ConfirmedBlockCertificate::new(value, round, signatures);
    files.insert(path, encoding::to_bcs(&doctored));
    assert_eq!(kinds(&replay_files(&files)), [MismatchKind::Signatures]);
}

#[test]
fn trailing_bytes_and_unsorted_signatures_do_not_decode() {
    let mut files = golden("no-fees");
    let path = path_of_block(&files, 0);
    files.get_mut(&path).expect("it was just found").push(0);
    assert_eq!(kinds(&replay_files(&files)), [MismatchKind::Encoding]);

    // Swaps the first two of the signatures at the end: 33 bytes of key and 64 of signature each.
    let mut files = golden("no-fees");
    let path = path_of_block(&files, 0);
    let count = decode(&files[&path]).signatures().len();
    let bytes = files.get_mut(&path).expect("it was just found");
    let start = bytes.len() - count * 97;
    let (first, second) = bytes[start..start + 2 * 97].split_at_mut(97);
    first.swap_with_slice(second);
    assert_eq!(kinds(&replay_files(&files)), [MismatchKind::Encoding]);
}

/// That execution notices wrong outcomes which a quorum signed is tested in walnut-chain, with keys of its own.
#[test]
fn a_wrong_state_hash_changes_the_block_hash_or_breaks_the_signatures() {
    let mut files = golden("testnet-fees");
    let path = path_of_block(&files, 0);
    let (value, round, signatures) = decode(&files[&path]).into_parts();
    let old_hash = value.hash();
    let mut block = value.into_block();
    block.header.state_hash = CryptoHash::from([7; 32]);
    let doctored = ConfirmedBlockCertificate::new(ConfirmedBlock::new(block), round, signatures);
    files.insert(path.clone(), encoding::to_bcs(&doctored));
    assert_eq!(kinds(&replay_files(&files)), [MismatchKind::BlockHash]);

    // Also where the readable companion says the doctored hash.
    let companion = path.replace(".certificate.bcs", ".json");
    let text = String::from_utf8(files[&companion].clone()).expect("JSON is UTF-8");
    let text = text.replace(&old_hash.to_string(), &doctored.hash().to_string());
    files.insert(companion, text.into_bytes());
    assert_eq!(kinds(&replay_files(&files)), [MismatchKind::Signatures]);
}

#[test]
fn a_wrong_final_state_hash_is_noticed() {
    let mut files = golden("historical-hash");
    let index = String::from_utf8(files["index.json"].clone()).expect("JSON is UTF-8");
    let at = index.find("\"state_hash\": \"").expect("state hashes are listed") + "\"state_hash\": \"".len();
    let digit = if index.as_bytes()[at] == b'0' { "1" } else { "0" };
    let mut doctored = index.clone();
    doctored.replace_range(at..=at, digit);
    files.insert("index.json".into(), doctored.into_bytes());
    assert_eq!(kinds(&replay_files(&files)), [MismatchKind::FinalStateHash]);
}

#[test]
fn a_missing_blob_is_missing_data() {
    let mut files = golden("testnet-fees");
    let data = files.keys().find(|path| path.starts_with("blobs/Data-")).expect("a data blob").clone();
    files.remove(&data);
    let report = replay_files(&files);
    assert_eq!(kinds(&report), [MismatchKind::MissingData]);
}

#[test]
fn a_wrong_final_balance_is_noticed() {
    let mut files = golden("no-fees");
    let index = String::from_utf8(files["index.json"].clone()).expect("JSON is UTF-8");
    let at = index.find("\"balance\": \"").expect("balances are listed") + "\"balance\": \"".len();
    let mut doctored = index.clone();
    doctored.insert(at, '7');
    files.insert("index.json".into(), doctored.into_bytes());
    assert_eq!(kinds(&replay_files(&files)), [MismatchKind::FinalBalance]);
}

#[test]
fn incomplete_folders_are_refused() {
    let mut files = golden("no-fees");
    files.remove("genesis.json");
    assert!(
        matches!(Recording::from_files(&files), Err(RecordingError::Missing(path)) if path == "genesis.json")
    );

    let mut files = golden("no-fees");
    let path = path_of_block(&files, 1).replace("0001", "0000");
    files.remove(&path);
    assert!(
        matches!(Recording::from_files(&files), Err(RecordingError::Missing(missing)) if missing == path)
    );

    let mut files = golden("no-fees");
    let blob = files.keys().find(|path| path.starts_with("blobs/")).expect("blobs").clone();
    files.insert(blob.clone(), encoding::to_bcs(&BlobContent::new(walnut_base::BlobType::Data, vec![0])));
    assert!(
        matches!(Recording::from_files(&files), Err(RecordingError::Malformed { path, .. }) if path == blob)
    );
}
