//! The golden recordings are clean, and copies that are doctored without keys are not.

use walnut_audit::{Desk, Found, check};
use walnut_base::{BlockHeight, ChainId, ConfirmedBlockCertificate, GenesisConfig};
use walnut_client::audit::{
    Archive, CertificateFlaw, CommitteeFlaw, GapReason, Source as _, Unproven, Violation,
};
use walnut_vectors::{Files, RECORDINGS, golden};
use walnut_views::ready as block_on;

fn read(files: &Files) -> (Archive, GenesisConfig) {
    let files = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    Archive::from_files(files).expect("the recording is whole")
}

fn take(archive: &mut Archive, chain_id: ChainId, height: u64) -> ConfirmedBlockCertificate {
    archive.take_certificates(chain_id, BlockHeight(height)).pop().expect("it is recorded")
}

/// A chain of some length that is not the admin chain.
fn some_chain(archive: &Archive, genesis: &GenesisConfig) -> ChainId {
    let admin = genesis.admin_chain_id().expect("there is one");
    let height = |chain_id: &ChainId| block_on(archive.next_height(*chain_id)).expect("memory answers");
    let is_long = |chain_id: &ChainId| height(chain_id) >= BlockHeight(3);
    archive.chains().into_iter().filter(|chain_id| *chain_id != admin).find(is_long).expect("there is one")
}

/// Audits a chain after something was done to its block at height 1.
fn doctored(change: impl Fn(ConfirmedBlockCertificate) -> ConfirmedBlockCertificate) -> Found {
    let (mut archive, genesis) = read(&golden("testnet-fees"));
    let chain_id = some_chain(&archive, &genesis);
    let certificate = change(take(&mut archive, chain_id, 1));
    archive.add_certificate_at(chain_id, BlockHeight(1), certificate);
    Desk::new(archive).audit(&genesis, chain_id)
}

fn only_flaw(found: &Found) -> &CertificateFlaw {
    assert_eq!(found.names(), ["invalid-certificate"]);
    assert!(!found.progress.is_stopped, "somebody else may have the true one");
    assert_eq!(found.progress.next_height, BlockHeight(1));
    check(&found.evidence[0]).expect("it is proven");
    let Violation::InvalidCertificate { flaw, .. } = &found.evidence[0].violation else {
        panic!("the name says so")
    };
    flaw
}

#[test]
fn golden_recordings_are_clean() {
    for name in RECORDINGS {
        let (archive, genesis) = read(&golden(name));
        let mut chains = archive.chains();
        chains.extend(genesis.chains.iter().map(|description| description.id()));
        chains.sort_unstable();
        chains.dedup();
        let desk = Desk::new(archive);
        let outcomes = desk.audit_all(&genesis, chains.clone()).expect("the admin chain can be audited");
        assert_eq!((outcomes.len(), chains.len()), (10, 10), "{name}");
        let (mut blocks, mut messages, mut events) = (0, 0, 0);
        for (chain_id, outcome) in outcomes {
            let progress = outcome.expect("it can be audited");
            assert_eq!((progress.violations, progress.gaps.as_slice()), (0, &[][..]), "{name} {chain_id}");
            assert!(progress.is_clean() && progress.is_finished());
            assert!(desk.evidence(chain_id).is_empty());
            blocks += progress.next_height.0;
            messages += progress.messages;
            events += progress.events;
        }
        assert_eq!(blocks, 62, "{name}");
        assert!(messages >= 10 && events >= 5, "{name}: {messages} messages, {events} events");
    }
}

#[test]
fn a_wrong_signature_is_found() {
    let found = doctored(|certificate| {
        let (value, round, mut signatures) = certificate.into_parts();
        signatures[0].1 = signatures[1].1;
        ConfirmedBlockCertificate::new(value, round, signatures)
    });
    assert_eq!(only_flaw(&found), &CertificateFlaw::WrongSignature);
}

#[test]
fn too_few_votes_are_found() {
    let found = doctored(|certificate| {
        let (value, round, mut signatures) = certificate.into_parts();
        signatures.truncate(2);
        ConfirmedBlockCertificate::new(value, round, signatures)
    });
    assert_eq!(only_flaw(&found), &CertificateFlaw::TooFewVotes { votes: 200, required: 267 });
}

#[test]
fn a_block_changed_after_the_vote_is_found() {
    let found = doctored(|certificate| {
        let (value, round, signatures) = certificate.into_parts();
        let mut block = value.into_block();
        block.header.timestamp = block.header.timestamp.saturating_add(walnut_base::TimeDelta::from_secs(1));
        ConfirmedBlockCertificate::new(walnut_base::ConfirmedBlock::new(block), round, signatures)
    });
    assert_eq!(only_flaw(&found), &CertificateFlaw::WrongSignature);
}

