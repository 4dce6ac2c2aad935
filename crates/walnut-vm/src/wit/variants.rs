//! Enumerations and variants: a tag, then the payload at the largest payload's alignment.

use walnut_base::{AccountOwner, ApplicationId, CryptoHash, GenericApplicationId, VmRuntime, http::Method};

use super::{
    AbiError, FlatType, Flats, Load, Memory, Place, Script, Store, Wit,
    memory::payload,
    scalars::{Array20, low_byte},
};
use crate::{LogLevel, WriteOperation};

/// Alignment of the payload of a variant whose cases have words of eight bytes.
const WIDE_PAYLOAD: u32 = 8;

/// Alignment of the payload of a variant whose cases have words of four bytes.
const NARROW_PAYLOAD: u32 = 4;

macro_rules! enumeration {
    ($type:ty: $($case:ident $tag:literal),+ $(,)?) => {
        impl Wit for $type {
            const SIZE: u32 = 1;
            const ALIGN: u32 = 1;

            fn flatten(types: &mut Vec<FlatType>) {
                types.push(FlatType::I32);
            }
        }

        impl Load for $type {
            fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
                match u8::load(memory, address)? {
                    $($tag => Ok(Self::$case),)+
                    _ => Err(AbiError::InvalidVariant),
                }
            }

            fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
                match u8::lift(flats, memory)? {
                    $($tag => Ok(Self::$case),)+
                    _ => Err(AbiError::InvalidVariant),
                }
            }
        }

        impl Store for $type {
            fn store(&self, script: &mut Script, place: Place) {
                let tag: u8 = match self {
                    $(Self::$case => $tag,)+
                };
                tag.store(script, place);
            }
        }
    };
}

enumeration!(VmRuntime: Wasm 0, Evm 1);
enumeration!(Method: Get 0, Post 1, Put 2, Delete 3, Head 4, Options 5, Connect 6, Patch 7, Trace 8);

/// The one enumeration whose tag upstream does not truncate; there a wrong one ends the thread, here the call.
impl Wit for LogLevel {
    const SIZE: u32 = 1;
    const ALIGN: u32 = 1;

    fn flatten(types: &mut Vec<FlatType>) {
        types.push(FlatType::I32);
    }
}

impl Load for LogLevel {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        Self::from_tag(u8::load(memory, address)?.into())
    }

    fn lift(flats: &mut Flats<'_>, _memory: Memory<'_>) -> Result<Self, AbiError> {
        Self::from_tag(flats.i32()?)
    }
}

impl LogLevel {
    fn from_tag(tag: i32) -> Result<Self, AbiError> {
        match tag {
            0 => Ok(Self::Error),
            1 => Ok(Self::Warn),
            2 => Ok(Self::Info),
            3 => Ok(Self::Debug),
            4 => Ok(Self::Trace),
            _ => Err(AbiError::InvalidVariant),
        }
    }
}

/// Passed as a tag and four numbers, as many as the largest case needs.
impl Wit for AccountOwner {
    const SIZE: u32 = WIDE_PAYLOAD + CryptoHash::SIZE;
    const ALIGN: u32 = 8;

    fn flatten(types: &mut Vec<FlatType>) {
        types.push(FlatType::I32);
        CryptoHash::flatten(types);
    }
}

impl Load for AccountOwner {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        let tag = u8::load(memory, address)?;
        let payload = payload(address, WIDE_PAYLOAD)?;
        match tag {
            0 => u8::load(memory, payload).map(Self::Reserved),
            1 => CryptoHash::load(memory, payload).map(Self::Address32),
            2 => Array20::load(memory, payload).map(|array| Self::Address20(array.0)),
            _ => Err(AbiError::InvalidVariant),
        }
    }

    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
        match u8::lift(flats, memory)? {
            0 => {
                // The number was widened to fit beside the words of the other cases.
                let number = i32::try_from(flats.i64()?).map_err(|_| AbiError::InvalidNumber)?;
                (0..3).try_for_each(|_| flats.skip::<u64>())?;
                Ok(Self::Reserved(low_byte(number)))
            }
            1 => CryptoHash::lift(flats, memory).map(Self::Address32),
            2 => {
                let array = Array20::lift(flats, memory)?;
                flats.skip::<u64>()?;
                Ok(Self::Address20(array.0))
            }
            _ => Err(AbiError::InvalidVariant),
        }
    }
}

impl Store for AccountOwner {
    fn store(&self, script: &mut Script, place: Place) {
        let payload = place.after(1).aligned(WIDE_PAYLOAD);
        match self {
            Self::Reserved(number) => {
                script.write(place, &[0]);
                number.store(script, payload);
            }
            Self::Address32(hash) => {
                script.write(place, &[1]);
                hash.store(script, payload);
            }
            Self::Address20(address) => {
                script.write(place, &[2]);
                Array20(*address).store(script, payload);
            }
        }
    }
}

impl Wit for GenericApplicationId {
    const SIZE: u32 = WIDE_PAYLOAD + ApplicationId::SIZE;
    const ALIGN: u32 = 8;

    fn flatten(types: &mut Vec<FlatType>) {
        types.push(FlatType::I32);
        ApplicationId::flatten(types);
    }
}

impl Load for GenericApplicationId {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        match u8::load(memory, address)? {
            0 => Ok(Self::System),
            1 => ApplicationId::load(memory, payload(address, WIDE_PAYLOAD)?).map(Self::User),
            _ => Err(AbiError::InvalidVariant),
        }
    }

    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
        match u8::lift(flats, memory)? {
            0 => flats.skip::<ApplicationId>().map(|()| Self::System),
            1 => ApplicationId::lift(flats, memory).map(Self::User),
            _ => Err(AbiError::InvalidVariant),
        }
    }
}

impl Store for GenericApplicationId {
    fn store(&self, script: &mut Script, place: Place) {
        match self {
            Self::System => script.write(place, &[0]),
            Self::User(application_id) => {
                script.write(place, &[1]);
                application_id.store(script, place.after(1).aligned(WIDE_PAYLOAD));
            }
        }
    }
}

/// Only ever an element of a list, so it is never passed as parameters.
impl Wit for WriteOperation {
    const SIZE: u32 = NARROW_PAYLOAD + <(Vec<u8>, Vec<u8>)>::SIZE;
    const ALIGN: u32 = 4;

    fn flatten(types: &mut Vec<FlatType>) {
        types.push(FlatType::I32);
        <(Vec<u8>, Vec<u8>)>::flatten(types);
    }
}

impl Load for WriteOperation {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        let tag = u8::load(memory, address)?;
        let payload = payload(address, NARROW_PAYLOAD)?;
        match tag {
            0 => Vec::load(memory, payload).map(Self::Delete),
            1 => Vec::load(memory, payload).map(Self::DeletePrefix),
            2 => {
                let (key, value) = Load::load(memory, payload)?;
                Ok(Self::Put(key, value))
            }
            _ => Err(AbiError::InvalidVariant),
        }
    }

    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
        match u8::lift(flats, memory)? {
            tag @ (0 | 1) => {
                let key = Vec::lift(flats, memory)?;
                flats.skip::<Vec<u8>>()?;
                Ok(if tag == 0 { Self::Delete(key) } else { Self::DeletePrefix(key) })
            }
            2 => {
                let (key, value) = Load::lift(flats, memory)?;
                Ok(Self::Put(key, value))
            }
            _ => Err(AbiError::InvalidVariant),
        }
    }
}
