//! Sizes, alignments and places, compared with the interface definitions.
#![expect(clippy::cast_possible_truncation, reason = "the numbers are small")]

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use walnut_base::{
    Account, AccountOwner, Amount, ApplicationDescription, ApplicationPermissions, ChainId, ChainOwnership,
    CryptoHash, ModuleId, StreamId, TimeDelta, TimeoutConfig, http,
};
use wasmi::Val;

use super::{AbiError, Flats, Load, Memory, Place, Script, ScriptStep, Store, Wit};
use crate::{Permitted, Resources, SendMessageRequest, StreamUpdate, WriteOperation};

fn layout<T: Wit>() -> (u32, u32) {
    (T::SIZE, T::ALIGN)
}

#[test]
fn sizes_and_alignments() {
    assert_eq!(layout::<ChainId>(), (32, 8));
    assert_eq!(layout::<Amount>(), (16, 8));
    assert_eq!(layout::<AccountOwner>(), (40, 8));
    assert_eq!(layout::<Account>(), (72, 8));
    assert_eq!(layout::<ModuleId>(), (72, 8));
    assert_eq!(layout::<ApplicationDescription>(), (136, 8));
    assert_eq!(layout::<TimeoutConfig>(), (40, 8));
    assert_eq!(layout::<ChainOwnership>(), (64, 8));
    assert_eq!(layout::<(AccountOwner, u64)>(), (48, 8));
    assert_eq!(layout::<(AccountOwner, Amount)>(), (56, 8));
    assert_eq!(layout::<ApplicationPermissions>(), (60, 4));
    assert_eq!(layout::<http::Header>(), (16, 4));
    assert_eq!(layout::<http::Request>(), (28, 4));
    assert_eq!(layout::<http::Response>(), (20, 4));
    assert_eq!(layout::<Resources>(), (72, 8));
    assert_eq!(layout::<SendMessageRequest>(), (120, 8));
    assert_eq!(layout::<WriteOperation>(), (20, 4));
    assert_eq!(layout::<StreamId>(), (48, 8));
    assert_eq!(layout::<StreamUpdate>(), (88, 8));
    assert_eq!(layout::<Permitted>(), (2, 1));
    assert_eq!(layout::<Option<bool>>(), (2, 1));
    assert_eq!(layout::<Option<u32>>(), (8, 4));
    assert_eq!(layout::<Option<Vec<u8>>>(), (12, 4));
    assert_eq!(layout::<Option<AccountOwner>>(), (48, 8));
    assert_eq!(layout::<Option<ChainId>>(), (40, 8));
    assert_eq!(layout::<(Account, Account, Amount)>(), (160, 8));
    assert_eq!(layout::<(ChainOwnership, ApplicationPermissions, Amount)>(), (144, 8));
}

/// The rooms a value asks for, as (alignment, size).
fn rooms<T: Store>(value: &T) -> Vec<(u32, u64)> {
    let steps = Script::new(value).steps;
    let room = |step: &ScriptStep| match step {
        ScriptStep::Allocate { align, size } => Some((*align, *size)),
        ScriptStep::Write(..) | ScriptStep::WriteAddress(..) => None,
    };
    steps.iter().filter_map(room).collect()
}

#[test]
fn rooms_are_asked_for_depth_first() {
    let owner = AccountOwner::CHAIN;
    assert_eq!(rooms(&b"abc".to_vec()), [(1, 3)]);
    assert_eq!(rooms(&Vec::<u8>::new()), [(1, 0)]);
    assert_eq!(rooms(&vec![Some(b"a".to_vec()), None, Some(vec![])]), [(4, 36), (1, 1), (1, 0)]);
    assert_eq!(rooms(&vec![(b"ab".to_vec(), b"c".to_vec())]), [(4, 16), (1, 2), (1, 1)]);
    assert_eq!(rooms(&vec![true, false]), [(1, 2)]);
    assert_eq!(rooms(&vec![(owner, Amount::ZERO)]), [(8, 56)]);
    let ownership = ChainOwnership {
        super_owners: BTreeSet::from([owner]),
        owners: BTreeMap::from([(owner, 1), (AccountOwner::Address20([1; 20]), 2)]),
        ..ChainOwnership::default()
    };
    assert_eq!(rooms(&ownership), [(8, 40), (8, 96)]);
    let permissions = ApplicationPermissions { make_http_requests: Some(vec![]), ..Default::default() };
    assert_eq!(rooms(&permissions), [(8, 0), (8, 0), (8, 0), (8, 0)]);
    let header = http::Header { name: "ab".into(), value: vec![1] };
    let response = http::Response { status: 200, headers: vec![header], body: vec![1, 2, 3] };
    assert_eq!(rooms(&response), [(4, 16), (1, 2), (1, 1), (1, 3)]);
}

