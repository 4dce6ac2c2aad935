//! What is fuzzed: functions from bytes to nothing, that panic when something is wrong.
//!
//! No engine is needed to call them: `tests/corpus.rs` runs every committed file of `corpus/` through its target in the
//! ordinary test run, and `engine/` (a workspace of its own, built by `cargo xtask fuzz`) hands them to libFuzzer. Beside
//! panics and overflows each target looks for the breach of a promise of its own, stated in its file.
//!
//! Start with [`TARGETS`]; [`seeds`] makes the first files of a corpus from real values.

#[allow(clippy::cast_possible_truncation, clippy::unwrap_used, reason = "a file of the vm's tests")]
#[path = "../../../crates/walnut-vm/tests/hostile/application.rs"]
mod application;
mod frames;
mod host_calls;
mod inbox;
mod input;
mod modules;
mod replayed;
#[allow(dead_code, clippy::cast_possible_truncation, reason = "a file of the vm's tests")]
#[path = "../../../crates/walnut-vm/tests/hostile/rng.rs"]
mod rng;
mod rpc;
pub mod seeds;
mod texts;
mod wire;
mod worker;

/// One function to fuzz.
pub struct Target {
    /// Its name, which is that of its folder in `corpus/`.
    pub name: &'static str,
    /// What it is given to eat.
    pub about: &'static str,
    /// It; panics when something is wrong.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "wire_values", about: "BCS and bincode of wire values", run: wire::run },
    Target { name: "rpc_messages", about: "protobuf requests and answers", run: rpc::run },
    Target { name: "grpc_web", about: "bodies and headers of gRPC-web answers", run: frames::run },
    Target { name: "proposals", about: "proposals to a validator", run: worker::proposals },
    Target { name: "certificates", about: "certificates to a validator", run: worker::certificates },
    Target { name: "replayed", about: "changed certificates of a recorded network", run: replayed::run },
    Target { name: "inbox", about: "deliveries and consumptions of messages", run: inbox::run },
    Target { name: "modules", about: "bytecode of contracts and services", run: modules::run },
    Target { name: "host_calls", about: "arguments of host functions", run: host_calls::run },
    Target { name: "texts", about: "what people and pages type and hand in", run: texts::run },
];

/// The target of that name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Takes what was computed only to see that it can be.
fn eat<T>(value: T) {
    drop(std::hint::black_box(value));
}
