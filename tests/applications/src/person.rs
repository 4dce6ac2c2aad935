//! Somebody with a wallet.

use std::rc::Rc;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use walnut_base::{
    Account, AccountOwner, Amount, ApplicationId, BlockHeight, ChainId, ChainInfo, ChainInfoQuery,
    ConfirmedBlockCertificate, CryptoHash, ModuleId, Operation,
};
use walnut_client::{
    Balances, ClientError, Draft, GraphqlRequest, Outcome, created_application, read_graphql_answer,
};
use walnut_execution::BlockError;

use crate::{modules, network::Wallet, refusal::refusal};

/// A wallet, and one of the chains that it has a key of.
#[derive(Clone)]
pub struct Person {
    client: Rc<Wallet>,
    owner: AccountOwner,
    chain_id: ChainId,
}

impl Person {
    pub(crate) fn new(client: Rc<Wallet>, owner: AccountOwner, chain_id: ChainId) -> Self {
        Self { client, owner, chain_id }
    }

    /// The same wallet on another chain that its key belongs to.
    pub async fn at(&self, chain_id: ChainId) -> Self {
        self.client.own(chain_id, self.owner).await;
        self.client.sync_chain(chain_id).await.expect("the chain can be downloaded");
        Self { client: Rc::clone(&self.client), owner: self.owner, chain_id }
    }

    /// The key's address.
    pub fn owner(&self) -> AccountOwner {
        self.owner
    }

    /// The chain.
    pub fn chain(&self) -> ChainId {
        self.chain_id
    }

    /// The key's account on the chain.
    pub fn account(&self) -> Account {
        Account { chain_id: self.chain_id, owner: self.owner }
    }

    /// Publishes both modules of an example.
    pub async fn publish(&self, name: &str) -> ModuleId {
        let (contract, service) = modules::read(name);
        let (module_id, draft) = Draft::publish_module(&contract, &service).expect("it was built");
        self.execute(draft).await.expect("the modules are published");
        module_id
    }

    /// Creates an application.
    pub async fn create(
        &self,
        module_id: ModuleId,
        parameters: &impl Serialize,
        argument: &impl Serialize,
        required: &[ApplicationId],
    ) -> ApplicationId {
        let [parameters, argument] = [json(parameters), json(argument)];
        let draft = Draft::create_application(module_id, &parameters, &argument, required.to_vec());
        let block = self.execute(draft.expect("both are JSON")).await.expect("the application is created");
        created_application(block.block()).expect("the block says which")
    }

    /// A block with an operation of an application; takes in what waits on the chain.
    pub async fn call(
        &self,
        application_id: ApplicationId,
        operation: &impl Serialize,
    ) -> ConfirmedBlockCertificate {
        self.execute(call(application_id, operation)).await.expect("the operation is executed")
    }

    /// What the application answers to an operation.
    pub async fn ask<R: DeserializeOwned>(
        &self,
        application_id: ApplicationId,
        operation: &impl Serialize,
    ) -> R {
        response(&self.call(application_id, operation).await)
    }

    /// Why an operation is not executed. Checks that nothing happens.
    pub async fn refused(&self, application_id: ApplicationId, operation: &impl Serialize) -> BlockError {
        self.refused_draft(call(application_id, operation)).await
    }

    /// As [`Person::refused`], for the bytes of an operation.
    pub async fn refused_bytes(&self, application_id: ApplicationId, bytes: &[u8]) -> BlockError {
        self.refused_draft(Draft::call(application_id, bytes.to_vec())).await
    }

    /// Why an operation that this person's node executes does not become a block.
    pub async fn fails(&self, application_id: ApplicationId, operation: &impl Serialize) -> ClientError {
        self.execute(call(application_id, operation)).await.expect_err("there is no block")
    }

    async fn refused_draft(&self, draft: Draft) -> BlockError {
        let before = self.info().await;
        let error = self.execute(draft).await.expect_err("it is refused");
        let refusal = refusal(error);
        let pending = self.client.pending_proposal(self.chain_id).await.expect("the store answers");
        assert_eq!(pending, None, "nothing was signed");
        self.client.sync_chain(self.chain_id).await.expect("validators answer");
        let after = self.info().await;
        assert_eq!(
            (after.next_block_height, after.state_hash),
            (before.next_block_height, before.state_hash)
        );
        refusal
    }

