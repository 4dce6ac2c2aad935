//! Whether a replay produced what the certificate says.

use std::fmt::Debug;

use walnut_base::BlockExecutionOutcome;

/// The fields of an outcome.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OutcomeField {
    /// `messages`.
    Messages,
    /// `previous_message_blocks`.
    PreviousMessageBlocks,
    /// `previous_event_blocks`.
    PreviousEventBlocks,
    /// `state_hash`.
    StateHash,
    /// `oracle_responses`.
    OracleResponses,
    /// `events`.
    Events,
    /// `blobs`.
    Blobs,
    /// `operation_results`.
    OperationResults,
}

/// The first field in which a computed outcome differs from the certificate's. The certificate is right by
/// definition: the difference says that the local state is corrupted or the software wrong.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("computed {field:?} {computed} instead of {expected}")]
pub struct OutcomeMismatch {
    /// The field.
    pub field: OutcomeField,
    /// The certificate's value, for the log.
    pub expected: String,
    /// The computed value, for the log.
    pub computed: String,
}

/// Longest text of a value in an [`OutcomeMismatch`], in bytes: certificates can hold megabytes.
const TEXT_BYTES_MAX: usize = 2000;

/// Compares all eight fields.
pub fn compare_outcomes(
    expected: &BlockExecutionOutcome,
    computed: &BlockExecutionOutcome,
) -> Result<(), OutcomeMismatch> {
    use OutcomeField::*;
    compare(Messages, &expected.messages, &computed.messages)?;
    compare(PreviousMessageBlocks, &expected.previous_message_blocks, &computed.previous_message_blocks)?;
    compare(PreviousEventBlocks, &expected.previous_event_blocks, &computed.previous_event_blocks)?;
    compare(OracleResponses, &expected.oracle_responses, &computed.oracle_responses)?;
    compare(Events, &expected.events, &computed.events)?;
    compare(Blobs, &expected.blobs, &computed.blobs)?;
    compare(OperationResults, &expected.operation_results, &computed.operation_results)?;
    // Last: the other fields say more about what went wrong.
    compare(StateHash, &expected.state_hash, &computed.state_hash)
}

fn compare<T: PartialEq + Debug>(
    field: OutcomeField,
    expected: &T,
    computed: &T,
) -> Result<(), OutcomeMismatch> {
    if expected == computed {
        return Ok(());
    }
    Err(OutcomeMismatch { field, expected: text(expected), computed: text(computed) })
}

fn text(value: &impl Debug) -> String {
    let mut text = format!("{value:?}");
    if text.len() > TEXT_BYTES_MAX {
        let end = (0..=TEXT_BYTES_MAX).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}
