//! What takes a faulty quorum: planted in a copy of a small network, signed with its keys, found, and proven.

use walnut_audit::{Desk, Found, Recorded, check, sign};
use walnut_base::{
    AccountOwner, Amount, Blob, Block, BlockHeight, ChainDescription, ChainId, ChainOrigin, CryptoHash,
    Epoch, IncomingBundle, Message, OracleResponse, SystemMessage, TimeDelta, Transaction, encoding,
};
use walnut_client::audit::{
    Archive, CertificateFlaw, CommitteeFlaw, Evidence, EvidenceError, MessageFlaw, Unproven, Violation,
};
use walnut_execution::OutcomeField;

const FIRST_COMMITTEE: [u8; 3] = [1, 2, 3];
const SECOND_COMMITTEE: [u8; 4] = [1, 2, 3, 4];

fn audit(recorded: &Recorded, archive: Archive, chain_id: ChainId) -> Found {
    Desk::new(archive).audit(&recorded.genesis, chain_id)
}

/// The violations of a chain, each one proven to somebody who has the file alone.
fn violations(found: &Found) -> Vec<&Violation> {
    assert_eq!(found.progress.violations, found.evidence.len() as u64);
    for evidence in &found.evidence {
        let proven = check(evidence).expect("it is proven");
        assert_eq!(proven.statement, evidence.violation.to_string());
    }
    found.evidence.iter().map(|evidence| &evidence.violation).collect()
}

fn first_bundle(block: &mut Block) -> &mut IncomingBundle {
    let bundles = block.body.transactions.iter_mut().filter_map(|transaction| match transaction {
        Transaction::ReceiveMessages(incoming) => Some(incoming),
        Transaction::ExecuteOperation(_) => None,
    });
    bundles.into_iter().next().expect("it takes in something")
}

#[test]
fn the_true_recording_is_clean() {
    let recorded = Recorded::new();
    for (chain_id, blocks) in
        [(recorded.admin, 2), (recorded.alice, 4), (recorded.bob, 2), (recorded.child, 0)]
    {
        let found = audit(&recorded, recorded.archive.clone(), chain_id);
        assert!(found.progress.is_clean(), "{found:?}");
        assert!(found.progress.is_finished());
        assert_eq!(found.progress.next_height, BlockHeight(blocks));
    }
    let bob = audit(&recorded, recorded.archive.clone(), recorded.bob).progress;
    assert_eq!(bob.messages, 3);
    let alice = audit(&recorded, recorded.archive.clone(), recorded.alice).progress;
    assert_eq!((alice.events, alice.peers), (1, [recorded.bob, recorded.child].into()));
}

#[test]
fn two_certificates_for_one_height() {
    let recorded = Recorded::new();
    let first = recorded.certificate(recorded.alice, 1);
    let mut block = first.block().clone();
    block.header.timestamp = block.header.timestamp.saturating_add(TimeDelta::from_secs(1));
    // In a later round, so that nobody voted twice in one.
    let mut archive = recorded.archive.clone();
    archive.add_certificate(sign(block, walnut_base::Round::SingleLeader(0), &FIRST_COMMITTEE));
    let found = audit(&recorded, archive, recorded.alice);
    let [Violation::TwoCertificates { first: shown, second }] = violations(&found)[..] else {
        panic!("{:?}", found.names())
    };
    assert_eq!(shown.0, *first);
    assert_ne!(second.hash(), first.hash());
    assert!(found.progress.is_stopped);
    assert_eq!(found.progress.next_height, BlockHeight(1));
    // Also seen from a chain that takes in a message of the doubtful block.
    let first = recorded.certificate(recorded.alice, 0);
    let mut block = first.block().clone();
    block.header.timestamp = block.header.timestamp.saturating_add(TimeDelta::from_secs(1));
    let mut archive = recorded.archive.clone();
    archive.add_certificate(sign(block, walnut_base::Round::SingleLeader(0), &FIRST_COMMITTEE));
    let found = audit(&recorded, archive, recorded.bob);
    assert!(matches!(violations(&found)[..], [Violation::TwoCertificates { .. }]), "{:?}", found.names());
}

