//! The wallet that most fixtures show: two accounts, three chains, some history.

use walnut_base::{
    AccountOwner, Amount, BlockHeight, ChainId, CryptoHash, Round, TimeDelta, TimeoutConfig, Timestamp,
};
use walnut_wallet::{
    activity::{ActivityId, ActivityItem, ActivityKind, ActivityStatus, Step, TimelineStep},
    messages::{
        Account, AccountId, AccountSource, AddressBookEntry, Agreement, BlockSummary, ChainDetails,
        ChainRounds, ChainSummary, ConnectRequest, DecodedField, DecodedOperation, Effect, InboxBundle,
        InboxMessage, KeyKind, LockStatus, NetworkChoice, NetworkStatus, NodeStatus, OwnerBalance,
        PendingSiteRequest, ReceiveInfo, Review, ReviewId, ReviewKind, SiteRequestBody, SiteRequestId,
        Snapshot, SyncPhase, SyncState, UiError, UiErrorCode, ValidatorStatus, Warning,
    },
};

/// The time in all fixtures.
pub(super) fn now() -> Timestamp {
    Timestamp::from_micros(1_795_000_000_000_000)
}

fn before(seconds: u64) -> Timestamp {
    now().saturating_sub(TimeDelta::from_secs(seconds))
}

/// Thousandths of tokens.
pub(super) fn milli(milli: u128) -> Amount {
    Amount::from_millis(milli)
}

pub(super) fn hash(seed: u64) -> CryptoHash {
    let mut bytes = [0; 32];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for chunk in bytes.chunks_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        chunk.copy_from_slice(&state.to_le_bytes());
    }
    CryptoHash::from(bytes)
}

pub(super) fn chain_id(seed: u64) -> ChainId {
    ChainId(hash(seed))
}

pub(super) fn owner(seed: u64) -> AccountOwner {
    AccountOwner::Address32(hash(seed + 1_000))
}

fn up_to_date(height: u64) -> SyncState {
    SyncState {
        phase: SyncPhase::UpToDate,
        verified_height: BlockHeight(height),
        claimed_height: BlockHeight(height),
        last_contact: Some(before(240)),
        problem: None,
    }
}

fn account(id: u32, name: &str, backed_up: bool) -> Account {
    Account {
        id: AccountId(id),
        name: name.to_owned(),
        owner: owner(u64::from(id)),
        key_kind: KeyKind::Ed25519,
        source: AccountSource::Phrase { index: id - 1 },
        created_at: before(864_000),
        backed_up,
    }
}

fn chain(seed: u64, name: &str, account: Option<u32>, balance: Amount, height: u64) -> ChainSummary {
    ChainSummary {
        chain_id: chain_id(seed),
        name: name.to_owned(),
        account: account.map(AccountId),
        chain_balance: balance,
        owner_balances: Vec::new(),
        tokens: Vec::new(),
        next_block_height: BlockHeight(height),
        block_hash: Some(hash(seed + 500)),
        unread_bundles: 0,
        is_closed: false,
        has_pending_proposal: false,
        sync: up_to_date(height),
    }
}

/// A wallet just made.
pub(super) fn empty_wallet() -> Snapshot {
    let mut snapshot = Snapshot::empty(now());
    snapshot.lock = LockStatus::Unlocked;
    snapshot.network_name = "Local network".to_owned();
    snapshot.accounts = vec![account(1, "Main account", false)];
    snapshot.current_account = Some(AccountId(1));
    snapshot.sync = up_to_date(0);
    snapshot.settings.network =
        NetworkChoice { name: "Local network".to_owned(), faucet_url: "http://127.0.0.1:8079".to_owned() };
    snapshot
}

