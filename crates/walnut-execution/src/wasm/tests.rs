//! Applications on a chain: small ones in text form, and the counter of the reference.

mod apps;
mod blobs;
mod chains;
mod charges;
mod counter;
mod events;
mod frames;
mod fuel;
mod loading;
mod oracles;
mod promises;
mod queries;
mod requests;
mod world;
