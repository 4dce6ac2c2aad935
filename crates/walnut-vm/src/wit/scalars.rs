//! Numbers, truth values, hashes, amounts.

use walnut_base::{Amount, CryptoHash, TimeDelta, Timestamp};
use wasmi::Val;

use super::{
    AbiError, FlatType, Flats, Load, Memory, Place, Script, Store, Wit, memory::Fields, script::Places,
};

/// Integers up to 32 bits are passed as `i32` and truncated without a look.
macro_rules! small_integer {
    ($type:ty, $size:literal, $from_flat:expr, $to_flat:expr) => {
        impl Wit for $type {
            const SIZE: u32 = $size;
            const ALIGN: u32 = $size;

            fn flatten(types: &mut Vec<FlatType>) {
                types.push(FlatType::I32);
            }
        }

        impl Load for $type {
            fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
                Ok(Self::from_le_bytes(memory.array(address)?))
            }

            fn lift(flats: &mut Flats<'_>, _memory: Memory<'_>) -> Result<Self, AbiError> {
                Ok($from_flat(flats.i32()?))
            }
        }

        impl Store for $type {
            fn store(&self, script: &mut Script, place: Place) {
                script.write(place, &self.to_le_bytes());
            }

            fn direct(&self) -> Option<Val> {
                Some(Val::I32($to_flat(*self)))
            }
        }
    };
}

small_integer!(u16, 2, low_half, i32::from);
small_integer!(u32, 4, i32::cast_unsigned, u32::cast_signed);

fn low_half(value: i32) -> u16 {
    let [first, second, ..] = value.to_le_bytes();
    u16::from_le_bytes([first, second])
}

pub(super) fn low_byte(value: i32) -> u8 {
    let [byte, ..] = value.to_le_bytes();
    byte
}

impl Wit for u8 {
    const SIZE: u32 = 1;
    const ALIGN: u32 = 1;

    fn flatten(types: &mut Vec<FlatType>) {
        types.push(FlatType::I32);
    }
}

impl Load for u8 {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        let [byte] = memory.array(address)?;
        Ok(byte)
    }

    fn lift(flats: &mut Flats<'_>, _memory: Memory<'_>) -> Result<Self, AbiError> {
        Ok(low_byte(flats.i32()?))
    }

    fn load_list(memory: Memory<'_>, address: u32, length: u32) -> Result<Vec<Self>, AbiError> {
        // Bytes are read one by one upstream: without any, the address is not looked at.
        if length == 0 { Ok(Vec::new()) } else { Ok(memory.bytes(address, length)?.to_vec()) }
    }
}

impl Store for u8 {
    fn store(&self, script: &mut Script, place: Place) {
        script.write(place, &[*self]);
    }

    fn direct(&self) -> Option<Val> {
        Some(Val::I32((*self).into()))
    }

    fn store_list(elements: &[Self], script: &mut Script, place: Place) {
        if !elements.is_empty() {
            script.write(place, elements);
        }
    }
}

impl Wit for u64 {
    const SIZE: u32 = 8;
    const ALIGN: u32 = 8;

    fn flatten(types: &mut Vec<FlatType>) {
        types.push(FlatType::I64);
    }
}

impl Load for u64 {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        Ok(Self::from_le_bytes(memory.array(address)?))
    }

    fn lift(flats: &mut Flats<'_>, _memory: Memory<'_>) -> Result<Self, AbiError> {
        Ok(flats.i64()?.cast_unsigned())
    }
}

impl Store for u64 {
    fn store(&self, script: &mut Script, place: Place) {
        script.write(place, &self.to_le_bytes());
    }

    fn direct(&self) -> Option<Val> {
        Some(Val::I64(self.cast_signed()))
    }
}

/// Anything but zero is true.
impl Wit for bool {
    const SIZE: u32 = 1;
    const ALIGN: u32 = 1;

    fn flatten(types: &mut Vec<FlatType>) {
        types.push(FlatType::I32);
    }
}

impl Load for bool {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        Ok(u8::load(memory, address)? != 0)
    }

    fn lift(flats: &mut Flats<'_>, _memory: Memory<'_>) -> Result<Self, AbiError> {
        Ok(flats.i32()? != 0)
    }
}

impl Store for bool {
    fn store(&self, script: &mut Script, place: Place) {
        script.write(place, &[u8::from(*self)]);
    }

    fn direct(&self) -> Option<Val> {
        Some(Val::I32((*self).into()))
    }
}

