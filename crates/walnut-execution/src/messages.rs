//! System messages (`linera-execution/src/system.rs`, `execute_message`).

use walnut_base::SystemMessage;
use walnut_views::Store;

use crate::{ExecutionError, MessageContext, executor::Executor};

impl<S: Store, A> Executor<'_, S, A> {
    /// Executes a system message. A credit never fails. A withdrawal asks for no authentication: the sender's chain
    /// has checked it.
    pub(crate) async fn execute_system_message(
        &mut self,
        context: MessageContext,
        message: &SystemMessage,
    ) -> Result<(), ExecutionError> {
        match *message {
            SystemMessage::Credit { target, amount, source } => {
                let receiver = if context.is_bouncing { source } else { target };
                self.state.system.credit(&self.env.chain, &receiver, amount).await
            }
            SystemMessage::Withdraw { owner, amount, recipient } => {
                self.move_tokens(owner, recipient, amount).await
            }
        }
    }
}

#[cfg(test)]
mod tests;
