//! Wire values of a recorded network and of one in memory.

use serde::Serialize;
use walnut_base::{
    Account, AccountOwner, Amount, Blob, BlockHeight, BlockProposal, Certificate, ChainId, ChainInfoQuery,
    ChainInfoResponse, ConfirmedBlockCertificate, CrossChainRequest, Epoch, LockingBlock, NodeError,
    Notification, Operation, ResourceControlPolicy, Round, SystemOperation, TimeDelta, TimeoutCertificate,
    ValidatedBlock, ValidatedBlockCertificate,
    encoding::{from_bcs, to_bcs, to_bincode},
};
use walnut_chain::test_utils::TestNetwork;
use walnut_vectors::{Recording, golden};

use super::tagged;

/// Real values of every kind that travels.
pub(super) struct Values {
    pub(super) confirmed: Vec<ConfirmedBlockCertificate>,
    pub(super) validated: ValidatedBlockCertificate,
    pub(super) timeout: TimeoutCertificate,
    pub(super) proposals: Vec<BlockProposal>,
    pub(super) infos: Vec<ChainInfoResponse>,
    pub(super) blobs: Vec<Blob>,
    pub(super) requests: Vec<CrossChainRequest>,
    pub(super) notifications: Vec<Notification>,
    pub(super) errors: Vec<NodeError>,
    pub(super) recording: Recording,
}

/// Larger ones are left to chance.
const BYTES_MAX: usize = 4_000;

impl Values {
    pub(super) fn new() -> Self {
        let recording = Recording::from_files(&golden("no-fees")).expect("the recording is whole");
        let blocks = recording.chains.values().flatten().map(|block| &block.certificate);
        let blocks = blocks.filter(|bytes| bytes.len() <= BYTES_MAX).step_by(6);
        let mut confirmed = blocks
            .map(|bytes| from_bcs(bytes, BYTES_MAX).expect("it was recorded"))
            .collect::<Vec<ConfirmedBlockCertificate>>();

        let mut network = TestNetwork::new(4, &[10, 20], ResourceControlPolicy::no_fees());
        let chain_id = network.chain_id(1);
        let (recipient, amount) = (Account::chain(network.chain_id(0)), Amount::ONE);
        let transfer =
            Operation::from(SystemOperation::Transfer { owner: AccountOwner::CHAIN, recipient, amount });
        confirmed.push(network.run(1, vec![transfer.clone()]));
        let block = network.block(chain_id, Some(network.owner(1)), Vec::new(), vec![transfer]);
        let first = BlockProposal::new_initial(Round::MultiLeader(0), block, &network.owner_keys[1]);
        let validated = network.validate(&first);
        let again = BlockProposal::new_retry_regular(
            Round::MultiLeader(1),
            validated.clone(),
            &network.owner_keys[1],
        );
        let fast = network.retry(
            1,
            first.content.block.clone(),
            Round::MultiLeader(1),
            walnut_base::OriginalProposal::Fast(first.signature),
        );
        network.finalize(&validated);
        let query = ChainInfoQuery::new(chain_id).with_manager_values().with_pending_message_bundles();
        let now = network.now;
        let locked = network.validators[0].query(query, now).expect("the chain is active");
        let query = ChainInfoQuery::new(network.chain_id(0));
        let plain = network.validators[0].query(query, now);
        network.advance(TimeDelta::from_secs(100));
        let certificate = confirmed.last().expect("one was made");
        let bundles = certificate.block().message_bundles_for(network.chain_id(0), certificate.hash());
        let bundles = bundles.into_iter().map(|bundle| (Epoch::ZERO, bundle)).collect();
        let (sender, recipient) = (chain_id, network.chain_id(0));
        let height = BlockHeight(3);
        let timeout = walnut_base::Timeout::new(chain_id, height, Epoch::ZERO);
        Self {
            timeout: walnut_base::GenericCertificate::new(
                timeout,
                Round::SingleLeader(2),
                validated.signatures().clone(),
            ),
            proposals: vec![first, again, fast],
            infos: vec![locked, plain.expect("the chain is active")],
            blobs: recording
                .blobs
                .values()
                .filter(|blob| blob.bytes().len() < 1000)
                .take(8)
                .cloned()
                .collect(),
            requests: vec![
                CrossChainRequest::UpdateRecipient { sender, recipient, bundles, previous_height: None },
                CrossChainRequest::ConfirmUpdatedRecipient { sender, recipient, latest_height: height },
                CrossChainRequest::RevertConfirm { sender, recipient, retransmit_from: height },
            ],
            notifications: network.validators[0].notifications.iter().take(3).cloned().collect(),
            errors: Self::errors(chain_id),
            confirmed,
            validated,
            recording,
        }
    }

    fn errors(chain_id: ChainId) -> Vec<NodeError> {
        vec![
            NodeError::BlobsNotFound(Vec::new()),
            NodeError::MissingCrossChainUpdate { chain_id, origin: chain_id, height: BlockHeight(1) },
            NodeError::InvalidDecoding,
            NodeError::ChainError { error: "because".into() },
        ]
    }
}

/// Inputs for the target of wire values.
pub(super) fn bcs() -> Vec<Vec<u8>> {
    let values = Values::new();
    let mut inputs = Vec::new();
    fn add<T: Serialize>(inputs: &mut Vec<Vec<u8>>, kind: u8, value: &T) {
        inputs.push(tagged(kind, to_bcs(value)));
    }
    values.proposals.iter().for_each(|value| add(&mut inputs, 0, value));
    for certificate in &values.confirmed {
        add(&mut inputs, 1, certificate);
        add(&mut inputs, 4, &certificate.lite_certificate());
        add(&mut inputs, 5, certificate.value());
        add(&mut inputs, 6, certificate.block());
        let validated = ValidatedBlock::new(certificate.block().clone());
        let round = certificate.round;
        let validated =
            walnut_base::GenericCertificate::new(validated, round, certificate.signatures().clone());
        add(&mut inputs, 2, &validated);
    }
    add(&mut inputs, 3, &values.timeout);
    values.blobs.iter().for_each(|blob| add(&mut inputs, 7, blob.content()));
    for info in &values.infos {
        add(&mut inputs, 8, info);
        inputs.push(tagged(18, to_bincode(info)));
        if let Some(locking) = &info.info.manager.requested_locking {
            add(&mut inputs, 16, locking);
        }
    }
    add(&mut inputs, 9, &ChainInfoQuery::new(values.requests[0].target_chain_id()).with_manager_values());
    values.requests.iter().for_each(|request| add(&mut inputs, 10, request));
    add(&mut inputs, 11, &values.recording.genesis.committee);
    values.recording.genesis.chains.iter().take(2).for_each(|chain| add(&mut inputs, 12, chain));
    add(&mut inputs, 13, &values.recording.network);
    values.errors.iter().for_each(|error| add(&mut inputs, 14, error));
    values.notifications.iter().for_each(|notification| add(&mut inputs, 15, notification));
    add(&mut inputs, 16, &LockingBlock::Regular(values.validated.clone()));
    add(&mut inputs, 17, &Certificate::Validated(values.validated.clone()));
    add(&mut inputs, 17, &Certificate::Timeout(values.timeout.clone()));
    values.proposals.iter().for_each(|proposal| inputs.push(tagged(19, to_bincode(proposal))));
    inputs
}
