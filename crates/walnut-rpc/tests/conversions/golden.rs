//! Recorded certificates survive the message form, the stored form and every request that carries them.

use walnut_base::{ConfirmedBlockCertificate, Round, ValidatedBlock, ValidatedBlockCertificate, encoding};
use walnut_rpc::{
    convert::{
        HandleBlockProposalRequest, HandleConfirmedCertificateRequest, HandleLiteCertificateRequest,
        HandleValidatedCertificateRequest, RawCertificate,
    },
    proto,
};

use crate::samples::{golden, owner_key};

/// To bytes and back.
fn wire<M: prost::Message + Default>(message: &M) -> M {
    M::decode(message.encode_to_vec().as_slice()).unwrap()
}

#[test]
fn certificates_as_messages() {
    for (bytes, certificate) in golden() {
        let message = wire(&proto::Certificate::from(&certificate));
        let back = ConfirmedBlockCertificate::try_from(message).unwrap();
        assert_eq!(encoding::to_bcs(&back), bytes);
        assert_eq!(back.hash(), certificate.hash());
    }
}

#[test]
fn certificates_in_stored_form() {
    for (bytes, certificate) in golden() {
        let raw = RawCertificate::from(&certificate);
        assert_eq!(raw.confirmed_block, encoding::to_bcs(certificate.block()));
        let message = wire(&proto::RawCertificate::from(raw));
        let back = ConfirmedBlockCertificate::try_from(message).unwrap();
        assert_eq!(encoding::to_bcs(&back), bytes);
    }
}

#[test]
fn certificates_in_requests() {
    for (_, certificate) in golden() {
        let message = wire(&proto::HandleConfirmedCertificateRequest::from((&certificate, true, false)));
        let request = HandleConfirmedCertificateRequest::try_from(message).unwrap();
        assert_eq!(request.certificate, certificate);
        assert!(request.wait_for_outgoing_messages);
        assert!(!request.supports_aggregated_missing);

        let lite = certificate.lite_certificate();
        let message = wire(&proto::LiteCertificate::from((&lite, true)));
        let request = HandleLiteCertificateRequest::try_from(message).unwrap();
        assert_eq!(request.certificate, lite);
        assert!(request.wait_for_outgoing_messages);

        let validated = ValidatedBlockCertificate::new(
            ValidatedBlock::new(certificate.block().clone()),
            certificate.round,
            certificate.signatures().clone(),
        );
        let message = wire(&proto::HandleValidatedCertificateRequest::from(&validated));
        assert_eq!(HandleValidatedCertificateRequest::try_from(message).unwrap().certificate, validated);
    }
}

#[test]
fn proposals_of_recorded_blocks() {
    use walnut_base::BlockProposal;

    for (_, certificate) in golden() {
        let (block, _) = certificate.block().clone().into_proposal();
        let initial = BlockProposal::new_initial(Round::Fast, block.clone(), &owner_key());
        let retry_fast =
            BlockProposal::new_retry_fast(Round::MultiLeader(1), block, initial.signature, &owner_key());
        let validated = ValidatedBlockCertificate::new(
            ValidatedBlock::new(certificate.block().clone()),
            Round::MultiLeader(0),
            certificate.signatures().clone(),
        );
        let retry_regular = BlockProposal::new_retry_regular(Round::SingleLeader(0), validated, &owner_key());
        for proposal in [initial, retry_fast, retry_regular] {
            let message = wire(&proto::BlockProposal::from((&proposal, true)));
            assert_eq!(message.owner.clone().unwrap().bytes, encoding::to_bincode(&owner_key().owner()));
            let request = HandleBlockProposalRequest::try_from(message).unwrap();
            assert_eq!(request.proposal, proposal);
            assert!(request.supports_aggregated_missing);
            request.proposal.check_signature().unwrap();
        }
    }
}
