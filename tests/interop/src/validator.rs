//! The processes of one validator of a network: stopped like a machine that loses its power, and started again.

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};

use crate::running::Running;

/// How long a validator may take to come back.
const START_TIME: Duration = Duration::from_secs(60);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// What one of its processes was started with.
struct Process {
    id: u32,
    arguments: Vec<String>,
}

/// A validator whose processes were killed.
pub(crate) struct Stopped {
    processes: Vec<Process>,
    folder: PathBuf,
    port: u16,
}

/// A validator that was started again; ends when this is dropped.
pub(crate) struct Restarted {
    _processes: Vec<Running>,
}

impl Stopped {
    /// Kills the processes of the validator of that number, which run in that folder.
    pub(crate) fn kill(folder: &Path, number: usize, port: u16) -> anyhow::Result<Self> {
        let file = format!("server_{number}.json");
        let mut processes = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let path = entry?.path();
            let Some(id) = path.file_name().and_then(|name| name.to_str()?.parse().ok()) else { continue };
            // Processes come and go while the list is read.
            let (Ok(line), Ok(place)) = (fs::read(path.join("cmdline")), fs::read_link(path.join("cwd")))
            else {
                continue;
            };
            let arguments =
                String::from_utf8_lossy(&line).split_terminator('\0').map(str::to_owned).collect();
            let process = Process { id, arguments };
            if place == folder && process.arguments.contains(&file) {
                processes.push(process);
            }
        }
        ensure!(!processes.is_empty(), "no process of validator {number} runs");
        // The proxy first when they are started again, as `linera net up` does.
        processes.sort_by_key(|process| process.arguments.iter().any(|argument| argument == "run"));
        for process in &processes {
            Command::new("kill").args(["-KILL", &process.id.to_string()]).status()?;
        }
        Ok(Self { processes, folder: folder.to_owned(), port })
    }

    /// Starts them again, and waits until the public port answers.
    pub(crate) fn restart(self, logs: &Path) -> anyhow::Result<Restarted> {
        let mut running = Vec::new();
        for (index, process) in self.processes.iter().enumerate() {
            let (program, arguments) =
                process.arguments.split_first().context("a process without a program")?;
            let mut command = Command::new(program);
            command.args(arguments).current_dir(&self.folder);
            running.push(Running::start(&mut command, &logs.join(format!("restarted-{index}.log")))?);
        }
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            ensure!(begin.elapsed() < START_TIME, "nobody listens on port {}", self.port);
            thread::sleep(PAUSE);
        }
        // The shards of the reference need a moment more.
        thread::sleep(START_TIME / 30);
        Ok(Restarted { _processes: running })
    }
}
