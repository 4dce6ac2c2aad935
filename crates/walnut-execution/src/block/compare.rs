//! Whether a replay produced what the certificate says.

use std::fmt::{self, Debug};

use serde::{Deserialize, Serialize};
use walnut_base::BlockExecutionOutcome;

/// The fields of an outcome.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
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

/// One field in which a computed outcome differs from the certificate's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FieldMismatch {
    /// The field.
    pub field: OutcomeField,
    /// The certificate's value, for the log.
    pub expected: String,
    /// The computed value, for the log.
    pub computed: String,
}

impl fmt::Display for FieldMismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, expected, computed } = self;
        write!(formatter, "computed {field:?} {computed} instead of {expected}")
    }
}

/// A computed outcome is not the certificate's. The certificate is right by definition: the difference says that the
/// local state is corrupted or the software wrong.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub struct OutcomeMismatch {
    /// Every field that differs, at least one. The state hash comes last: the others say more about what went wrong.
    pub fields: Vec<FieldMismatch>,
}

impl fmt::Display for OutcomeMismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<_> = self.fields.iter().map(FieldMismatch::to_string).collect();
        formatter.write_str(&texts.join("; "))
    }
}

/// Longest text of a value in an [`OutcomeMismatch`], in bytes: certificates can hold megabytes.
const TEXT_BYTES_MAX: usize = 2000;

/// Compares all eight fields.
pub fn compare_outcomes(
    expected: &BlockExecutionOutcome,
    computed: &BlockExecutionOutcome,
) -> Result<(), OutcomeMismatch> {
    use OutcomeField::*;
    let fields = [
        compare(Messages, &expected.messages, &computed.messages),
        compare(PreviousMessageBlocks, &expected.previous_message_blocks, &computed.previous_message_blocks),
        compare(PreviousEventBlocks, &expected.previous_event_blocks, &computed.previous_event_blocks),
        compare(OracleResponses, &expected.oracle_responses, &computed.oracle_responses),
        compare(Events, &expected.events, &computed.events),
        compare(Blobs, &expected.blobs, &computed.blobs),
        compare(OperationResults, &expected.operation_results, &computed.operation_results),
        compare(StateHash, &expected.state_hash, &computed.state_hash),
    ];
    let fields: Vec<_> = fields.into_iter().flatten().collect();
    if fields.is_empty() { Ok(()) } else { Err(OutcomeMismatch { fields }) }
}

fn compare<T: PartialEq + Debug>(field: OutcomeField, expected: &T, computed: &T) -> Option<FieldMismatch> {
    (expected != computed).then(|| FieldMismatch {
        field,
        expected: text(expected),
        computed: text(computed),
    })
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
