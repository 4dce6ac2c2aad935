//! Which blocks the permissions let through.

use super::{ApplicationPermissions, PermissionError};
use crate::{
    Amount, ApplicationId, BlockHeight, ChainId, CryptoHash, Epoch, GenericApplicationId, IncomingBundle,
    Message, MessageAction, MessageBundle, MessageKind, Operation, PostedMessage, SystemOperation, Timestamp,
    Transaction,
};

fn app(byte: u8) -> ApplicationId {
    ApplicationId::new([byte; 32].into())
}

fn operation(byte: u8) -> Transaction {
    Transaction::ExecuteOperation(Operation::User { application_id: app(byte), bytes: Vec::new() })
}

fn system(operation: SystemOperation) -> Transaction {
    Transaction::ExecuteOperation(operation.into())
}

fn message(byte: u8, action: MessageAction) -> Transaction {
    let posted = PostedMessage {
        authenticated_signer: None,
        grant: Amount::ZERO,
        refund_grant_to: None,
        kind: MessageKind::Simple,
        index: 0,
        message: Message::User { application_id: app(byte), bytes: Vec::new() },
    };
    let bundle = MessageBundle {
        height: BlockHeight::ZERO,
        timestamp: Timestamp::EPOCH,
        certificate_hash: CryptoHash::ZERO,
        transaction_index: 0,
        messages: vec![posted],
    };
    Transaction::ReceiveMessages(IncomingBundle { origin: ChainId::default(), bundle, action })
}

#[test]
fn default_allows_blocks_but_no_power_to_applications() {
    let permissions = ApplicationPermissions::default();
    assert_eq!(crate::encoding::to_bcs(&permissions), [0; 6]);
    assert_eq!(
        permissions.check_transactions(&[operation(1), system(SystemOperation::CloseChain)], false),
        Ok(())
    );
    assert!(permissions.can_call_services(&app(1)) && permissions.can_make_http_requests(&app(1)));
    assert!(
        !permissions.can_close_chain(&app(1)) && !permissions.can_change_application_permissions(&app(1))
    );
}

#[test]
fn empty_lists_deny() {
    let permissions = ApplicationPermissions {
        execute_operations: Some(Vec::new()),
        call_service_as_oracle: Some(Vec::new()),
        make_http_requests: Some(Vec::new()),
        ..ApplicationPermissions::default()
    };
    assert!(!permissions.can_execute_operations(&GenericApplicationId::System));
    assert!(!permissions.can_call_services(&app(1)) && !permissions.can_make_http_requests(&app(1)));
    assert_eq!(
        permissions.check_transactions(&[operation(1)], false),
        Err(PermissionError::AuthorizedApplications(Vec::new()))
    );
}

#[test]
fn only_listed_applications_execute() {
    let permissions = ApplicationPermissions::new_single(app(1));
    let refused = Err(PermissionError::AuthorizedApplications(vec![app(1)]));
    assert_eq!(permissions.check_transactions(&[operation(1)], false), Ok(()));
    assert_eq!(permissions.check_transactions(&[operation(1), operation(2)], false), refused);
    assert_eq!(
        permissions.check_transactions(&[operation(1), system(SystemOperation::CloseChain)], false),
        refused
    );
    assert!(permissions.can_close_chain(&app(1)) && permissions.can_change_application_permissions(&app(1)));
}

#[test]
fn mandatory_applications_need_an_operation_or_message() {
    let permissions = ApplicationPermissions {
        mandatory_applications: vec![app(1), app(2), app(1)],
        ..ApplicationPermissions::default()
    };
    let missing = |ids: &[u8]| {
        Err(PermissionError::MissingMandatoryApplications(ids.iter().copied().map(app).collect()))
    };
    let (accept, reject) = (MessageAction::Accept, MessageAction::Reject);
    let check = |transactions: &[Transaction], strict| permissions.check_transactions(transactions, strict);
    assert_eq!(check(&[], false), missing(&[1, 2]));
    assert_eq!(check(&[operation(1)], false), missing(&[2]));
    assert_eq!(check(&[operation(1), message(2, accept)], true), Ok(()));
    assert_eq!(check(&[operation(1), message(2, reject)], false), Ok(()));
    assert_eq!(check(&[operation(1), message(2, reject)], true), missing(&[2]));
    for waiver in [
        SystemOperation::ProcessNewEpoch(Epoch(1)),
        SystemOperation::ProcessRemovedEpoch(Epoch(1)),
        SystemOperation::UpdateStreams(Vec::new()),
    ] {
        assert_eq!(check(&[system(waiver)], true), Ok(()));
    }
}
