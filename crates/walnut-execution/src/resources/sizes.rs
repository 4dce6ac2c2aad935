//! Sizes, in bytes, that contracts are charged for values they get from the runtime.

use walnut_base::{AccountOwner, ApplicationDescription, ArithmeticError, ChainOwnership};

/// A chain ID or an application ID.
pub(super) const HASH: u32 = 32;
/// A block height, a timestamp or an owner's weight.
pub(super) const WORD: u32 = 8;
/// An amount.
pub(super) const AMOUNT: u32 = 16;
/// A chain's ownership without its owners.
const OWNERSHIP_CONSTANT: u32 = 36;
/// An application's description without its lists.
const DESCRIPTION_CONSTANT: u32 = 109;

pub(super) fn ownership(ownership: &ChainOwnership) -> Result<u32, ArithmeticError> {
    let super_owners = ownership.super_owners.iter().map(AccountOwner::size);
    let owners = ownership.owners.keys().map(|owner| owner.size() + WORD);
    sum(super_owners.chain(owners).chain([OWNERSHIP_CONSTANT]))
}

pub(super) fn description(description: &ApplicationDescription) -> Result<u32, ArithmeticError> {
    let required = count(description.required_application_ids.len())?;
    let required = required.checked_mul(HASH).ok_or(ArithmeticError::Overflow)?;
    sum([DESCRIPTION_CONSTANT, count(description.parameters.len())?, required])
}

pub(super) fn sum(sizes: impl IntoIterator<Item = u32>) -> Result<u32, ArithmeticError> {
    sizes.into_iter().try_fold(0u32, |total, size| total.checked_add(size)).ok_or(ArithmeticError::Overflow)
}

pub(super) fn count(length: usize) -> Result<u32, ArithmeticError> {
    u32::try_from(length).map_err(|_| ArithmeticError::Overflow)
}
