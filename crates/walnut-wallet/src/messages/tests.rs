//! Messages: their JSON, their routes, and that they read back.

use walnut_base::{AccountOwner, Amount};

use super::*;
use crate::{
    activity::{ActivityId, ActivityItem, ActivityKind},
    test_values::{NOW, account, book_entry, chain, hash, owner, some_error, summary},
};

fn review() -> Review {
    Review {
        id: ReviewId(7),
        kind: ReviewKind::Send,
        origin: None,
        chain_id: chain(1),
        chain_name: "Savings".into(),
        height: walnut_base::BlockHeight(4),
        account: AccountId(1),
        signer: owner(1),
        sentence: "You send 12.5 tokens from *Savings* to *Ana's chain*.".into(),
        operations: vec![DecodedOperation {
            name: "Transfer".into(),
            summary: "Send 12.5 tokens".into(),
            fields: vec![DecodedField { label: "Amount".into(), value: "12.5".into() }],
            is_decoded: true,
        }],
        received: Vec::new(),
        effects: vec![Effect::Other { summary: "A message leaves.".into() }],
        warnings: vec![Warning::NewRecipient],
        fee: Amount::from_micros(2_100),
        balance_before: Amount::from_tokens(95),
        balance_after: Amount::from_micros(82_497_900),
        fuel: 71_229,
        block_json: "{}".into(),
        digest: hash(2),
        created_at: NOW,
    }
}

fn snapshot() -> Snapshot {
    let mut snapshot = Snapshot::empty(NOW);
    snapshot.lock = LockStatus::Unlocked;
    snapshot.accounts = vec![account(1, "Main", owner(1))];
    snapshot.chains = vec![summary(chain(1), "Savings", Some(1))];
    snapshot.activity = vec![ActivityItem::new(ActivityId(1), ActivityKind::ChainClaimed, chain(1), NOW)];
    snapshot.address_book = vec![book_entry(1, "Ana", Some(chain(2)), None)];
    snapshot.sync.problem = Some(some_error());
    snapshot.site_requests = vec![PendingSiteRequest {
        id: SiteRequestId(3),
        origin: "https://a.example".into(),
        asked_at: NOW,
        body: SiteRequestBody::Sign {
            chain_id: chain(1),
            operations: vec![],
            review: Some(Box::new(review())),
        },
    }];
    snapshot
}

/// The exact text of a few messages: scripts and older windows read these.
#[test]
fn json_of_some_messages() {
    let draft = SendDraft {
        chain_id: chain(1),
        source: AccountOwner::CHAIN,
        recipient_chain: chain(2),
        recipient_owner: owner(3),
        amount: "12.5".parse().unwrap(),
        token: None,
    };
    let digits = |n: &str| n.repeat(32);
    for (envelope, json) in [
        (
            Envelope::ui_request(RequestId(7), UiRequest::Snapshot),
            r#"{"to":"node","id":7,"payload":{"ui_request":"snapshot"}}"#.to_owned(),
        ),
        (
            Envelope::ui_request(RequestId(8), UiRequest::Unlock),
            r#"{"to":"vault","id":8,"payload":{"ui_request":"unlock"}}"#.to_owned(),
        ),
        (
            Envelope::ui_request(RequestId(9), UiRequest::PrepareSend { draft }),
            format!(
                r#"{{"to":"node","id":9,"payload":{{"ui_request":{{"prepare_send":{{"draft":{{"chain_id":"{}","source":"0x00","recipient_chain":"{}","recipient_owner":"0x{}","amount":"12.5"}}}}}}}}}}"#,
                digits("01"),
                digits("02"),
                digits("03")
            ),
        ),
        (
            Envelope::ui_response(RequestId(8), Err(UiError::locked())),
            r#"{"to":"ui","id":8,"payload":{"ui_response":{"Err":{"code":"locked","message":"The wallet is locked. Unlock it and try again."}}}}"#.to_owned(),
        ),
        (
            Envelope::ui_response(RequestId(8), Ok(UiResponse::Done)),
            r#"{"to":"ui","id":8,"payload":{"ui_response":{"Ok":"done"}}}"#.to_owned(),
        ),
        (
            Envelope::ui_event(UiEvent::LockChanged { lock: LockStatus::Locked }),
            r#"{"to":"ui","payload":{"ui_event":{"lock_changed":{"lock":"locked"}}}}"#.to_owned(),
        ),
        (
            Envelope::vault_request(RequestId(1), VaultRequest::Tick),
            r#"{"to":"vault","id":1,"payload":{"vault_request":"tick"}}"#.to_owned(),
        ),
        (
            Envelope::node_event(NodeEvent::Busy { busy: true }),
            r#"{"to":"host","payload":{"node_event":{"busy":{"busy":true}}}}"#.to_owned(),
        ),
    ] {
        assert_eq!(envelope.to_json().as_deref(), Ok(json.as_str()));
        assert_eq!(Envelope::from_json(&json), Ok(envelope));
    }
}

