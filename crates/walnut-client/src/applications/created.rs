//! Which applications a block created.

use walnut_base::{
    ApplicationDescription, ApplicationId, BlobType, Block, Operation, SystemOperation, Transaction,
    encoding::from_bcs,
};

/// The applications that the block created, in the order of their creation: by operations, and by contracts.
pub fn created_applications(block: &Block) -> Vec<(ApplicationId, ApplicationDescription)> {
    let mut created = block
        .body
        .blobs
        .iter()
        .flatten()
        .filter(|blob| blob.id().blob_type == BlobType::ApplicationDescription)
        // A block that executed here holds descriptions that can be read.
        .filter_map(|blob| {
            let description: ApplicationDescription = from_bcs(blob.bytes(), blob.bytes().len()).ok()?;
            Some((ApplicationId::new(blob.id().hash), description))
        })
        .collect::<Vec<_>>();
    created.sort_by_key(|(_, description)| description.application_index);
    created
}

/// The application that the last creating operation of the block asked for.
pub fn created_application(block: &Block) -> Option<ApplicationId> {
    let (index, operation) =
        block.body.transactions.iter().enumerate().rev().find_map(|(index, transaction)| {
            let Transaction::ExecuteOperation(Operation::System(operation)) = transaction else {
                return None;
            };
            matches!(**operation, SystemOperation::CreateApplication { .. }).then_some((index, operation))
        })?;
    let SystemOperation::CreateApplication { module_id, parameters, .. } = &**operation else { return None };
    let blobs = block.body.blobs.get(index)?;
    created_applications(block)
        .into_iter()
        // Its contract may have created more of the same kind in the same transaction: it came first.
        .find(|(application_id, description)| {
            description.module_id == *module_id
                && description.parameters == *parameters
                && blobs.iter().any(|blob| blob.id() == application_id.description_blob_id())
        })
        .map(|(application_id, _)| application_id)
}