#[test]
fn a_committee_that_its_predecessor_did_not_certify_is_found() {
    let (mut archive, genesis) = read(&golden("no-fees"));
    let admin = genesis.admin_chain_id().expect("there is one");
    let announces = |certificate: &ConfirmedBlockCertificate| {
        let stream = walnut_base::StreamId::system(walnut_base::event::EPOCH_STREAM_NAME);
        certificate.block().event_streams().contains(&stream)
    };
    let height = (0..).find(|height| {
        let asked = block_on(archive.certificates(admin, vec![BlockHeight(*height)]));
        asked.expect("memory answers").iter().any(announces)
    });
    let height = height.expect("a committee is announced");
    let (value, round, mut signatures) = take(&mut archive, admin, height).into_parts();
    signatures.truncate(1);
    archive.add_certificate(ConfirmedBlockCertificate::new(value, round, signatures));
    let found = Desk::new(archive).audit(&genesis, admin);
    assert_eq!(found.names(), ["uncertified-committee"]);
    let Violation::UncertifiedCommittee { flaw, .. } = &found.evidence[0].violation else {
        panic!("the name says so")
    };
    let too_few = CertificateFlaw::TooFewVotes { votes: 100, required: 267 };
    assert_eq!(*flaw, CommitteeFlaw::NotByPredecessor(too_few));
    check(&found.evidence[0]).expect("it is proven");
}

/// A lack is no proof, and what was missing may come.
#[test]
fn what_is_missing_is_a_gap_and_closes_with_another_source() {
    let (mut archive, genesis) = read(&golden("historical-hash"));
    let whole = archive.clone();
    let chain_id = some_chain(&archive, &genesis);
    let removed = take(&mut archive, chain_id, 1);
    let desk = Desk::new(archive.clone());
    let found = desk.audit(&genesis, chain_id);
    assert!(found.evidence.is_empty());
    assert!(!found.progress.is_clean());
    let reasons: Vec<_> = found.progress.gaps.iter().map(|gap| &gap.reason).collect();
    assert_eq!(reasons, [&GapReason::MissingBlock]);

    let other = some_chain(&archive, &genesis);
    archive.add_certificate_at(other, BlockHeight(1), removed);
    let found = Desk::new(archive).audit(&genesis, other);
    let reasons: Vec<_> = found.progress.gaps.iter().map(|gap| gap.reason.clone()).collect();
    match other == chain_id {
        true => assert_eq!(reasons, []),
        false => assert!(found.evidence.is_empty(), "a misplaced block beside the true one says nothing"),
    }

    let found = desk.with_source(whole).audit(&genesis, chain_id);
    assert!(found.progress.is_clean(), "{:?}", found.progress.gaps);
    assert!(found.progress.is_finished());
}

#[test]
fn a_misplaced_block_is_a_gap() {
    let (mut archive, genesis) = read(&golden("no-fees"));
    let chain_id = some_chain(&archive, &genesis);
    let admin = genesis.admin_chain_id().expect("there is one");
    take(&mut archive, chain_id, 1);
    let foreign = take(&mut archive.clone(), admin, 0);
    archive.add_certificate_at(chain_id, BlockHeight(1), foreign);
    let found = Desk::new(archive).audit(&genesis, chain_id);
    assert!(found.evidence.is_empty());
    let reasons: Vec<_> = found.progress.gaps.iter().map(|gap| gap.reason.clone()).collect();
    assert_eq!(reasons, [GapReason::Misplaced(admin, BlockHeight(0))]);
}

/// Who offers a false certificate does not stop the audit for good.
#[test]
fn the_true_certificate_from_another_source_is_taken() {
    let (whole, genesis) = read(&golden("testnet-fees"));
    let chain_id = some_chain(&whole, &genesis);
    let mut archive = whole.clone();
    let (value, round, mut signatures) = take(&mut archive, chain_id, 1).into_parts();
    signatures.truncate(1);
    archive.add_certificate(ConfirmedBlockCertificate::new(value, round, signatures));
    let desk = Desk::new(archive);
    assert_eq!(desk.audit(&genesis, chain_id).progress.next_height, BlockHeight(1));
    let found = desk.with_source(whole.clone()).audit(&genesis, chain_id);
    assert_eq!(Ok(found.progress.next_height), block_on(whole.next_height(chain_id)));
    assert_eq!(found.names(), ["invalid-certificate"], "what was offered stays on record");
    assert_eq!(found.progress.gaps, []);
}

/// Evidence of one network proves nothing under another one's committee.
#[test]
fn evidence_with_another_first_committee_is_refused() {
    let found = doctored(|certificate| {
        let (value, round, mut signatures) = certificate.into_parts();
        signatures.truncate(1);
        ConfirmedBlockCertificate::new(value, round, signatures)
    });
    let (_, other) = read(&golden("no-fees"));
    let mut evidence = found.evidence[0].clone();
    evidence.first_committee.0 = other.committee_blob();
    assert_eq!(check(&evidence), Err(Unproven::FirstCommittee));
}
