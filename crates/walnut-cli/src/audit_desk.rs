//! What an audit needs of a native machine: a store of its own, and recordings from a folder.

use std::{collections::BTreeMap, fs, path::Path};

use walnut_base::GenesisConfig;
use walnut_client::audit::{Archive, AuditHost, Source};
use walnut_execution::WasmApplications;
use walnut_storage::{Durability, Storage};
use walnut_views::{Batch, StoreError};

use crate::{error::CliError, outside::NativeOutside};

/// An audit over any store and any source.
pub(crate) struct AuditDesk<S, C> {
    storage: S,
    source: C,
    applications: WasmApplications<NativeOutside>,
}

impl<S, C> AuditDesk<S, C> {
    pub(crate) fn new(storage: S, source: C) -> Self {
        Self { storage, source, applications: WasmApplications::new(NativeOutside::default()) }
    }
}

impl<S: Storage, C: Source> AuditHost for AuditDesk<S, C> {
    type Store = S;
    type Source = C;
    type Applications = WasmApplications<NativeOutside>;

    fn store(&self) -> &S {
        &self.storage
    }

    fn source(&self) -> &C {
        &self.source
    }

    fn applications(&self) -> WasmApplications<NativeOutside> {
        self.applications.clone()
    }

    /// Relaxed: what a power cut takes back is audited again.
    async fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        Ok(self.storage.commit(batch, Durability::Relaxed).await?)
    }
}

/// A recorded network, in the form of the golden recordings.
pub(crate) fn read_recording(folder: &Path) -> Result<(Archive, GenesisConfig), CliError> {
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files)?;
    let files = files.iter().map(|(path, bytes): (&String, &Vec<u8>)| (path.as_str(), bytes.as_slice()));
    Archive::from_files(files).map_err(|error| CliError::Recording { path: folder.to_owned(), error })
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), CliError> {
    for entry in fs::read_dir(folder).map_err(CliError::file(folder))? {
        let entry = entry.map_err(CliError::file(folder))?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = format!("{prefix}{}", name.to_string_lossy());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(&path).map_err(CliError::file(&path))?);
        }
    }
    Ok(())
}
