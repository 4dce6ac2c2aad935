//! Proposals: wrong ones, then right ones that conflict.

use walnut_base::{
    Account, AccountOwner, AccountSecretKey, AdminOperation, Amount, ApplicationId, BlobId, BlobType,
    BlockHeight, BlockProposal, ChainId, CryptoHash, Ed25519SecretKey, Epoch, IncomingBundle, Message,
    MessageAction, MessageBundle, MessageKind, Operation, OriginalProposal, PostedMessage, ProposedBlock,
    Round, SystemMessage, SystemOperation, Timestamp, Transaction,
};
use walnut_rpc::{Method, proto};
use walnut_vectors::interview::Answer;

use super::Interviewer;

pub(super) fn ask(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    blocks_of_another_place(interviewer)?;
    proposers(interviewer)?;
    contents(interviewer)?;
    conflicts(interviewer)
}

impl Interviewer {
    /// A block of Alice's chain that moves a token.
    fn block(&self) -> ProposedBlock {
        let chain_id = self.opened.alices.id();
        ProposedBlock {
            chain_id,
            epoch: Epoch(0),
            transactions: vec![Transaction::ExecuteOperation(transfer(AccountOwner::CHAIN, 1))],
            height: BlockHeight(0),
            timestamp: self.opened.alices.timestamp,
            authenticated_signer: Some(self.opened.alice.owner()),
            previous_block_hash: None,
        }
    }

    /// The same on the chain of two.
    fn shared_block(&self, signer: AccountOwner, tokens: u128) -> ProposedBlock {
        ProposedBlock {
            chain_id: self.opened.shared.id(),
            timestamp: self.opened.shared.timestamp,
            transactions: vec![Transaction::ExecuteOperation(transfer(AccountOwner::CHAIN, tokens))],
            authenticated_signer: Some(signer),
            ..self.block()
        }
    }

    pub(super) fn propose(&mut self, name: &str, proposal: &BlockProposal) -> anyhow::Result<Vec<Answer>> {
        let request = proto::BlockProposal::from((proposal, true));
        self.ask(name, Method::HANDLE_BLOCK_PROPOSAL, &request)
    }

    /// Alice proposes in the fast round.
    fn propose_block(&mut self, name: &str, block: ProposedBlock) -> anyhow::Result<()> {
        let proposal = BlockProposal::new_initial(Round::Fast, block, &self.opened.alice);
        self.propose(name, &proposal).map(drop)
    }

    /// Alice proposes one operation in the fast round.
    fn propose_operation(&mut self, name: &str, operation: impl Into<Operation>) -> anyhow::Result<()> {
        let transactions = vec![Transaction::ExecuteOperation(operation.into())];
        self.propose_block(name, ProposedBlock { transactions, ..self.block() })
    }
}

/// The first proposal of Alice on the chain of two, which validators accept: what the certificates are about.
pub(super) fn accepted(interviewer: &Interviewer) -> BlockProposal {
    let block = interviewer.shared_block(interviewer.opened.alice.owner(), 1);
    BlockProposal::new_initial(Round::MultiLeader(0), block, &interviewer.opened.alice)
}

fn nobody() -> ChainId {
    ChainId(CryptoHash::from([7; 32]))
}

fn transfer(owner: AccountOwner, tokens: u128) -> Operation {
    let (recipient, amount) = (Account::chain(nobody()), Amount::from_tokens(tokens));
    SystemOperation::Transfer { owner, recipient, amount }.into()
}

/// Rounds that are not the current one. Validators remember the latest they were shown, so nothing can follow.
pub(super) fn ask_in_other_rounds(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let block = interviewer.block();
    for round in [Round::MultiLeader(0), Round::SingleLeader(0), Round::Validator(0)] {
        let proposal = BlockProposal::new_initial(round, block.clone(), &interviewer.opened.alice);
        interviewer.propose(&format!("in round {round} instead of the fast one"), &proposal)?;
    }
    let alice = interviewer.opened.alice.owner();
    for round in [Round::Fast, Round::MultiLeader(5), Round::SingleLeader(0)] {
        let block = interviewer.shared_block(alice, 1);
        let proposal = BlockProposal::new_initial(round, block, &interviewer.opened.alice);
        interviewer.propose(&format!("of two owners, in round {round}"), &proposal)?;
    }
    Ok(())
}

fn blocks_of_another_place(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let block = interviewer.block();
    let hash = Some(CryptoHash::from([7; 32]));
    let blocks = [
        ("at height 7", ProposedBlock { height: BlockHeight(7), ..block.clone() }),
        ("at the greatest height", ProposedBlock { height: BlockHeight(u64::MAX), ..block.clone() }),
        ("after a block that is not there", ProposedBlock { previous_block_hash: hash, ..block.clone() }),
        ("of epoch 1", ProposedBlock { epoch: Epoch(1), ..block.clone() }),
        ("older than its chain", ProposedBlock { timestamp: Timestamp::from_micros(1), ..block.clone() }),
        ("of a chain that nobody has opened", ProposedBlock { chain_id: nobody(), ..block.clone() }),
        ("without transactions", ProposedBlock { transactions: Vec::new(), ..block.clone() }),
        ("that nobody answers for", ProposedBlock { authenticated_signer: None, ..block }),
    ];
    blocks.into_iter().try_for_each(|(name, block)| interviewer.propose_block(name, block))
}

