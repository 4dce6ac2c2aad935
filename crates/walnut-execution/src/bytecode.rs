//! The one place that knows how bytecode blobs are compressed (zstd), so that the decoder can be swapped.
//!
//! The check follows the validators' native decoder: all concatenated frames count, skippable frames are skipped,
//! trailing garbage and empty input are errors, windows up to 2^27 bytes are accepted.

use std::io::Read;

/// A bytecode blob is not valid zstd.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, thiserror::Error)]
#[error("Bytecode could not be decompressed")]
pub struct DecompressionError;

/// Size of the scratch buffer of [`decompressed_size_at_most`], in bytes. The same as in the validators' copy loop:
/// it decides how far beyond the limit a malformed frame is still noticed.
const SCRATCH_BYTES: usize = 8 * 1024;

/// The validators' compression level.
const COMPRESSION_LEVEL: i32 = 19;

/// Whether `compressed` decompresses to at most `limit` bytes. Memory use does not depend on the result's size:
/// decoding stops at the first byte beyond the limit, so what follows is not checked
/// (`linera-base/src/data_types.rs`, `decompressed_size_at_most`).
pub fn decompressed_size_at_most(compressed: &[u8], limit: u64) -> Result<bool, DecompressionError> {
    let mut decoder = decoder(compressed)?;
    let mut scratch = [0; SCRATCH_BYTES];
    let mut size = 0u64;
    loop {
        match decoder.read(&mut scratch).map_err(|_| DecompressionError)? {
            0 => return Ok(true),
            count => size = size.saturating_add(count as u64),
        }
        if size > limit {
            return Ok(false);
        }
    }
}

/// The bytecode itself. The caller has checked the size, see [`decompressed_size_at_most`].
pub fn decompress(compressed: &[u8]) -> Result<Vec<u8>, DecompressionError> {
    let mut bytes = Vec::new();
    decoder(compressed)?.read_to_end(&mut bytes).map_err(|_| DecompressionError)?;
    Ok(bytes)
}

/// Compresses bytecode exactly as validators do inside execution: libzstd's streaming encoder at level 19, without
/// checksum, content size or dictionary. The result's hash names the module, so every byte counts.
pub fn compress(bytecode: &[u8]) -> Result<Vec<u8>, DecompressionError> {
    zstd::stream::encode_all(bytecode, COMPRESSION_LEVEL).map_err(|_| DecompressionError)
}

fn decoder(compressed: &[u8]) -> Result<impl Read + use<'_>, DecompressionError> {
    if compressed.is_empty() {
        return Err(DecompressionError);
    }
    // libzstd's default bound for the window, 2^27 bytes, is also the validators'.
    zstd::stream::read::Decoder::with_buffer(compressed).map_err(|_| DecompressionError)
}