#[test]
fn two_votes_of_one_validator() {
    let recorded = Recorded::new();
    let first = recorded.certificate(recorded.alice, 1);
    let mut block = first.block().clone();
    block.header.timestamp = block.header.timestamp.saturating_add(TimeDelta::from_secs(1));
    let mut archive = recorded.archive.clone();
    archive.add_certificate(sign(block, first.round, &[3]));
    let found = audit(&recorded, archive, recorded.alice);
    let [Violation::DoubleVote { validator, first: one, second }, Violation::InvalidCertificate { flaw, .. }] =
        violations(&found)[..]
    else {
        panic!("{:?}", found.names())
    };
    assert_eq!(*validator, walnut_chain::test_utils::validator_key(3).public());
    assert_eq!((one.round, one.vote), (second.round, second.vote));
    assert_eq!(*flaw, CertificateFlaw::TooFewVotes { votes: 100, required: 267 });
    assert_eq!(found.progress.next_height, BlockHeight(4), "the true block counts");

    // The vote of somebody else proves nothing about this validator.
    let Violation::DoubleVote { validator: _, first, second } = found.evidence[0].violation.clone() else {
        panic!("it was one")
    };
    let validator = walnut_chain::test_utils::validator_key(2).public();
    let mut forged = found.evidence[0].clone();
    forged.violation = Violation::DoubleVote { validator, first: first.clone(), second };
    assert_eq!(check(&forged), Err(Unproven::NotItsVote));
    let validator = walnut_chain::test_utils::validator_key(3).public();
    forged.violation = Violation::DoubleVote { validator, first: first.clone(), second: first };
    assert_eq!(check(&forged), Err(Unproven::NothingWrong));
}

#[test]
fn a_signer_outside_the_committee() {
    let recorded = Recorded::new();
    let archive = recorded.with_block(recorded.alice, 0, &[1, 2, 9], |_| {});
    let found = audit(&recorded, archive, recorded.alice);
    let [Violation::InvalidCertificate { flaw, .. }] = violations(&found)[..] else {
        panic!("{:?}", found.names())
    };
    let stranger = walnut_chain::test_utils::validator_key(9).public();
    assert_eq!(*flaw, CertificateFlaw::NotInCommittee(stranger));
}

#[test]
fn the_committee_of_another_epoch() {
    let recorded = Recorded::new();
    assert_eq!(recorded.certificate(recorded.alice, 3).epoch(), Epoch(1));
    let archive = recorded.with_block(recorded.alice, 3, &FIRST_COMMITTEE, |_| {});
    let found = audit(&recorded, archive, recorded.alice);
    let [Violation::InvalidCertificate { flaw, .. }] = violations(&found)[..] else {
        panic!("{:?}", found.names())
    };
    assert_eq!(*flaw, CertificateFlaw::OtherCommittee(Epoch(0)));
    // Without the announcement of the second committee the evidence is worth nothing.
    let mut forged = found.evidence[0].clone();
    assert_eq!(forged.epochs.len(), 1);
    forged.epochs.clear();
    assert!(matches!(check(&forged), Err(Unproven::Epochs(_))));
}

