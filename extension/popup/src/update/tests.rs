//! Messages and what they lead to.

use walnut_base::{ApplicationId, CryptoHash, Timestamp};
use walnut_wallet::{
    activity::ActivityId,
    messages::{
        AuditProgress, LockStatus, QueryAnswer, SendDraft, SendQuote, Snapshot, Surface, UiError,
        UiErrorCode, UiEvent, UiRequest, UiResponse, WALLET_PROTOCOL,
    },
};
use zeroize::Zeroizing;

use super::update;
use crate::{
    message::{Command, Message, Redacted},
    mock::fixture,
    model::{Link, Model, Secret, Sheet, Task},
    route::Route,
    source::Source,
    tree::Form,
    words,
};

fn form(fields: &[(&str, &str)]) -> Form {
    Form(
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Zeroizing::new((*value).to_owned())))
            .collect(),
    )
}

fn answered(request: UiRequest, result: Result<UiResponse, UiError>) -> Message {
    Message::Answered { request: Box::new(request), result: Box::new(result), secrets: Redacted::default() }
}

fn asked(commands: &[Command]) -> Vec<&UiRequest> {
    commands
        .iter()
        .filter_map(|command| match command {
            Command::Ask { request, .. } => Some(request),
            _ => None,
        })
        .collect()
}

fn goes_to(commands: &[Command], route: Route) -> bool {
    commands.iter().any(|command| matches!(command, Command::Go(there) if *there == route))
}

fn new() -> Model {
    Model::new(Surface::Tab, Timestamp::from_micros(1), None)
}

#[test]
fn a_hello_of_this_version_leads_to_a_subscription() {
    let mut model = new();
    let hello = super::answer::hello(&model);
    let answer = |protocol| UiResponse::Hello { protocol, node_running: true, vault_running: true };
    let commands = update(&mut model, answered(hello.clone(), Ok(answer(WALLET_PROTOCOL))));
    assert_eq!(model.link, Link::Online);
    assert_eq!(asked(&commands), [&UiRequest::Subscribe { surface: Surface::Tab }]);
    let again = update(&mut model, answered(hello.clone(), Ok(answer(WALLET_PROTOCOL))));
    assert!(again.is_empty(), "a ping changes nothing");
    let other = update(&mut model, answered(hello, Ok(answer(WALLET_PROTOCOL + 1))));
    assert!(matches!(other.as_slice(), [Command::Reload]));
}

#[test]
fn a_silent_host_can_be_restarted() {
    let mut model = new();
    update(&mut model, Message::HostSilent);
    assert_eq!(model.link, Link::Silent);
    let commands = update(&mut model, Message::RestartNode);
    assert!(matches!(commands.as_slice(), [Command::RestartHost, Command::Connect]));
    assert_eq!(model.link, Link::Connecting);
}

#[test]
fn weak_and_mistyped_passwords_are_refused_before_anything_is_sent() {
    for (password, again, problem) in [
        ("short", "short", words::start::TOO_SHORT),
        ("password1", "password1", words::start::TOO_EASY),
        ("plum tractor seven lamp", "plum tractor", words::start::PASSWORDS_DIFFER),
    ] {
        let mut model = fixture("password").expect("a fixture");
        let commands = update(&mut model, Message::Create(form(&[("password", password), ("again", again)])));
        assert_eq!(model.start.problem, Some(problem), "{password}");
        assert!(asked(&commands).is_empty());
    }
}

#[test]
fn creating_a_wallet_shows_its_words_once() {
    let mut model = fixture("password").expect("a fixture");
    let password = "plum tractor seven lamp";
    let commands = update(&mut model, Message::Create(form(&[("password", password), ("again", password)])));
    let [Command::Ask { request, secrets }] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(secrets.0.len(), 1);
    assert!(!format!("{commands:?}").contains("plum"), "secrets are not printed");
    assert!(model.is_busy(Task::Setup));
    let twice = update(&mut model, Message::Create(form(&[("password", password), ("again", password)])));
    assert!(twice.is_empty(), "a second press does nothing");

    let accounts = fixture("home-empty").expect("a fixture").accounts().to_vec();
    let answer = Message::Answered {
        request: Box::new(request.clone()),
        result: Box::new(Ok(UiResponse::Vault { lock: LockStatus::Unlocked, accounts, added: Vec::new() })),
        secrets: Redacted(vec![Zeroizing::new(b"some words".to_vec())]),
    };
    let commands = update(&mut model, answer);
    assert!(goes_to(&commands, Route::Words));
    update(&mut model, Message::Arrived(Route::Words));
    assert!(matches!(&model.start.secret, Some(Secret::Phrase(words)) if words.as_str() == "some words"));
    let commands = update(&mut model, Message::WordsWritten);
    assert!(model.start.secret.is_none());
    assert_eq!(asked(&commands), [&UiRequest::ConfirmBackup]);
    assert!(goes_to(&commands, Route::Claim));
}

