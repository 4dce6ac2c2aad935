//! Where the world looks: at every answer and every new block of honest nodes, and at every proposal that leaves a wallet.

use std::rc::Rc;

use walnut_base::{
    AccountOwner, BlockHeight, BlockProposal, CertificateKind, ChainId, ChainInfo, CryptoHash, LiteVote,
    NodeError, Notification, OriginalProposal, Reason as News, Round, leader,
};
use walnut_chain::{Node, NodeConfig, records};
use walnut_execution::UnsupportedApplications;
use walnut_views::{Store as _, ready};

use crate::{
    book::Reason,
    disk::Disk,
    host::Device,
    ledger::Broken,
    plan::Fault,
    validator::{Validator, Witness, get},
    wallet::Short,
    wire::{Answer, Reply, Request},
    world::{Invariant, World},
};

/// How often a vote that leaves is looked for on the disk, per mille: it takes as long as handling a request.
const DISK_LOOKS: u64 = 150;

/// Blocks of the admin chain that may be on a disk without anybody having heard of them.
const EPOCHS_AHEAD: u64 = 40;

impl World {
    fn judge<T>(&self, outcome: Result<T, Broken>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err((invariant, what)) => {
                self.violate(invariant, what);
                None
            }
        }
    }

    /// A node that keeps to the protocol has something new.
    pub fn check_news(&self, disk: &Disk, notification: &Notification) {
        match &notification.reason {
            News::NewBlock { height, hash, .. } => {
                self.check_block(disk, notification.chain_id, *height, *hash);
            }
            // Perhaps of a block above the tip.
            News::NewEvents { hash, .. } => self.learn(disk, *hash),
            _ => {}
        }
    }

    /// What the admin chain announced may be stored without anybody having heard of it: a commit was torn.
    fn learn_epochs(&self, below: BlockHeight) {
        let admin = self.chain_ids[0];
        let validators = self.validators.borrow().clone();
        let honest = validators.iter().filter(|validator| validator.is_honest).collect::<Vec<_>>();
        let next = self.ledger.borrow().chain(&admin).map_or(0, |chain| chain.next.0);
        for height in (next..below.0.min(next + EPOCHS_AHEAD)).map(BlockHeight) {
            for validator in &honest {
                if self.ledger.borrow().hash_at(admin, height).is_none()
                    && let Some(hash) = get(records::read_hash_by_height(&**validator.disk(), admin, height))
                {
                    self.learn(validator.disk(), hash);
                }
            }
        }
    }

    /// A node holds this block to be the confirmed one of that height.
    fn check_block(&self, disk: &Disk, chain_id: ChainId, height: BlockHeight, hash: CryptoHash) {
        if self.ledger.borrow().hash_at(chain_id, height) == Some(hash) {
            return;
        }
        // Blocks before it may have come without anybody hearing of them: their commit was torn.
        let next = self.ledger.borrow().chain(&chain_id).map_or(height, |chain| chain.next.min(height));
        for height in (next.0..=height.0).map(BlockHeight) {
            if let Some(hash) = get(records::read_hash_by_height(disk, chain_id, height)) {
                self.learn(disk, hash);
            }
        }
        if self.ledger.borrow().hash_at(chain_id, height) != Some(hash) {
            let what = format!("{} is not stored as block {height} of chain {chain_id}", Short(hash));
            self.violate(Invariant::PersistThenSpeak, what);
        }
    }

    fn learn(&self, disk: &Disk, hash: CryptoHash) {
        if self.ledger.borrow().certificate(&hash).is_some() {
            return;
        }
        let Some(certificate) = get(records::read_certificate(disk, hash)) else { return };
        for incoming in certificate.block().body.transactions.iter().filter_map(|it| it.incoming_bundle()) {
            self.learn_anywhere(incoming.bundle.certificate_hash);
        }
        if !self.ledger.borrow().knows_epochs_of(certificate.block()) {
            let is_admin = certificate.chain_id() == self.chain_ids[0];
            self.learn_epochs(if is_admin { certificate.height() } else { BlockHeight::MAX });
        }
        let outcome = self.ledger.borrow_mut().learn(&certificate);
        self.judge(outcome);
    }

    /// A block whose messages have arrived is on some honest disk, even if nobody has executed it yet.
    fn learn_anywhere(&self, hash: CryptoHash) {
        if self.ledger.borrow().certificate(&hash).is_some() {
            return;
        }
        let validators = self.validators.borrow().clone();
        for validator in validators.iter().filter(|validator| validator.is_honest) {
            self.learn(validator.disk(), hash);
        }
    }

    /// An answer leaves an honest validator.
    pub fn check_answer(
        self: &Rc<Self>,
        validator: &Validator,
        disk: &Rc<Disk>,
        answer: &Answer,
        witness: &Witness,
    ) {
        let response = match answer {
            Ok(Reply::Info(response)) => response,
            Ok(_) => return,
            Err(error) => return self.check_refusal(validator, &witness.request, error),
        };
        let info = &*response.info;
        if self.ledger.borrow().committee(info.epoch).is_none() {
            self.learn_epochs(BlockHeight::MAX);
        }
        self.check_info(validator, disk, info);
        for vote in [&info.manager.pending, &info.manager.timeout_vote].into_iter().flatten() {
            if !self.book.borrow().is_known(validator.index, info.next_block_height, vote) {
                self.check_vote(validator, disk, info, vote, witness);
            }
        }
        if let Request::Confirmed(certificate, _) = &*witness.request {
            let (chain_id, height) = (certificate.chain_id(), certificate.height());
            if get(records::read_hash_by_height(&**disk, chain_id, height)) == Some(certificate.hash()) {
                self.learn(disk, certificate.hash());
            }
        }
    }

    /// A confirmed block is taken, wherever its chain is here, unless something is missing or cannot be stored.
    fn check_refusal(&self, validator: &Validator, request: &Request, error: &NodeError) {
        let Request::Confirmed(certificate, _) = request else { return };
        let is_excused = matches!(
            error,
            NodeError::BlobsNotFound(_) | NodeError::EventsNotFound(_) | NodeError::GrpcError { .. }
        );
        let signatures = certificate.signatures();
        let checked = self.ledger.borrow().check_quorum(certificate.value(), certificate.round, signatures);
        if !is_excused && checked.is_ok() {
            let (index, chain_id, height) = (validator.index, certificate.chain_id(), certificate.height());
            let what = format!("validator {index} refuses block {height} of chain {chain_id}: {error}");
            self.violate(Invariant::Confirmed, what);
        }
    }

    /// State and balance are those that follow from the blocks.
    fn check_info(&self, validator: &Validator, disk: &Disk, info: &ChainInfo) {
        let (chain_id, next) = (info.chain_id, info.next_block_height);
        if let (Some(hash), Some(height)) = (info.block_hash, next.0.checked_sub(1)) {
            self.check_block(disk, chain_id, BlockHeight(height), hash);
        }
        if let Some(timeout) = &info.manager.timeout
            && self.book.borrow_mut().is_new_timeout(validator.index, timeout)
        {
            let ledger = self.ledger.borrow();
            let outcome = ledger.check_quorum(timeout.value(), timeout.round, timeout.signatures());
            self.judge(outcome);
        }
        let Some((state, balance)) = self.ledger.borrow().state_at(chain_id, next) else { return };
        let place = || format!("validator {} about chain {chain_id} at {next}", validator.index);
        if state.is_some() && info.state_hash != state {
            self.violate(Invariant::States, place());
        }
        if info.state_hash.is_some() && info.chain_balance.to_attos() != balance {
            let what = format!("{}: it has {} attos, not {balance}", place(), info.chain_balance.to_attos());
            self.violate(Invariant::Tokens, what);
        }
    }

    fn check_vote(
        &self,
        validator: &Validator,
        disk: &Disk,
        info: &ChainInfo,
        vote: &LiteVote,
        witness: &Witness,
    ) {
        let height = info.next_block_height;
        if vote.check(&validator.public_key).is_err() {
            self.violate(Invariant::Votes, format!("validator {} signs badly", validator.index));
            return;
        }
        let Some(reason) = self.judge(self.reason(info, vote, witness)) else { return };
        let outcome = self.book.borrow_mut().add(validator.index, height, vote, reason);
        self.judge(outcome.map_err(|what| (Invariant::Votes, what)));
        if self.random.chance(DISK_LOOKS) {
            self.check_vote_on_disk(validator, disk, info, vote);
        }
    }

    /// Why the vote was given, and whether that is a reason.
    fn reason(&self, info: &ChainInfo, vote: &LiteVote, witness: &Witness) -> Result<Reason, Broken> {
        let ledger = self.ledger.borrow();
        let is_asked = |hash: CryptoHash, round: Round| hash == vote.value.value_hash && round == vote.round;
        match &*witness.request {
            Request::Proposal(proposal) if proposal.content.round == vote.round => {
                if vote.value.kind == CertificateKind::Timeout {
                    return Ok(Reason::Unknown);
                }
                self.check_proposal(info, proposal)?;
                match &proposal.original_proposal {
                    None => Ok(Reason::Proposal),
                    Some(OriginalProposal::Fast(_)) => {
                        let is_signed = proposal.check_fast_signature().is_ok_and(|signer| {
                            signer.is_some_and(|signer| {
                                ledger.chain(&info.chain_id).is_none_or(|chain| {
                                    chain.next != info.next_block_height
                                        || chain.ownership.super_owners.contains(&signer)
                                })
                            })
                        });
                        match is_signed {
                            true => Ok(Reason::Fast),
                            false => Err((Invariant::Votes, "a fast proposal nobody signed is taken".into())),
                        }
                    }
                    Some(OriginalProposal::Regular { certificate }) => {
                        let value = certificate.value;
                        ledger.check_votes(value, info.epoch, certificate.round, &certificate.signatures)?;
                        match value.value_hash == vote.value.value_hash
                            && value.kind == CertificateKind::Validated
                            && value.chain_id == info.chain_id
                            && certificate.round < vote.round
                        {
                            true => Ok(Reason::Justified(certificate.round)),
                            false => {
                                Err((Invariant::Votes, "a certificate of something else is taken".into()))
                            }
                        }
                    }
                }
            }
            Request::Validated(certificate) if is_asked(certificate.hash(), certificate.round) => {
                ledger.check_quorum(certificate.value(), certificate.round, certificate.signatures())?;
                Ok(Reason::Certificate)
            }
            Request::Lite(certificate, _) if is_asked(certificate.value.value_hash, certificate.round) => {
                let signatures = &certificate.signatures;
                ledger.check_votes(certificate.value, info.epoch, certificate.round, signatures)?;
                Ok(Reason::Certificate)
            }
            Request::Query(_) if vote.value.kind == CertificateKind::Timeout => {
                let deadline = info.manager.round_timeout;
                let is_early = vote.round == info.manager.current_round
                    && deadline.is_none_or(|deadline| deadline > witness.now);
                match is_early {
                    true => Err((Invariant::Votes, format!("{} is ended before its time", vote.round))),
                    false => Ok(Reason::Unknown),
                }
            }
            _ => Ok(Reason::Unknown),
        }
    }

    /// The proposal that was voted for continues the chain, and its signer may propose in its round.
    fn check_proposal(&self, info: &ChainInfo, proposal: &BlockProposal) -> Result<(), Broken> {
        let ledger = self.ledger.borrow();
        let (block, round, proposer) = (&proposal.content.block, proposal.content.round, proposal.owner());
        let wrong = |what: &str| {
            let place = format!("chain {} at {} in {round}", block.chain_id, block.height);
            Err((Invariant::Proposers, format!("{place}: {what}, proposed by {proposer}")))
        };
        if proposal.check_signature().is_err() {
            return wrong("nobody signed");
        }
        let signer = match &proposal.original_proposal {
            Some(OriginalProposal::Fast(signature)) => Some(signature.owner()),
            Some(OriginalProposal::Regular { .. }) => None,
            None => Some(proposer),
        };
        if let (Some(expected), Some(signer)) = (signer, block.authenticated_signer)
            && expected != signer
        {
            return wrong("it speaks for somebody else");
        }
        let Some(chain) = ledger.chain(&block.chain_id) else { return Ok(()) };
        if block.height != info.next_block_height || block.previous_block_hash != info.block_hash {
            return wrong("it does not follow the last block");
        }
        if chain.next != block.height {
            // The validator lags behind: its owners then are not known any more.
            return Ok(());
        }
        if block.epoch != chain.epoch {
            return wrong("it is of another epoch");
        }
        let ownership = &chain.ownership;
        let may_propose = ownership.super_owners.contains(&proposer)
            || match round {
                Round::Fast => false,
                Round::MultiLeader(_) => ownership.can_propose_in_multi_leader_round(&proposer),
                Round::SingleLeader(number) => {
                    leader::leader(&ownership.owners, number, block.height) == Some(proposer)
                }
                Round::Validator(_) => false,
            };
        if !may_propose {
            return wrong("it is not their turn");
        }
        let mail = ledger.mail();
        for incoming in block.incoming_bundles() {
            let boxed = mail.boxes().find(|(pair, _)| **pair == (incoming.origin, block.chain_id));
            let place = (incoming.bundle.height, incoming.bundle.transaction_index);
            let sent = boxed.and_then(|(_, boxed)| boxed.get(&place));
            // A block that was not executed anywhere yet is not known here.
            if sent.is_some_and(|sent| sent.bundle != incoming.bundle || sent.is_taken) {
                return wrong("it takes a message that does not wait");
            }
        }
        Ok(())
    }

    /// A vote that leaves survives the worst power cut.
    fn check_vote_on_disk(&self, validator: &Validator, disk: &Disk, info: &ChainInfo, vote: &LiteVote) {
        let durable = disk.durable();
        let config = NodeConfig::client([info.chain_id].into());
        let mut node = Node::new(config, UnsupportedApplications);
        let read = async |chain: &mut walnut_chain::ChainReader<'_, '_, _>| {
            Ok((chain.tip().next_block_height, chain.manager().info(true)))
        };
        let Ok(((next, manager), _)) = ready(node.inspect(&durable, info.chain_id, read)) else { return };
        let is_stored = next > info.next_block_height
            || [manager.pending, manager.timeout_vote].contains(&Some(*vote))
            || manager.current_round > vote.round
            || manager.pending.is_some_and(|later| is_after(&later, vote));
        if !is_stored {
            let index = validator.index;
            let what = format!(
                "validator {index} gives a {:?} vote in {} of chain {} at {} that is not on disk, where it is at {next} in {} with {:?}",
                vote.value.kind,
                vote.round,
                info.chain_id,
                info.next_block_height,
                manager.current_round,
                manager.pending.map(|vote| (vote.value.kind, vote.round)),
            );
            self.violate(Invariant::PersistThenSpeak, what);
        }
    }

    /// A proposal leaves a wallet that keeps to the protocol.
    pub fn check_leaving_proposal(&self, device: &Device, proposal: &BlockProposal, key: &[u8]) {
        let content = &proposal.content;
        let (chain_id, height, round) = (content.block.chain_id, content.block.height, content.round);
        if round.is_fast() {
            self.book.borrow_mut().note_fast(chain_id, height, CryptoHash::new(content));
        }
        let hash = CryptoHash::new(content);
        let mut book = self.book.borrow_mut();
        if !book.has_signed(device.number, hash) {
            return;
        }
        if book.is_second_proposal(device.number, chain_id, height, round, hash) {
            let what =
                format!("device {} proposes twice on {chain_id} at {height} in {round}", device.number);
            self.violate(Invariant::OneSignaturePerRound, what);
        }
        if get(device.disk.durable().read(key)).is_none() {
            let what = format!("device {} sends a proposal in {round} that is not on disk", device.number);
            self.violate(Invariant::PersistThenSpeak, what);
        }
    }

    /// Whether an owner is promised to get a block onto a chain.
    pub fn must_progress(&self, chain_id: ChainId, owner: AccountOwner) -> bool {
        let ledger = self.ledger.borrow();
        let Some(chain) = ledger.chain(&chain_id) else { return false };
        let is_spoilt = self.book.borrow().is_spoilt(chain_id, chain.next);
        let can_pay = !self.plan.has(Fault::Fees) || chain.is_solvent();
        chain.ownership.verify_owner(&owner) && !is_spoilt && can_pay
    }
}

/// Whether a vote takes the place of another: one that confirms, perhaps another block that a quorum validated in that
/// round, that of one that validates.
fn is_after(later: &LiteVote, vote: &LiteVote) -> bool {
    let kinds = (later.value.kind, vote.value.kind);
    kinds == (CertificateKind::Confirmed, CertificateKind::Validated) && later.round >= vote.round
}
