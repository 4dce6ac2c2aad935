//! Reading an application's memory and parameters. Nothing here trusts a pointer, a length or a tag.

use std::cell::Cell;

use wasmi::Val;

use super::{AbiError, Load, Wit};

/// The memory of an application, at rest, to take one question out of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory<'a> {
    bytes: &'a [u8],
    /// Bytes that may still be copied.
    left: &'a Cell<usize>,
}

impl<'a> Memory<'a> {
    /// `left` begins with [`crate::MAX_QUESTION_BYTES`].
    pub(crate) fn new(bytes: &'a [u8], left: &'a Cell<usize>) -> Self {
        Self { bytes, left }
    }

    /// Notes that so many bytes are about to be copied.
    pub(crate) fn count(self, bytes: usize) -> Result<(), AbiError> {
        self.left.set(self.left.get().checked_sub(bytes).ok_or(AbiError::QuestionTooLarge)?);
        Ok(())
    }

    /// `length` bytes at `address`. Even nothing at all has to be inside of the memory, or at its end.
    pub(crate) fn bytes(self, address: u32, length: u32) -> Result<&'a [u8], AbiError> {
        let start = usize::try_from(address).map_err(|_| AbiError::OutOfBounds)?;
        let length = usize::try_from(length).map_err(|_| AbiError::OutOfBounds)?;
        let end = start.checked_add(length).ok_or(AbiError::OutOfBounds)?;
        let bytes = self.bytes.get(start..end).ok_or(AbiError::OutOfBounds)?;
        self.count(length)?;
        Ok(bytes)
    }

    /// `N` bytes at `address`.
    pub(crate) fn array<const N: usize>(self, address: u32) -> Result<[u8; N], AbiError> {
        let length = u32::try_from(N).map_err(|_| AbiError::OutOfBounds)?;
        let bytes = self.bytes(address, length)?;
        bytes.try_into().map_err(|_| AbiError::OutOfBounds)
    }
}

/// Reads the fields of a record in order. Upstream aligns addresses, not offsets, which makes a difference for records
/// that are not aligned themselves; the first field is where the record is.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    memory: Memory<'a>,
    next: u32,
    is_first: bool,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(memory: Memory<'a>, start: u32) -> Self {
        Self { memory, next: start, is_first: true }
    }

    pub(crate) fn load<T: Load>(&mut self) -> Result<T, AbiError> {
        let address = if self.is_first { self.next } else { aligned(self.next, T::ALIGN)? };
        self.is_first = false;
        self.next = address.checked_add(T::SIZE).ok_or(AbiError::OutOfBounds)?;
        T::load(self.memory, address)
    }
}

/// The next address that is a multiple of `align`, a power of two.
pub(crate) fn aligned(address: u32, align: u32) -> Result<u32, AbiError> {
    address.checked_next_multiple_of(align).ok_or(AbiError::OutOfBounds)
}

/// Where the payload of a tag at `address` is.
pub(crate) fn payload(address: u32, align: u32) -> Result<u32, AbiError> {
    aligned(address.checked_add(1).ok_or(AbiError::OutOfBounds)?, align)
}

/// The parameters of a call, from first to last.
#[derive(Debug)]
pub(crate) struct Flats<'a> {
    values: std::slice::Iter<'a, Val>,
}

impl<'a> Flats<'a> {
    pub(crate) fn new(values: &'a [Val]) -> Self {
        Self { values: values.iter() }
    }

    pub(crate) fn i32(&mut self) -> Result<i32, AbiError> {
        match self.values.next() {
            Some(Val::I32(value)) => Ok(*value),
            _ => Err(AbiError::UnexpectedType),
        }
    }

    pub(crate) fn i64(&mut self) -> Result<i64, AbiError> {
        match self.values.next() {
            Some(Val::I64(value)) => Ok(*value),
            _ => Err(AbiError::UnexpectedType),
        }
    }

    /// An address. Addresses beyond 2 GiB do not cross as parameters.
    pub(crate) fn pointer(&mut self) -> Result<u32, AbiError> {
        u32::try_from(self.i32()?).map_err(|_| AbiError::InvalidNumber)
    }

    /// Skips what a value of type `T` is passed as.
    pub(crate) fn skip<T: Wit>(&mut self) -> Result<(), AbiError> {
        for _ in super::flat_types::<T>() {
            self.values.next().ok_or(AbiError::UnexpectedType)?;
        }
        Ok(())
    }
}
