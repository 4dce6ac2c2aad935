//! The wallet at one moment, for the first paint and for every window.

use std::{collections::BTreeSet, rc::Rc};

use walnut_base::{Amount, BlockHeight, ChainInfoQuery};
use walnut_wallet::messages::{
    AccountId, ChainSummary, LockStatus, NodeEvent, OwnerBalance, SNAPSHOT_VERSION, Snapshot, SyncPhase,
    SyncState, UiError, UiEvent,
};
use wasm_bindgen_futures::spawn_local;

use crate::{app::App, errors, records::ChainEntry, session::Session, time};

/// Changes within this time make one snapshot.
const SETTLE_MILLIS: u64 = 50;

impl App {
    /// Something that is shown has changed: tell everybody, soon.
    pub(crate) fn changed(self: &Rc<Self>) {
        if self.is_snapshot_due.replace(true) {
            return;
        }
        let app = Rc::clone(self);
        spawn_local(async move {
            time::sleep_millis(SETTLE_MILLIS).await;
            app.is_snapshot_due.set(false);
            match app.snapshot().await {
                Ok(snapshot) => {
                    let count = u32::try_from(snapshot.badge_count()).unwrap_or(u32::MAX);
                    app.outbox.event(NodeEvent::Badge { count });
                    app.outbox.ui(UiEvent::SnapshotChanged(snapshot));
                }
                Err(error) => app.outbox.event(NodeEvent::Fatal(error)),
            }
        });
    }

    /// The wallet now.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, UiError> {
        let mut snapshot = Snapshot::empty(time::now());
        self.snapshot_sequence.set(self.snapshot_sequence.get() + 1);
        snapshot.version = SNAPSHOT_VERSION;
        snapshot.sequence = self.snapshot_sequence.get();
        snapshot.lock = self.lock.get();
        snapshot.accounts = self.accounts.borrow().clone();
        snapshot.settings = self.settings.borrow().clone();
        snapshot.network_name = snapshot.settings.network.name.clone();
        if snapshot.lock == LockStatus::NoWallet {
            return Ok(snapshot);
        }
        snapshot.current_account = snapshot.accounts.first().map(|account| account.id);
        let Some(session) = self.session() else {
            snapshot.sync.phase = SyncPhase::UpToDate;
            return Ok(snapshot);
        };
        snapshot.network_name = session.client.network().name.clone();
        let mut owners = BTreeSet::new();
        owners.extend(snapshot.accounts.iter().map(|account| account.owner));
        for entry in session.chains() {
            let summary = self.summarize(&session, &entry).await?;
            let mine = summary.owner_balances.iter().filter(|balance| owners.contains(&balance.owner));
            let of_owners = mine.map(|balance| balance.balance);
            let of_chain = entry.owner.is_some().then_some(summary.chain_balance);
            snapshot.total = of_owners.chain(of_chain).fold(snapshot.total, Amount::saturating_add);
            snapshot.chains.push(summary);
        }
        let network = session.network.borrow();
        snapshot.address_book = network.book.entries().to_vec();
        let selected = network.current_account.map(AccountId);
        if selected.is_some_and(|id| snapshot.accounts.iter().any(|account| account.id == id)) {
            snapshot.current_account = selected;
        }
        drop(network);
        snapshot.activity = session.activity.borrow().page(None, None, Snapshot::ACTIVITY_MAX).items;
        snapshot.sync = overall(&snapshot.chains, &session);
        Ok(snapshot)
    }

    /// One chain as a row.
    pub(crate) async fn summarize(
        &self,
        session: &Session,
        entry: &ChainEntry,
    ) -> Result<ChainSummary, UiError> {
        let chain_id = entry.chain_id;
        let sync = session.sync.borrow().get(&chain_id).cloned().unwrap_or_default();
        let local = session.client.local();
        let query = ChainInfoQuery::new(chain_id).with_pending_message_bundles();
        let account =
            entry.owner.and_then(|owner| Session::account_of(self, owner)).map(|account| account.id);
        let mut summary = ChainSummary {
            chain_id,
            name: entry.name.clone(),
            account,
            chain_balance: Amount::ZERO,
            owner_balances: Vec::new(),
            tokens: session.tokens(chain_id),
            next_block_height: BlockHeight(0),
            block_hash: None,
            unread_bundles: 0,
            is_closed: false,
            has_pending_proposal: false,
            sync: SyncState {
                phase: sync.phase,
                verified_height: BlockHeight(0),
                claimed_height: sync.claimed,
                last_contact: sync.last_contact,
                problem: sync.problem,
            },
        };
        let info = match local.chain_info(query).await {
            Ok(info) => info,
            // Its description is still on its way.
            Err(error) if error.missing().is_some() => return Ok(summary),
            Err(error) => return Err(errors::local(error)),
        };
        let balances = local.balances(chain_id).await.map_err(errors::local)?;
        let pending = session.client.pending_proposal(chain_id).await.map_err(errors::plain)?;
        summary.chain_balance = info.chain_balance;
        summary.next_block_height = info.next_block_height;
        summary.block_hash = info.block_hash;
        summary.unread_bundles =
            u32::try_from(info.requested_pending_message_bundles.len()).unwrap_or(u32::MAX);
        summary.is_closed = local
            .inspect(chain_id, async |chain| Ok(*chain.execution_state().system.closed.get()))
            .await
            .map_err(errors::local)?;
        summary.has_pending_proposal =
            pending.is_some_and(|pending| pending.block.height >= info.next_block_height);
        summary.sync.verified_height = info.next_block_height;
        summary.sync.claimed_height = summary.sync.claimed_height.max(info.next_block_height);
        summary.owner_balances = balances
            .owners
            .into_iter()
            .map(|(owner, balance)| {
                let is_mine = Session::account_of(self, owner).is_some();
                OwnerBalance { owner, balance, is_mine }
            })
            .collect();
        summary.owner_balances.sort_by_key(|balance| !balance.is_mine);
        Ok(summary)
    }
}

/// The node as a whole is as good as its worst chain.
fn overall(chains: &[ChainSummary], session: &Session) -> SyncState {
    let admin = session.client.admin_chain_id();
    let of_admin = session.sync.borrow().get(&admin).cloned().unwrap_or_default();
    let severity = |phase: SyncPhase| match phase {
        SyncPhase::UpToDate => 0,
        SyncPhase::Starting => 1,
        SyncPhase::Syncing => 2,
        SyncPhase::Stopped => 3,
        SyncPhase::Failed => 4,
        SyncPhase::Offline => 5,
    };
    let mut worst = SyncState {
        phase: of_admin.phase,
        verified_height: BlockHeight(0),
        claimed_height: BlockHeight(0),
        last_contact: of_admin.last_contact,
        problem: of_admin.problem,
    };
    for chain in chains {
        if severity(chain.sync.phase) > severity(worst.phase) {
            worst = chain.sync.clone();
        }
    }
    worst
}
