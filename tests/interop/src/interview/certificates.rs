//! Certificates: doctored ones, then one that validators can check.

use anyhow::Context as _;
use walnut_base::{
    BlockHeight, BlockProposal, CertificateKind, ChainId, ChainInfo, ChainInfoQuery,
    ConfirmedBlockCertificate, CryptoHash, Epoch, GenericCertificate, LiteCertificate, LiteValue, Round,
    Timeout, TimeoutCertificate, ValidatedBlock, ValidatedBlockCertificate, ValidatorSecretKey,
};
use walnut_rpc::{Method, proto};
use walnut_vectors::interview::Answer;

use super::{Interviewer, proposals::accepted};

pub(super) fn ask(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    known(interviewer)?;
    let confirmed = confirmed(interviewer)?;
    doctored(interviewer, &confirmed)?;
    of_another_kind(interviewer, &confirmed)?;
    lite(interviewer, &confirmed)?;
    interviewer.confirm("the whole certificate", &confirmed)?;
    interviewer.certify_hash("its hash once more", &confirmed.lite_certificate())?;
    validated(interviewer)
}

impl Interviewer {
    fn confirm(
        &mut self,
        name: &str,
        certificate: &ConfirmedBlockCertificate,
    ) -> anyhow::Result<Vec<Answer>> {
        let request = proto::HandleConfirmedCertificateRequest::from((certificate, false, true));
        self.ask(name, Method::HANDLE_CONFIRMED_CERTIFICATE, &request)
    }

    fn validate(
        &mut self,
        name: &str,
        certificate: &ValidatedBlockCertificate,
    ) -> anyhow::Result<Vec<Answer>> {
        let request = proto::HandleValidatedCertificateRequest::from(certificate);
        self.ask(name, Method::HANDLE_VALIDATED_CERTIFICATE, &request)
    }

    fn time_out(&mut self, name: &str, certificate: &TimeoutCertificate) -> anyhow::Result<Vec<Answer>> {
        let request = proto::HandleTimeoutCertificateRequest::from(certificate);
        self.ask(name, Method::HANDLE_TIMEOUT_CERTIFICATE, &request)
    }

    fn certify_hash(&mut self, name: &str, certificate: &LiteCertificate) -> anyhow::Result<Vec<Answer>> {
        let request = proto::LiteCertificate::from((certificate, false));
        self.ask(name, Method::HANDLE_LITE_CERTIFICATE, &request)
    }
}

/// What is below the tip is not looked at.
fn known(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let known = interviewer.opened.blocks.last().context("there is a block")?.clone();
    interviewer.confirm("a block that is known", &known)?;
    let bare = GenericCertificate::new(known.value().clone(), known.round, Vec::new());
    interviewer.confirm("a block that is known, without signatures", &bare)?;
    Ok(())
}

/// A quorum's votes for the block that was accepted in the fast round. Nobody has been shown them.
fn confirmed(interviewer: &mut Interviewer) -> anyhow::Result<ConfirmedBlockCertificate> {
    let (votes, info) = votes(interviewer, "votes of the fast round", interviewer.opened.alices.id())?;
    let block = info.manager.requested_confirmed.context("no confirmed block")?;
    votes.with_value(*block).context("votes for another block")
}

fn doctored(interviewer: &mut Interviewer, confirmed: &ConfirmedBlockCertificate) -> anyhow::Result<()> {
    let signatures = confirmed.signatures().clone();
    let (value, round) = (confirmed.value().clone(), confirmed.round);
    let changed = |signatures| GenericCertificate::new(value.clone(), round, signatures);
    interviewer.confirm("without signatures", &changed(Vec::new()))?;
    interviewer.confirm("half of the signatures", &changed(signatures[..2].to_vec()))?;
    let twice = [signatures[..2].to_vec(), signatures[..1].to_vec()].concat();
    interviewer.confirm("one signature twice", &changed(twice))?;
    let mut exchanged = signatures.clone();
    let first = exchanged[0].1;
    exchanged[0].1 = exchanged[1].1;
    exchanged[1].1 = first;
    interviewer.confirm("two signatures exchanged", &changed(exchanged))?;
    let stranger = ValidatorSecretKey::from_bytes(&[9; 32])?;
    let mut by_stranger = signatures.clone();
    by_stranger[0].0 = stranger.public();
    interviewer.confirm("a signature by a stranger", &changed(by_stranger))?;
    let other_round = GenericCertificate::new(value.clone(), Round::MultiLeader(7), signatures);
    interviewer.confirm("signatures of another round", &other_round)?;
    Ok(())
}

