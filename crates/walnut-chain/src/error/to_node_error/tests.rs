//! Tests of the wire errors.
