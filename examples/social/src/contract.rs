//! The feed inside blocks.

#![cfg_attr(target_arch = "wasm32", no_main)]

use linera_sdk::linera_base_types::{ChainId, StreamName, StreamUpdate, WithContractAbi};
use linera_sdk::views::{RootView, View};
use linera_sdk::{Contract, ContractRuntime};
use social::SocialAbi;
use social::abi::{Operation, Post, Response, STREAM, TEXT_BYTES_MAX};
use social::state::{Feed, FeedPost};

/// The feed of one chain, for the length of one transaction.
pub struct SocialContract {
    state: Feed,
    runtime: ContractRuntime<Self>,
}

linera_sdk::contract!(SocialContract);

impl WithContractAbi for SocialContract {
    type Abi = SocialAbi;
}

impl Contract for SocialContract {
    type Message = ();
    type Parameters = ();
    type InstantiationArgument = ();
    type EventValue = Post;

    async fn load(runtime: ContractRuntime<Self>) -> Self {
        let state = Feed::load(runtime.root_view_storage_context()).await.expect("the state can be read");
        Self { state, runtime }
    }

    async fn instantiate(&mut self, (): ()) {}

    async fn execute_operation(&mut self, operation: Operation) -> Response {
        match operation {
            Operation::Post { text } => return Some(self.publish(text)),
            Operation::Subscribe { chain_id } => self.follow(chain_id),
            Operation::Unsubscribe { chain_id } => self.unfollow(chain_id),
        }
        None
    }

    async fn execute_message(&mut self, (): ()) {
        panic!("the feed sends no messages");
    }

    async fn process_streams(&mut self, updates: Vec<StreamUpdate>) {
        for update in updates {
            assert_eq!(update.stream_id.stream_name, stream(), "no other stream was subscribed to");
            self.read(update.chain_id, update.previous_index, update.next_index).await;
        }
    }

    async fn store(mut self) {
        self.state.save().await.expect("the state can be written");
    }
}

impl SocialContract {
    /// Emits the event and shows the post in this chain's own feed.
    fn publish(&mut self, text: String) -> u32 {
        let bytes = text.len();
        assert!((1..=TEXT_BYTES_MAX).contains(&bytes), "a post has 1 to {TEXT_BYTES_MAX} bytes, not {bytes}");
        let author = self.runtime.authenticated_signer();
        let post = Post { author, timestamp: self.runtime.system_time(), text };
        let index = self.runtime.emit(stream(), &post);
        let chain_id = self.runtime.chain_id();
        self.show(chain_id, index, post);
        index
    }

    fn follow(&mut self, chain_id: ChainId) {
        assert!(chain_id != self.runtime.chain_id(), "a chain sees its own posts without following itself");
        let application_id = self.runtime.application_id().forget_abi();
        self.runtime.subscribe_to_events(chain_id, application_id, stream());
        self.state.following.insert(&chain_id).expect("a subscription can be written");
    }

    fn unfollow(&mut self, chain_id: ChainId) {
        let application_id = self.runtime.application_id().forget_abi();
        self.runtime.unsubscribe_from_events(chain_id, application_id, stream());
        self.state.following.remove(&chain_id).expect("a subscription can be removed");
    }

    /// Reads new posts. A chain that is followed a second time is told of all its posts again.
    async fn read(&mut self, chain_id: ChainId, first: u32, end: u32) {
        let seen = self.state.read.get(&chain_id).await.expect("an index can be read").unwrap_or_default();
        for index in first.max(seen)..end {
            let post = self.runtime.read_event(chain_id, stream(), index);
            self.show(chain_id, index, post);
        }
        self.state.read.insert(&chain_id, seen.max(end)).expect("an index can be written");
    }

    fn show(&mut self, chain_id: ChainId, index: u32, post: Post) {
        let Post { author, timestamp, text } = post;
        self.state.posts.push(FeedPost { chain_id, index, author, timestamp, text });
    }
}

fn stream() -> StreamName {
    StreamName::from(STREAM)
}
