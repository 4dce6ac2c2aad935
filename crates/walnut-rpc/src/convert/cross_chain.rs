//! Requests between chains of one validator. They come from the validator's own shards and are trusted.

use walnut_base::CrossChainRequest;

use super::{
    error::ConversionError,
    payload::{from_bincode, required, to_bincode},
};
use crate::proto::{self, cross_chain_request::Inner};

impl From<&CrossChainRequest> for proto::CrossChainRequest {
    fn from(request: &CrossChainRequest) -> Self {
        let inner = match request {
            CrossChainRequest::UpdateRecipient { sender, recipient, bundles, previous_height } => {
                Inner::UpdateRecipient(proto::UpdateRecipient {
                    sender: Some((*sender).into()),
                    recipient: Some((*recipient).into()),
                    bundles: to_bincode(bundles),
                    previous_height: previous_height.map(Into::into),
                })
            }
            CrossChainRequest::ConfirmUpdatedRecipient { sender, recipient, latest_height } => {
                Inner::ConfirmUpdatedRecipient(proto::ConfirmUpdatedRecipient {
                    sender: Some((*sender).into()),
                    recipient: Some((*recipient).into()),
                    latest_height: Some((*latest_height).into()),
                })
            }
            CrossChainRequest::RevertConfirm { sender, recipient, retransmit_from } => {
                Inner::RevertConfirm(proto::RevertConfirm {
                    sender: Some((*sender).into()),
                    recipient: Some((*recipient).into()),
                    retransmit_from: Some((*retransmit_from).into()),
                })
            }
        };
        Self { inner: Some(inner) }
    }
}

impl TryFrom<proto::CrossChainRequest> for CrossChainRequest {
    type Error = ConversionError;

    fn try_from(request: proto::CrossChainRequest) -> Result<Self, Self::Error> {
        Ok(match required(request.inner, "inner")? {
            Inner::UpdateRecipient(update) => Self::UpdateRecipient {
                sender: required(update.sender, "sender")?.try_into()?,
                recipient: required(update.recipient, "recipient")?.try_into()?,
                bundles: from_bincode(&update.bundles, "bundles")?,
                previous_height: update.previous_height.map(Into::into),
            },
            Inner::ConfirmUpdatedRecipient(confirm) => Self::ConfirmUpdatedRecipient {
                sender: required(confirm.sender, "sender")?.try_into()?,
                recipient: required(confirm.recipient, "recipient")?.try_into()?,
                latest_height: required(confirm.latest_height, "latest_height")?.into(),
            },
            Inner::RevertConfirm(revert) => Self::RevertConfirm {
                sender: required(revert.sender, "sender")?.try_into()?,
                recipient: required(revert.recipient, "recipient")?.try_into()?,
                retransmit_from: required(revert.retransmit_from, "retransmit_from")?.into(),
            },
        })
    }
}