/// A wallet in use.
pub(super) fn normal() -> Snapshot {
    let mut snapshot = empty_wallet();
    snapshot.sequence = 7;
    snapshot.taken_at = before(190);
    snapshot.accounts = vec![account(1, "Main account", false), account(2, "Shop", true)];
    let mut savings = chain(1, "Savings", Some(1), milli(83_907), 412);
    savings.unread_bundles = 2;
    savings.owner_balances = vec![
        OwnerBalance { owner: owner(1), balance: milli(12_250), is_mine: true },
        OwnerBalance { owner: owner(77), balance: milli(3_000), is_mine: false },
    ];
    savings.tokens = super::applications::tokens();
    let mut daily = chain(2, "Daily", Some(1), milli(4_020), 57);
    daily.has_pending_proposal = true;
    let shop = chain(3, "Shop", Some(2), milli(1_250_000), 1_803);
    let watched = chain(4, "Treasury", None, milli(98_000_000), 20_114);
    snapshot.chains = vec![savings, daily, shop, watched];
    snapshot.total = milli(1_350_177);
    snapshot.sync = up_to_date(1_803);
    snapshot.activity = activity();
    snapshot.address_book = vec![
        AddressBookEntry {
            id: 1,
            name: "Ana's chain".to_owned(),
            chain_id: Some(chain_id(7)),
            owner: None,
            created_at: before(9_000),
        },
        AddressBookEntry {
            id: 2,
            name: "Ben".to_owned(),
            chain_id: Some(chain_id(8)),
            owner: Some(owner(8)),
            created_at: before(9_000),
        },
    ];
    snapshot
}

fn item(
    id: u64,
    kind: ActivityKind,
    status: ActivityStatus,
    seconds_ago: u64,
    steps: &[(u64, Step)],
) -> ActivityItem {
    let start = before(seconds_ago);
    let at = |millis: u64| start.saturating_add(TimeDelta::from_millis(millis));
    let timeline: Vec<_> =
        steps.iter().map(|(millis, step)| TimelineStep { step: step.clone(), at: at(*millis) }).collect();
    let is_certified = matches!(status, ActivityStatus::Certified | ActivityStatus::Delivered);
    ActivityItem {
        id: ActivityId(id),
        kind,
        chain_id: chain_id(1),
        account: Some(AccountId(1)),
        origin: None,
        updated_at: timeline.last().map_or(start, |step| step.at),
        created_at: start,
        timeline,
        fee: Some(milli(2)),
        height: Some(BlockHeight(400 + id)),
        digest: Some(hash(id + 300)),
        block_hash: is_certified.then(|| hash(id + 400)),
        attempts: 1,
        approved: None,
        operations: Vec::new(),
        again: None,
        status,
    }
}

fn activity() -> Vec<ActivityItem> {
    let to = |chain: u64, amount| ActivityKind::Sent {
        recipient_chain: chain_id(chain),
        recipient_owner: AccountOwner::CHAIN,
        amount,
        token: None,
    };
    let votes = |received| Step::Votes { received, needed: 3, total: 4 };
    let reason = UiError::new(
        UiErrorCode::InsufficientBalance,
        "The balance no longer covers amount and fee: another block of yours was faster. Nothing left the chain.",
    )
    .with_details("execution: balance 1.2 is below 12.502");
    vec![
        item(
            9,
            to(7, milli(12_500)),
            ActivityStatus::Signed,
            41,
            &[(0, Step::Queued), (60, Step::Signed), (410, votes(1)), (1_900, votes(2))],
        ),
        item(
            8,
            to(42, milli(1_000)),
            ActivityStatus::Certified,
            380,
            &[(0, Step::Queued), (40, Step::Signed), (130, votes(3)), (150, Step::Certified)],
        ),
        item(
            7,
            ActivityKind::Received {
                origin: chain_id(7),
                source: AccountOwner::CHAIN,
                amount: milli(40_000),
                token: None,
            },
            ActivityStatus::Delivered,
            4_000,
            &[
                (0, Step::Queued),
                (30, Step::Signed),
                (110, votes(4)),
                (120, Step::Certified),
                (120, Step::Delivered),
            ],
        ),
        item(
            6,
            ActivityKind::Sent {
                recipient_chain: chain_id(2),
                recipient_owner: owner(1),
                amount: milli(12_500),
                token: Some(super::applications::token()),
            },
            ActivityStatus::Delivered,
            9_000,
            &[
                (0, Step::Queued),
                (30, Step::Signed),
                (90, votes(4)),
                (100, Step::Certified),
                (2_400, Step::Delivered),
            ],
        ),
        item(
            5,
            to(8, milli(12_500)),
            ActivityStatus::Failed { reason: reason.clone(), can_retry: true },
            200_000,
            &[(0, Step::Queued), (35, Step::Signed), (36, Step::Failed(reason))],
        ),
        item(
            4,
            ActivityKind::ChainClaimed,
            ActivityStatus::Delivered,
            900_000,
            &[(0, Step::Queued), (900, Step::Certified), (900, Step::Delivered)],
        ),
    ]
}

