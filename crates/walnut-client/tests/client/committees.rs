//! Committees that change while chains lag behind, devices are away and validators come and go.

use std::rc::Rc;

use futures::executor::block_on;
use walnut_base::{
    AdminOperation, Amount, Blob, BlockHeight, ChainId, ChainInfo, ChainInfoQuery, ConfirmedBlockCertificate,
    Epoch, Operation, ResourceControlPolicy, SystemOperation,
};
use walnut_client::{Client, ClientError, Host as _, Outcome, Progress, QuorumError, ValidatorNode as _};

use crate::network::{Fault, Network, Wallet, committee, transfer};

fn quiet(_: Progress) {}

/// A network whose committee changes, the client of its admin, and Ana's.
struct Changing {
    network: Network,
    admin: Rc<Client<Wallet>>,
    ana: Rc<Client<Wallet>>,
    ana_chain: ChainId,
    ben_chain: ChainId,
}

impl Changing {
    /// Four validators, and `spares` more that may join.
    fn new(spares: u8) -> Self {
        let network = Network::with_spares(2, spares, ResourceControlPolicy::no_fees());
        let (admin, ana) = (network.client(0), network.client(1));
        let (ana_chain, ben_chain) = (network.chain_id(1), network.chain_id(2));
        Self { network, admin, ana, ana_chain, ben_chain }
    }

    fn make(
        &self,
        client: &Client<Wallet>,
        chain: ChainId,
        operations: Vec<Operation>,
        blobs: Vec<Blob>,
    ) -> Result<ConfirmedBlockCertificate, ClientError> {
        match block_on(client.execute(chain, operations, blobs, &quiet))? {
            Outcome::Committed(certificate) => Ok(*certificate),
            other => panic!("not committed: {other:?}"),
        }
    }

    fn admin(&self, operation: AdminOperation, blobs: Vec<Blob>) {
        let operations = vec![Operation::System(Box::new(SystemOperation::Admin(operation)))];
        self.make(&self.admin, self.network.chain_id(0), operations, blobs)
            .expect("the admin's block is made");
    }

    /// The admin chain introduces an epoch with these votes per validator, once their list is published.
    fn announce(&self, epoch: u32, votes: &[u64], policy: ResourceControlPolicy) {
        let blob = Blob::new_committee(&committee(votes, policy));
        let blob_hash = blob.id().hash;
        self.admin(AdminOperation::PublishCommitteeBlob { blob_hash }, vec![blob]);
        self.admin(AdminOperation::CreateCommittee { epoch: Epoch(epoch), blob_hash }, vec![]);
    }

    fn revoke(&self, epoch: u32) {
        self.admin(AdminOperation::RemoveCommittee { epoch: Epoch(epoch) }, vec![]);
    }

    /// Ana sends a token to Ben.
    fn send(&self) -> Result<ConfirmedBlockCertificate, ClientError> {
        self.make(&self.ana, self.ana_chain, vec![transfer(self.ben_chain, 1)], vec![])
    }

    /// Ana's wallet hears of what happened on the admin chain.
    fn tell_ana(&self) {
        block_on(self.ana.sync_chain(self.network.chain_id(0))).expect("syncs");
    }

    fn fault(&self, validators: &[usize], fault: Fault) {
        validators.iter().for_each(|index| self.network.validators[*index].fault.set(fault));
    }

    /// What a validator knows of a chain.
    fn known(&self, validator: usize, chain: ChainId) -> ChainInfo {
        let key = self.network.validators[validator].public_key;
        let remote = self.ana.host().remote(&key, "").expect("it is known");
        *block_on(remote.handle_chain_info_query(ChainInfoQuery::new(chain))).expect("answers").info
    }

    fn signers(&self, certificate: &ConfirmedBlockCertificate) -> Vec<usize> {
        let signs = |index: &usize| certificate.is_signed_by(&self.network.validators[*index].public_key);
        (0..self.network.validators.len()).filter(signs).collect()
    }
}

fn is_epoch(operation: Option<&Operation>, expected: SystemOperation) -> bool {
    matches!(operation, Some(Operation::System(operation)) if **operation == expected)
}