#[test]
fn a_pasted_phrase_spreads_and_marks_unknown_words() {
    let mut model = fixture("import").expect("a fixture");
    let text = "abandon abandon abandn abandon abandon abandon abandon abandon abandon abandon abandon about";
    let commands = update(&mut model, Message::PhrasePasted(text.to_owned()));
    assert!(matches!(commands.as_slice(), [Command::Spread(words)] if words.as_str() == text));
    assert_eq!(model.start.word_count, 12);
    assert_eq!(model.start.bad_words, [2].into());
    update(&mut model, Message::WordTyped(2, "Abandon".to_owned()));
    assert!(model.start.bad_words.is_empty());
    let commands = update(&mut model, Message::Import(form(&[("word-1", "abandon")])));
    assert_eq!(model.start.problem, Some(words::start::WORDS_MISSING));
    assert!(commands.is_empty());
}

#[test]
fn locking_leaves_nothing_behind() {
    let mut model = fixture("review-ready").expect("a fixture");
    model.send.to = "somebody".to_owned();
    model.start.secret = Some(Secret::Key(Zeroizing::new("key".to_owned())));
    model.sheet = Some(Sheet::Accounts);
    update(&mut model, Message::Told(Box::new(UiEvent::LockChanged { lock: LockStatus::Locked })));
    assert!(model.review.is_none() && model.start.secret.is_none() && model.sheet.is_none());
    assert!(model.send.to.is_empty());
    assert!(!model.is_unlocked());
}

#[test]
fn older_snapshots_are_dropped() {
    let mut model = fixture("home").expect("a fixture");
    let newest = model.snapshot.clone().expect("a snapshot");
    let late = Snapshot { sequence: newest.sequence - 1, chains: Vec::new(), ..newest.clone() };
    update(&mut model, Message::Told(Box::new(UiEvent::SnapshotChanged(late))));
    assert_eq!(model.snapshot.as_ref().map(|snapshot| snapshot.sequence), Some(newest.sequence));
    let mut restarted = Snapshot { sequence: 0, ..newest.clone() };
    restarted.taken_at = newest.taken_at.saturating_add_micros(5);
    update(&mut model, Message::Told(Box::new(UiEvent::SnapshotChanged(restarted))));
    assert_eq!(
        model.snapshot.as_ref().map(|snapshot| snapshot.sequence),
        Some(0),
        "a node that started anew"
    );
}

#[test]
fn approve_needs_half_a_second_of_unbroken_focus() {
    let mut model = fixture("review").expect("a fixture");
    assert!(update(&mut model, Message::Approve).is_empty(), "too early");
    let commands = update(&mut model, Message::Focused(true));
    let [Command::Later { after_ms: 500, message }] = commands.as_slice() else { panic!("{commands:?}") };
    let ready = message.clone();
    update(&mut model, Message::Focused(false));
    update(&mut model, ready.clone());
    assert!(!model.may_approve, "the focus was lost meanwhile");
    update(&mut model, Message::Focused(true));
    update(&mut model, ready);
    assert!(!model.may_approve, "a timer of an earlier focus");
    let number = model.focus_number;
    update(&mut model, Message::ApproveReady(number));
    let commands = update(&mut model, Message::Approve);
    let review_id = model.review.as_ref().expect("a review").id;
    assert_eq!(asked(&commands), [&UiRequest::Approve { review_id }]);
    let commands = update(
        &mut model,
        answered(UiRequest::Approve { review_id }, Ok(UiResponse::Approved { activity_id: ActivityId(4) })),
    );
    assert!(goes_to(&commands, Route::Item(ActivityId(4))));
}

#[test]
fn leaving_a_review_cancels_it() {
    let mut model = fixture("review").expect("a fixture");
    let review_id = model.review.as_ref().expect("a review").id;
    let commands = update(&mut model, Message::Arrived(Route::Send));
    assert!(asked(&commands).contains(&&UiRequest::Cancel { review_id }));
    assert!(model.review.is_none());
}

