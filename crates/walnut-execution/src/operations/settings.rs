//! Who may do what on the chain.

use walnut_base::{ApplicationPermissions, ChainOwnership};

use crate::executor::Executor;

impl<S, A> Executor<'_, S, A> {
    /// Replaces the ownership, unchecked: weights may be zero and owners missing. Consensus follows at the next height.
    pub fn change_ownership(&mut self, ownership: ChainOwnership) {
        self.state.system.ownership.set(ownership);
    }

    /// Replaces the permissions of applications. Host calls follow at once, the check of blocks at the next one.
    pub fn change_application_permissions(&mut self, permissions: ApplicationPermissions) {
        self.state.system.application_permissions.set(permissions);
    }
}
