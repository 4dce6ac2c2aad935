//! What a server's answer means.

/// Bytes of an answer that are looked at: more digits than any price has.
const LENGTH_MAX: usize = 40;

/// The number in an answer: decimal digits, with white space around.
///
/// # Errors
/// A sentence for the application's log.
pub fn read_price(status: u16, body: &[u8]) -> Result<u64, String> {
    if status != 200 {
        return Err(format!("the server answered with status {status}"));
    }
    let text = body.get(..body.len().min(LENGTH_MAX)).and_then(|start| std::str::from_utf8(start).ok());
    let text = text.ok_or("the server answered with something other than text")?;
    text.trim().parse().map_err(|_| format!("the server answered with no number: {text:?}"))
}
