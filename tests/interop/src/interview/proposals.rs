//! Proposals: wrong ones, then right ones that conflict.

use walnut_base::{
    Account, AccountOwner, AccountSecretKey, AdminOperation, Amount, ApplicationId, BlobId, BlobType,
    BlockHeight, BlockProposal, ChainDescription, ChainId, CryptoHash, Ed25519SecretKey, Epoch,
    IncomingBundle, Message, MessageAction, MessageBundle, MessageKind, Operation, OriginalProposal,
    PostedMessage, ProposedBlock, Round, SystemMessage, SystemOperation, Timestamp, Transaction,
};
use walnut_rpc::{Method, proto};
use walnut_vectors::interview::Answer;

use super::Interviewer;

pub(super) fn ask(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    blocks_of_another_place(interviewer)?;
    proposers(interviewer)?;
    contents(interviewer)?;
    other_rounds(interviewer)?;
    after_the_end(interviewer)?;
    conflicts(interviewer)
}

impl Interviewer {
    /// Alice's first block of a chain: it moves a token.
    fn block_of(&self, chain: &ChainDescription) -> ProposedBlock {
        ProposedBlock {
            chain_id: chain.id(),
            epoch: Epoch(0),
            transactions: vec![Transaction::ExecuteOperation(transfer(AccountOwner::CHAIN, 1))],
            height: BlockHeight(0),
            timestamp: chain.timestamp,
            authenticated_signer: Some(self.opened.alice.owner()),
            previous_block_hash: None,
        }
    }

    /// Of Alice's chain.
    fn block(&self) -> ProposedBlock {
        self.block_of(&self.opened.alices)
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

/// The first proposal of Alice on the chain of two, which validators accept.
pub(super) fn accepted(interviewer: &Interviewer) -> BlockProposal {
    let block = interviewer.block_of(&interviewer.opened.shared);
    BlockProposal::new_initial(Round::MultiLeader(0), block, &interviewer.opened.alice)
}

fn nobody() -> ChainId {
    ChainId(CryptoHash::from([7; 32]))
}

fn transfer(owner: AccountOwner, tokens: u128) -> Operation {
    let (recipient, amount) = (Account::chain(nobody()), Amount::from_tokens(tokens));
    SystemOperation::Transfer { owner, recipient, amount }.into()
}

/// Rounds that are not the current one, on chains of their own: validators remember the latest that they were shown.
fn other_rounds(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let block = interviewer.block_of(&interviewer.opened.alices_late);
    for round in [Round::MultiLeader(0), Round::SingleLeader(0), Round::Validator(0), Round::Fast] {
        let proposal = BlockProposal::new_initial(round, block.clone(), &interviewer.opened.alice);
        interviewer.propose(&format!("of a super owner, in {round}"), &proposal)?;
    }
    let block = interviewer.block_of(&interviewer.opened.shared_late);
    for round in [Round::Fast, Round::MultiLeader(5), Round::SingleLeader(0), Round::MultiLeader(1)] {
        let proposal = BlockProposal::new_initial(round, block.clone(), &interviewer.opened.alice);
        interviewer.propose(&format!("of two owners, in {round}"), &proposal)?;
    }
    Ok(())
}

/// On a chain of its own, too: validators vote for it.
fn after_the_end(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let closed = [SystemOperation::CloseChain.into(), transfer(AccountOwner::CHAIN, 1)];
    let transactions = closed.into_iter().map(Transaction::ExecuteOperation).collect();
    let block = ProposedBlock { transactions, ..interviewer.block_of(&interviewer.opened.closing) };
    interviewer.propose_block("goes on after the end", block)
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
    let in_the_name_of = |signer| ProposedBlock { authenticated_signer: Some(signer), ..block.clone() };
    let own = BlockProposal::new_initial(Round::Fast, in_the_name_of(stranger.owner()), &stranger);
    interviewer.propose("by a stranger", &own)?;
    let pretended = BlockProposal::new_initial(Round::Fast, block.clone(), &stranger);
    interviewer.propose("by a stranger in Alice's name", &pretended)?;
    interviewer.propose_block("by Alice in Bob's name", in_the_name_of(bob))?;
    let mut forged = BlockProposal::new_initial(Round::Fast, block.clone(), &interviewer.opened.alice);
    forged.content.block.timestamp = Timestamp::from_micros(forged.content.block.timestamp.micros() + 1);
    interviewer.propose("changed after it was signed", &forged)?;
    let retry = |signature| {
        BlockProposal::new_retry_fast(
            Round::MultiLeader(0),
            block.clone(),
            signature,
            &interviewer.opened.alice,
        )
    };
    let other = ProposedBlock { height: BlockHeight(7), ..block.clone() };
    let other = BlockProposal::new_initial(Round::Fast, other, &interviewer.opened.alice);
    let (by_stranger, by_alice) = (retry(own.signature), retry(other.signature));
    interviewer.propose("again, with a stranger's signature", &by_stranger)?;
    interviewer.propose("again, with the signature of another block", &by_alice)?;
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
    let others = ProposedBlock {
        transactions: vec![Transaction::ExecuteOperation(transfer(AccountOwner::CHAIN, 2))],
        authenticated_signer: Some(bob),
        ..interviewer.block_of(&interviewer.opened.shared)
    };
    let second = BlockProposal::new_initial(Round::MultiLeader(0), others, &interviewer.opened.bob);
    interviewer.propose("another owner's for the same round", &second)?;
    Ok(())
}
