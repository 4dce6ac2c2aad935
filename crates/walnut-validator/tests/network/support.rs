//! A local network and a client that signs, proposes and counts votes.

use std::path::Path;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use walnut_base::{
    Account, AccountOwner, AccountSecretKey, Amount, BlockProposal, ChainDescription, ChainId, ChainInfo,
    ChainInfoQuery, ChainInfoResponse, ConfirmedBlock, ConfirmedBlockCertificate, Ed25519SecretKey,
    IncomingBundle, LiteCertificate, LiteVote, NodeError, Operation, ProposedBlock, Round, SystemOperation,
    Timestamp, Transaction, ValidatedBlockCertificate, ValidatorPublicKey,
};
use walnut_rpc::{Options, RetryPolicy, native::NativeNode};
use walnut_validator::{LocalNet, LocalNetOptions};

pub(crate) struct TestNet {
    pub(crate) net: LocalNet,
    pub(crate) nodes: Vec<(ValidatorPublicKey, NativeNode)>,
}

pub(crate) fn key(number: u8) -> AccountSecretKey {
    AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[number; 32]))
}

pub(crate) fn transfer(to: ChainId, tokens: u128) -> Operation {
    let recipient = Account::chain(to);
    let amount = Amount::from_tokens(tokens);
    SystemOperation::Transfer { owner: AccountOwner::CHAIN, recipient, amount }.into()
}

impl TestNet {
    pub(crate) async fn start() -> Self {
        Self::with(LocalNetOptions::default()).await
    }

    pub(crate) async fn at(data: &Path) -> Self {
        Self::with(LocalNetOptions { data: Some(data.to_owned()), ..Default::default() }).await
    }

    pub(crate) async fn with(options: LocalNetOptions) -> Self {
        let net = LocalNet::start(options).await.unwrap();
        let options = Options { retry: RetryPolicy::NONE, ..Options::default() };
        let addresses = net.genesis.committee.validator_addresses();
        let nodes =
            addresses.map(|(key, address)| (key, NativeNode::new(address, options).unwrap())).collect();
        Self { net, nodes }
    }

    pub(crate) async fn stop(self) {
        drop(self.nodes);
        self.net.stop().await;
    }

    /// Asks the faucet in GraphQL.
    pub(crate) async fn ask_faucet(&self, query: &str) -> serde_json::Value {
        let url = self.net.faucet.as_deref().unwrap();
        let body = serde_json::json!({ "query": query }).to_string();
        let (head, body) = post(url, "/", &[("content-type", "application/json")], body.as_bytes()).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        serde_json::from_slice(&body).unwrap()
    }