#[test]
fn typing_asks_once_it_pauses_and_only_the_last_answer_counts() {
    let mut model = fixture("send-empty").expect("a fixture");
    let first = update(&mut model, Message::ToTyped("e4".to_owned()));
    let [Command::Later { message: early, .. }] = first.as_slice() else { panic!("{first:?}") };
    let early = early.clone();
    let second = update(&mut model, Message::ToTyped("e47".to_owned()));
    let [Command::Later { message: last, .. }] = second.as_slice() else { panic!("{second:?}") };
    let last = last.clone();
    assert!(update(&mut model, early).is_empty());
    let commands = update(&mut model, last);
    assert!(asked(&commands).contains(&&UiRequest::Recognise { text: "e47".to_owned() }));
    let error = UiError::new(UiErrorCode::InvalidRecipient, "too short");
    update(&mut model, answered(UiRequest::Recognise { text: "e4".to_owned() }, Err(error.clone())));
    assert!(model.send.recipient.is_none());
    update(&mut model, answered(UiRequest::Recognise { text: "e47".to_owned() }, Err(error.clone())));
    assert_eq!(model.send.recipient, Some(("e47".to_owned(), Err(error))));
}

#[test]
fn max_follows_the_quote() {
    let mut model = fixture("send-known").expect("a fixture");
    update(&mut model, Message::Max);
    assert_eq!(model.send.amount, "83.905");
    update(&mut model, Message::AmountTyped("1".to_owned()));
    assert!(!model.send.is_max);
}

#[test]
fn an_older_quote_does_not_replace_the_newer_one() {
    let mut model = fixture("send-token").expect("a fixture");
    let draft = model.draft().expect("a draft");
    let older = SendDraft { recipient_owner: draft.source, ..draft.clone() };
    let error = UiError::new(UiErrorCode::InvalidRecipient, "no owner");
    let quote = SendQuote { fee: draft.amount, amount_max: draft.amount, balance: draft.amount };
    let ask = |draft: &SendDraft| UiRequest::QuoteSend { draft: draft.clone() };
    update(&mut model, answered(ask(&draft), Err(error.clone())));
    update(&mut model, answered(ask(&older), Ok(UiResponse::Quote(quote.clone()))));
    assert_eq!(model.send.quote, Some((draft.clone(), Err(error))));
    update(&mut model, answered(ask(&draft), Ok(UiResponse::Quote(quote.clone()))));
    assert_eq!(model.send.quote, Some((draft, Ok(quote))));
}

#[test]
fn a_failed_request_frees_its_button_and_is_shown() {
    let mut model = fixture("locked").expect("a fixture");
    update(&mut model, Message::Unlock(form(&[("password", "wrong")])));
    assert!(model.is_busy(Task::Unlock));
    let error = UiError::new(UiErrorCode::WrongPassword, "no");
    let commands = update(&mut model, answered(UiRequest::Unlock, Err(error.clone())));
    assert!(!model.is_busy(Task::Unlock));
    assert_eq!(model.error, Some(error));
    assert!(matches!(commands.as_slice(), [Command::ClearSecrets, Command::Focus("password")]));
}

#[test]
fn a_connection_grants_what_is_ticked_until_the_chosen_day() {
    let mut model = fixture("connect").expect("a fixture");
    let commands = super::enter(&mut model, Route::Requests);
    assert!(!model.may_approve, "a fresh request waits for the focus");
    assert_eq!(commands.len(), 1);
    let number = model.focus_number;
    update(&mut model, Message::ApproveReady(number));
    update(&mut model, Message::SiteUntil("1".to_owned()));
    update(&mut model, Message::SitePropose);
    let commands = update(&mut model, Message::ApproveConnect);
    let [UiRequest::ApproveConnect { permissions, .. }] = asked(&commands)[..] else {
        panic!("{commands:?}")
    };
    assert_eq!(permissions.accounts.len(), 1);
    assert_eq!(permissions.chains.len(), 2, "the current account's chains");
    assert!(permissions.may_propose);
    let end = permissions.expires_at.expect("a day").delta_since(model.now);
    assert_eq!(end.as_micros(), 86_400_000_000);
}

