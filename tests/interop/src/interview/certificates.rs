//! Certificates: doctored ones, then one that validators can check.

use anyhow::Context as _;
use walnut_base::{
    CertificateKind, ChainId, ChainInfoQuery, ConfirmedBlockCertificate, CryptoHash, GenericCertificate,
    LiteCertificate, LiteValue, Round, Timeout, TimeoutCertificate, ValidatedBlock,
    ValidatedBlockCertificate,
};
use walnut_rpc::{Method, proto};
use walnut_vectors::interview::Answer;

use super::{
    Interviewer,
    proposals::{self, accepted},
};

pub(super) fn ask(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let known = interviewer.opened.blocks.last().context("there is a block")?.clone();
    doctored(interviewer, &known)?;
    of_another_kind(interviewer, &known)?;
    lite(interviewer, &known)?;
    validated(interviewer)?;
    proposals::ask_in_other_rounds(interviewer)
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

/// Blocks above the tip are looked at more closely than those below, so the block is moved up where it would be known.
fn doctored(interviewer: &mut Interviewer, known: &ConfirmedBlockCertificate) -> anyhow::Result<()> {
    let signatures = known.signatures().clone();
    let (value, round) = (known.value().clone(), known.round);
    let changed = |signatures| GenericCertificate::new(value.clone(), round, signatures);
    interviewer.confirm("a block that is known", known)?;
    interviewer.confirm("known, without signatures", &changed(Vec::new()))?;
    let one = signatures[..1].to_vec();
    interviewer.confirm("known, with one signature", &changed(one.clone()))?;
    let twice = [one.clone(), signatures.clone()].concat();
    interviewer.confirm("known, with one signature twice", &changed(twice))?;
    let mut exchanged = signatures.clone();
    let first = exchanged[0].1;
    exchanged[0].1 = exchanged[1].1;
    exchanged[1].1 = first;
    interviewer.confirm("known, with two signatures exchanged", &changed(exchanged))?;
    let other_round = GenericCertificate::new(value.clone(), Round::MultiLeader(7), signatures.clone());
    interviewer.confirm("known, in another round", &other_round)?;
    Ok(())
}

fn of_another_kind(interviewer: &mut Interviewer, known: &ConfirmedBlockCertificate) -> anyhow::Result<()> {
    let signatures = known.signatures().clone();
    let validated = ValidatedBlock::new(known.block().clone());
    let validated = GenericCertificate::new(validated, known.round, signatures.clone());
    interviewer.validate("a confirmed block as a validated one", &validated)?;
    let (chain, height) = (known.chain_id(), known.height());
    for (name, chain) in
        [("its chain", chain), ("a chain that nobody has opened", ChainId(CryptoHash::from([7; 32])))]
    {
        let timeout = Timeout { chain_id: chain, height, epoch: known.block().header.epoch };
        let timeout = GenericCertificate::new(timeout, known.round, signatures.clone());
        interviewer.time_out(&format!("a confirmed block as a time-out of {name}"), &timeout)?;
    }
    let shared = interviewer.opened.shared.id();
    let timeout =
        Timeout { chain_id: shared, height: walnut_base::BlockHeight(0), epoch: walnut_base::Epoch(0) };
    let timeout = GenericCertificate::new(timeout, Round::MultiLeader(0), Vec::new());
    interviewer.time_out("a time-out without signatures", &timeout)?;
    Ok(())
}

fn lite(interviewer: &mut Interviewer, known: &ConfirmedBlockCertificate) -> anyhow::Result<()> {
    let certificate = known.lite_certificate();
    interviewer.certify_hash("the hash of a block that is known", &certificate)?;
    let LiteCertificate { value, round, signatures } = certificate;
    let unknown = LiteValue { value_hash: CryptoHash::from([7; 32]), ..value };
    interviewer.certify_hash(
        "a hash that nobody knows",
        &LiteCertificate::new(unknown, round, signatures.clone()),
    )?;
    for kind in [CertificateKind::Validated, CertificateKind::Timeout] {
        let value = LiteValue { kind, ..value };
        let certificate = LiteCertificate::new(value, round, signatures.clone());
        interviewer.certify_hash(&format!("as a certificate of kind {kind:?}"), &certificate)?;
    }
    Ok(())
}

/// A quorum's votes for the proposal that was accepted on the chain of two.
fn validated(interviewer: &mut Interviewer) -> anyhow::Result<()> {
    let chain = interviewer.opened.shared.id();
    let query = ChainInfoQuery::new(chain).with_manager_values();
    let method = Method::HANDLE_CHAIN_INFO_QUERY;
    let answers = interviewer.ask("votes", method, &proto::ChainInfoQuery::from(&query))?;
    let keys = interviewer.opened.genesis.committee.validator_addresses().map(|(key, _)| key);
    let infos = keys.zip(&answers).map(|(key, answer)| Some((key, answer.chain_info()?)));
    let infos = infos.collect::<Option<Vec<_>>>().context("somebody refused")?;
    let votes = infos.iter().filter_map(|(key, info)| Some((*key, info.manager.pending?)));
    let lite = LiteCertificate::try_from_votes(votes)?;
    let block = infos[0].1.manager.requested_validated.clone().context("no validated block")?;
    let certificate = lite.with_value(*block)?;
    let too_few = GenericCertificate::new(
        certificate.value().clone(),
        certificate.round,
        certificate.signatures()[..2].to_vec(),
    );
    interviewer.validate("half of the votes", &too_few)?;
    interviewer.validate("all votes", &certificate)?;
    interviewer.validate("all votes, again", &certificate)?;
    let proposal = accepted(interviewer);
    interviewer.propose("for a round that is over", &proposal)?;
    let retry = walnut_base::BlockProposal::new_retry_regular(
        Round::MultiLeader(1),
        certificate,
        &interviewer.opened.bob,
    );
    interviewer.propose("validated, again in the next round", &retry)?;
    Ok(())
}
