//! The archive is one that others can read, and the same folder gives the same bytes.

use std::fs;
use std::io::Read;

use flate2::read::DeflateDecoder;

use super::pack;

fn u32_at(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

fn u16_at(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()))
}

/// Reads an archive back by its directory: names and contents.
fn unpack(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let end = bytes.len() - 22;
    assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
    let mut at = u32_at(bytes, end + 16);
    let mut files = Vec::new();
    for _ in 0..u16_at(bytes, end + 10) {
        assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
        let (packed, name) = (u32_at(bytes, at + 20), u16_at(bytes, at + 28));
        let local = u32_at(bytes, at + 42);
        assert_eq!(&bytes[local..local + 4], b"PK\x03\x04");
        assert_eq!(bytes[local + 4..local + 30], bytes[at + 6..at + 32]);
        let data = local + 30 + name;
        let mut content = Vec::new();
        DeflateDecoder::new(&bytes[data..data + packed]).read_to_end(&mut content).unwrap();
        assert_eq!(content.len(), u32_at(bytes, at + 24));
        files.push((String::from_utf8(bytes[at + 46..at + 46 + name].to_vec()).unwrap(), content));
        at += 46 + name;
    }
    assert_eq!(at, end);
    files
}

#[test]
fn what_goes_in_comes_out() {
    let folder = std::env::temp_dir().join(format!("walnut-zip-{}", std::process::id()));
    fs::create_dir_all(folder.join("wasm")).unwrap();
    fs::write(folder.join("manifest.json"), "{}").unwrap();
    fs::write(folder.join("wasm/node_bg.wasm"), vec![7; 100_000]).unwrap();
    let (first, second) = (pack(&folder).unwrap(), pack(&folder).unwrap());
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(first, second);
    assert!(first.len() < 2_000, "{} bytes", first.len());
    let expected =
        [("manifest.json".to_owned(), b"{}".to_vec()), ("wasm/node_bg.wasm".to_owned(), vec![7; 100_000])];
    assert_eq!(unpack(&first), expected);
}