#[test]
fn networks_must_be_https_or_local() {
    for (url, is_taken) in [
        ("http://127.0.0.1:8079", true),
        ("http://localhost:8079/", true),
        ("https://faucet.example", true),
        ("http://faucet.example", false),
        ("http://localhost.example", false),
        ("https://", false),
        ("javascript:alert(1)", false),
    ] {
        let mut model = fixture("settings-networks").expect("a fixture");
        let commands = update(&mut model, Message::Network(form(&[("url", url), ("name", "")])));
        assert_eq!(asked(&commands).len() == 1, is_taken, "{url}");
        assert_eq!(model.start.problem.is_none(), is_taken, "{url}");
    }
}

#[test]
fn a_question_is_asked_once_and_its_answer_is_shown() {
    let mut model = fixture("application-token").expect("a fixture");
    let Route::Application(chain_id, id) = model.route else { panic!("{:?}", model.route) };
    assert!(asked(&update(&mut model, Message::AskApplication)).is_empty(), "there is no question");
    update(&mut model, Message::QueryTyped(" query { tickerSymbol } ".to_owned()));
    let request = UiRequest::QueryApplication { chain_id, id, query: "query { tickerSymbol }".to_owned() };
    assert_eq!(asked(&update(&mut model, Message::AskApplication)), [&request]);
    assert!(asked(&update(&mut model, Message::AskApplication)).is_empty(), "it is being asked");
    let answer = QueryAnswer {
        text: "{}".to_owned(),
        is_cut: false,
        complaints: Vec::new(),
        took_ms: 1,
        history: vec!["query { tickerSymbol }".to_owned()],
    };
    update(&mut model, answered(request.clone(), Ok(UiResponse::QueryAnswer(answer.clone()))));
    assert_eq!(model.application.details.as_ref().map(|details| details.history.len()), Some(1));
    assert!(model.application.answer.is_some());
    // An answer that comes after one has left is nobody's.
    let mut elsewhere = fixture("home").expect("a fixture");
    update(&mut elsewhere, answered(request, Ok(UiResponse::QueryAnswer(answer))));
    assert_eq!(elsewhere.application.answer, None);
}

#[test]
fn a_mutation_leads_to_a_review_and_back() {
    let mut model = fixture("application-token").expect("a fixture");
    let there = model.route;
    let Route::Application(chain_id, id) = there else { panic!("{there:?}") };
    let review = fixture("review-token").and_then(|model| model.review).expect("a review");
    let request = UiRequest::QueryApplication { chain_id, id, query: "mutation { a }".to_owned() };
    let commands = update(&mut model, answered(request.clone(), Ok(UiResponse::Review(review.clone()))));
    assert!(goes_to(&commands, Route::Review));
    update(&mut model, Message::Arrived(Route::Review));
    assert_eq!(model.parent(), Some(there));
    assert!(goes_to(&update(&mut model, Message::CancelReview), there));
    let commands = update(&mut model, Message::Arrived(there));
    assert!(asked(&commands).contains(&&UiRequest::Cancel { review_id: review.id }));
    // Whoever has left is not called back; the block is dropped.
    let mut elsewhere = fixture("home").expect("a fixture");
    let commands = update(&mut elsewhere, answered(request, Ok(UiResponse::Review(review.clone()))));
    assert_eq!(asked(&commands), [&UiRequest::Cancel { review_id: review.id }]);
    assert!(elsewhere.review.is_none());
}

#[test]
fn tokens_are_sent_from_the_balance_that_was_chosen() {
    let mut model = fixture("application-token").expect("a fixture");
    let source = fixture("send-token").and_then(|model| model.send_source()).expect("a source");
    assert!(goes_to(&update(&mut model, Message::SendFrom(source.clone())), Route::Send));
    let commands = update(&mut model, Message::Arrived(Route::Send));
    let [UiRequest::QuoteSend { draft }] = asked(&commands)[..] else { panic!("{commands:?}") };
    assert_eq!((draft.token.clone(), draft.source), (source.token.clone(), source.owner));
    assert_eq!(draft.recipient_owner, source.owner, "nobody else is known yet, and a chain cannot have it");
    let own = Source::chain(source.chain_id);
    update(&mut model, Message::SourceChosen(own.value()));
    assert_eq!(model.send_source(), Some(own));
    update(&mut model, Message::SourceChosen(source.value()));
    assert_eq!(model.send_source(), Some(source));
    let draft = fixture("send-token").and_then(|model| model.draft()).expect("a draft");
    assert!(draft.token.is_some());
}