#[test]
fn a_committee_that_certifies_itself() {
    let recorded = Recorded::new();
    // The announcement pretends to be of the epoch that it announces.
    let archive = recorded.with_block(recorded.admin, 1, &SECOND_COMMITTEE, |block| {
        block.header.epoch = Epoch(1);
    });
    let found = audit(&recorded, archive, recorded.admin);
    let [Violation::UncertifiedCommittee { epoch, flaw, .. }] = violations(&found)[..] else {
        panic!("{:?}", found.names())
    };
    assert_eq!((*epoch, flaw), (Epoch(1), &CommitteeFlaw::CertifiedByItself));

    // Or it is of the right epoch, but a member of the new committee stands in for one of the old.
    let archive = recorded.with_block(recorded.admin, 1, &[1, 2, 5], |_| {});
    let found = audit(&recorded, archive, recorded.admin);
    let [Violation::UncertifiedCommittee { flaw, .. }] = violations(&found)[..] else {
        panic!("{:?}", found.names())
    };
    let newcomer = walnut_chain::test_utils::validator_key(5).public();
    let flaw_of_signer = CertificateFlaw::NotInCommittee(newcomer);
    assert_eq!(*flaw, CommitteeFlaw::NotByPredecessor(flaw_of_signer));
}

#[test]
fn a_block_that_does_not_follow() {
    let recorded = Recorded::new();
    let archive = recorded.with_block(recorded.alice, 1, &FIRST_COMMITTEE, |block| {
        block.header.previous_block_hash = Some(CryptoHash::from([7; 32]));
    });
    let found = audit(&recorded, archive, recorded.alice);
    let [Violation::BrokenLink { before, .. }] = violations(&found)[..] else {
        panic!("{:?}", found.names())
    };
    assert_eq!(before.0, *recorded.certificate(recorded.alice, 0));
    // The true successor in its place is no evidence, nor is a block from further up.
    let mut forged = found.evidence[0].clone();
    let before = before.clone();
    for (height, reason) in [(1, Unproven::NothingWrong), (2, Unproven::OtherPlace)] {
        let mut after = before.clone();
        after.0 = recorded.certificate(recorded.alice, height).clone();
        forged.violation = Violation::BrokenLink { before: before.clone(), after };
        assert_eq!(check(&forged), Err(reason));
    }
}

#[test]
fn a_message_that_was_never_sent() {
    let recorded = Recorded::new();
    // Of a transaction that does not exist.
    let archive = recorded.with_block(recorded.bob, 1, &SECOND_COMMITTEE, |block| {
        first_bundle(block).bundle.transaction_index = 5;
    });
    not_sent(&recorded, archive, MessageFlaw::NeverSent);
    // Of a block that is not the certified one.
    let archive = recorded.with_block(recorded.bob, 1, &SECOND_COMMITTEE, |block| {
        first_bundle(block).bundle.certificate_hash = CryptoHash::from([7; 32]);
    });
    not_sent(&recorded, archive, MessageFlaw::OtherBlock);
}

/// The epoch of Bob's second block is still the first one, so any quorum will do.
fn not_sent(recorded: &Recorded, archive: Archive, expected: MessageFlaw) {
    let found = audit(recorded, archive, recorded.bob);
    let [Violation::MessageNotSent { receiver, sender, transaction: 0, flaw }] = violations(&found)[..]
    else {
        panic!("{:?} {:?}", found.names(), found.progress)
    };
    assert_eq!((*flaw, receiver.height()), (expected, BlockHeight(1)));
    assert_eq!(sender.0, *recorded.certificate(recorded.alice, 3));
    // The true receiver is as it should be; another sender does not belong there.
    let mut forged = found.evidence[0].clone();
    let change = |forged: &mut Evidence, receiver: &walnut_base::ConfirmedBlockCertificate, height| {
        let Violation::MessageNotSent { receiver: shown, sender, .. } = &mut forged.violation else {
            panic!("it was one")
        };
        shown.0 = receiver.clone();
        sender.0 = recorded.certificate(recorded.alice, height).clone();
    };
    change(&mut forged, recorded.certificate(recorded.bob, 1), 3);
    assert_eq!(check(&forged), Err(Unproven::NothingWrong));
    change(&mut forged, receiver, 0);
    assert_eq!(check(&forged), Err(Unproven::OtherPlace));
}

