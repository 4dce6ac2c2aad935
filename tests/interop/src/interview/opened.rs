//! New chains without blocks, and the blocks that opened them.

use anyhow::{Context as _, ensure};
use prost::Message as _;
use rand_core::OsRng;
use walnut_base::{
    AccountSecretKey, Amount, ApplicationPermissions, BlobId, BlobType, BlockHeight, ChainDescription,
    ChainId, ChainOrigin, ChainOwnership, ConfirmedBlockCertificate, GenesisConfig, OpenChainConfig,
    SystemOperation, TimeoutConfig,
};
use walnut_rpc::{Method, proto};
use walnut_vectors::interview::Answer;

use crate::{network::Network, our_wallet::OurWallet, programs::Programs};

/// Tokens of each chain.
const BALANCE: Amount = Amount::from_tokens(10);
/// Multi-leader rounds of the shared chain.
const MULTI_LEADER_ROUNDS: u32 = 2;

/// What the questions are about.
pub(super) struct Opened {
    pub(super) genesis: GenesisConfig,
    /// All blocks from the genesis to the opening of the chains, in an order in which they can be executed.
    pub(super) blocks: Vec<ConfirmedBlockCertificate>,
    /// Alice is its super owner. Most questions are about it.
    pub(super) alices: ChainDescription,
    /// Alice and Bob own it.
    pub(super) shared: ChainDescription,
    /// As `alices`, for proposals in rounds that are not the current one.
    pub(super) alices_late: ChainDescription,
    /// As `shared`, for proposals in rounds that are not the current one.
    pub(super) shared_late: ChainDescription,
    /// As `alices`, to be closed.
    pub(super) closing: ChainDescription,
    pub(super) alice: AccountSecretKey,
    pub(super) bob: AccountSecretKey,
}

impl Opened {
    /// Claims a chain from the faucet, which opens the others.
    pub(super) fn prepare(programs: &Programs, network: &Network) -> anyhow::Result<Self> {
        let genesis = walnut_cli::faucet::genesis(&network.faucet())?;
        let wallet = OurWallet::init(programs, &network.folder().join("interviewer"), &network.faucet())?;
        let (chain, _) = wallet.request_chain()?;
        let (alice, bob) = (AccountSecretKey::generate(&mut OsRng), AccountSecretKey::generate(&mut OsRng));
        let both = [(alice.owner(), 100), (bob.owner(), 100)];
        let alone = || ChainOwnership::single_super(alice.owner());
        let together = || ChainOwnership::multiple(both, MULTI_LEADER_ROUNDS, TimeoutConfig::default());
        let ownerships = [alone(), together(), alone(), together(), alone()];
        let open = |ownership| {
            let application_permissions = ApplicationPermissions::default();
            SystemOperation::OpenChain(OpenChainConfig {
                ownership,
                balance: BALANCE,
                application_permissions,
            })
        };
        wallet.execute(&chain, ownerships.map(open))?;
        let (_, address) = genesis.committee.validator_addresses().next().context("no validators")?;
        let url = walnut_rpc::base_url(address)?;
        let chain: ChainId = chain.parse()?;
        let blocks = blocks_up_to(&url, chain)?;
        let last = blocks.last().context("the chain has no block")?.block();
        let opened = |index| {
            let blobs = last.created_blobs();
            let mut descriptions =
                blobs.values().filter_map(|blob| bcs::from_bytes::<ChainDescription>(blob.bytes()).ok());
            let is_it = |description: &ChainDescription| matches!(description.origin, ChainOrigin::Child { chain_index, .. } if chain_index == index);
            descriptions.find(is_it).with_context(|| format!("chain {index} was not opened"))
        };
        Ok(Self {
            alices: opened(0)?,
            shared: opened(1)?,
            alices_late: opened(2)?,
            shared_late: opened(3)?,
            closing: opened(4)?,
            blocks,
            alice,
            bob,
            genesis,
        })
    }
}

/// The blocks of the chain that opened this one, up to that block, and the first block of this one.
fn blocks_up_to(url: &str, chain: ChainId) -> anyhow::Result<Vec<ConfirmedBlockCertificate>> {
    let blob = BlobId::new(chain.0, BlobType::ChainDescription);
    let answer =
        Answer::from_validator(url, Method::DOWNLOAD_BLOB.path, &proto::BlobId::from(blob).encode_to_vec())?;
    let content = walnut_base::BlobContent::try_from(proto::BlobContent::decode(only_message(&answer)?)?)?;
    let description: ChainDescription = bcs::from_bytes(content.bytes())?;
    let ChainOrigin::Child { parent, block_height, .. } = description.origin else {
        anyhow::bail!("a chain of the faucet is no root chain")
    };
    let mut blocks = download(url, parent, (0..=block_height.0).map(BlockHeight).collect())?;
    blocks.extend(download(url, chain, vec![BlockHeight(0)])?);
    Ok(blocks)
}

fn download(
    url: &str,
    chain: ChainId,
    heights: Vec<BlockHeight>,
) -> anyhow::Result<Vec<ConfirmedBlockCertificate>> {
    let request = proto::DownloadCertificatesByHeightsRequest::from((chain, heights.as_slice()));
    let path = Method::DOWNLOAD_RAW_CERTIFICATES_BY_HEIGHTS.path;
    let answer = Answer::from_validator(url, path, &request.encode_to_vec())?;
    let batch = proto::RawCertificatesBatch::decode(only_message(&answer)?)?;
    ensure!(batch.certificates.len() == heights.len(), "{chain} has fewer blocks");
    batch.certificates.into_iter().map(|raw| Ok(ConfirmedBlockCertificate::try_from(raw)?)).collect()
}

fn only_message(answer: &Answer) -> anyhow::Result<&[u8]> {
    match answer {
        Answer::Messages(messages) if messages.len() == 1 => Ok(&messages[0].0),
        answer => anyhow::bail!("not one message: {answer:?}"),
    }
}