/// Puts a value into memory at `start`, with rooms from 256 on that are `skew` bytes off, as the machine does, and
/// returns the memory.
fn image_at<T: Store>(value: &T, start: usize, skew: usize) -> Vec<u8> {
    let script = Script::new(value);
    let mut memory = vec![0xee; 1024];
    let mut rooms = vec![start];
    let mut next = 256usize;
    for step in &script.steps {
        let (place, bytes) = match step {
            ScriptStep::Allocate { align, size } => {
                next = next.next_multiple_of(*align as usize) + skew;
                rooms.push(next);
                next += *size as usize + 8;
                continue;
            }
            ScriptStep::Write(place, range) => (place, script.data[range.clone()].to_vec()),
            ScriptStep::WriteAddress(place, room) => {
                (place, (rooms[*room as usize] as u32).to_le_bytes().to_vec())
            }
        };
        let start = place.address(rooms[place.room as usize] as u32).unwrap() as usize;
        memory[start..start + bytes.len()].copy_from_slice(&bytes);
    }
    memory
}

fn image<T: Store>(value: &T) -> Vec<u8> {
    image_at(value, 0, 0)
}

fn load_at<T: Load>(memory: &[u8], address: u32) -> Result<T, AbiError> {
    T::load(Memory::new(memory, &Cell::new(1 << 20)), address)
}

fn load<T: Load>(memory: &[u8]) -> Result<T, AbiError> {
    load_at(memory, 0)
}

fn assert_round_trip<T: Store + Load + PartialEq + std::fmt::Debug>(value: &T) {
    assert_eq!(load(&image(value)).as_ref(), Ok(value));
}

/// Also where nothing is aligned. Only for values whose parts are not larger there than where they are.
fn assert_round_trips<T: Store + Load + PartialEq + std::fmt::Debug>(value: &T) {
    for start in 0..16 {
        assert_eq!(load_at(&image_at(value, start, 0), start as u32).as_ref(), Ok(value), "{start}");
    }
}

#[test]
fn what_is_stored_can_be_loaded() {
    let hash = CryptoHash::from(std::array::from_fn::<u8, 32, _>(|index| index as u8));
    let owners = [
        AccountOwner::Reserved(7),
        AccountOwner::Address32(hash),
        AccountOwner::Address20(std::array::from_fn(|index| index as u8)),
    ];
    for owner in owners {
        assert_round_trips(&owner);
    }
    assert_round_trips(&hash);
    assert_round_trips(&Amount::from_attos(u128::MAX - 1));
    assert_round_trip(&ChainOwnership {
        super_owners: BTreeSet::from(owners),
        owners: owners.iter().map(|owner| (*owner, 5)).collect(),
        multi_leader_rounds: 3,
        open_multi_leader_rounds: true,
        timeout_config: TimeoutConfig {
            fast_round_duration: Some(TimeDelta::from_micros(1)),
            base_timeout: TimeDelta::from_micros(2),
            timeout_increment: TimeDelta::from_micros(3),
            fallback_duration: TimeDelta::from_micros(4),
        },
    });
    assert_round_trip(&SendMessageRequest {
        destination: ChainId(hash),
        authenticated: true,
        is_tracked: false,
        grant: Resources { wasm_fuel: 1, http_requests: 2, ..Resources::default() },
        message: b"hello".to_vec(),
    });
    assert_round_trips(&http::Request {
        method: http::Method::Patch,
        url: "http://localhost/".into(),
        headers: vec![http::Header { name: "a".into(), value: vec![0xff] }],
        body: vec![],
    });
    assert_round_trips(&vec![Some(b"a".to_vec()), None]);
}

