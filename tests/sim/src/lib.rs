//! A network of clients and validators in one process, that tries to break itself.
//!
//! From a seed follows everything: who takes part and which chains there are ([`plan`]), what the wallets do, which task
//! runs next and when time goes on ([`executor`]), what is lost, doubled, torn or killed ([`world`], [`disk`],
//! [`chaos`]), how liars lie and a rogue owner attacks ([`lies`], [`rogue`]). Clients are the shipped client over a host
//! of this crate ([`host`]); validators are the shipped node in shards of this crate ([`validator`]).
//!
//! While that goes on, every vote, answer, proposal and block of honest nodes is checked ([`checks`]) against books that
//! are kept independently ([`book`], [`ledger`]). In the end everything heals, and all owners must get a block and all
//! messages must arrive ([`run`]).
//!
//! Start at [`run::run`].

pub mod book;
pub mod chaos;
pub mod checks;
#[path = "../../../crates/walnut-validator/src/cross_chain.rs"]
mod cross_chain;
pub mod disk;
pub mod executor;
pub mod host;
pub mod ledger;
pub mod lies;
#[path = "../../../crates/walnut-validator/src/outgoing.rs"]
mod outgoing;
pub mod plan;
#[cfg(test)]
#[path = "../../../crates/walnut-validator/src/poll.rs"]
mod poll; // the tests that come with the validator's files use it
pub mod quiet;
pub mod random;
pub mod rogue;
#[expect(unreachable_pub, reason = "the validator exports it")]
#[path = "../../../crates/walnut-validator/src/routing.rs"]
mod routing;
pub mod run;
pub mod shrink;
pub mod trace;
pub mod validator;
pub mod wallet;
pub mod wire;
pub mod world;