#[test]
fn a_message_that_was_sent_differently() {
    let recorded = Recorded::new();
    let archive = recorded.with_block(recorded.bob, 1, &SECOND_COMMITTEE, |block| {
        let message = &mut first_bundle(block).bundle.messages[0].message;
        let Message::System(SystemMessage::Credit { amount, .. }) = message else { panic!("a transfer") };
        *amount = Amount::from_tokens(1_000_000);
    });
    let found = audit(&recorded, archive, recorded.bob);
    let [Violation::MessageNotSent { flaw, .. }, Violation::OutcomeDiffers { fields, .. }] =
        violations(&found)[..]
    else {
        panic!("{:?}", found.names())
    };
    assert_eq!(*flaw, MessageFlaw::Different);
    assert_eq!(fields, &[OutcomeField::StateHash], "the million did not arrive in the signed state");
    let mut forged = found.evidence[0].clone();
    let Violation::MessageNotSent { flaw, .. } = &mut forged.violation else { panic!("it was one") };
    *flaw = MessageFlaw::NeverSent;
    assert_eq!(check(&forged), Err(Unproven::SomethingElse));
}

#[test]
fn a_message_taken_in_again() {
    let recorded = Recorded::new();
    let old = recorded.certificate(recorded.bob, 0).block().body.transactions[0].clone();
    let archive = recorded.with_block(recorded.bob, 1, &SECOND_COMMITTEE, |block| {
        block.body.transactions[0] = old;
    });
    let found = audit(&recorded, archive, recorded.bob);
    let [Violation::MessageAgain { earlier, later, earlier_transaction, later_transaction: 0 }] =
        violations(&found)[..]
    else {
        panic!("{:?}", found.names())
    };
    // Both messages of Alice's first block were taken in before; the last of them is what the new one comes after.
    assert_eq!(*earlier_transaction, 1);
    assert_eq!((earlier.height(), later.height()), (BlockHeight(0), BlockHeight(1)));
    let mut forged = found.evidence[0].clone();
    let Violation::MessageAgain { earlier, later, .. } = &mut forged.violation else { panic!("it was one") };
    std::mem::swap(earlier, later);
    assert_eq!(check(&forged), Err(Unproven::OtherPlace));
}

#[test]
fn a_message_left_out() {
    let recorded = Recorded::new();
    // Alice sent two in one block; Bob takes in the second one only.
    let archive = recorded.with_block(recorded.bob, 0, &FIRST_COMMITTEE, |block| {
        block.body.transactions.remove(0);
        block.body.messages.remove(0);
        block.body.oracle_responses.remove(0);
        block.body.events.remove(0);
        block.body.blobs.remove(0);
    });
    let found = audit(&recorded, archive, recorded.bob);
    let [Violation::MessageSkipped { history, sender, transaction: 0 }, Violation::OutcomeDiffers { .. }] =
        violations(&found)[..]
    else {
        panic!("{:?} {:?}", found.names(), found.progress)
    };
    assert_eq!((history.len(), &sender.0), (1, recorded.certificate(recorded.alice, 0)));
    let forge = |change: &dyn Fn(&mut Vec<walnut_client::audit::Exhibit>, &mut u32)| {
        let mut forged = found.evidence[0].clone();
        let Violation::MessageSkipped { history, transaction, .. } = &mut forged.violation else {
            panic!("it was one")
        };
        change(history, transaction);
        check(&forged)
    };
    // The true chain took both; the second one was not left out; and a history without its beginning shows nothing.
    let truth = recorded.certificate(recorded.bob, 0);
    assert_eq!(forge(&|history, _| history[0].0 = truth.clone()), Err(Unproven::NothingWrong));
    assert_eq!(forge(&|_, transaction| *transaction = 1), Err(Unproven::NothingWrong));
    let later = recorded.certificate(recorded.bob, 1);
    assert_eq!(forge(&|history, _| history[0].0 = later.clone()), Err(Unproven::OtherPlace));

    // Over several blocks: the second of Alice's two and her later one, without the first of the two blocks of Bob.
    let archive = recorded.with_block(recorded.bob, 0, &FIRST_COMMITTEE, |block| {
        block.body.transactions = recorded.certificate(recorded.bob, 1).block().body.transactions.clone();
        block.header.timestamp = recorded.certificate(recorded.bob, 1).block().header.timestamp;
    });
    let found = audit(&recorded, archive, recorded.bob);
    assert_eq!(found.names()[0], "message-skipped", "{:?}", found.names());
    check(&found.evidence[0]).expect("it is proven");
}

