//! Panics stay inside a shard.

use walnut_base::{CryptoHash, ValidatorSecretKey};
use walnut_chain::NodeConfig;
use walnut_execution::UnsupportedApplications;
use walnut_storage::MemoryStorage;

use super::*;
use crate::notifier::Notifier;

#[test]
fn a_panic_is_caught_and_counted() {
    let secret = ValidatorSecretKey::from_bytes(&[1; 32]).unwrap();
    let storage = ValidatorStorage::Memory(MemoryStorage::new());
    let (committer, writer) = Committer::start(storage.clone()).unwrap();
    let mailboxes = [Mailbox::new()].into();
    let releaser = Arc::new(Releaser::new(0, secret.public(), mailboxes, Arc::new(Notifier::default())));
    let counters = Arc::new(ShardCounters::default());
    let node = Node::new(NodeConfig::validator(secret), UnsupportedApplications);
    let outgoing = Outgoing::default();
    let mut shard = Shard::new(node, storage, committer.clone(), releaser, outgoing, counters.clone());
    let chain_id = ChainId(CryptoHash::from([1; 32]));
    let result = shard.guarded(chain_id, |_, _| -> u32 { panic!("on purpose") });
    assert_eq!(result, None);
    assert_eq!(counters.panics.load(Ordering::Relaxed), 1);
    assert_eq!(shard.guarded(chain_id, |node, _| node.loaded_chains()), Some(0));
    committer.stop();
    writer.join().unwrap();
}
