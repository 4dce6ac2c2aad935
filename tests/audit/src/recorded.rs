//! A small network whose keys are at hand.

use walnut_base::{
    Account, AccountOwner, AdminOperation, Amount, ApplicationPermissions, Blob, BlobType, Block,
    BlockHeight, BlockProposal, ChainId, ChainOwnership, Committee, ConfirmedBlock,
    ConfirmedBlockCertificate, Epoch, GenesisConfig, LiteValue, LiteVote, OpenChainConfig, Operation,
    ResourceControlPolicy, Round, SystemOperation,
};
use walnut_chain::test_utils::{TestNetwork, validator_key};
use walnut_client::audit::Archive;

/// What happened on it: the admin chain announces a second committee, with one member more. Alice sends tokens to Bob,
/// opens a chain, follows into the second epoch, and sends again; Bob takes in each message in a block of its own.
pub struct Recorded {
    /// How it began.
    pub genesis: GenesisConfig,
    /// Everything that was certified.
    pub archive: Archive,
    /// The admin chain, with two blocks.
    pub admin: ChainId,
    /// Alice's chain, with four blocks.
    pub alice: ChainId,
    /// Bob's chain, with two blocks.
    pub bob: ChainId,
    /// The chain that Alice opened in her second block, with no blocks.
    pub child: ChainId,
    certificates: Vec<ConfirmedBlockCertificate>,
}

/// The blocks of a chain, signed by validators with these numbers; the first committee is 1 to 4, the second 1 to 5, and
/// quorums are 3 and 4.
pub fn sign(block: Block, round: Round, validators: &[u8]) -> ConfirmedBlockCertificate {
    let value = ConfirmedBlock::new(block);
    let signatures = validators.iter().map(|number| {
        let key = validator_key(*number);
        (key.public(), LiteVote::new(LiteValue::new(&value), round, &key).signature)
    });
    let signatures = signatures.collect();
    ConfirmedBlockCertificate::new(value, round, signatures)
}

fn transfer(recipient: ChainId, tokens: u128) -> Operation {
    Operation::from(SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::chain(recipient),
        amount: Amount::from_tokens(tokens),
    })
}

impl Recorded {
    /// Lets it happen.
    ///
    /// # Panics
    /// If the network does not work.
    pub fn new() -> Self {
        let mut network = TestNetwork::new(4, &[1_000, 1_000, 1_000], ResourceControlPolicy::no_fees());
        let (admin, alice, bob) = (network.chain_id(0), network.chain_id(1), network.chain_id(2));
        let keys: Vec<_> = (1..=5).map(validator_key).collect();
        let committee = TestNetwork::committee_of(&keys, ResourceControlPolicy::no_fees());
        let blob = Blob::new_committee(&committee);
        let mut certificates = Vec::new();

        certificates.push(network.run(1, vec![transfer(bob, 5), transfer(bob, 6)]));
        certificates.push(network.run_receiving(2, Vec::new()));
        let owner = network.owner(1);
        let open = SystemOperation::OpenChain(OpenChainConfig {
            ownership: ChainOwnership::single(owner),
            balance: Amount::from_tokens(10),
            application_permissions: ApplicationPermissions::default(),
        });
        certificates.push(network.run(1, vec![open.into()]));
        certificates.push(announce(&mut network, admin, &blob));
        let create = AdminOperation::CreateCommittee { epoch: Epoch(1), blob_hash: blob.id().hash };
        certificates.push(network.run(0, vec![SystemOperation::Admin(create).into()]));
        certificates.push(network.run(1, vec![SystemOperation::ProcessNewEpoch(Epoch(1)).into()]));
        certificates.push(network.run(1, vec![transfer(bob, 2)]));
        certificates.push(network.run_receiving(2, Vec::new()));

        let mut archive = Archive::new();
        archive.add_blob(blob);
        for certificate in &certificates {
            archive.add_certificate(certificate.clone());
            for blob in certificate.block().created_blobs().into_values() {
                archive.add_blob(blob);
            }
        }
        let created = certificates[2].block().created_blob_ids();
        let child = created.iter().find(|blob_id| blob_id.blob_type == BlobType::ChainDescription);
        let child = ChainId(child.expect("a chain was opened").hash);
        Self { genesis: network.genesis, archive, admin, alice, bob, child, certificates }
    }

    /// A certified block.
    ///
    /// # Panics
    /// If there is none.
    pub fn certificate(&self, chain_id: ChainId, height: u64) -> &ConfirmedBlockCertificate {
        let is_it = |certificate: &&ConfirmedBlockCertificate| {
            certificate.chain_id() == chain_id && certificate.height() == BlockHeight(height)
        };
        self.certificates.iter().find(is_it).expect("it was recorded")
    }

    /// The recording with another certificate in place of one.
    pub fn doctored(&self, certificate: ConfirmedBlockCertificate) -> Archive {
        let mut archive = self.archive.clone();
        archive.take_certificates(certificate.chain_id(), certificate.height());
        archive.add_certificate(certificate);
        archive
    }

    /// The recording with a changed block in place of the true one, in the same round, signed by those validators.
    pub fn with_block(
        &self,
        chain_id: ChainId,
        height: u64,
        validators: &[u8],
        change: impl FnOnce(&mut Block),
    ) -> Archive {
        let certificate = self.certificate(chain_id, height);
        let mut block = certificate.block().clone();
        change(&mut block);
        self.doctored(sign(block, certificate.round, validators))
    }

    /// The committee of the first epoch.
    pub fn first_committee(&self) -> &Committee {
        &self.genesis.committee
    }
}

impl Default for Recorded {
    fn default() -> Self {
        Self::new()
    }
}

/// The block that publishes a committee's blob, which validators have to be given.
fn announce(network: &mut TestNetwork, admin: ChainId, blob: &Blob) -> ConfirmedBlockCertificate {
    let publish = AdminOperation::PublishCommitteeBlob { blob_hash: blob.id().hash };
    let operation = Operation::from(SystemOperation::Admin(publish));
    let block = network.block(admin, Some(network.owner(0)), Vec::new(), vec![operation]);
    let round = network.info(admin).manager.current_round;
    let proposal = BlockProposal::new_initial(round, block, &network.owner_keys[0]);
    assert!(network.propose(&proposal).iter().all(Result::is_err), "the blob is missing");
    for validator in &mut network.validators {
        validator.pending_blob(admin, blob.clone()).expect("announced");
    }
    network.execute(&proposal)
}