#[test]
fn an_event_read_with_another_value() {
    let recorded = Recorded::new();
    let first = Blob::new_committee(recorded.first_committee());
    let archive = recorded.with_block(recorded.alice, 2, &FIRST_COMMITTEE, |block| {
        for response in block.body.oracle_responses.iter_mut().flatten() {
            match response {
                OracleResponse::Event(_, value) => *value = encoding::to_bcs(&first.id().hash),
                OracleResponse::Blob(blob_id) => *blob_id = first.id(),
                response => panic!("{response:?} was not recorded"),
            }
        }
    });
    let found = audit(&recorded, archive, recorded.alice);
    let [Violation::EventDiffers { event_id, publisher, .. }, Violation::OutcomeDiffers { fields, .. }] =
        violations(&found)[..]
    else {
        panic!("{:?} {:?}", found.names(), found.progress)
    };
    assert_eq!(fields, &[OutcomeField::StateHash], "the true committee is in the signed state");
    assert_eq!((event_id.chain_id, event_id.index), (recorded.admin, 1));
    assert_eq!(publisher.0, *recorded.certificate(recorded.admin, 1));
    let mut forged = found.evidence[0].clone();
    let Violation::EventDiffers { reader, .. } = &mut forged.violation else { panic!("it was one") };
    reader.0 = recorded.certificate(recorded.alice, 2).clone();
    assert_eq!(check(&forged), Err(Unproven::NothingWrong));
}

#[test]
fn another_outcome() {
    let recorded = Recorded::new();
    let archive = recorded.with_block(recorded.alice, 1, &FIRST_COMMITTEE, |block| {
        block.header.state_hash = CryptoHash::from([7; 32]);
    });
    let found = audit(&recorded, archive, recorded.alice);
    let [Violation::OutcomeDiffers { history, fields, .. }] = violations(&found)[..] else {
        panic!("{:?}", found.names())
    };
    assert_eq!((history.len(), fields), (2, &vec![OutcomeField::StateHash]));
    // The true block in its place is as it should be; other fields, or a history with a hole, are not what it says.
    let forge = |change: &dyn Fn(&mut Vec<walnut_client::audit::Exhibit>, &mut Vec<OutcomeField>)| {
        let mut forged = found.evidence[0].clone();
        let Violation::OutcomeDiffers { history, fields, .. } = &mut forged.violation else {
            panic!("it was one")
        };
        change(history, fields);
        check(&forged)
    };
    let truth = forge(&|history, _| history[1].0 = recorded.certificate(recorded.alice, 1).clone());
    assert_eq!(truth, Err(Unproven::NothingWrong));
    assert_eq!(forge(&|_, fields| fields.push(OutcomeField::Events)), Err(Unproven::SomethingElse));
    assert!(matches!(forge(&|history, _| drop(history.remove(0))), Err(Unproven::SomethingElse)));
    assert_eq!(forge(&|history, _| history.clear()), Err(Unproven::OtherPlace));
    let unsigned = forge(&|history, _| {
        let block = history[1].block().clone();
        history[1].0 = sign(block, history[1].round, &[1, 2]);
    });
    let alice = recorded.alice;
    assert_eq!(unsigned, Err(Unproven::NotCertified { chain_id: alice, height: BlockHeight(1) }));
}

