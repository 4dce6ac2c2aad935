//! Notifications and the acknowledgement that opens a subscription.

use walnut_base::Notification;

use super::{
    error::ConversionError,
    payload::{from_bincode, required, to_bincode},
};
use crate::proto;

impl From<&Notification> for proto::Notification {
    fn from(notification: &Notification) -> Self {
        Self { chain_id: Some(notification.chain_id.into()), reason: to_bincode(&notification.reason) }
    }
}

impl proto::Notification {
    /// The empty first item of a subscription: it forces the response headers out and tells nothing.
    pub fn acknowledgement() -> Self {
        Self::default()
    }
}

/// `None` for an acknowledgement.
impl TryFrom<proto::Notification> for Option<Notification> {
    type Error = ConversionError;

    fn try_from(notification: proto::Notification) -> Result<Self, Self::Error> {
        if notification.chain_id.is_none() && notification.reason.is_empty() {
            return Ok(None);
        }
        Ok(Some(Notification {
            chain_id: required(notification.chain_id, "chain_id")?.try_into()?,
            reason: from_bincode(&notification.reason, "reason")?,
        }))
    }
}

impl From<&[Notification]> for proto::NotificationBatch {
    fn from(notifications: &[Notification]) -> Self {
        Self { notifications: notifications.iter().map(Into::into).collect() }
    }
}
