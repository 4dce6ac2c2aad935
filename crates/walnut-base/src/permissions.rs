//! What applications may and must do on a chain.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{ApplicationId, GenericApplicationId, Message, MessageAction, Operation, Transaction};

/// The application permissions of a chain. In the optional lists `None` means everyone and an empty list nobody; the
/// other lists name exactly who may (or must).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ApplicationPermissions {
    /// Whose operations a block may contain. A list refuses system operations as well.
    pub execute_operations: Option<Vec<ApplicationId>>,
    /// Each of these must get an operation or message in every block.
    pub mandatory_applications: Vec<ApplicationId>,
    /// Who may close the chain, or change its owners.
    pub close_chain: Vec<ApplicationId>,
    /// Who may change these permissions.
    pub change_application_permissions: Vec<ApplicationId>,
    /// Who may call a service as an oracle.
    pub call_service_as_oracle: Option<Vec<ApplicationId>>,
    /// Who may make HTTP requests.
    pub make_http_requests: Option<Vec<ApplicationId>>,
}

/// A block breaks the application permissions.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PermissionError {
    /// The block contains an operation of an application that is not listed.
    #[error("Only the applications {0:?} are authorized to execute operations on this chain")]
    AuthorizedApplications(Vec<ApplicationId>),
    /// The block leaves these applications out.
    #[error("Missing operations or messages from mandatory applications: {0:?}")]
    MissingMandatoryApplications(Vec<ApplicationId>),
}

impl ApplicationPermissions {
    /// Everything for and only for one application.
    pub fn new_single(application_id: ApplicationId) -> Self {
        Self {
            execute_operations: Some(vec![application_id]),
            mandatory_applications: vec![application_id],
            close_chain: vec![application_id],
            change_application_permissions: vec![application_id],
            call_service_as_oracle: Some(vec![application_id]),
            make_http_requests: Some(vec![application_id]),
        }
    }

    /// Whether a block may contain an operation of this application.
    pub fn can_execute_operations(&self, application_id: &GenericApplicationId) -> bool {
        match (application_id, &self.execute_operations) {
            (_, None) => true,
            (GenericApplicationId::System, Some(_)) => false,
            (GenericApplicationId::User(id), Some(allowed)) => allowed.contains(id),
        }
    }

    /// Whether this application may close the chain or change its owners.
    pub fn can_close_chain(&self, application_id: &ApplicationId) -> bool {
        self.close_chain.contains(application_id)
    }

    /// Whether this application may change these permissions.
    pub fn can_change_application_permissions(&self, application_id: &ApplicationId) -> bool {
        self.change_application_permissions.contains(application_id)
    }

    /// Whether this application may call a service as an oracle.
    pub fn can_call_services(&self, application_id: &ApplicationId) -> bool {
        self.call_service_as_oracle.as_ref().is_none_or(|allowed| allowed.contains(application_id))
    }

    /// Whether this application may make HTTP requests.
    pub fn can_make_http_requests(&self, application_id: &ApplicationId) -> bool {
        self.make_http_requests.as_ref().is_none_or(|allowed| allowed.contains(application_id))
    }

    /// Checks a block's transactions. Epoch changes and stream updates are always allowed and waive all mandatory
    /// applications; with `rejected_do_not_count` (a policy flag) only accepted bundles satisfy them.
    /// (`linera-chain/src/chain.rs`, `check_app_permissions`)
    pub fn check_transactions(
        &self,
        transactions: &[Transaction],
        rejected_do_not_count: bool,
    ) -> Result<(), PermissionError> {
        let mut mandatory: BTreeSet<_> = self.mandatory_applications.iter().copied().collect();
        for transaction in transactions {
            match transaction {
                Transaction::ExecuteOperation(operation) if operation.is_exempt_from_permissions() => {
                    mandatory.clear();
                }
                Transaction::ExecuteOperation(operation) => {
                    self.check_operation(operation)?;
                    if let Operation::User { application_id, .. } = operation {
                        mandatory.remove(application_id);
                    }
                }
                Transaction::ReceiveMessages(incoming) => {
                    if rejected_do_not_count && incoming.action == MessageAction::Reject {
                        continue;
                    }
                    for posted in incoming.messages() {
                        if let Message::User { application_id, .. } = &posted.message {
                            mandatory.remove(application_id);
                        }
                    }
                }
            }
        }
        if mandatory.is_empty() {
            Ok(())
        } else {
            Err(PermissionError::MissingMandatoryApplications(mandatory.into_iter().collect()))
        }
    }

    fn check_operation(&self, operation: &Operation) -> Result<(), PermissionError> {
        match &self.execute_operations {
            Some(allowed) if !self.can_execute_operations(&operation.application_id()) => {
                Err(PermissionError::AuthorizedApplications(allowed.clone()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
