//! Host calls on the state of applications. A read is charged in two parts: the call when it is issued, the bytes when
//! the application waits for them; the value is the one at issue.

use walnut_base::ApplicationId;
use walnut_views::{Batch, Store, WriteOperation};

use super::host::{ActionHost, HostError, Side};
use crate::ExecutionError;

/// Keys that are read at once.
const READ_CHUNK: usize = 256;

/// Size of the values of one read, in bytes. An application may ask for the same large value as often as it likes, and
/// pays when it waits for the answer; without a bound of its own this node would be out of memory before.
const MAX_READ_BYTES: usize = 256 * 1024 * 1024;

/// Entries of an application's store, with the prefix removed from the keys.
pub type KeyValues = Vec<(Vec<u8>, Vec<u8>)>;

impl<S: Store, A> ActionHost<'_, S, A> {
    /// Whether keys have values, in the order asked. For one key and for many alike this is one read.
    pub async fn contains_keys(
        &mut self,
        application_id: &ApplicationId,
        keys: &[Vec<u8>],
    ) -> Result<Vec<bool>, HostError> {
        self.meter().track_read_operation().or_trap()?;
        let store = self.executor.state.users.store(application_id);
        Ok(store.contains_keys(&self.executor.env.chain, keys).await?)
    }

    /// The values of keys, in the order asked; for one key and for many alike this is one read. To be followed by
    /// [`ActionHost::charge_bytes_read`] for each value when the application waits for them.
    pub async fn read_values(
        &mut self,
        application_id: &ApplicationId,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, HostError> {
        self.meter().track_read_operation().or_trap()?;
        let store = self.executor.state.users.store(application_id);
        let (mut values, mut bytes) = (Vec::with_capacity(keys.len()), 0);
        for keys in keys.chunks(READ_CHUNK) {
            let chunk = store.read_multi(&self.executor.env.chain, keys).await?;
            bytes += chunk.iter().flatten().map(Vec::len).sum::<usize>();
            if bytes > MAX_READ_BYTES {
                let reason = format!("The application reads more than {MAX_READ_BYTES} bytes at once");
                return Err(HostError::Fail(ExecutionError::MachineLimit(reason)));
            }
            values.extend(chunk);
        }
        Ok(values)
    }

    /// The keys that start with a prefix, with it removed, ascending. To be followed by
    /// [`ActionHost::charge_bytes_read`] for the sum of their lengths.
    pub async fn find_keys(
        &mut self,
        application_id: &ApplicationId,
        prefix: &[u8],
    ) -> Result<Vec<Vec<u8>>, HostError> {
        self.meter().track_read_operation().or_trap()?;
        let store = self.executor.state.users.store(application_id);
        Ok(store.find_keys_by_prefix(&self.executor.env.chain, prefix).await?)
    }

    /// The entries whose keys start with a prefix, ascending. To be followed by [`ActionHost::charge_bytes_read`] for
    /// the sum of the lengths of keys and values.
    pub async fn find_key_values(
        &mut self,
        application_id: &ApplicationId,
        prefix: &[u8],
    ) -> Result<KeyValues, HostError> {
        self.meter().track_read_operation().or_trap()?;
        let store = self.executor.state.users.store(application_id);
        Ok(store.find_key_values_by_prefix(&self.executor.env.chain, prefix).await?)
    }

    /// Charges the bytes that an application waited for.
    pub fn charge_bytes_read(&mut self, bytes: u64) -> Result<(), HostError> {
        self.meter().track_bytes_read(bytes).or_trap()
    }

    /// Writes to the application's store. An empty batch creates the store too. Reads issued before see the old state.
    pub async fn write_batch(
        &mut self,
        application_id: &ApplicationId,
        batch: &Batch,
    ) -> Result<(), HostError> {
        let count =
            u32::try_from(batch.len()).map_err(|_| walnut_base::ArithmeticError::Overflow).or_trap()?;
        let size = |operation: &WriteOperation| match operation {
            WriteOperation::Delete { key } => key.len() as u64,
            WriteOperation::DeletePrefix { key_prefix } => key_prefix.len() as u64,
            WriteOperation::Put { key, value } => key.len() as u64 + value.len() as u64,
        };
        let bytes = batch.operations.iter().map(size).sum();
        self.meter().track_write_operations(count).or_trap()?;
        self.meter().track_bytes_written(bytes).or_trap()?;
        let executor = &mut self.executor;
        Ok(executor.state.users.write_batch(&executor.env.chain, application_id, batch).await?)
    }
}
