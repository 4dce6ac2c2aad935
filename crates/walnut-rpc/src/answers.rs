//! The items of a server-streaming call, decoded.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use walnut_base::NodeError;

use crate::status::Status;

/// Decodes one message; `None` skips it.
pub(crate) type Decode<I> = fn(Bytes) -> Result<Option<I>, NodeError>;

/// A stream of decoded items. It ends after a clean end of the server (`None`) and after one error; dropping it ends the
/// call. It never reconnects: whoever subscribes decides when and what to resynchronise.
#[derive(Debug)]
pub struct Items<S, I> {
    /// `None` once over.
    answers: Option<S>,
    decode: Decode<I>,
    failure: fn(Status) -> NodeError,
    /// How many more items the peer may send.
    remaining: usize,
}

impl<S: Stream<Item = Result<Bytes, Status>> + Unpin, I> Items<S, I> {
    pub(crate) fn new(
        answers: S,
        decode: Decode<I>,
        failure: fn(Status) -> NodeError,
        items_max: usize,
    ) -> Self {
        Self { answers: Some(answers), decode, failure, remaining: items_max }
    }

    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<I, NodeError>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<I, NodeError>>> {
        loop {
            let Some(answers) = &mut self.answers else { return Poll::Ready(None) };
            let Some(result) = ready!(Pin::new(answers).poll_next(context)) else {
                return Poll::Ready(None);
            };
            let item = match result {
                Ok(message) => match (self.decode)(message) {
                    Ok(None) => continue,
                    Ok(Some(item)) => item,
                    Err(error) => return Poll::Ready(Some(Err(error))),
                },
                Err(status) => return Poll::Ready(Some(Err((self.failure)(status)))),
            };
            let Some(remaining) = self.remaining.checked_sub(1) else {
                let error = "more items than requested".to_owned();
                return Poll::Ready(Some(Err(NodeError::GrpcError { error })));
            };
            self.remaining = remaining;
            return Poll::Ready(Some(Ok(item)));
        }
    }
}

impl<S: Stream<Item = Result<Bytes, Status>> + Unpin, I> Stream for Items<S, I> {
    type Item = Result<I, NodeError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.poll_item(context));
        if !matches!(item, Some(Ok(_))) {
            self.answers = None;
        }
        Poll::Ready(item)
    }
}