    /// A chain from the faucet.
    pub(crate) async fn claim(&self, key: &AccountSecretKey) -> ChainId {
        let answer = self.ask_faucet(&format!(r#"mutation {{ claim(owner: "{}") }}"#, key.owner())).await;
        let description: ChainDescription = serde_json::from_value(answer["data"]["claim"].clone()).unwrap();
        description.id()
    }

    pub(crate) async fn query(&self, query: ChainInfoQuery) -> ChainInfo {
        *self.nodes[0].1.handle_chain_info_query(&query).await.unwrap().info
    }

    /// What the first validator tells about a chain.
    pub(crate) async fn info(&self, chain_id: ChainId) -> ChainInfo {
        self.query(ChainInfoQuery::new(chain_id).with_manager_values().with_pending_message_bundles()).await
    }

    /// A proposal for the chain's next block: bundles first.
    pub(crate) async fn proposal(
        &self,
        chain_id: ChainId,
        key: &AccountSecretKey,
        bundles: Vec<IncomingBundle>,
        operations: Vec<Operation>,
    ) -> BlockProposal {
        let info = self.info(chain_id).await;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = Timestamp::from_micros(u64::try_from(now.as_micros()).unwrap());
        let received = bundles.into_iter().map(Transaction::ReceiveMessages);
        let block = ProposedBlock {
            chain_id,
            epoch: info.epoch,
            transactions: received.chain(operations.into_iter().map(Transaction::ExecuteOperation)).collect(),
            height: info.next_block_height,
            timestamp: now.max(info.timestamp),
            authenticated_signer: Some(key.owner()),
            previous_block_hash: info.block_hash,
        };
        BlockProposal::new_initial(info.manager.current_round, block, key)
    }

    /// Sends a proposal to every validator; each must answer with a signed vote.
    pub(crate) async fn propose(&self, proposal: &BlockProposal) -> Vec<ChainInfoResponse> {
        let mut responses = Vec::new();
        for (key, node) in &self.nodes {
            let response = node.handle_block_proposal(proposal).await.unwrap();
            response.check(key).unwrap();
            responses.push(response);
        }
        responses
    }

    /// From a proposal to the validated certificate, which no validator has seen.
    pub(crate) async fn validate(&self, proposal: &BlockProposal) -> ValidatedBlockCertificate {
        let responses = self.propose(proposal).await;
        let lite = self.lite(&responses, proposal.content.round);
        let info = self.info(proposal.content.block.chain_id).await;
        let certificate = lite.with_value(*info.manager.requested_validated.unwrap()).unwrap();
        certificate.check(&self.net.genesis.committee).unwrap();
        certificate
    }

    /// From a validated certificate to the confirmed one, which no validator has seen.
    pub(crate) async fn finalize(
        &self,
        certificate: &ValidatedBlockCertificate,
    ) -> ConfirmedBlockCertificate {
        let mut responses = Vec::new();
        for (key, node) in &self.nodes {
            let response = node.handle_validated_certificate(certificate).await.unwrap();
            response.check(key).unwrap();
            responses.push(response);
        }
        let lite = self.lite(&responses, certificate.round);
        let confirmed = lite.with_value(ConfirmedBlock::from(certificate.value().clone())).unwrap();
        confirmed.check(&self.net.genesis.committee).unwrap();
        confirmed
    }

    fn lite(&self, responses: &[ChainInfoResponse], round: Round) -> LiteCertificate {
        let vote =
            |(key, response): (&ValidatorPublicKey, &ChainInfoResponse)| -> (ValidatorPublicKey, LiteVote) {
                let vote = response.info.manager.pending.unwrap();
                assert_eq!(vote.round, round);
                (*key, vote)
            };
        let keys = self.nodes.iter().map(|(key, _)| key);
        LiteCertificate::try_from_votes(keys.zip(responses).map(vote)).unwrap()
    }

    /// Gives a confirmed block to every validator, and waits until its messages have arrived.
    pub(crate) async fn confirm(&self, certificate: &ConfirmedBlockCertificate) -> Result<(), NodeError> {
        for (_, node) in &self.nodes {
            node.handle_confirmed_certificate(certificate, true).await?;
        }
        Ok(())
    }

    /// The whole life of a block.
    pub(crate) async fn execute(
        &self,
        chain_id: ChainId,
        key: &AccountSecretKey,
        bundles: Vec<IncomingBundle>,
        operations: Vec<Operation>,
    ) -> ConfirmedBlockCertificate {
        let proposal = self.proposal(chain_id, key, bundles, operations).await;
        let validated = self.validate(&proposal).await;
        let confirmed = self.finalize(&validated).await;
        self.confirm(&confirmed).await.unwrap();
        confirmed
    }
}

/// Sends one HTTP/1.1 request and reads the answer until the server closes: head and body, chunks joined.
pub(crate) async fn request(
    url: &str,
    line: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (String, Vec<u8>) {
    let address = url.strip_prefix("http://").unwrap();
    let mut head = format!(
        "{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head =
        String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase().replace("http/1.1", "HTTP/1.1");
    let body = answer[end + 4..].to_vec();
    let body = if head.contains("transfer-encoding: chunked") { join_chunks(&body) } else { body };
    (head, body)
}

pub(crate) async fn post(url: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (String, Vec<u8>) {
    request(url, &format!("POST {path}"), headers, body).await
}

fn join_chunks(mut bytes: &[u8]) -> Vec<u8> {
    let mut joined = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n").unwrap();
        let length = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if length == 0 {
            return joined;
        }
        joined.extend_from_slice(&bytes[end + 2..end + 2 + length]);
        bytes = &bytes[end + 2 + length + 2..];
    }
}
