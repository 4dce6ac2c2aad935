//! Writing a zip archive: deflated entries, sorted, with one fixed date, so that equal folders give equal archives.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::entries;

/// 1 January 1980 in the date form of the format, its first day.
const DATE: u16 = 0x0021;
/// The format's version 2.0: folders and deflate.
const VERSION: u16 = 20;
const DEFLATE: u16 = 8;
/// File names are UTF-8.
const FLAGS: u16 = 1 << 11;

/// Packs all files under a folder.
pub(super) fn pack(folder: &Path) -> Result<Vec<u8>> {
    let mut archive = Archive::default();
    archive.add_folder(folder, "")?;
    archive.finish()
}

#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Archive {
    fn add_folder(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in entries(folder)? {
            let name = entry.file_name().expect("an entry has a name").to_string_lossy();
            let name = format!("{prefix}{name}");
            if entry.is_dir() {
                self.add_folder(&entry, &format!("{name}/"))?;
            } else {
                let bytes = fs::read(&entry).with_context(|| format!("cannot read {}", entry.display()))?;
                self.add(&name, &bytes)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let mut crc = Crc::new();
        crc.update(content);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).context("cannot compress")?;
        let packed = encoder.finish().context("cannot compress")?;

        let mut header = Vec::new();
        for field in [VERSION, FLAGS, DEFLATE, 0, DATE] {
            header.extend(field.to_le_bytes());
        }
        header.extend(crc.sum().to_le_bytes());
        header.extend(size(packed.len())?.to_le_bytes());
        header.extend(size(content.len())?.to_le_bytes());
        header.extend(short(name.len())?.to_le_bytes());
        header.extend([0; 2]); // no extra field

        let offset = size(self.bytes.len())?;
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&header);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(&packed);

        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&header);
        self.directory.extend([0; 10]); // comment length, disk, attributes
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.count = self.count.checked_add(1).context("more than 65,535 files")?;
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>> {
        let offset = size(self.bytes.len())?;
        let length = size(self.directory.len())?;
        self.bytes.extend(&self.directory);
        self.bytes.extend(b"PK\x05\x06");
        self.bytes.extend([0; 4]); // disks
        self.bytes.extend(self.count.to_le_bytes());
        self.bytes.extend(self.count.to_le_bytes());
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend(offset.to_le_bytes());
        self.bytes.extend([0; 2]); // no comment
        Ok(self.bytes)
    }
}

fn size(bytes: usize) -> Result<u32> {
    u32::try_from(bytes).context("an archive over 4 GiB")
}

fn short(bytes: usize) -> Result<u16> {
    u16::try_from(bytes).context("a file name over 64 KiB")
}

#[cfg(test)]
mod tests;
