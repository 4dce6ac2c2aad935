//! Lists, strings, options, tuples, sets and maps.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AbiError, FlatType, Flats, Load, Memory, Place, Script, Store, Wit, align_up,
    memory::{Fields, payload},
    script::Places,
};

/// An address and a number of elements.
impl<T> Wit for Vec<T> {
    const SIZE: u32 = 8;
    const ALIGN: u32 = 4;

    fn flatten(types: &mut Vec<FlatType>) {
        types.extend([FlatType::I32; 2]);
    }
}

impl<T: Load> Load for Vec<T> {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        let (start, length) = address_and_length(memory, address)?;
        T::load_list(memory, start, length)
    }

    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
        let start = flats.pointer()?;
        T::load_list(memory, start, flats.i32()?.cast_unsigned())
    }
}

impl<T: Store> Store for Vec<T> {
    fn store(&self, script: &mut Script, place: Place) {
        let room = script.room::<T>(place, self.len());
        T::store_list(self, script, room);
    }
}

/// Where a list is and how long it is, as written down at `address`.
fn address_and_length(memory: Memory<'_>, address: u32) -> Result<(u32, u32), AbiError> {
    let start = u32::load(memory, address)?;
    let length = u32::load(memory, address.checked_add(4).ok_or(AbiError::OutOfBounds)?)?;
    Ok((start, length))
}

/// A list of bytes that are text. Upstream reads and writes text as a whole, so that even an empty one has to be inside
/// of the memory, while the bytes of a list are read and written one by one.
impl Wit for String {
    const SIZE: u32 = Vec::<u8>::SIZE;
    const ALIGN: u32 = Vec::<u8>::ALIGN;

    fn flatten(types: &mut Vec<FlatType>) {
        Vec::<u8>::flatten(types);
    }
}

impl Load for String {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        let (start, length) = address_and_length(memory, address)?;
        text(memory.bytes(start, length)?)
    }

    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
        let start = flats.pointer()?;
        text(memory.bytes(start, flats.i32()?.cast_unsigned())?)
    }
}

fn text(bytes: &[u8]) -> Result<String, AbiError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| AbiError::InvalidString)
}

impl Store for String {
    fn store(&self, script: &mut Script, place: Place) {
        let room = script.room::<u8>(place, self.len());
        script.write(room, self.as_bytes());
    }
}

/// A tag, then the value, if there is one. Any tag but zero means that there is.
impl<T: Wit> Wit for Option<T> {
    const SIZE: u32 = T::ALIGN + T::SIZE;
    const ALIGN: u32 = T::ALIGN;

    fn flatten(types: &mut Vec<FlatType>) {
        types.push(FlatType::I32);
        T::flatten(types);
    }
}

impl<T: Load> Load for Option<T> {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        if !bool::load(memory, address)? {
            return Ok(None);
        }
        T::load(memory, payload(address, T::ALIGN)?).map(Some)
    }

    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
        if !bool::lift(flats, memory)? {
            flats.skip::<T>()?;
            return Ok(None);
        }
        T::lift(flats, memory).map(Some)
    }
}

impl<T: Store> Store for Option<T> {
    fn store(&self, script: &mut Script, place: Place) {
        self.is_some().store(script, place);
        if let Some(value) = self {
            value.store(script, place.after(1).aligned(T::ALIGN));
        }
    }
}

/// Nothing.
impl Wit for () {
    const SIZE: u32 = 0;
    const ALIGN: u32 = 1;

    fn flatten(_types: &mut Vec<FlatType>) {}
}

impl Load for () {
    fn load(_memory: Memory<'_>, _address: u32) -> Result<Self, AbiError> {
        Ok(())
    }

    fn lift(_flats: &mut Flats<'_>, _memory: Memory<'_>) -> Result<Self, AbiError> {
        Ok(())
    }
}

impl Store for () {
    fn store(&self, _script: &mut Script, _place: Place) {}
}

/// The size of a record whose fields have these sizes and alignments.
pub(super) const fn record_size(fields: &[(u32, u32)]) -> u32 {
    let mut end = 0;
    let mut index = 0;
    while index < fields.len() {
        end = align_up(end, fields[index].1) + fields[index].0;
        index += 1;
    }
    align_up(end, record_align(fields))
}

/// The alignment of a record whose fields have these sizes and alignments.
pub(super) const fn record_align(fields: &[(u32, u32)]) -> u32 {
    let mut align = 1;
    let mut index = 0;
    while index < fields.len() {
        if fields[index].1 > align {
            align = fields[index].1;
        }
        index += 1;
    }
    align
}

/// A tuple is a record without names. Parameters of a call are a tuple, too.
macro_rules! tuple {
    ($($type:ident $index:tt),+) => {
        impl<$($type: Wit),+> Wit for ($($type,)+) {
            const SIZE: u32 = record_size(&[$(($type::SIZE, $type::ALIGN)),+]);
            const ALIGN: u32 = record_align(&[$(($type::SIZE, $type::ALIGN)),+]);

            fn flatten(types: &mut Vec<FlatType>) {
                $($type::flatten(types);)+
            }
        }

        impl<$($type: Load),+> Load for ($($type,)+) {
            fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
                let mut fields = Fields::new(memory, address);
                Ok(($(fields.load::<$type>()?,)+))
            }

            fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
                Ok(($($type::lift(flats, memory)?,)+))
            }
        }

        impl<$($type: Store),+> Store for ($($type,)+) {
            fn store(&self, script: &mut Script, place: Place) {
                let mut places = Places::new(place);
                $(self.$index.store(script, places.next::<$type>());)+
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);

/// A list without order. It is handed out sorted.
impl<T> Wit for BTreeSet<T> {
    const SIZE: u32 = Vec::<T>::SIZE;
    const ALIGN: u32 = Vec::<T>::ALIGN;

    fn flatten(types: &mut Vec<FlatType>) {
        Vec::<T>::flatten(types);
    }
}

impl<T: Load + Ord> Load for BTreeSet<T> {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        Ok(Vec::load(memory, address)?.into_iter().collect())
    }

    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
        Ok(Vec::lift(flats, memory)?.into_iter().collect())
    }
}

impl<T: Store + Clone> Store for BTreeSet<T> {
    fn store(&self, script: &mut Script, place: Place) {
        self.iter().cloned().collect::<Vec<_>>().store(script, place);
    }
}

/// A list of pairs. It is handed out sorted; of two pairs with the same key the last one counts.
impl<K, V> Wit for BTreeMap<K, V> {
    const SIZE: u32 = Vec::<(K, V)>::SIZE;
    const ALIGN: u32 = Vec::<(K, V)>::ALIGN;

    fn flatten(types: &mut Vec<FlatType>) {
        Vec::<(K, V)>::flatten(types);
    }
}

impl<K: Load + Ord, V: Load> Load for BTreeMap<K, V> {
    fn load(memory: Memory<'_>, address: u32) -> Result<Self, AbiError> {
        Ok(Vec::load(memory, address)?.into_iter().collect())
    }

    fn lift(flats: &mut Flats<'_>, memory: Memory<'_>) -> Result<Self, AbiError> {
        Ok(Vec::lift(flats, memory)?.into_iter().collect())
    }
}

impl<K: Store + Clone, V: Store + Clone> Store for BTreeMap<K, V> {
    fn store(&self, script: &mut Script, place: Place) {
        let pairs: Vec<_> = self.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        pairs.store(script, place);
    }
}