#[test]
fn an_application_is_opened_by_its_id() {
    let mut model = fixture("chain-applications").expect("a fixture");
    let Route::Chain(chain_id) = model.route else { panic!("{:?}", model.route) };
    let commands = update(&mut model, Message::OpenApplication(form(&[("application", "abc")])));
    assert!(matches!(commands.as_slice(), [Command::Focus("application")]));
    assert_eq!(model.start.problem, Some(words::applications::ID_UNREADABLE));
    let id = ApplicationId::new(CryptoHash::from([7; 32]));
    let text = format!(" {id} ");
    let commands = update(&mut model, Message::OpenApplication(form(&[("application", &text)])));
    assert!(goes_to(&commands, Route::Application(chain_id, id)));
    let commands = update(&mut model, Message::Arrived(Route::Application(chain_id, id)));
    assert_eq!(asked(&commands), [&UiRequest::Application { chain_id, id }]);
    assert_eq!(model.start.problem, None);
}

#[test]
fn locking_leaves_no_question_behind() {
    let mut model = fixture("application-answer").expect("a fixture");
    update(&mut model, Message::Told(Box::new(UiEvent::LockChanged { lock: LockStatus::Locked })));
    assert!(model.application.query.is_empty() && model.application.answer.is_none());
    assert!(model.application.details.is_none());
}

#[test]
fn a_chain_is_checked_with_progress_and_its_evidence_saved() {
    let mut model = fixture("chain-balances").expect("a fixture");
    let Route::Chain(chain_id) = model.route else { panic!("{:?}", model.route) };
    let request = UiRequest::AuditChain { chain_id };
    let commands = update(&mut model, Message::Audit(chain_id));
    assert_eq!(asked(&commands), [&request]);
    assert!(model.is_busy(Task::Audit));
    let of = walnut_base::BlockHeight(9);
    let progress = AuditProgress { chain_id, is_admin: true, checked: walnut_base::BlockHeight(3), of };
    update(&mut model, Message::Told(Box::new(UiEvent::AuditProgress(progress))));
    assert_eq!(model.audit.as_ref().and_then(|audit| audit.progress), Some(progress));
    let other = AuditProgress { chain_id: walnut_base::ChainId::default(), ..progress };
    update(&mut model, Message::Told(Box::new(UiEvent::AuditProgress(other))));
    assert_eq!(model.audit.as_ref().and_then(|audit| audit.progress), Some(progress), "not of this chain");

    let wrong = fixture("chain-check-wrong").expect("a fixture");
    let report = wrong.audit.and_then(|audit| audit.report).expect("it shows one");
    let file = report.evidence[0].clone();
    update(&mut model, answered(request.clone(), Ok(UiResponse::Audited(report))));
    assert!(!model.is_busy(Task::Audit));
    let commands = update(&mut model, Message::SaveEvidence(0));
    let [Command::Save { name, text }] = &commands[..] else { panic!("{commands:?}") };
    assert_eq!((name, Some(text)), (&file.name, file.text.as_ref()));
    assert!(update(&mut model, Message::SaveEvidence(1)).is_empty());

    // A check that fails leaves the button as it was before.
    update(&mut model, Message::Audit(chain_id));
    let error = UiError::new(UiErrorCode::NetworkUnavailable, "No validator answers.");
    update(&mut model, answered(request, Err(error.clone())));
    assert!(!model.is_busy(Task::Audit));
    assert_eq!(model.error, Some(error));
    assert!(model.audit.is_none_or(|audit| audit.report.is_none()));
}

/// The password sheet of the owners of a chain.
fn owners_sheet(name: &str) -> Model {
    fixture(name).expect("a fixture")
}

fn unlocked(model: &mut Model) -> Vec<Command> {
    let accounts = model.accounts().to_vec();
    let answer = UiResponse::Vault { lock: LockStatus::Unlocked, accounts, added: Vec::new() };
    update(model, answered(UiRequest::Unlock, Ok(answer)))
}

