//! Questions to the system application and to services.

use futures::executor::block_on;
use walnut_base::{ApplicationId, BlockHeight, ResourceControlPolicy, Timestamp};

use super::{SystemResponse, query_application, query_system};
use crate::{
    Environment, ExecutionError, QueryContext,
    test_utils::{Desk, create_counter, hash, tokens},
};

fn context(desk: &Desk) -> QueryContext {
    QueryContext {
        chain_id: desk.chain_id,
        next_block_height: BlockHeight(0),
        local_time: Timestamp::from_micros(1),
    }
}

#[test]
fn system_tells_the_balance() {
    let desk = Desk::new(ResourceControlPolicy::no_fees());
    let response = query_system(&desk.state, &context(&desk));
    assert_eq!(response, SystemResponse { chain_id: desk.chain_id, balance: tokens(100) });
}

#[test]
fn service_needs_its_blobs_then_a_machine_and_leaves_no_trace() {
    let mut desk = Desk::new(ResourceControlPolicy::no_fees());
    let ask = |desk: &Desk, application_id| {
        let env = Environment::new(desk.chain_id, &desk.store, &desk.committees, &desk.applications);
        block_on(query_application(&desk.state, &env, context(desk), application_id, b"{}"))
    };
    let unknown = ApplicationId::new(hash(3));
    let missing = ExecutionError::BlobsNotFound(vec![unknown.description_blob_id()]);
    assert_eq!(ask(&desk, unknown), Err(missing));
    let application_id = create_counter(&mut desk);
    assert_eq!(ask(&desk, application_id), Err(ExecutionError::ApplicationsUnsupported(application_id)));
    assert!(!desk.uses_blob(application_id.description_blob_id()));
}