#[test]
fn padding_is_left_alone() {
    assert_eq!(
        image(&Option::<Vec<u8>>::None)[..12],
        [0, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee]
    );
    let owner = image(&AccountOwner::Reserved(9));
    assert_eq!(owner[..10], [0, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 9, 0xee]);
    assert_eq!(image(&Permitted(true))[..2], [0, 0xee]);
    assert_eq!(image(&Permitted(false))[..2], [1, 0]);
}

#[test]
fn addresses_of_twenty_bytes_fill_two_words_and_a_half() {
    let bytes: [u8; 20] = std::array::from_fn(|index| 0xa0 + index as u8);
    let memory = image(&AccountOwner::Address20(bytes));
    assert_eq!(memory[0], 2);
    assert_eq!(memory[8..16], [0xa7, 0xa6, 0xa5, 0xa4, 0xa3, 0xa2, 0xa1, 0xa0]);
    assert_eq!(memory[24..32], [0, 0, 0, 0, 0xb3, 0xb2, 0xb1, 0xb0]);
}

fn lift<T: Load>(values: &[Val]) -> Result<T, AbiError> {
    T::lift(&mut Flats::new(values), Memory::new(&[], &Cell::new(1 << 20)))
}

#[test]
fn owners_as_parameters() {
    let words = |tag, first: i64| [Val::I32(tag), Val::I64(first), Val::I64(2), Val::I64(3), Val::I64(4)];
    assert_eq!(lift(&words(0, 5)), Ok(AccountOwner::Reserved(5)));
    assert_eq!(lift(&words(0, 0x105)), Ok(AccountOwner::Reserved(5)));
    assert_eq!(lift(&words(256, 5)), Ok(AccountOwner::Reserved(5)));
    assert_eq!(lift::<AccountOwner>(&words(0, 1 << 40)), Err(AbiError::InvalidNumber));
    assert_eq!(lift::<AccountOwner>(&words(3, 5)), Err(AbiError::InvalidVariant));
    let Ok(AccountOwner::Address32(hash)) = lift(&words(1, 1)) else { panic!("tag 1 is a hash") };
    assert_eq!(hash.as_bytes()[..16], [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    let Ok(AccountOwner::Address20(address)) = lift(&words(2, 1)) else { panic!("tag 2 is an address") };
    assert_eq!(address[7], 1);
    assert_eq!(address[16..], [0; 4]);
}

#[test]
fn options_as_parameters_take_their_place_when_empty() {
    let values = [Val::I32(0), Val::I64(9), Val::I32(1), Val::I64(8)];
    assert_eq!(lift(&values), Ok((None::<u64>, Some(8u64))));
}

/// Maps keep the last of two values, sets one of two equal ones.
#[test]
fn lists_become_sets_and_maps() {
    let owner = AccountOwner::Reserved(1);
    let memory = image(&vec![(owner, 1u64), (owner, 2u64)]);
    assert_eq!(load(&memory), Ok(BTreeMap::from([(owner, 2u64)])));
    let memory = image(&vec![AccountOwner::Reserved(2), owner, owner]);
    assert_eq!(load(&memory), Ok(BTreeSet::from([owner, AccountOwner::Reserved(2)])));
}

/// Upstream aligns addresses. The last four fields of a record at address 1: a tag, then text at the next multiple of
/// four, and so on; the first field is not moved.
#[test]
fn records_that_are_not_aligned_move_apart() {
    let owner = image_at(&AccountOwner::Reserved(9), 3, 0);
    assert_eq!(owner[3], 0);
    assert_eq!(owner[8], 9);
    let owner = image_at(&AccountOwner::Reserved(9), 7, 0);
    assert_eq!((owner[7], owner[8]), (0, 9));
    let hash = CryptoHash::from(std::array::from_fn::<u8, 32, _>(|index| index as u8));
    let words = image_at(&hash, 3, 0);
    // The first word is where it was asked to be; the second one begins at the multiple of eight after its end.
    assert_eq!(words[3..11], [7, 6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(words[11..16], [0xee; 5]);
    assert_eq!(words[16..24], [15, 14, 13, 12, 11, 10, 9, 8]);
    assert_eq!(words[32..40], [31, 30, 29, 28, 27, 26, 25, 24]);
    let pair = image_at(&(7u32, 8u64), 6, 0);
    assert_eq!((&pair[6..10], &pair[16..24]), ([7, 0, 0, 0].as_slice(), [8, 0, 0, 0, 0, 0, 0, 0].as_slice()));
    let option = image_at(&Some(7u32), 3, 0);
    assert_eq!((option[3], &option[4..8]), (1, [7, 0, 0, 0].as_slice()));
    let option = image_at(&Some(7u32), 4, 0);
    assert_eq!((option[4], &option[8..12]), (1, [7, 0, 0, 0].as_slice()));
}

/// Elements of a list follow each other at their size, aligned or not; where a list is, is written down without a gap.
#[test]
fn lists_that_are_not_aligned_have_no_gaps() {
    let list = image_at(&vec![1u64, 2], 5, 3);
    assert_eq!(list[5..13], [3, 1, 0, 0, 2, 0, 0, 0]);
    assert_eq!(list[259..275], [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
}

/// A place in a room knows where it is whatever the room's address: the same as counting along from there.
#[test]
fn places_are_right_in_every_room() {
    for room in 0..8u32 {
        let (mut place, mut address) = (Place::start(1), 4096 + room);
        for (bytes, align) in
            [(1, 4), (4, 8), (3, 2), (8, 8), (1, 1), (5, 4), (40, 8), (7, 2), (2, 8), (1, 8)]
        {
            place = place.after(bytes).aligned(align);
            address = (address + bytes).next_multiple_of(align);
            assert_eq!(place.address(4096 + room), Some(address));
        }
    }
}

/// Bytes are read and written one by one, text as a whole; it shows when there is nothing to read or to write.
#[test]
fn nothing_may_be_anywhere_unless_it_is_text() {
    let nowhere = [Val::I32(i32::MAX), Val::I32(0)];
    assert_eq!(lift(&nowhere), Ok(Vec::<u8>::new()));
    assert_eq!(lift(&nowhere), Ok(Vec::<u64>::new()));
    assert_eq!(lift::<String>(&nowhere), Err(AbiError::OutOfBounds));
    assert_eq!(lift(&[Val::I32(0), Val::I32(0)]), Ok(String::new()));
    assert_eq!(lift::<Vec<u8>>(&[Val::I32(-1), Val::I32(0)]), Err(AbiError::InvalidNumber));
    let writes = |script: Script| {
        let is_write = |step: &&ScriptStep| matches!(step, ScriptStep::Write(place, _) if place.room == 1);
        script.steps.iter().filter(is_write).count()
    };
    assert_eq!(writes(Script::new(&Vec::<u8>::new())), 0);
    assert_eq!(writes(Script::new(&String::new())), 1);
}

/// A list of lists that are all the same piece of memory would be larger than any memory.
#[test]
fn questions_have_a_largest_size() {
    let mut memory = vec![0; 4096];
    for pair in memory.chunks_exact_mut(8) {
        pair[4..6].copy_from_slice(&4000u16.to_le_bytes());
    }
    let left = Cell::new(1_000_000);
    let lists =
        <Vec<Vec<u8>>>::lift(&mut Flats::new(&[Val::I32(0), Val::I32(512)]), Memory::new(&memory, &left));
    assert_eq!(lists, Err(AbiError::QuestionTooLarge));
    assert_eq!(crate::Trap::from(AbiError::QuestionTooLarge), crate::Trap::OutOfMemory);
}
