//! Applications: publishing, creating, calling, asking, and knowing which ones there are.
//!
//! What changes a chain is a [`Draft`]: operations with the blobs that travel beside them. It goes to
//! [`Client::stage`](crate::Client::stage), and from there to a person and to
//! [`Client::propose`](crate::Client::propose), or at once to [`Client::execute`](crate::Client::execute).
//!
//! Questions are answered by the local node, without a network, from what is here. Only what an application consists of
//! and has never been on this device is fetched: its description, its bytecode, those of what it requires, and events
//! that it reads. A message from an application that the chain has never seen needs nothing more: staging fetches the
//! same things in the same way.

mod created;
mod draft;
mod graphql;
mod known;
mod query;

pub use created::{created_application, created_applications};
pub use draft::{Draft, DraftError};
pub use graphql::{GraphqlError, GraphqlRequest, read_graphql_answer};
pub use known::Application;
