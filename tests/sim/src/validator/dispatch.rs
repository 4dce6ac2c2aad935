//! Which function of the shipped node handles which request.

use walnut_base::{Blob, BlobContent, Timestamp};
use walnut_chain::{Delivery, Handled, ProcessingMode};
use walnut_views::{Store, ready};

use super::SimNode;
use crate::wire::{Reply, Request};

type Outcome = (Reply, Delivery);

pub(super) fn dispatch<S: Store>(
    node: &mut SimNode,
    store: &S,
    request: &Request,
    now: Timestamp,
) -> Handled<Outcome> {
    let info = |handled: Handled<_>| {
        let (response, effects) = handled?;
        Ok(((Reply::Info(Box::new(response)), Delivery::Complete), effects))
    };
    let delivery = |handled: Handled<(_, Delivery)>| {
        let ((response, delivery), effects) = handled?;
        Ok(((Reply::Info(Box::new(response)), delivery), effects))
    };
    match request {
        Request::Proposal(proposal) => {
            info(ready(node.handle_block_proposal(store, (**proposal).clone(), now)))
        }
        Request::Lite(certificate, _) => {
            delivery(ready(node.handle_lite_certificate(store, certificate.clone(), now)))
        }
        Request::Confirmed(certificate, _) => {
            let certificate = (**certificate).clone();
            delivery(ready(node.handle_confirmed_certificate(store, certificate, ProcessingMode::Auto, now)))
        }
        Request::Validated(certificate) => {
            info(ready(node.handle_validated_certificate(store, (**certificate).clone(), now)))
        }
        Request::Timeout(certificate) => {
            info(ready(node.handle_timeout_certificate(store, (**certificate).clone(), now)))
        }
        Request::Query(query) => info(ready(node.handle_chain_info_query(store, (**query).clone(), now))),
        Request::PendingBlob(chain_id, content) => {
            let blob = decoded(content)?;
            info(ready(node.handle_pending_blob(store, *chain_id, blob)))
        }
        Request::DownloadPendingBlob(chain_id, blob_id) => {
            let (blob, effects) = ready(node.download_pending_blob(store, *chain_id, *blob_id))?;
            Ok(((Reply::Blob(blob.into_content()), Delivery::Complete), effects))
        }
        Request::PreviousEvents(chain_id, stream_ids) => {
            let read = async |chain: &mut walnut_chain::ChainReader<'_, '_, _>| {
                chain.previous_event_blocks(stream_ids.clone()).await
            };
            let (found, effects) = ready(node.inspect(store, *chain_id, read))?;
            let blocks = found.into_iter().map(|(stream, (height, hash))| (stream, height, hash));
            Ok(((Reply::Events(blocks.collect()), Delivery::Complete), effects))
        }
        _ => unreachable!("the front answers it"),
    }
}

fn decoded(content: &BlobContent) -> Result<Blob, Box<walnut_chain::Failure>> {
    Blob::new(content.clone())
        .map_err(|_| walnut_chain::Failure::new(walnut_chain::WorkerError::UnexpectedBlob))
}
