//! Bundles and blobs of a block.

use std::collections::BTreeSet;

use super::{Block, BlockExecutionOutcome, ProposedBlock};
use crate::{
    AdminOperation, Amount, BlobId, BlobType, BlockHeight, ChainId, CryptoHash, Epoch, IncomingBundle,
    Message, MessageAction, MessageBundle, MessageKind, ModuleId, OracleResponse, OutgoingMessage,
    SystemMessage, SystemOperation, Timestamp, Transaction, VmRuntime,
};

fn chain(byte: u8) -> ChainId {
    ChainId([byte; 32].into())
}

fn hash(byte: u8) -> CryptoHash {
    [byte; 32].into()
}

fn proposed(operations: Vec<SystemOperation>) -> ProposedBlock {
    ProposedBlock {
        chain_id: chain(9),
        epoch: Epoch::ZERO,
        transactions: operations
            .into_iter()
            .map(|operation| Transaction::ExecuteOperation(operation.into()))
            .collect(),
        height: BlockHeight(3),
        timestamp: Timestamp::from_micros(7),
        authenticated_signer: None,
        previous_block_hash: None,
    }
}

fn sent_to(destination: ChainId) -> OutgoingMessage {
    let target = crate::AccountOwner::CHAIN;
    OutgoingMessage {
        destination,
        authenticated_signer: None,
        grant: Amount::ZERO,
        refund_grant_to: None,
        kind: MessageKind::Tracked,
        message: Message::System(SystemMessage::Credit { target, amount: Amount::ONE, source: target }),
    }
}

#[test]
fn message_indices_run_over_the_whole_block() {
    let (a, b) = (chain(1), chain(2));
    let outcome = BlockExecutionOutcome {
        messages: vec![
            vec![sent_to(a), sent_to(b)],
            Vec::new(),
            vec![sent_to(b)],
            vec![sent_to(b), sent_to(a), sent_to(a)],
        ],
        ..BlockExecutionOutcome::default()
    };
    let block = outcome.with(proposed(Vec::new()));
    let shape = |recipient| {
        let bundles = block.message_bundles_for(recipient, hash(8));
        assert!(bundles.iter().all(|bundle| bundle.height == BlockHeight(3)
            && bundle.timestamp == Timestamp::from_micros(7)
            && bundle.certificate_hash == hash(8)));
        bundles
            .into_iter()
            .map(|bundle| {
                let indices: Vec<_> = bundle.messages.iter().map(|message| message.index).collect();
                (bundle.transaction_index, indices)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(shape(a), [(0, vec![0]), (3, vec![4, 5])]);
    assert_eq!(shape(b), [(0, vec![1]), (2, vec![2]), (3, vec![3])]);
    assert_eq!(shape(chain(3)), []);
    assert_eq!(block.recipients(), BTreeSet::from([a, b]));
}

#[test]
fn published_blobs_come_from_three_operations() {
    let module_id = ModuleId::new(hash(1), hash(2), VmRuntime::Wasm);
    let block = proposed(vec![
        SystemOperation::PublishModule { module_id },
        SystemOperation::PublishDataBlob { blob_hash: hash(3) },
        SystemOperation::Admin(AdminOperation::PublishCommitteeBlob { blob_hash: hash(4) }),
        SystemOperation::Admin(AdminOperation::CreateCommittee { epoch: Epoch(1), blob_hash: hash(5) }),
        SystemOperation::VerifyBlob { blob_id: BlobId::new(hash(6), BlobType::Data) },
        SystemOperation::CloseChain,
    ]);
    let expected = BTreeSet::from([
        BlobId::new(hash(1), BlobType::ContractBytecode),
        BlobId::new(hash(2), BlobType::ServiceBytecode),
        BlobId::new(hash(3), BlobType::Data),
        BlobId::new(hash(4), BlobType::Committee),
    ]);
    assert_eq!(block.published_blob_ids(), expected);

    let read = BlobId::new(hash(7), BlobType::Data);
    let created = crate::Blob::new_data(b"created".as_slice());
    let outcome = BlockExecutionOutcome {
        oracle_responses: vec![vec![OracleResponse::Assert, OracleResponse::Blob(read)]],
        blobs: vec![vec![created.clone()]],
        ..BlockExecutionOutcome::default()
    };
    assert!(outcome.has_oracle_responses());
    let block = Block::new(block, outcome);
    let all: BTreeSet<_> = expected.into_iter().chain([read, created.id()]).collect();
    assert_eq!(block.required_blob_ids(), all);
    let mut first = block;
    first.header.height = BlockHeight::ZERO;
    assert!(first.requires_or_creates_blob(&chain(9).description_blob_id()));
}

#[test]
fn rejecting_only_is_recognized() {
    let bundle = |action| {
        let bundle = MessageBundle {
            height: BlockHeight::ZERO,
            timestamp: Timestamp::EPOCH,
            certificate_hash: hash(1),
            transaction_index: 0,
            messages: Vec::new(),
        };
        Transaction::ReceiveMessages(IncomingBundle { origin: chain(1), bundle, action })
    };
    let mut block = proposed(Vec::new());
    block.transactions = vec![bundle(MessageAction::Reject)];
    assert!(block.has_only_rejected_messages());
    block.transactions.push(bundle(MessageAction::Accept));
    assert!(!block.has_only_rejected_messages());
}
