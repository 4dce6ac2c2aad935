//! Where the programs are.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};

use crate::running::run;

/// The programs, all by absolute path.
pub(crate) struct Programs {
    /// Folder of the reference's.
    pub reference: PathBuf,
    /// Folder of ours.
    pub ours: PathBuf,
    /// Folder of the example applications: `<name>_contract.wasm`, `<name>_service.wasm`.
    pub examples: PathBuf,
    /// Where logs are kept.
    pub logs: PathBuf,
    /// The program of the examples' tests.
    pub examples_test: PathBuf,
    /// Folder of the scripts that drive browsers.
    pub browser_tests: PathBuf,
    /// Folder of the page with the reference's web client.
    pub web_client: PathBuf,
    /// One browser.
    pub chromium: Browser,
    /// The other.
    pub firefox: Browser,
    /// Where conversations are written down, if they are.
    pub conversations: Option<PathBuf>,
}

/// A browser with the extension built for it.
pub(crate) struct Browser {
    /// What the scripts call it.
    pub name: &'static str,
    /// The program.
    pub program: PathBuf,
    /// Folder of the unpacked extension.
    pub extension: PathBuf,
}

impl Browser {
    fn find(name: &'static str, program: &str) -> anyhow::Result<Self> {
        let extension = variable(&format!("WALNUT_EXTENSION_{}", name.to_uppercase()))?;
        Ok(Self { name, program: variable(program)?, extension })
    }
}

/// A path that `cargo xtask` says.
fn variable(name: &str) -> anyhow::Result<PathBuf> {
    std::env::var_os(name)
        .map(PathBuf::from)
        .with_context(|| format!("{name} is not set: run this by cargo xtask"))
}

impl Programs {
    /// Looks that all are there.
    pub(crate) fn find(reference: &Path, ours: &Path, examples: &Path, logs: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(logs)?;
        let whole = |path: &Path| path.canonicalize().with_context(|| path.display().to_string());
        let found = Self {
            reference: whole(reference)?,
            ours: whole(ours)?,
            examples: whole(examples)?,
            logs: whole(logs)?,
            examples_test: variable("WALNUT_EXAMPLES_TEST")?,
            browser_tests: variable("WALNUT_BROWSER_TESTS")?,
            web_client: variable("WALNUT_WEB_CLIENT")?,
            chromium: Browser::find("chromium", "WALNUT_CHROMIUM")?,
            firefox: Browser::find("firefox", "WALNUT_FIREFOX")?,
            conversations: None,
        };
        let theirs = ["linera", "linera-server", "linera-proxy", "linera-storage-server"];
        let needed = theirs.map(|name| found.reference.join(name)).into_iter();
        for path in needed.chain(["walnut", "walnut-validator"].map(|name| found.ours.join(name))) {
            ensure!(path.is_file(), "{}: not there", path.display());
        }
        Ok(found)
    }

    /// Writes down what is said in this folder.
    pub(crate) fn with_conversations(self, folder: Option<&Path>) -> anyhow::Result<Self> {
        let Some(folder) = folder else { return Ok(self) };
        fs::create_dir_all(folder)?;
        Ok(Self { conversations: Some(folder.canonicalize()?), ..self })
    }

    /// Both versions, for the head of the table.
    pub(crate) fn versions(&self) -> anyhow::Result<String> {
        let mut lines = Vec::new();
        for path in [self.reference.join("linera"), self.ours.join("walnut-validator")] {
            let output = run(Command::new(&path).arg("--version"))?;
            ensure!(output.status.success(), "{}: --version failed", path.display());
            let text = String::from_utf8_lossy(&output.stdout);
            lines.push(text.lines().take(2).collect::<Vec<_>>().join(", "));
        }
        Ok(lines.join("\n"))
    }

    /// The two modules of an example.
    pub(crate) fn example(&self, name: &str) -> (PathBuf, PathBuf) {
        let module = |kind| self.examples.join(format!("{name}_{kind}.wasm"));
        (module("contract"), module("service"))
    }
}
