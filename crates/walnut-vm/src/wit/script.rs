//! What has to be done to put a value into an application's memory, in the order in which it has to be done: bytes to
//! write, rooms to ask for, and addresses of rooms to write. Padding is never written.

use std::ops::Range;

use super::{Store, Wit, align_up};

/// A place inside a room. Room 0 is given, the others are asked for, in order.
///
/// Upstream aligns addresses, not offsets. In a room that is not aligned, which only a strange application hands out,
/// fields move apart; by how much depends on the last three bits of the room's address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    pub(crate) room: u32,
    /// The offset in a room that is aligned to eight bytes.
    offset: u32,
    /// What has to be added if the room's address leaves this remainder.
    slack: [i8; 8],
}

impl Place {
    /// The start of a room.
    pub(crate) const fn start(room: u32) -> Self {
        Self { room, offset: 0, slack: [0; 8] }
    }

    pub(crate) fn after(self, bytes: u32) -> Self {
        // No value has a size near the end of the range: lists, the only unbounded ones, are rooms of their own.
        Self { offset: self.offset.saturating_add(bytes), ..self }
    }

    /// The next place whose address is a multiple of `align`, which is a power of two and at most 8.
    pub(crate) fn aligned(self, align: u32) -> Self {
        if align == 1 {
            return self;
        }
        let offset = align_up(self.offset, align);
        let mut slack = self.slack;
        for (remainder, slack) in (0..8).zip(&mut slack) {
            let distance = i64::from(self.offset) + i64::from(*slack) + i64::from(remainder);
            let moved = distance + (-distance & i64::from(align - 1)) - i64::from(remainder);
            // Aligning moves by less than eight, and never one place past another. Only beyond the end of the range,
            // where nothing is ever written, is there no such number.
            *slack = i8::try_from(moved - i64::from(offset)).unwrap_or(0);
        }
        Self { offset, slack, ..self }
    }

    /// The address, if the room is at `room`.
    pub(crate) fn address(self, room: u32) -> Option<u32> {
        room.checked_add(self.offset)?.checked_add_signed(self.slack[(room % 8) as usize].into())
    }
}

/// One thing to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum ScriptStep {
    /// Writes bytes of the script's data.
    Write(Place, Range<usize>),
    /// Asks the application for a room of `size` bytes. The size may be more than any application has.
    Allocate { align: u32, size: u64 },
    /// Writes the address of a room.
    WriteAddress(Place, u32),
}

/// A list of things to do.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Script {
    pub(crate) steps: Vec<ScriptStep>,
    pub(crate) data: Vec<u8>,
    rooms: u32,
}

impl Script {
    /// How to put `value` into a room that is given.
    pub(crate) fn new<T: Store>(value: &T) -> Self {
        let mut script = Self::default();
        value.store(&mut script, Place::start(0));
        script
    }

    /// Writes bytes; those that follow each other are written at once.
    pub(crate) fn write(&mut self, place: Place, bytes: &[u8]) {
        let start = self.data.len();
        self.data.extend_from_slice(bytes);
        if let Some(ScriptStep::Write(last, range)) = self.steps.last_mut()
            && u32::try_from(range.len()).is_ok_and(|length| last.after(length) == place)
        {
            range.end = self.data.len();
            return;
        }
        self.steps.push(ScriptStep::Write(place, start..self.data.len()));
    }

    /// Asks for room for `length` elements.
    pub(crate) fn bare_room<T: Wit>(&mut self, length: usize) -> Place {
        let size = (length as u64).saturating_mul(T::SIZE.into());
        self.rooms += 1;
        self.steps.push(ScriptStep::Allocate { align: T::ALIGN, size });
        Place::start(self.rooms)
    }

    /// Asks for room for `length` elements and writes its address and the length at `place`. Upstream writes them
    /// before the elements (`linera-witty/src/type_traits/implementations/std/slices.rs`).
    pub(crate) fn room<T: Wit>(&mut self, place: Place, length: usize) -> Place {
        let room = self.bare_room::<T>(length);
        self.steps.push(ScriptStep::WriteAddress(place, room.room));
        // A length that does not fit has a size that does not fit, and the allocation fails.
        self.write(place.after(4), &u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        room
    }
}

/// Places the fields of a record in order.
#[derive(Debug)]
pub(crate) struct Places {
    next: Place,
    is_first: bool,
}

impl Places {
    pub(crate) fn new(start: Place) -> Self {
        Self { next: start, is_first: true }
    }

    pub(crate) fn next<T: Wit>(&mut self) -> Place {
        // The first field is where the record is, aligned or not.
        let place = if self.is_first { self.next } else { self.next.aligned(T::ALIGN) };
        self.is_first = false;
        self.next = place.after(T::SIZE);
        place
    }
}