/// Everything about a chain; with or without something in its inbox.
pub(super) fn details(summary: ChainSummary, has_inbox: bool) -> ChainDetails {
    let block = |height: u64, summary: &str, seconds_ago| BlockSummary {
        height: BlockHeight(height),
        hash: hash(height),
        timestamp: before(seconds_ago),
        summary: summary.to_owned(),
        operations: 1,
        bundles: 0,
    };
    let bundle = |origin: u64, text: &str, amount: Amount, is_bouncing| InboxBundle {
        origin: chain_id(origin),
        height: BlockHeight(12),
        timestamp: before(70),
        messages: vec![InboxMessage { summary: text.to_owned(), amount: Some(amount), is_bouncing }],
    };
    let inbox = if has_inbox {
        vec![
            bundle(7, "12.5 tokens for this chain", milli(12_500), false),
            bundle(42, "1 token came back", milli(1_000), true),
        ]
    } else {
        Vec::new()
    };
    ChainDetails {
        summary,
        super_owners: vec![owner(1)],
        owners: vec![(owner(2), 100), (owner(77), 50)],
        rounds: ChainRounds {
            multi_leader: 5,
            is_open: false,
            timeouts: TimeoutConfig::default(),
            current: Round::MultiLeader(0),
            leader: None,
            until: None,
        },
        epoch: 0,
        inbox,
        blocks: vec![
            block(411, "Sent 12.5 tokens to Ana's chain", 400),
            block(410, "Received 40 tokens from Ana's chain", 4_000),
            block(409, "Sent 0.5 tokens to Daily", 9_000),
            block(408, "Received 2 bundles", 200_000),
        ],
        state_hash: Some(hash(555)),
    }
}

/// A staged transfer, of the person or of a site.
pub(super) fn review(origin: Option<&str>) -> Review {
    Review {
        id: ReviewId(3),
        kind: ReviewKind::Send,
        origin: origin.map(str::to_owned),
        chain_id: chain_id(1),
        chain_name: "Savings".to_owned(),
        height: BlockHeight(412),
        account: AccountId(1),
        signer: owner(1),
        sentence: "You send 12.5 tokens from *Savings* to *Ana's chain*.".to_owned(),
        operations: vec![DecodedOperation {
            name: "Transfer".to_owned(),
            summary: "Send 12.5 tokens to Ana's chain".to_owned(),
            fields: vec![
                DecodedField { label: "owner".to_owned(), value: "0x00".to_owned() },
                DecodedField { label: "recipient chain".to_owned(), value: chain_id(7).to_string() },
                DecodedField { label: "recipient owner".to_owned(), value: "0x00".to_owned() },
                DecodedField { label: "amount".to_owned(), value: "12.5".to_owned() },
            ],
            is_decoded: true,
        }],
        received: vec!["40 tokens from Ana's chain".to_owned()],
        effects: vec![
            Effect::Balance { owner: AccountOwner::CHAIN, name: "Savings".to_owned(), token: None, before: milli(83_907), after: milli(71_405) },
            Effect::Message {
                destination: chain_id(7),
                name: Some("Ana's chain".to_owned()),
                summary: "12.5 tokens for the chain, tracked: they come back if refused".to_owned(),
            },
        ],
        warnings: vec![Warning::NewRecipient],
        fee: milli(2),
        balance_before: milli(83_907),
        balance_after: milli(71_405),
        fuel: 0,
        block_json: "{\n  \"chain_id\": \"e476187f6ddfeb9d588c7b45d3df334d5501d6499b3f9ad5595cae86cce16a65\",\n  \"epoch\": 0,\n  \"height\": 412,\n  \"transactions\": [\n    {\n      \"ExecuteOperation\": {\n        \"System\": {\n          \"Transfer\": {\n            \"amount\": \"12.5\"\n          }\n        }\n      }\n    }\n  ]\n}"
            .to_owned(),
        digest: hash(808),
        created_at: before(1),
    }
}

