//! Order, grouping, and what happens after a failure.

use walnut_storage::MemoryStorage;
use walnut_views::Store as _;

use super::*;
use crate::poll::block_on;

type Answer = (u32, Result<(), StorageError>);

fn put(lane: &Arc<Lane>, generation: u64, number: u32, answers: &Sender<Answer>) -> Commit {
    let mut batch = Batch::new();
    batch.put(*b"last", number.to_le_bytes());
    let answers = answers.clone();
    let committed = move |outcome| answers.send((number, outcome)).expect("the test listens");
    Commit {
        lane: lane.clone(),
        generation,
        batch,
        durability: Durability::Strict,
        committed: Box::new(committed),
    }
}

#[test]
fn commits_are_answered_in_order() {
    let storage = ValidatorStorage::Memory(MemoryStorage::new());
    let (committer, thread) = Committer::start(storage.clone()).expect("starts");
    let (answers, received) = channel();
    let lane = Arc::new(Lane::default());
    for number in 0..500 {
        committer.submit(put(&lane, 0, number, &answers));
    }
    let expected = (0..500).map(|number| (number, Ok(()))).collect::<Vec<Answer>>();
    assert_eq!(received.iter().take(500).collect::<Vec<_>>(), expected);
    committer.stop();
    thread.join().expect("the writer ends");
    assert_eq!(block_on(storage.read(b"last")), Ok(Some(499_u32.to_le_bytes().to_vec())));
    committer.submit(put(&lane, 0, 500, &answers));
    assert_eq!(received.recv(), Ok((500, Err(StorageError::Closed))));
}

#[test]
fn nothing_is_stored_that_builds_on_a_failed_commit() {
    let memory = MemoryStorage::new();
    let storage = ValidatorStorage::Memory(memory.clone());
    let (answers, received) = channel();
    let (lane, other) = (Arc::new(Lane::default()), Arc::new(Lane::default()));
    memory.fail_commit_after(0);
    write_group(&storage, vec![put(&lane, 0, 1, &answers)]);
    assert_eq!(received.recv(), Ok((1, Err(StorageError::QuotaExceeded))));
    // The disk works again; this batch was decided before the failure was known.
    write_group(&storage, vec![put(&lane, 0, 2, &answers), put(&other, 0, 3, &answers)]);
    assert_eq!(received.recv(), Ok((3, Ok(()))));
    assert_eq!(received.recv(), Ok((2, Err(StorageError::Closed))));
    assert_eq!(block_on(storage.read(b"last")), Ok(Some(3_u32.to_le_bytes().to_vec())));
    write_group(&storage, vec![put(&lane, 1, 4, &answers)]);
    assert_eq!(received.recv(), Ok((4, Ok(()))));
}
