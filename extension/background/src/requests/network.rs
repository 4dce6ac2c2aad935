//! The network screen.

use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use walnut_base::{ChainInfoQuery, Committee};
use walnut_client::Remote;
use walnut_wallet::messages::{Agreement, NetworkStatus, NodeStatus, UiError, UiResponse, ValidatorStatus};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::{app::App, errors, remote::BrowserRemote, session::Session};

impl App {
    /// Asks every validator how it is, all at once.
    pub(super) async fn network_status(self: &Rc<Self>) -> Result<UiResponse, UiError> {
        let session = self.require_session()?;
        let committee = session.client.admin_committee().await.map_err(errors::plain)?;
        let remotes = session.client.remotes(&committee);
        let asked = remotes.iter().map(|remote| ask(&session, &committee, remote));
        let validators = futures_util::future::join_all(asked).await;
        let admin = session.client.admin_chain_id();
        let epoch = session.client.local().epoch(admin).await.map_err(errors::local)?;
        let network = session.client.network();
        let faucet_url = self.settings.borrow().network.faucet_url.clone();
        let wallet_version = self.wallet_version.borrow().clone();
        let disk_bytes = disk_bytes().await;
        Ok(UiResponse::NetworkStatus(NetworkStatus {
            network_name: network.name.clone(),
            faucet_url,
            epoch: epoch.0,
            quorum_threshold: committee.quorum_threshold(),
            total_votes: committee.total_votes(),
            validators: validators.into_iter().flatten().collect(),
            node: NodeStatus {
                is_running: true,
                started_at: self.started_at.get(),
                disk_bytes,
                memory_bytes: memory_bytes(),
                blocks_verified: self.blocks_verified.get(),
                blocks_per_second_milli: self.blocks_per_second_milli(),
                restarts: 0,
                wallet_version,
                genesis_hash: Some(network.genesis_config_hash),
                fees_paid: fees_paid(&session),
            },
        }))
    }

    fn blocks_per_second_milli(&self) -> u64 {
        let Some(started_at) = self.started_at.get() else { return 0 };
        let millis = crate::time::now().delta_since(started_at).as_micros() / 1_000;
        self.blocks_verified.get().saturating_mul(1_000_000).checked_div(millis).unwrap_or(0)
    }
}

/// One validator's word about the chain shown first, compared with what is verified here.
async fn ask(
    session: &Session,
    committee: &Committee,
    remote: &Remote<BrowserRemote>,
) -> Option<ValidatorStatus> {
    let key = remote.public_key;
    let address = committee.network_address(&key)?;
    let chain_id = session.chains().first().map_or(session.client.admin_chain_id(), |entry| entry.chain_id);
    let answer = remote.query(ChainInfoQuery::new(chain_id)).await;
    let node = walnut_client::Host::remote(session.client.host(), &key, address).ok()?;
    let version = node.node.version_info().await.ok().map(|info| info.crate_version.to_string());
    let local = session.client.local().chain_info(ChainInfoQuery::new(chain_id)).await.ok();
    let (agreement, claimed_height, problem) = match (&answer, &local) {
        (Err(error), _) => (Agreement::Silent, None, Some(format!("It does not answer: {error}"))),
        (Ok(theirs), None) => (Agreement::Unknown, Some(theirs.next_block_height), None),
        (Ok(theirs), Some(ours)) => {
            let height = theirs.next_block_height;
            let agreement = match height.cmp(&ours.next_block_height) {
                std::cmp::Ordering::Less => Agreement::Lags,
                std::cmp::Ordering::Greater => Agreement::Unknown,
                std::cmp::Ordering::Equal if theirs.block_hash == ours.block_hash => Agreement::Agrees,
                std::cmp::Ordering::Equal => Agreement::Disagrees,
            };
            let problem = (agreement == Agreement::Disagrees)
                .then(|| "It names another block than the one verified here. Do not rely on it.".to_owned());
            (agreement, Some(height), problem)
        }
    };
    Some(ValidatorStatus {
        public_key: key.to_string(),
        address: address.to_owned(),
        votes: committee.weight(&key),
        latency_ms: node.health.latency_ms.get(),
        version,
        claimed_height,
        agreement,
        last_contact: node.health.last_contact.get(),
        problem,
    })
}

fn fees_paid(session: &Session) -> walnut_base::Amount {
    let activity = session.activity.borrow();
    let page = activity.page(None, None, usize::MAX);
    page.items
        .iter()
        .filter_map(|item| item.fee)
        .fold(walnut_base::Amount::ZERO, walnut_base::Amount::saturating_add)
}

/// Bytes that the browser counts for this extension's databases.
async fn disk_bytes() -> Option<u64> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let storage = Reflect::get(&navigator, &"storage".into()).ok()?;
    let estimate: Function = Reflect::get(&storage, &"estimate".into()).ok()?.dyn_into().ok()?;
    let promise: Promise = estimate.call0(&storage).ok()?.dyn_into().ok()?;
    let estimate = JsFuture::from(promise).await.ok()?;
    bytes(&Reflect::get(&estimate, &"usage".into()).ok()?)
}

/// Bytes of this wasm instance.
fn memory_bytes() -> Option<u64> {
    let memory = wasm_bindgen::memory();
    let buffer = Reflect::get(&memory, &"buffer".into()).ok()?;
    bytes(&Reflect::get(&buffer, &"byteLength".into()).ok()?)
}

fn bytes(value: &JsValue) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes")]
    let bytes = value.as_f64()?.max(0.0) as u64;
    Some(bytes)
}
