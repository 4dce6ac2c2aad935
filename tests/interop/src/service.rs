//! `linera service`, asked over HTTP.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use crate::{running::Running, their_wallet::TheirWallet};

/// Its port: between the faucet's and those of validators.
const PORT: u16 = 19_998;
/// How long it may take to start.
const START_TIME: Duration = Duration::from_secs(60);

/// A wallet of theirs that serves GraphQL until this is dropped. Its commands cannot be used meanwhile.
pub(crate) struct Service {
    _running: Running,
}

impl Service {
    /// Starts it.
    pub(crate) fn start(wallet: &TheirWallet, logs: &Path) -> anyhow::Result<Self> {
        let port = PORT.to_string();
        let mut command = wallet.command(&["service", "--port", &port]);
        let mut running = Running::start(&mut command, &logs.join("service.log"))?;
        running.wait_for("GraphiQL IDE:", START_TIME)?;
        Ok(Self { _running: running })
    }

    /// The data of an answer.
    pub(crate) fn ask(&self, path: &str, query: &str) -> anyhow::Result<Value> {
        let body = json!({ "query": query }).to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", PORT))?;
        stream.set_read_timeout(Some(START_TIME))?;
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, content) = answer.split_once("\r\n\r\n").context("not an answer")?;
        ensure!(head.starts_with("HTTP/1.1 200"), "{query}: {answer}");
        let start = content.find('{').context("no JSON")?;
        let end = content.rfind('}').context("no JSON")?;
        let mut answer: Value = serde_json::from_str(&content[start..=end])?;
        ensure!(answer["errors"].is_null(), "{query}: {}", answer["errors"]);
        Ok(answer["data"].take())
    }
}
