//! Checked and saturating arithmetic for newtypes over unsigned integers.

use thiserror::Error;

/// A result does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum ArithmeticError {
    /// Above the largest value.
    #[error("number overflow")]
    Overflow,
    /// Below zero.
    #[error("number underflow")]
    Underflow,
}

/// Gives a newtype `$type($inner)` the arithmetic of upstream's number types: `try_*` is checked, `saturating_*`
/// saturates, division by zero gives the maximum (`linera-base/src/data_types.rs`).
macro_rules! wrapped_number {
    ($type:ident, $inner:ty) => {
        impl $type {
            /// Zero.
            pub const ZERO: Self = Self(0);

            /// The largest value.
            pub const MAX: Self = Self(<$inner>::MAX);

            /// Sum, or overflow.
            pub fn try_add(self, other: Self) -> Result<Self, $crate::ArithmeticError> {
                self.0.checked_add(other.0).map(Self).ok_or($crate::ArithmeticError::Overflow)
            }

            /// Successor, or overflow.
            pub fn try_add_one(self) -> Result<Self, $crate::ArithmeticError> {
                self.try_add(Self(1))
            }

            /// Sum, at most the maximum.
            pub fn saturating_add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }

            /// Difference, or underflow.
            pub fn try_sub(self, other: Self) -> Result<Self, $crate::ArithmeticError> {
                self.0.checked_sub(other.0).map(Self).ok_or($crate::ArithmeticError::Underflow)
            }

            /// Predecessor, or underflow.
            pub fn try_sub_one(self) -> Result<Self, $crate::ArithmeticError> {
                self.try_sub(Self(1))
            }

            /// Difference, at least zero.
            pub fn saturating_sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }

            /// Adds in place; unchanged on overflow.
            pub fn try_add_assign(&mut self, other: Self) -> Result<(), $crate::ArithmeticError> {
                *self = self.try_add(other)?;
                Ok(())
            }

            /// Increments in place; unchanged on overflow.
            pub fn try_add_assign_one(&mut self) -> Result<(), $crate::ArithmeticError> {
                self.try_add_assign(Self(1))
            }

            /// Adds in place, at most the maximum.
            pub fn saturating_add_assign(&mut self, other: Self) {
                *self = self.saturating_add(other);
            }

            /// Subtracts in place; unchanged on underflow.
            pub fn try_sub_assign(&mut self, other: Self) -> Result<(), $crate::ArithmeticError> {
                *self = self.try_sub(other)?;
                Ok(())
            }

            /// Product with a plain number, or overflow.
            pub fn try_mul(self, factor: $inner) -> Result<Self, $crate::ArithmeticError> {
                self.0.checked_mul(factor).map(Self).ok_or($crate::ArithmeticError::Overflow)
            }

            /// Product with a plain number, at most the maximum.
            pub fn saturating_mul(self, factor: $inner) -> Self {
                Self(self.0.saturating_mul(factor))
            }

            /// Quotient by a plain number; the maximum when the divisor is zero.
            pub fn saturating_div(self, divisor: $inner) -> Self {
                Self(self.0.checked_div(divisor).unwrap_or(<$inner>::MAX))
            }
        }

        impl From<$inner> for $type {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl From<$type> for $inner {
            fn from(value: $type) -> Self {
                value.0
            }
        }

        #[cfg(test)]
        impl proptest::arbitrary::Arbitrary for $type {
            type Parameters = ();
            type Strategy = proptest::strategy::Map<
                <$inner as proptest::arbitrary::Arbitrary>::Strategy,
                fn($inner) -> $type,
            >;

            fn arbitrary_with((): ()) -> Self::Strategy {
                proptest::strategy::Strategy::prop_map(proptest::arbitrary::any::<$inner>(), $type)
            }
        }
    };
}

pub(crate) use wrapped_number;