fn of_another_kind(
    interviewer: &mut Interviewer,
    confirmed: &ConfirmedBlockCertificate,
) -> anyhow::Result<()> {
    let signatures = confirmed.signatures().clone();
    let validated = ValidatedBlock::new(confirmed.block().clone());
    let validated = GenericCertificate::new(validated, confirmed.round, signatures.clone());
    interviewer.validate("a confirmed block as a validated one", &validated)?;
    let (chain, height) = (confirmed.chain_id(), confirmed.height());
    for (name, chain) in
        [("its chain", chain), ("a chain that nobody has opened", ChainId(CryptoHash::from([7; 32])))]
    {
        let timeout = Timeout { chain_id: chain, height, epoch: confirmed.block().header.epoch };
        let timeout = GenericCertificate::new(timeout, confirmed.round, signatures.clone());
        interviewer.time_out(&format!("a confirmed block as a time-out of {name}"), &timeout)?;
    }
    let shared = interviewer.opened.shared.id();
    let timeout = Timeout { chain_id: shared, height: BlockHeight(0), epoch: Epoch(0) };
    let timeout = GenericCertificate::new(timeout, Round::MultiLeader(0), Vec::new());
    interviewer.time_out("a time-out without signatures", &timeout)?;
    Ok(())
}

/// A certificate without its block, which validators find among those that they have voted for.
fn lite(interviewer: &mut Interviewer, confirmed: &ConfirmedBlockCertificate) -> anyhow::Result<()> {
    let known = interviewer.opened.blocks.last().context("there is a block")?.lite_certificate();
    interviewer.certify_hash("the hash of a block that is known", &known)?;
    let LiteCertificate { value, round, signatures } = confirmed.lite_certificate();
    let changed = |value, signatures| LiteCertificate::new(value, round, signatures);
    let unknown = LiteValue { value_hash: CryptoHash::from([7; 32]), ..value };
    interviewer.certify_hash("a hash that nobody knows", &changed(unknown, signatures.clone()))?;
    for kind in [CertificateKind::Validated, CertificateKind::Timeout] {
        let value = LiteValue { kind, ..value };
        let name = format!("its hash as a certificate of kind {kind:?}");
        interviewer.certify_hash(&name, &changed(value, signatures.clone()))?;
    }
    interviewer
        .certify_hash("its hash, half of the signatures", &changed(value, signatures[..2].to_vec()))?;
    Ok(())
}

/// Then a quorum's votes for the proposal that was accepted on the chain of two.
fn validated(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let (votes, info) = votes(interviewer, "votes of the first round", interviewer.opened.shared.id())?;
    let block = info.manager.requested_validated.context("no validated block")?;
    let certificate = votes.with_value(*block).context("votes for another block")?;
    let (value, round) = (certificate.value().clone(), certificate.round);
    let too_few = GenericCertificate::new(value, round, certificate.signatures()[..2].to_vec());
    interviewer.validate("half of the votes", &too_few)?;
    interviewer.validate("all votes", &certificate)?;
    interviewer.validate("all votes, again", &certificate)?;
    let proposal = accepted(interviewer);
    interviewer.propose("the proposal that was validated, again", &proposal)?;
    let retry = BlockProposal::new_retry_regular(Round::MultiLeader(1), certificate, &interviewer.opened.bob);
    interviewer.propose("the validated block in the next round", &retry)?;
    interviewer.propose("for a round that is over", &proposal)?;
    Ok(())
}

/// What all validators have voted for on a chain, and what the first of them knows of it.
fn votes(
    interviewer: &mut Interviewer,
    name: &str,
    chain: ChainId,
) -> anyhow::Result<(LiteCertificate, ChainInfo)> {
    let query = proto::ChainInfoQuery::from(&ChainInfoQuery::new(chain).with_manager_values());
    let answers = interviewer.ask(name, Method::HANDLE_CHAIN_INFO_QUERY, &query)?;
    let keys = interviewer.opened.genesis.committee.validator_addresses().map(|(key, _)| key);
    let infos = keys.zip(&answers).map(|(key, answer)| Some((key, answer.chain_info()?)));
    let mut infos = infos.collect::<Option<Vec<_>>>().context("somebody refused")?;
    let votes = infos.iter().filter_map(|(key, info)| Some((*key, info.manager.pending?)));
    Ok((LiteCertificate::try_from_votes(votes)?, infos.swap_remove(0).1))
}
