//! A network in this process, or one that somebody else has started, and nodes that know nothing yet.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use rand_core::OsRng;
use walnut_base::{AccountSecretKey, BlockHeight, ChainId, ChainInfoQuery, CryptoHash, GenesisConfig};
use walnut_cli::{Connections, NativeHost, NativeOutside, faucet};
use walnut_client::{ChainMode, Client, LocalNode, Options};
use walnut_execution::WasmApplications;
use walnut_rpc::native::NativeNode;
use walnut_storage::MemoryStorage;
use walnut_validator::{LocalNet, LocalNetOptions, genesis::Policy};

use crate::person::Person;

/// A client whose store is memory.
pub(crate) type Wallet = Client<NativeHost<MemoryStorage>>;

/// If set, the address of a faucet whose network is used instead of one of ours: `tests/interop` runs these tests on the
/// validators of the reference. Its prices and the hosts it allows are not ours to choose.
const FAUCET_VARIABLE: &str = "WALNUT_EXAMPLES_FAUCET";

/// How long a validator may take to get a block that a quorum has, and the pause between two looks.
const SETTLE_TIME: Duration = Duration::from_secs(60);
const SETTLE_PAUSE: Duration = Duration::from_millis(20);

/// Four validators of two shards each, and a faucet.
pub struct Network {
    /// Absent when somebody else has started it.
    net: Option<LocalNet>,
    genesis: GenesisConfig,
    faucet: String,
    connections: Connections,
    applications: WasmApplications<NativeOutside>,
}

impl Network {
    /// A network on which everything is free.
    pub async fn start() -> Self {
        Self::with_prices(Policy::NoFees).await
    }

    /// A network with prices.
    pub async fn with_prices(policy: Policy) -> Self {
        Self::with(LocalNetOptions { policy, ..LocalNetOptions::default() }).await
    }

    /// A network whose applications may ask a host over HTTP.
    pub async fn with_host(host: &str) -> Self {
        let http_request_allow_list = vec![host.to_owned()];
        Self::with(LocalNetOptions { http_request_allow_list, ..LocalNetOptions::default() }).await
    }

    async fn with(options: LocalNetOptions) -> Self {
        assert_eq!((options.validators, options.shards), (4, 2));
        let (net, genesis, faucet) = match std::env::var(FAUCET_VARIABLE) {
            Ok(faucet) => (None, faucet::genesis(&faucet).expect("the faucet knows the genesis"), faucet),
            Err(_) => {
                let net = LocalNet::start(options).await.expect("the network starts");
                let genesis = GenesisConfig::clone(&net.genesis);
                let faucet = net.faucet.clone().expect("the network has a faucet");
                (Some(net), genesis, faucet)
            }
        };
        // The nodes share what they have loaded: each executes by itself, but compiling once is enough.
        let applications = WasmApplications::new(NativeOutside::default());
        Self { net, genesis, faucet, connections: Connections::default(), applications }
    }

    /// Somebody with a new key and a chain from the faucet, with 1000 tokens.
    pub async fn person(&self) -> Person {
        let key = AccountSecretKey::generate(&mut OsRng);
        let owner = key.owner();
        let client = self.client(Some(key)).await;
        // Blocks this thread; a faucet of ours runs in others.
        let claimed = faucet::claim(&self.faucet, owner).expect("the faucet has enough");
        let chain_id = claimed.chain_id;
        client.own(chain_id, owner).await;
        client.sync_chain(chain_id).await.expect("a new chain can be downloaded");
        Person::new(Rc::new(client), owner, chain_id)
    }

    /// A node that knows the genesis and nothing else.
    async fn client(&self, key: Option<AccountSecretKey>) -> Wallet {
        let connections = Rc::clone(&self.connections);
        let key = key.map(Rc::new);
        let host = NativeHost::new(MemoryStorage::new(), self.applications.clone(), connections, key);
        LocalNode::initialize(&host, &self.genesis).await.expect("an empty store takes any genesis");
        // Who goes on has seen messages arrive.
        let options = Options { wait_for_outgoing_messages: true, ..Options::default() };
        Client::open(Rc::new(host), options).await.expect("the store was prepared")
    }

    /// A new node downloads the person's chain and executes all of it. It must come to the state hash that validators
    /// have certified, and to that of the person's own node.
    pub async fn replays(&self, person: &Person) {
        let (height, hash) = self.replay(person.chain()).await;
        let certificate = person.last_block().await;
        let certified = certificate.block().header.state_hash;
        assert_ne!(certified, CryptoHash::from([0; 32]), "this network hashes its state");
        assert_eq!(height, BlockHeight(certificate.height().0 + 1));
        assert_eq!(hash, certified, "replayed");
        assert_eq!(person.state_hash().await, certified, "executed by the person's node");
    }

    /// Waits until every validator has all blocks of the person's chain: none is busy with a proposal for one any more.
    pub async fn settles(&self, person: &Person) {
        let begin = Instant::now();
        let height = person.last_block().await.height();
        let query = ChainInfoQuery::new(person.chain());
        for (_, address) in self.genesis.committee.validator_addresses() {
            let node = NativeNode::new(address, walnut_rpc::Options::default()).expect("it is an address");
            while node.handle_chain_info_query(&query).await.expect("it answers").info.next_block_height
                <= height
            {
                assert!(begin.elapsed() < SETTLE_TIME, "{address} does not get the block");
                std::thread::sleep(SETTLE_PAUSE);
            }
        }
    }

    async fn replay(&self, chain_id: ChainId) -> (BlockHeight, CryptoHash) {
        let client = self.client(None).await;
        client.follow(chain_id, ChainMode::Follow).await;
        let info = Box::pin(client.sync_chain(chain_id)).await.expect("the chain can be replayed");
        (info.next_block_height, info.state_hash.expect("a chain with blocks has a state"))
    }

    /// Ends the network. People should be gone by then.
    pub async fn stop(self) {
        drop(self.connections);
        if let Some(net) = self.net {
            net.stop().await;
        }
    }
}
