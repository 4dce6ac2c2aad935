//! The sharded validator, the local network and the faucet.
