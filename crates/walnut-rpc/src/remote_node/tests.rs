//! Retries, batches and streams over a transport in memory.