#[test]
fn a_block_that_no_node_would_execute() {
    let recorded = Recorded::new();
    let archive = recorded.with_block(recorded.alice, 1, &FIRST_COMMITTEE, |block| {
        block.header.authenticated_signer = Some(AccountOwner::CHAIN);
        block.body.transactions.clear();
        block.body.messages.clear();
        block.body.oracle_responses.clear();
        block.body.events.clear();
        block.body.blobs.clear();
        block.body.operation_results.clear();
    });
    let found = audit(&recorded, archive, recorded.alice);
    let [Violation::NotExecutable { reason, .. }] = violations(&found)[..] else {
        panic!("{:?}", found.names())
    };
    assert_eq!(reason, "Empty blocks are not allowed");
}

#[test]
fn a_chain_that_nobody_opened() {
    let recorded = Recorded::new();
    let bytes = recorded.certificate(recorded.alice, 1).block().created_blobs();
    let blob = &bytes[&recorded.child.description_blob_id()];
    let mut description: ChainDescription = encoding::from_bcs(blob.bytes(), 1 << 12).expect("a description");
    description.config.balance = Amount::from_tokens(1_000_000);
    let ChainOrigin::Child { parent, block_height, .. } = description.origin else { panic!("a child") };
    assert_eq!((parent, block_height), (recorded.alice, BlockHeight(1)));
    let mut archive = recorded.archive.clone();
    archive.add_blob(description.to_blob());
    let found = audit(&recorded, archive, description.id());
    let [Violation::NeverCreated { parent, .. }] = violations(&found)[..] else {
        panic!("{:?}", found.names())
    };
    assert_eq!(parent.0, *recorded.certificate(recorded.alice, 1));
    let mut forged = found.evidence[0].clone();
    let Violation::NeverCreated { description, .. } = &mut forged.violation else { panic!("it was one") };
    description.0 = blob.clone();
    assert_eq!(check(&forged), Err(Unproven::NothingWrong));
}

#[test]
fn a_killed_audit_goes_on_where_it_was() {
    let recorded = Recorded::new();
    // The source knows only half of Alice's chain; then the program ends.
    let mut half = recorded.archive.clone();
    for height in 2..4 {
        half.take_certificates(recorded.alice, BlockHeight(height));
    }
    let desk = Desk::new(half);
    let found = desk.audit(&recorded.genesis, recorded.alice);
    assert!(found.progress.is_clean());
    assert_eq!(found.progress.next_height, BlockHeight(2));
    // The first half has gone from the source: who began again from the first block would find nothing.
    let mut rest = recorded.archive.clone();
    for height in 0..2 {
        rest.take_certificates(recorded.alice, BlockHeight(height));
    }
    let desk = desk.with_source(rest);
    let step = desk.one_step(&recorded.genesis, recorded.alice);
    assert!(step.is_clean(), "{step:?}");
    assert_eq!(step.next_height, BlockHeight(4));

    // An audit of another network in the same store is refused.
    let mut other = recorded.genesis.clone();
    other.network_name = "other".into();
    let refused = desk.audit_all(&other, [recorded.alice]);
    assert!(matches!(refused, Err(walnut_client::audit::AuditError::OtherNetwork(_))));
}

#[test]
fn evidence_files_of_another_form_are_refused() {
    let recorded = Recorded::new();
    let archive = recorded.with_block(recorded.alice, 0, &[1], |_| {});
    let found = audit(&recorded, archive, recorded.alice);
    let json = String::from_utf8(found.evidence[0].to_json()).expect("JSON is UTF-8");
    assert!(found.evidence[0].file_name().starts_with("invalid-certificate-"));
    let refused = |text: &str| Evidence::from_json(text.as_bytes()).expect_err("it is another form");
    let newer = json.replace("walnut-evidence-1", "walnut-evidence-2");
    assert_eq!(refused(&newer), EvidenceError::OtherFormat("walnut-evidence-2".into()));
    let renamed = json.replace("invalid-certificate", "valid-certificate");
    for text in [&json[..json.len() - 1], "{}", renamed.as_str()] {
        assert!(matches!(refused(text), EvidenceError::Malformed(_)));
    }
}