    /// A block of the system's operations.
    pub async fn system(&self, operation: impl Into<Operation>) -> ConfirmedBlockCertificate {
        self.execute(Draft::from(vec![operation.into()])).await.expect("the operation is executed")
    }

    /// The answer of the application's service on this chain, by the person's own node.
    pub async fn query(&self, application_id: ApplicationId, graphql: &str) -> Value {
        let (answer, operations) = self.service(application_id, graphql).await;
        assert_eq!(operations, [], "{graphql} wants a block");
        answer
    }

    /// A block of the operations that the service makes of a mutation.
    pub async fn mutate(&self, application_id: ApplicationId, graphql: &str) -> ConfirmedBlockCertificate {
        let (_, operations) = self.service(application_id, graphql).await;
        assert_ne!(operations, [], "{graphql} wants no block");
        self.execute(Draft::from(operations)).await.expect("the operation is executed")
    }

    async fn service(&self, application_id: ApplicationId, graphql: &str) -> (Value, Vec<Operation>) {
        let question = GraphqlRequest::new(graphql).bytes();
        let asked = self.client.query_application(self.chain_id, application_id, None, &question);
        let outcome = Box::pin(asked).await.expect("the service answers");
        (read_graphql_answer(&outcome.response).expect("an answer without errors"), outcome.operations)
    }

    /// Makes the blocks that take in what waits.
    pub async fn take_inbox(&self) -> Vec<ConfirmedBlockCertificate> {
        self.sync().await;
        let taken = Box::pin(self.client.process_inbox(self.chain_id, &|_| {})).await;
        let (blocks, waiting) = taken.expect("the inbox can be taken");
        assert_eq!(waiting, None, "nobody else's turn");
        blocks
    }

    async fn execute(&self, draft: Draft) -> Result<ConfirmedBlockCertificate, ClientError> {
        self.sync().await;
        let execute = self.client.execute(self.chain_id, draft.operations, draft.blobs, &|_| {});
        match Box::pin(execute).await? {
            Outcome::Committed(certificate) => Ok(*certificate),
            other => panic!("somebody else makes blocks here: {other:?}"),
        }
    }

    async fn sync(&self) {
        Box::pin(self.client.sync_all(self.chain_id)).await.expect("validators answer");
    }

    /// The chain's balances of native tokens.
    pub async fn balances(&self) -> Balances {
        self.client.local().balances(self.chain_id).await.expect("the chain is here")
    }

    /// Native tokens of one account on the chain.
    pub async fn balance_of(&self, owner: AccountOwner) -> Amount {
        let balances = self.balances().await;
        match owner == AccountOwner::CHAIN {
            true => balances.chain,
            false => balances.owners.get(&owner).copied().unwrap_or_default(),
        }
    }

    /// The last block of the chain.
    pub async fn last_block(&self) -> ConfirmedBlockCertificate {
        let next = self.info().await.next_block_height.0;
        let height = BlockHeight(next.checked_sub(1).expect("the chain has blocks"));
        let certificate = self.client.local().certificate_at(self.chain_id, height).await;
        certificate.expect("the store answers").expect("own blocks are kept")
    }

    /// The hash of the chain's state, as the person's node has it.
    pub async fn state_hash(&self) -> CryptoHash {
        self.info().await.state_hash.expect("the chain has a state")
    }

    async fn info(&self) -> Box<ChainInfo> {
        let query = ChainInfoQuery::new(self.chain_id);
        self.client.local().chain_info(query).await.expect("the chain is here")
    }
}

/// What the application answered to the block's last operation.
pub fn response<R: DeserializeOwned>(block: &ConfirmedBlockCertificate) -> R {
    let result = block.block().body.operation_results.last().expect("there was an operation");
    bcs::from_bytes(&result.0).expect("the form of the response")
}

fn call(application_id: ApplicationId, operation: &impl Serialize) -> Draft {
    Draft::call(application_id, bcs::to_bytes(operation).expect("operations have a form"))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("parameters and arguments are JSON")
}