/// Waiting requests of sites; the first is of the named kind.
pub(super) fn site_requests(name: &str) -> Vec<PendingSiteRequest> {
    let request = |id, origin: &str, body| PendingSiteRequest {
        id: SiteRequestId(id),
        origin: origin.to_owned(),
        asked_at: before(12),
        body,
    };
    let connect = |claimed: &str| {
        SiteRequestBody::Connect(ConnectRequest {
            claimed_name: Some(claimed.to_owned()),
            wants_propose: true,
        })
    };
    let sign =
        |review| SiteRequestBody::Sign { chain_id: chain_id(1), operations: vec!["0000".to_owned()], review };
    let second = request(2, "https://market.example", connect("Market"));
    match name {
        "sign" => vec![request(
            1,
            "https://demo.example",
            sign(Some(Box::new(review(Some("https://demo.example"))))),
        )],
        "sign-staging" => vec![request(1, "https://demo.example", sign(None))],
        _ => vec![request(1, "https://demo.example", connect("Demo <b>shop</b>")), second],
    }
}

/// Four validators: all well, or two silent.
pub(super) fn network(is_well: bool) -> NetworkStatus {
    let validator = |number: u64| {
        let silent = !is_well && number > 2;
        let agreement = match number {
            _ if silent => Agreement::Silent,
            3 => Agreement::Lags,
            _ => Agreement::Agrees,
        };
        ValidatorStatus {
            public_key: format!("02{}", hash(number + 900)),
            address: format!("http://127.0.0.1:{}", 19_100 + number),
            votes: 1,
            latency_ms: (!silent).then(|| u32::try_from(number).unwrap_or_default() * 3),
            version: Some("0.15.23".to_owned()),
            claimed_height: Some(BlockHeight(if number == 3 { 409 } else { 412 })),
            agreement,
            last_contact: Some(before(40)),
            problem: silent.then(|| format!("Validator {number} has not answered for 40 s.")),
        }
    };
    NetworkStatus {
        network_name: "Local network".to_owned(),
        faucet_url: "http://127.0.0.1:8079".to_owned(),
        epoch: 0,
        quorum_threshold: 3,
        total_votes: 4,
        validators: (1..=4).map(validator).collect(),
        node: NodeStatus {
            is_running: true,
            started_at: Some(before(3_700)),
            disk_bytes: Some(3_823_104),
            memory_bytes: Some(38_273_024),
            blocks_verified: 2_272,
            blocks_per_second_milli: 612_000,
            restarts: 1,
            wallet_version: "0.1.0".to_owned(),
            genesis_hash: Some(hash(1)),
            fees_paid: milli(812),
        },
    }
}

/// Addresses of the main account.
pub(super) fn receive_info() -> ReceiveInfo {
    ReceiveInfo {
        account: AccountId(1),
        owner: owner(1),
        chains: vec![(chain_id(1), "Savings".to_owned()), (chain_id(2), "Daily".to_owned())],
        balance: milli(83_907),
    }
}
