//! A local network under load: blocks per second with one transfer each, and transfers per second with fifty.
//!
//! Network and client share the process and the machine. Each chain has one block under way at a time; every validator gets
//! every proposal and certificate over gRPC, as from a wallet. Arguments: chains, seconds, data folder (memory without).
#![allow(clippy::unwrap_used, reason = "a measuring tool")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use walnut_base::{
    Account, AccountOwner, AccountSecretKey, Amount, BlockProposal, ChainId, ChainInfoQuery,
    ChainInfoResponse, Committee, ConfirmedBlock, CryptoHash, Ed25519SecretKey, LiteCertificate, Operation,
    ProposedBlock, Round, SystemOperation, Timestamp, Transaction, ValidatorPublicKey,
};
use walnut_rpc::{Options, native::NativeNode};
use walnut_validator::{LocalNet, LocalNetOptions, genesis::Policy};

type Nodes = Arc<Vec<(ValidatorPublicKey, NativeNode)>>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let chains: u8 = arguments.next().map_or(8, |text| text.parse().unwrap());
    let seconds: u64 = arguments.next().map_or(5, |text| text.parse().unwrap());
    let data = arguments.next().map(Into::into);
    let net = LocalNet::start(LocalNetOptions { data, policy: Policy::NoFees, ..Default::default() })
        .await
        .unwrap();
    let committee = Arc::new(net.genesis.committee.clone());
    let addresses = committee.validator_addresses();
    let nodes: Nodes = Arc::new(
        addresses
            .map(|(key, address)| (key, NativeNode::new(address, Options::default()).unwrap()))
            .collect(),
    );
    let keys: Vec<Arc<AccountSecretKey>> = (1..=chains)
        .map(|number| Arc::new(AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[number; 32]))))
        .collect();
    let url = net.faucet.clone().unwrap();
    let ids = join_all(keys.iter().map(|key| claim(&url, key.owner()))).await;
    for transfers in [1, 50] {
        let blocks = Arc::new(AtomicU64::new(0));
        let end = Instant::now() + Duration::from_secs(seconds);
        let start = Instant::now();
        let tasks = ids.iter().zip(&keys).map(|(chain_id, key)| {
            let target = ids[(ids.iter().position(|id| id == chain_id).unwrap() + 1) % ids.len()];
            tokio::spawn(load(
                nodes.clone(),
                committee.clone(),
                *chain_id,
                key.clone(),
                target,
                transfers,
                end,
                blocks.clone(),
            ))
        });
        join_all(tasks).await.into_iter().for_each(|task| task.unwrap());
        let rate = blocks.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64();
        println!(
            "{transfers} transfers per block: {rate:.0} blocks/s, {:.0} transfers/s",
            rate * transfers as f64
        );
    }
    drop(nodes);
    net.stop().await;
}

#[expect(clippy::too_many_arguments, reason = "a measuring tool")]
async fn load(
    nodes: Nodes,
    committee: Arc<Committee>,
    chain_id: ChainId,
    key: Arc<AccountSecretKey>,
    target: ChainId,
    transfers: usize,
    end: Instant,
    blocks: Arc<AtomicU64>,
) {
    let info = nodes[0].1.handle_chain_info_query(&ChainInfoQuery::new(chain_id)).await.unwrap().info;
    let (mut height, mut previous): (_, Option<CryptoHash>) = (info.next_block_height, info.block_hash);
    let transfer: Operation = SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::chain(target),
        amount: Amount::from_attos(1),
    }
    .into();
    while Instant::now() < end {
        let block = ProposedBlock {
            chain_id,
            epoch: info.epoch,
            transactions: vec![Transaction::ExecuteOperation(transfer.clone()); transfers],
            height,
            timestamp: now(),
            authenticated_signer: Some(key.owner()),
            previous_block_hash: previous,
        };
        let proposal = BlockProposal::new_initial(Round::MultiLeader(0), block, &key);
        let answers = join_all(nodes.iter().map(|(_, node)| node.handle_block_proposal(&proposal))).await;
        let lite = certificate(&nodes, &answers, &committee);
        let query = ChainInfoQuery::new(chain_id).with_manager_values();
        let info = nodes[0].1.handle_chain_info_query(&query).await.unwrap().info;
        let validated = lite.with_value(*info.manager.requested_validated.unwrap()).unwrap();
        let lite = validated.lite_certificate();
        let answers =
            join_all(nodes.iter().map(|(_, node)| node.handle_lite_certificate(&lite, false))).await;
        let lite = certificate(&nodes, &answers, &committee);
        let confirmed = lite.with_value(ConfirmedBlock::from(validated.into_value())).unwrap();
        let lite = confirmed.lite_certificate();
        for answer in join_all(nodes.iter().map(|(_, node)| node.handle_lite_certificate(&lite, false))).await
        {
            answer.unwrap();
        }
        previous = Some(confirmed.hash());
        height = height.try_add_one().unwrap();
        blocks.fetch_add(1, Ordering::Relaxed);
    }
}

fn certificate(
    nodes: &Nodes,
    answers: &[Result<ChainInfoResponse, walnut_base::NodeError>],
    committee: &Committee,
) -> LiteCertificate {
    let vote = |((key, _), answer): (&(ValidatorPublicKey, NativeNode), &Result<ChainInfoResponse, _>)| {
        (*key, answer.as_ref().unwrap().info.manager.pending.unwrap())
    };
    let lite = LiteCertificate::try_from_votes(nodes.iter().zip(answers).map(vote)).unwrap();
    lite.check(committee).unwrap();
    lite
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(u64::try_from(since.as_micros()).unwrap())
}

/// Asks the faucet by hand-written HTTP.
async fn claim(url: &str, owner: AccountOwner) -> ChainId {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = url.strip_prefix("http://").unwrap();
    let query =
        serde_json::json!({ "query": format!("mutation {{ claim(owner: \"{owner}\") }}") }).to_string();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        query.len()
    );
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(query.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let answer: serde_json::Value = serde_json::from_str(body).unwrap();
    let description: walnut_base::ChainDescription =
        serde_json::from_value(answer["data"]["claim"].clone()).unwrap();
    description.id()
}
