//! Whoever pays a fee.

use walnut_base::{Amount, ArithmeticError};

/// Something fees can be taken from.
pub trait Payer {
    /// What is left.
    fn balance(&self) -> Result<Amount, ArithmeticError>;

    /// Takes `fees`. After a failure the payer may be partly drained and is only good for being rolled back.
    fn take(&mut self, fees: Amount) -> Result<(), ArithmeticError>;
}

/// The private pool of one user action.
impl Payer for &mut Amount {
    fn balance(&self) -> Result<Amount, ArithmeticError> {
        Ok(**self)
    }

    fn take(&mut self, fees: Amount) -> Result<(), ArithmeticError> {
        **self = self.try_sub(fees)?;
        Ok(())
    }
}

/// The accounts that pay for a transaction: first the message's grant or, without one, the chain's balance; then the
/// account of the block's signer, if it has an entry.
#[derive(Debug)]
pub struct Sources<'a> {
    /// The grant or the chain's balance.
    pub first: &'a mut Amount,
    /// The account of the block's signer. Drained to zero it keeps its entry, unlike in a transfer.
    pub second: Option<&'a mut Amount>,
}

impl Payer for Sources<'_> {
    fn balance(&self) -> Result<Amount, ArithmeticError> {
        match &self.second {
            Some(second) => self.first.try_add(**second),
            None => Ok(*self.first),
        }
    }

    fn take(&mut self, mut fees: Amount) -> Result<(), ArithmeticError> {
        for source in std::iter::once(&mut *self.first).chain(self.second.as_deref_mut()) {
            if let Ok(rest) = source.try_sub(fees) {
                *source = rest;
                return Ok(());
            }
            fees = fees.try_sub(*source)?;
            *source = Amount::ZERO;
        }
        if fees > Amount::ZERO { Err(ArithmeticError::Underflow) } else { Ok(()) }
    }
}
