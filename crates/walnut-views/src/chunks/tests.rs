//! Chunked entries against a plain map.
