//! Delivery between the chains of one process: what a client's local node does after every certificate.

use std::collections::VecDeque;

use walnut_base::Timestamp;
use walnut_execution::Applications;
use walnut_views::{Overlay, Store};

use crate::{effects::Effects, error::Failure, node::Node};

impl<A: Applications> Node<A> {
    /// Handles the cross-chain requests in `effects`, and all that follow from them, first come first served, until none
    /// is left. `store` must not include `effects.batch` yet. The answer has everything to commit, in one piece, and no
    /// cross-chain requests.
    ///
    /// # Errors
    /// The first request that fails. The effects up to there, which are whole, come with the failure.
    pub async fn process_cross_chain_locally<S: Store>(
        &mut self,
        store: &S,
        mut effects: Effects,
        now: Timestamp,
    ) -> Result<Effects, Box<Failure>> {
        let mut queue: VecDeque<_> = std::mem::take(&mut effects.cross_chain).into();
        if queue.is_empty() {
            return Ok(effects);
        }
        let overlay = Overlay::new(store);
        overlay.push(&effects.batch);
        while let Some(request) = queue.pop_front() {
            let (result, mut later) = match self.handle_cross_chain_request(&overlay, request, now).await {
                Ok(((), later)) => (Ok(()), later),
                Err(failure) => (Err(failure.error), failure.effects),
            };
            queue.extend(std::mem::take(&mut later.cross_chain));
            overlay.push(&later.batch);
            effects.extend(later);
            if let Err(error) = result {
                return Err(Box::new(Failure { error, effects }));
            }
        }
        Ok(effects)
    }
}