#[test]
fn large_messages_read_back() {
    let sign = SignRequest {
        sign_id: SignId(1),
        owner: owner(1),
        content: vec![1, 2, 255],
        digest: hash(1),
        signed: vec![],
    };
    for envelope in [
        Envelope::ui_event(UiEvent::SnapshotChanged(snapshot())),
        Envelope::ui_response(RequestId(u64::MAX), Ok(UiResponse::Review(review()))),
        Envelope::ui_response(RequestId(1), Ok(UiResponse::Snapshot(snapshot()))),
        Envelope::ui_response(
            RequestId(1),
            Ok(UiResponse::Audited(AuditReport {
                chain_id: chain(1),
                blocks: 3,
                messages: 2,
                verdict: AuditVerdict::Wrong,
                findings: vec!["Something is wrong.".into()],
                evidence: vec![EvidenceFile { name: "a.json".into(), text: None }],
            })),
        ),
        Envelope::node_event(NodeEvent::SignRequest(sign.clone())),
        Envelope::node_event(NodeEvent::Fatal(some_error())),
        Envelope::vault_request(RequestId(2), VaultRequest::Sign(sign)),
        Envelope::node_request(
            RequestId(3),
            NodeRequest::Sign(SignAnswer { sign_id: SignId(1), result: Err(UiError::locked()) }),
        ),
        Envelope::node_response(RequestId(3), Err(UiError::internal("x"))),
        Envelope::vault_event(VaultEvent::AutoLocked),
    ] {
        let json = envelope.to_json().unwrap();
        assert_eq!(Envelope::from_json(&json), Ok(envelope));
    }
}

#[test]
fn unknown_messages_are_typed_errors() {
    for text in [
        "",
        "{}",
        "[]",
        r#"{"to":"node","id":7,"payload":{"ui_request":"launch"}}"#,
        r#"{"to":"moon","id":7,"payload":{"ui_request":"snapshot"}}"#,
        r#"{"to":"node","id":-1,"payload":{"ui_request":"snapshot"}}"#,
        r#"{"to":"node","id":7,"payload":{"ui_request":{"approve":{}}}}"#,
        r#"{"to":"node","id":7,"payload":{"ui_request":{"approve":{"review_id":7.5}}}}"#,
    ] {
        assert_eq!(
            Envelope::from_json(text).map_err(|error| error.code),
            Err(UiErrorCode::BadMessage),
            "{text}"
        );
    }
}

/// Requests with secrets go to the vault, and only those the vault answers.
#[test]
fn secrets_only_go_to_the_vault() {
    let name = || "Main".to_owned();
    let kind = ImportedSecretKind::Phrase;
    let site = SiteRequestId(1);
    let vault: [(UiRequest, usize); 14] = [
        (UiRequest::UserAction, 0),
        (UiRequest::CreateWallet { name: name() }, 1),
        (UiRequest::ImportPhrase { name: name(), kind }, 2),
        (UiRequest::ImportKey { name: name(), kind: ImportedSecretKind::Keystore }, 2),
        (UiRequest::AddAccount { name: name() }, 0),
        (UiRequest::Unlock, 1),
        (UiRequest::Lock, 0),
        (UiRequest::RevealPhrase, 1),
        (UiRequest::RevealKey { account: AccountId(1) }, 1),
        (UiRequest::ConfirmBackup, 0),
        (UiRequest::ChangePassword, 2),
        (UiRequest::RenameAccount { account: AccountId(1), name: name() }, 0),
        (UiRequest::ExportVault, 0),
        (UiRequest::EraseWallet, 1),
    ];
    for (request, secrets) in vault {
        assert_eq!((request.route(), request.secrets().len()), (Route::Vault, secrets), "{request:?}");
        // The vault's own enum reads and writes the same.
        let json = serde_json::to_string(&request).unwrap();
        let narrow: VaultUiRequest = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&narrow).unwrap(), json);
        assert_eq!(narrow.secrets(), request.secrets());
    }
    for (request, route) in [
        (UiRequest::Hello { protocol: WALLET_PROTOCOL, surface: Surface::Popup }, Route::Host),
        (UiRequest::RestartNode, Route::Host),
        (UiRequest::Snapshot, Route::Node),
        (UiRequest::Approve { review_id: ReviewId(1) }, Route::Node),
        (UiRequest::DenySiteRequest { id: site, ignore_site: false }, Route::Node),
        (UiRequest::Resync, Route::Node),
        (UiRequest::AuditChain { chain_id: chain(1) }, Route::Node),
    ] {
        assert_eq!((request.route(), request.secrets().len()), (route, 0), "{request:?}");
    }
}

#[test]
fn the_vaults_answers_are_answers_for_interfaces() {
    let accounts = vec![account(1, "Main", owner(1))];
    for (narrow, response) in [
        (VaultUiResponse::Done, UiResponse::Done),
        (
            VaultUiResponse::Vault {
                lock: LockStatus::Unlocked,
                accounts: accounts.clone(),
                added: vec![AccountId(1)],
            },
            UiResponse::Vault { lock: LockStatus::Unlocked, accounts, added: vec![AccountId(1)] },
        ),
        (
            VaultUiResponse::ExportedVault { json: "{}".into() },
            UiResponse::ExportedVault { json: "{}".into() },
        ),
    ] {
        assert_eq!(serde_json::to_string(&narrow).unwrap(), serde_json::to_string(&response).unwrap());
    }
}

#[test]
fn settings_of_an_older_version_take_defaults_for_what_is_new() {
    let settings: Settings = serde_json::from_str(r#"{"theme":"dark"}"#).unwrap();
    assert_eq!(settings, Settings { theme: Theme::Dark, ..Settings::default() });
}

#[test]
fn the_badge_counts_what_waits() {
    assert_eq!(Snapshot::empty(NOW).badge_count(), 0);
    assert_eq!(snapshot().badge_count(), 1);
}
