//! Changing who owns a chain: the password first, then the block to look at.

use walnut_base::AccountOwner;
use walnut_wallet::{
    messages::{UiError, UiErrorCode, UiRequest},
    owners::{OwnersChange, OwnersError, change_owners, operations_to_bytes},
};

use super::ask_with;
use crate::{
    message::Command,
    model::{Model, Sheet},
    tree::Form,
    words,
};

/// What the open sheet changes. The operation is kept until the vault has said that the password is right.
pub(super) fn change(model: &mut Model, form: &Form) -> Vec<Command> {
    let (chain_id, change, field) = match model.sheet {
        Some(Sheet::AddOwner(chain)) => (chain, added(form), "owner"),
        Some(Sheet::RemoveOwner(chain, owner)) => (chain, Ok(OwnersChange::Remove(owner)), "password"),
        Some(Sheet::Rounds(chain)) => (chain, rounds(form), "rounds"),
        _ => return Vec::new(),
    };
    let details = model.chain.details.as_ref().filter(|details| details.summary.chain_id == chain_id);
    let Some(details) = details else { return Vec::new() };
    let operation = change.and_then(|change| change_owners(details, change).map_err(refused));
    match operation {
        Ok(operation) => {
            model.chain.guarded = Some((chain_id, operations_to_bytes(&[operation])));
            ask_with(model, UiRequest::Unlock, vec![form.secret("password")])
        }
        Err(error) => {
            model.error = Some(error);
            vec![Command::Focus(field)]
        }
    }
}

fn added(form: &Form) -> Result<OwnersChange, UiError> {
    match form.field("owner").trim().parse::<AccountOwner>() {
        Ok(owner @ (AccountOwner::Address32(_) | AccountOwner::Address20(_))) => Ok(OwnersChange::Add(owner)),
        Ok(AccountOwner::Reserved(_)) | Err(_) => {
            Err(UiError::new(UiErrorCode::InvalidRecipient, words::chain::OWNER_UNREADABLE))
        }
    }
}

fn rounds(form: &Form) -> Result<OwnersChange, UiError> {
    let number =
        |field| form.field(field).trim().parse::<u32>().map_err(|_| refused(OwnersError::OutOfRange));
    Ok(OwnersChange::Rounds { multi_leader: number("rounds")?, turn_seconds: u64::from(number("seconds")?) })
}

fn refused(error: OwnersError) -> UiError {
    UiError::new(UiErrorCode::BadMessage, error.to_string())
}