#[test]
fn a_chain_moves_to_the_new_validators_with_its_next_block() {
    let changing = Changing::new(1);
    changing.send().expect("made");
    // The first goes, the fifth comes, the fourth counts three times: 401 of 600 votes are a quorum.
    changing.announce(1, &[0, 100, 100, 300, 100], ResourceControlPolicy::no_fees());
    // Ana has not heard of it: her chain lags behind, and the old validators decide.
    assert_eq!(changing.send().expect("made").epoch(), Epoch(0));
    changing.tell_ana();
    let entering = changing.send().expect("made");
    assert_eq!((entering.height(), entering.epoch()), (BlockHeight(2), Epoch(0)));
    let first = entering.block().body.transactions.iter().find_map(|transaction| transaction.operation());
    assert!(is_epoch(first, SystemOperation::ProcessNewEpoch(Epoch(1))), "{first:?}");
    // The one that came was told everything, although it had no vote yet.
    let info = changing.known(4, changing.ana_chain);
    assert_eq!((info.next_block_height, info.epoch), (BlockHeight(3), Epoch(1)));

    // From here on the first is not asked any more.
    let asked = |name| changing.network.validators[0].requests.borrow().get(name).copied();
    let proposals = asked("proposal");
    changing.fault(&[1], Fault::Offline);
    let made = changing.send().expect("500 of 600 votes answer");
    assert_eq!((made.epoch(), changing.signers(&made)), (Epoch(1), vec![2, 3, 4]));
    assert_eq!(asked("proposal"), proposals);
    // Three of four answer, but with 300 votes only.
    changing.fault(&[1], Fault::None);
    changing.fault(&[3], Fault::Offline);
    let refused = changing.send();
    assert!(matches!(refused, Err(ClientError::Quorum(QuorumError::Trusted(_)))), "{refused:?}");
    changing.fault(&[3], Fault::None);
    let finished = block_on(changing.ana.retry_pending(changing.ana_chain, &quiet)).expect("it is finished");
    let Some(Outcome::Committed(finished)) = finished else { panic!("not committed: {finished:?}") };
    assert_eq!(finished.height(), BlockHeight(4));

    // A new device knows the first committee only. It finds the way although the first validator is gone for good.
    changing.fault(&[0], Fault::Offline);
    let laptop = changing.network.client(1);
    block_on(laptop.sync_all(changing.ana_chain)).expect("syncs");
    assert_eq!(block_on(laptop.local().next_block_height(changing.ana_chain)), Ok(BlockHeight(5)));
    assert_eq!(block_on(laptop.local().epoch(changing.ana_chain)), Ok(Epoch(1)));
}

#[test]
fn a_chain_that_slept_through_several_epochs_enters_the_last_with_one_block() {
    let changing = Changing::new(0);
    let ben = changing.network.client(2);
    block_on(ben.sync_all(changing.ben_chain)).expect("syncs");
    changing.announce(1, &[100; 4], ResourceControlPolicy::no_fees());
    let policy =
        ResourceControlPolicy { operation: Amount::from_tokens(10), ..ResourceControlPolicy::no_fees() };
    changing.announce(2, &[100; 4], policy);
    for epoch in [0, 1] {
        changing.revoke(epoch);
    }
    changing.tell_ana();
    // Ana pays the old price while she enters, then the new one. Ben has to learn of epoch 2 to believe her block.
    let (entering, sent) = (changing.send().expect("made"), changing.send().expect("made"));
    assert_eq!((entering.epoch(), sent.epoch()), (Epoch(0), Epoch(2)));
    let balance =
        |client: &Client<Wallet>, chain| block_on(client.local().balances(chain)).expect("reads").chain;
    assert_eq!(balance(&changing.ana, changing.ana_chain), Amount::from_tokens(1_000 - 2 - 10));
    block_on(ben.sync_all(changing.ben_chain)).expect("syncs");
    let (made, waiting) = block_on(ben.process_inbox(changing.ben_chain, &quiet)).expect("receives");
    assert_eq!((made.len(), waiting), (1, None));
    assert_eq!(made[0].epoch(), Epoch(0));
    let body = &made[0].block().body;
    let expected = [
        SystemOperation::ProcessNewEpoch(Epoch(1)),
        SystemOperation::ProcessNewEpoch(Epoch(2)),
        SystemOperation::ProcessRemovedEpoch(Epoch(0)),
        SystemOperation::ProcessRemovedEpoch(Epoch(1)),
    ];
    assert_eq!(body.transactions.len(), expected.len() + 2, "the epochs and two bundles");
    for (transaction, expected) in body.transactions.iter().zip(expected) {
        assert!(is_epoch(transaction.operation(), expected), "{transaction:?}");
    }
    assert_eq!(balance(&ben, changing.ben_chain), Amount::from_tokens(1_002));
    let back = vec![transfer(changing.ana_chain, 1)];
    let back = changing.make(&ben, changing.ben_chain, back, vec![]).expect("made");
    assert_eq!((back.epoch(), back.block().body.transactions.len()), (Epoch(2), 1));
    assert_eq!(balance(&ben, changing.ben_chain), Amount::from_tokens(1_001 - 10));
}

#[test]
fn a_validator_that_missed_an_epoch_is_told_of_it_when_its_vote_is_needed() {
    let changing = Changing::new(0);
    changing.fault(&[3], Fault::Offline);
    changing.announce(1, &[100; 4], ResourceControlPolicy::no_fees());
    changing.tell_ana();
    changing.send().expect("enters the epoch");
    changing.send().expect("is of the epoch");
    changing.fault(&[3], Fault::None);
    let admin_chain = changing.network.chain_id(0);
    assert_eq!(changing.known(3, admin_chain).next_block_height, BlockHeight(0));
    changing.fault(&[0], Fault::Offline);
    let made = changing.send().expect("the one that was away votes");
    assert_eq!((made.height(), changing.signers(&made)), (BlockHeight(2), vec![1, 2, 3]));
    assert_eq!(changing.known(3, admin_chain).epoch, Epoch(1));
    assert_eq!(changing.known(3, changing.ana_chain).epoch, Epoch(1));
}
