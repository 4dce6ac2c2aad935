//! Bytes that are no request.

use walnut_base::{BlockProposal, ChainId, CryptoHash};
use walnut_rpc::{Method, proto};

use super::{Interviewer, proposals::accepted};

pub(super) fn ask(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let info = Method::HANDLE_CHAIN_INFO_QUERY;
    interviewer.ask_bytes("nothing", info.path, &[])?;
    interviewer.ask_bytes("not even protobuf", info.path, &[0xff; 4])?;
    let short = proto::ChainId { bytes: vec![7; 31].into() };
    let query = proto::ChainInfoQuery { chain_id: Some(short), ..Default::default() };
    interviewer.ask("a chain with a short id", info, &query)?;
    let blob = proto::BlobId { bytes: vec![1, 2, 3].into() };
    interviewer.ask("a blob with a short id", Method::DOWNLOAD_BLOB, &blob)?;
    let hash = proto::CryptoHash { bytes: vec![1, 2, 3].into() };
    interviewer.ask("a short hash", Method::DOWNLOAD_CERTIFICATE, &hash)?;
    for method in
        [Method::HANDLE_BLOCK_PROPOSAL, Method::HANDLE_LITE_CERTIFICATE, Method::HANDLE_PENDING_BLOB]
    {
        interviewer.ask_bytes(&format!("nothing, to {}", method.name), method.path, &[])?;
    }
    let proposal: BlockProposal = accepted(interviewer);
    let request = proto::BlockProposal::from((&proposal, true));
    let empty = proto::BlockProposal { content: Vec::new().into(), ..request.clone() };
    interviewer.ask("a proposal without content", Method::HANDLE_BLOCK_PROPOSAL, &empty)?;
    let content = [&request.content[..], &[0]].concat().into();
    let long = proto::BlockProposal { content, ..request.clone() };
    interviewer.ask("a proposal with a byte too many", Method::HANDLE_BLOCK_PROPOSAL, &long)?;
    let other = ChainId(CryptoHash::from([7; 32])).into();
    let elsewhere = proto::BlockProposal { chain_id: Some(other), ..request.clone() };
    interviewer.ask("a proposal addressed to another chain", Method::HANDLE_BLOCK_PROPOSAL, &elsewhere)?;
    let unsigned = proto::BlockProposal { signature: None, ..request };
    interviewer.ask("a proposal without signature", Method::HANDLE_BLOCK_PROPOSAL, &unsigned)?;
    let known = interviewer.opened.blocks.last().map(|block| block.lite_certificate());
    if let Some(known) = known {
        let request = proto::LiteCertificate::from((&known, false));
        let kind = proto::LiteCertificate { kind: 9, ..request.clone() };
        interviewer.ask("a certificate of no kind", Method::HANDLE_LITE_CERTIFICATE, &kind)?;
        let round = proto::LiteCertificate { round: vec![9; 4].into(), ..request };
        interviewer.ask("a certificate of no round", Method::HANDLE_LITE_CERTIFICATE, &round)?;
    }
    let round = proto::ChainInfoQuery {
        chain_id: Some(proposal.content.block.chain_id.into()),
        request_leader_timeout: Some(vec![0; 3].into()),
        ..Default::default()
    };
    interviewer.ask("a time-out of no round", info, &round)?;
    interviewer.ask_bytes("a method that is not there", "/rpc.v1.ValidatorNode/Dance", &[])?;
    interviewer.ask_bytes("a service that is not there", "/rpc.v1.Dancer/Dance", &[])?;
    Ok(())
}