#[test]
fn a_chain_is_shared_once_the_password_is_right_and_the_block_is_looked_at() {
    let mut model = owners_sheet("share-chain");
    let new = format!("0x{}", "ab".repeat(32));
    let fields = [("owner", new.as_str()), ("password", "plum")];
    let commands = update(&mut model, Message::Confirm(form(&fields)));
    assert_eq!(asked(&commands), [&UiRequest::Unlock], "only the vault knows the password");
    let wrong = UiError::new(UiErrorCode::WrongPassword, "no");
    update(&mut model, answered(UiRequest::Unlock, Err(wrong)));
    assert_eq!(model.sheet, Some(Sheet::AddOwner(crate::mock::first_chain())));
    assert!(
        asked(&unlocked(&mut model)).iter().all(|request| !is_prepare(request)),
        "it was not the sheet's"
    );

    update(&mut model, Message::Confirm(form(&fields)));
    let commands = unlocked(&mut model);
    let requests = asked(&commands);
    let [UiRequest::PrepareOperations { operations, .. }] = requests[..] else { panic!("{requests:?}") };
    let operations = walnut_wallet::owners::operations_from_bytes(operations).expect("operations");
    assert!(format!("{operations:?}").contains(&new), "{operations:?}");
    assert_eq!(model.sheet, None);
    let review = fixture("review").and_then(|model| model.review).expect("a review");
    let request = requests[0].clone();
    let from = model.route;
    let commands = update(&mut model, answered(request, Ok(UiResponse::Review(review))));
    assert!(goes_to(&commands, Route::Review));
    assert_eq!(model.review_from, from);
}

fn is_prepare(request: &UiRequest) -> bool {
    matches!(request, UiRequest::PrepareOperations { .. })
}

#[test]
fn owners_that_are_none_and_turns_that_make_no_sense_never_reach_the_vault() {
    let known = fixture("share-chain").expect("a fixture").accounts()[0].owner.to_string();
    for owner in ["", "0x00", "nobody", &format!("0x{}", "ab".repeat(31)), &known] {
        let mut model = owners_sheet("share-chain");
        let commands = update(&mut model, Message::Confirm(form(&[("owner", owner), ("password", "plum")])));
        assert!(asked(&commands).is_empty(), "{owner}");
        assert!(model.error.is_some() && model.chain.guarded.is_none());
    }
    for (rounds, seconds) in [("", "1"), ("-1", "1"), ("101", "1"), ("0", "0"), ("0", "86401"), ("0", "1.5")]
    {
        let mut model = owners_sheet("change-turns");
        let fields = [("rounds", rounds), ("seconds", seconds), ("password", "plum")];
        assert!(asked(&update(&mut model, Message::Confirm(form(&fields)))).is_empty(), "{rounds} {seconds}");
        assert_eq!(model.error.map(|error| error.code), Some(UiErrorCode::BadMessage));
    }
}

#[test]
fn what_was_prepared_for_a_password_does_not_outlive_its_screen() {
    let mut model = owners_sheet("remove-owner");
    update(&mut model, Message::Confirm(form(&[("password", "plum")])));
    assert!(model.chain.guarded.is_some());
    update(&mut model, Message::Arrived(Route::Home));
    assert_eq!(model.chain.guarded, None);
    assert!(asked(&unlocked(&mut model)).iter().all(|request| !is_prepare(request)));
}

#[test]
fn send_again_leads_to_a_new_review_and_back_to_its_item() {
    let mut model = owners_sheet("item-overtaken");
    let id = ActivityId(9);
    let commands = update(&mut model, Message::Retry(id));
    assert_eq!(asked(&commands), [&UiRequest::Retry { id }]);
    assert!(update(&mut model, Message::Retry(id)).is_empty(), "one review at a time");
    let review = fixture("review").and_then(|model| model.review).expect("a review");
    let commands = update(&mut model, answered(UiRequest::Retry { id }, Ok(UiResponse::Review(review))));
    assert!(goes_to(&commands, Route::Review));
    assert_eq!(model.review_from, Route::Item(id));
}

#[test]
fn a_review_that_the_chain_has_overtaken_is_shown_anew_and_approved_anew() {
    let mut model = fixture("review-ready").expect("a fixture");
    let old = model.review.clone().expect("a review");
    update(&mut model, Message::Approve);
    let mut review = old.clone();
    review.id.0 += 1;
    let request = UiRequest::Approve { review_id: old.id };
    let commands = update(&mut model, answered(request, Ok(UiResponse::Review(review.clone()))));
    assert_eq!(model.review, Some(review));
    assert_eq!(model.error.as_ref().map(|error| error.code), Some(UiErrorCode::StaleReview));
    assert!(!model.may_approve, "the click on the old one is not for the new one");
    assert!(commands.iter().any(|command| matches!(command, Command::Later { .. })));
    assert!(update(&mut model, Message::Approve).is_empty());
}
