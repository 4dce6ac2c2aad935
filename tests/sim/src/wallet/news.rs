//! What a wallet hears: of blocks that its own node takes, and of what validators announce.

use std::rc::Rc;

use walnut_client::{Reaction, Remote};

use super::{SimClient, Wallet};
use crate::plan::validator_key;

/// News that wait to be looked into.
const NEWS_MAX: usize = 20;

impl Wallet {
    /// Lets the world see every block that the local node takes, and the wallet what validators announce.
    pub(super) fn hear(self: &Rc<Self>, client: &SimClient) {
        let device = Rc::clone(&self.device);
        client.local().add_listener(move |news| device.world.check_news(&device.disk, news));
        let wallet = Rc::downgrade(self);
        self.world().listen(
            self.device.number,
            Rc::new(move |validator, notification| {
                let Some(wallet) = wallet.upgrade() else { return };
                let mut news = wallet.news.borrow_mut();
                if news.len() < NEWS_MAX {
                    news.push_back((validator, notification));
                }
                if let Some(waker) = wallet.waker.borrow_mut().take() {
                    waker.wake();
                }
            }),
        );
    }

    pub(super) async fn listen(&self, client: &SimClient) {
        let world = self.world();
        let host = client.host();
        loop {
            let next = std::future::poll_fn(|context| match self.news.borrow_mut().pop_front() {
                Some(next) => std::task::Poll::Ready(next),
                None => {
                    *self.waker.borrow_mut() = Some(context.waker().clone());
                    std::task::Poll::Pending
                }
            });
            let (validator, notification) = next.await;
            let remote = Remote::new(validator_key(validator).public(), host.connection(validator));
            match client.react(&remote, &notification).await {
                Ok(Reaction::Received(chain_id)) if world.random.chance(300) => {
                    let received = client.process_inbox(chain_id, &|_| {}).await;
                    self.outcome("takes what came", received.map(|_| ()));
                }
                Ok(_) => {}
                Err(error) => self.failed("reacting", &error),
            }
        }
    }
}