/// The two halves of a 128-bit number, low half first.
impl Wit for Amount {
    const SIZE: u32 = 16;
    const ALIGN: u32 = 8;

    fn flatten(types: &mut Vec<FlatType>) {
        types.extend([FlatType::I64; 2]);
    }
}

impl Load for Amount {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        Ok(Amount::from_attos(u128::from_le_bytes(memory.array(address)?)))
    }

    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
        let low = u64::lift(flats, memory)?;
        let high = u64::lift(flats, memory)?;
        Ok(Amount::from_attos(u128::from(high) << 64 | u128::from(low)))
    }
}

impl Store for Amount {
    fn store(&self, script: &mut Script, place: Place) {
        script.write(place, &self.to_attos().to_le_bytes());
    }
}

/// Four numbers, each read from eight bytes in the order of the hash, and each stored the other way round.
impl Wit for CryptoHash {
    const SIZE: u32 = 32;
    const ALIGN: u32 = 8;

    fn flatten(types: &mut Vec<FlatType>) {
        types.extend([FlatType::I64; 4]);
    }
}

impl Load for CryptoHash {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        Ok(load_words(memory, address)?.into())
    }

    fn lift(flats: &mut Flats<'_>, _memory: Memory<'_>) -> Result<Self, AbiError> {
        Ok(lift_words(flats)?.into())
    }
}

impl Store for CryptoHash {
    fn store(&self, script: &mut Script, place: Place) {
        store_words(*self.as_bytes(), script, place);
    }
}

fn load_words<const N: usize>(memory: Memory<'_>, address: u32) -> Result<[u8; N], AbiError> {
    let mut fields = Fields::new(memory, address);
    let mut bytes = [0; N];
    for word in bytes.chunks_exact_mut(8) {
        word.copy_from_slice(&fields.load::<u64>()?.to_be_bytes());
    }
    Ok(bytes)
}

fn lift_words<const N: usize>(flats: &mut Flats<'_>) -> Result<[u8; N], AbiError> {
    let mut bytes = [0; N];
    for word in bytes.chunks_exact_mut(8) {
        word.copy_from_slice(&flats.i64()?.to_be_bytes());
    }
    Ok(bytes)
}

fn store_words<const N: usize>(mut bytes: [u8; N], script: &mut Script, place: Place) {
    let mut places = Places::new(place);
    for word in bytes.chunks_exact_mut(8) {
        word.reverse();
        script.write(places.next::<u64>(), word);
    }
}

/// A 20-byte address: as hashes, with zeros at the end of the third number, ignored when read.
pub(super) struct Array20(pub(super) [u8; 20]);

impl Wit for Array20 {
    const SIZE: u32 = 24;
    const ALIGN: u32 = 8;

    fn flatten(types: &mut Vec<FlatType>) {
        types.extend([FlatType::I64; 3]);
    }
}

impl Load for Array20 {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        Ok(Self::from_words(load_words(memory, address)?))
    }

    fn lift(flats: &mut Flats<'_>, _memory: Memory<'_>) -> Result<Self, AbiError> {
        Ok(Self::from_words(lift_words(flats)?))
    }
}

impl Store for Array20 {
    fn store(&self, script: &mut Script, place: Place) {
        let mut bytes = [0; 24];
        bytes[..20].copy_from_slice(&self.0);
        store_words(bytes, script, place);
    }
}

impl Array20 {
    fn from_words(bytes: [u8; 24]) -> Self {
        let mut address = [0; 20];
        address.copy_from_slice(&bytes[..20]);
        Self(address)
    }
}

/// Times and durations are numbers of microseconds.
macro_rules! microseconds {
    ($type:ty, $read:ident) => {
        impl Wit for $type {
            const SIZE: u32 = u64::SIZE;
            const ALIGN: u32 = u64::ALIGN;

            fn flatten(types: &mut Vec<FlatType>) {
                u64::flatten(types);
            }
        }

        impl Load for $type {
            fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
                u64::load(memory, address).map(Self::from_micros)
            }

            fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
                u64::lift(flats, memory).map(Self::from_micros)
            }
        }

        impl Store for $type {
            fn store(&self, script: &mut Script, place: Place) {
                self.$read().store(script, place);
            }

            fn direct(&self) -> Option<Val> {
                self.$read().direct()
            }
        }
    };
}

microseconds!(Timestamp, micros);
microseconds!(TimeDelta, as_micros);
