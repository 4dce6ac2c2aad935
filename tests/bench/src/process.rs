//! What the system knows about processes (`proc(5)`).

use std::{fs, time::Duration};

use anyhow::{Context as _, Result};

/// Ticks per second in `/proc/<pid>/stat`: fixed for programs on Linux.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time that a process has used, all threads, in user and system mode. To 10 ms.
pub(crate) fn cpu_time(pid: u32) -> Result<Duration> {
    let fields = stat(pid)?;
    // utime and stime are fields 14 and 15; these start with field 3.
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
    let (user, system) = ticks(11).zip(ticks(12)).context("unknown form of /proc/<pid>/stat")?;
    Ok(Duration::from_millis((user + system) * (1_000 / TICKS_PER_SECOND)))
}

/// A size from `/proc/<pid>/status`, in bytes: `VmRSS` for the memory in use, `VmHWM` for its peak.
pub(crate) fn memory(pid: u32, name: &str) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    Ok(kilobytes.with_context(|| format!("no {name} in {path}"))? * 1_024)
}

/// The process and all that it started, directly or not.
pub(crate) fn family_size(pid: u32) -> Result<usize> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").context("cannot read /proc")? {
        let name = entry.context("cannot read /proc")?.file_name();
        let Some(child) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // A process may end while its folder is being read.
        let Ok(fields) = stat(child) else { continue };
        if let Some(parent) = fields.get(1).and_then(|field| field.parse::<u32>().ok()) {
            parents.push((child, parent));
        }
    }
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(child, _)| *child));
        next += 1;
    }
    Ok(family.len())
}

/// The fields from the third on: the second, in parentheses, may hold anything.
fn stat(pid: u32) -> Result<Vec<String>> {
    let path = format!("/proc/{pid}/stat");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let (_, rest) = text.rsplit_once(')').with_context(|| format!("unknown form of {path}"))?;
    Ok(rest.split_whitespace().map(str::to_owned).collect())
}
