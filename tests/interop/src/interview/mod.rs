//! The same questions to every validator of a network. Clients weigh what validators say by its exact text, so a quorum
//! needs them to agree in their errors, too.
//!
//! Start with [`Interviewer`]; the questions are in the other files.

mod blobs;
mod certificates;
mod chains;
mod malformed;
mod opened;
mod proposals;

use std::{fs, path::Path};

use anyhow::{Context as _, ensure};
use prost::Message;
use walnut_base::ConfirmedBlockCertificate;
use walnut_rpc::{Method, proto};
use walnut_vectors::interview::{Answer, Bytes, Interview, Question};

use crate::{network::Network, programs::Programs};

use opened::Opened;

/// Questions about one thing.
type Questions = fn(&mut Interviewer) -> anyhow::Result<()>;

/// The questions, by what they are about, in this order: chains have no blocks and no votes before the third.
pub(crate) const QUESTIONS: [(&str, Questions); 5] = [
    ("about chains", chains::ask),
    ("about blobs, certificates and events", blobs::ask),
    ("wrong proposals, and two that conflict", proposals::ask),
    ("wrong certificates, and a right one", certificates::ask),
    ("bytes that are no request", malformed::ask),
];

/// Asks all validators of a network.
pub(crate) struct Interviewer {
    /// Where they answer.
    urls: Vec<String>,
    /// What the questions are about.
    opened: Opened,
    asked: Vec<Question>,
    differences: Vec<String>,
}

impl Interviewer {
    /// Opens the chains that the questions are about.
    pub(crate) fn prepare(programs: &Programs, network: &Network) -> anyhow::Result<Self> {
        let opened = Opened::prepare(programs, network)?;
        let addresses = opened.genesis.committee.validator_addresses();
        let urls = addresses.map(|(_, address)| walnut_rpc::base_url(address)).collect::<Result<_, _>>()?;
        let interviewer = Self { urls, opened, asked: Vec::new(), differences: Vec::new() };
        // A quorum has the blocks; the rest may not yet.
        for block in interviewer.block_requests() {
            for url in &interviewer.urls {
                Answer::from_validator(url, Method::HANDLE_CONFIRMED_CERTIFICATE.path, &block.0)?;
            }
        }
        Ok(interviewer)
    }

    fn block_requests(&self) -> Vec<Bytes> {
        let request = |block: &ConfirmedBlockCertificate| {
            Bytes(proto::HandleConfirmedCertificateRequest::from((block, false, true)).encode_to_vec())
        };
        self.opened.blocks.iter().map(request).collect()
    }

    /// Asks the questions about one thing: how many there were.
    ///
    /// # Errors
    /// What was not answered alike.
    pub(crate) fn ask_all(&mut self, questions: Questions) -> anyhow::Result<usize> {
        let before = self.asked.len();
        questions(self)?;
        ensure!(self.differences.is_empty(), "{}", std::mem::take(&mut self.differences).join("\n"));
        Ok(self.asked.len() - before)
    }

    /// Keeps the questions, and what the first validator answered.
    pub(crate) fn write(self, source: &str, file: &Path) -> anyhow::Result<()> {
        let (source, blocks) = (source.to_owned(), self.block_requests());
        let interview = Interview { source, genesis: self.opened.genesis, blocks, questions: self.asked };
        fs::write(file, serde_json::to_vec_pretty(&interview)?).with_context(|| file.display().to_string())
    }

    /// Asks all: their answers, in the order of the committee.
    fn ask(&mut self, name: &str, method: Method, request: &impl Message) -> anyhow::Result<Vec<Answer>> {
        self.ask_bytes(name, method.path, &request.encode_to_vec())
    }

    fn ask_bytes(&mut self, name: &str, path: &str, request: &[u8]) -> anyhow::Result<Vec<Answer>> {
        let ask = |url: &String| Answer::from_validator(url, path, request).with_context(|| url.clone());
        let answers = self.urls.iter().map(ask).collect::<anyhow::Result<Vec<_>>>()?;
        let first = answers.first().context("a committee without validators")?;
        let expected = first.essence(path);
        for (url, answer) in self.urls.iter().zip(&answers) {
            let said = answer.essence(path);
            if said != expected {
                let other = &self.urls[0];
                self.differences.push(format!("{name}: {url} says\n  {said}\n{other}\n  {expected}"));
            }
        }
        let (name, path, answer) = (name.to_owned(), path.to_owned(), first.clone());
        self.asked.push(Question { name, path, request: Bytes(request.to_vec()), answer });
        Ok(answers)
    }
}