fn proposers(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let bob = interviewer.opened.bob.owner();
    let stranger = AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[9; 32]));
    let block = interviewer.block();
    let by_stranger = |signer| ProposedBlock { authenticated_signer: Some(signer), ..block.clone() };
    let own = BlockProposal::new_initial(Round::Fast, by_stranger(stranger.owner()), &stranger);
    interviewer.propose("by a stranger", &own)?;
    let pretended = BlockProposal::new_initial(Round::Fast, block.clone(), &stranger);
    interviewer.propose("by a stranger in Alice's name", &pretended)?;
    interviewer.propose_block("by Alice in Bob's name", by_stranger(bob))?;
    let mut forged = BlockProposal::new_initial(Round::Fast, block.clone(), &interviewer.opened.alice);
    forged.content.block.timestamp = Timestamp::from_micros(forged.content.block.timestamp.micros() + 1);
    interviewer.propose("changed after it was signed", &forged)?;
    let again = BlockProposal::new_retry_fast(
        Round::MultiLeader(0),
        block.clone(),
        own.signature,
        &interviewer.opened.alice,
    );
    interviewer.propose("again, with the signature of another block", &again)?;
    let mut odd = BlockProposal::new_initial(Round::Fast, block, &interviewer.opened.alice);
    odd.original_proposal = Some(OriginalProposal::Fast(odd.signature));
    interviewer.propose("again, in the fast round", &odd)?;
    Ok(())
}

fn contents(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let bob = interviewer.opened.bob.owner();
    interviewer.propose_operation("more than there is", transfer(AccountOwner::CHAIN, 1_000_000))?;
    interviewer.propose_operation("nothing at all", transfer(AccountOwner::CHAIN, 0))?;
    interviewer.propose_operation("what is Bob's", transfer(bob, 1))?;
    let most = SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::chain(nobody()),
        amount: Amount::MAX,
    };
    interviewer.propose_operation("the greatest amount", most)?;
    let blob_id = BlobId::new(CryptoHash::from([7; 32]), BlobType::Data);
    interviewer.propose_operation("needs a blob", SystemOperation::VerifyBlob { blob_id })?;
    interviewer.propose_operation(
        "publishes a blob",
        SystemOperation::PublishDataBlob { blob_hash: blob_id.hash },
    )?;
    let application_id = ApplicationId { application_description_hash: CryptoHash::from([7; 32]) };
    interviewer.propose_operation("calls nobody", Operation::User { application_id, bytes: vec![1] })?;
    let remove = AdminOperation::RemoveCommittee { epoch: Epoch(0) };
    interviewer.propose_operation("rules", SystemOperation::Admin(remove))?;
    interviewer.propose_operation("expects an epoch", SystemOperation::ProcessNewEpoch(Epoch(1)))?;
    interviewer.propose_operation("skips an epoch", SystemOperation::ProcessNewEpoch(Epoch(2)))?;
    interviewer.propose_operation("forgets an epoch", SystemOperation::ProcessRemovedEpoch(Epoch(0)))?;
    let stream = (nobody(), walnut_base::StreamId::system([0]), 3);
    interviewer.propose_operation("reads nobody's stream", SystemOperation::UpdateStreams(vec![stream]))?;
    let closed = [SystemOperation::CloseChain.into(), transfer(AccountOwner::CHAIN, 1)];
    let transactions = closed.into_iter().map(Transaction::ExecuteOperation).collect();
    let block = ProposedBlock { transactions, ..interviewer.block() };
    interviewer.propose_block("goes on after the end", block)?;
    let message = PostedMessage {
        authenticated_signer: None,
        grant: Amount::ZERO,
        refund_grant_to: None,
        kind: MessageKind::Simple,
        index: 0,
        message: Message::System(SystemMessage::Credit {
            target: AccountOwner::CHAIN,
            amount: Amount::from_tokens(1),
            source: AccountOwner::CHAIN,
        }),
    };
    let bundle = MessageBundle {
        height: BlockHeight(0),
        timestamp: interviewer.block().timestamp,
        certificate_hash: CryptoHash::from([7; 32]),
        transaction_index: 0,
        messages: vec![message],
    };
    for (name, action) in [("takes", MessageAction::Accept), ("rejects", MessageAction::Reject)] {
        let received = IncomingBundle { origin: nobody(), bundle: bundle.clone(), action };
        let transactions = vec![Transaction::ReceiveMessages(received)];
        let block = ProposedBlock { transactions, ..interviewer.block() };
        interviewer.propose_block(&format!("{name} what nobody sent"), block)?;
    }
    Ok(())
}

fn conflicts(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    interviewer.propose_block("right", interviewer.block())?;
    interviewer.propose_block("the same again", interviewer.block())?;
    interviewer.propose_operation("another for the fast round", transfer(AccountOwner::CHAIN, 2))?;
    let first = accepted(interviewer);
    interviewer.propose("right, of two owners", &first)?;
    interviewer.propose("the same again, of two owners", &first)?;
    let bob = interviewer.opened.bob.owner();
    let others = interviewer.shared_block(bob, 2);
    let second = BlockProposal::new_initial(Round::MultiLeader(0), others, &interviewer.opened.bob);
    interviewer.propose("another owner's for the same round", &second)?;
    Ok(())
}
