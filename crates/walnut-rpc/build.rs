//! Compiles `proto/rpc.proto`: messages always, tonic clients and servers only for the features that use them.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto/rpc.proto");
    let descriptors = protox::compile(["proto/rpc.proto"], ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("rpc.v1.descriptors"), descriptors.encode_to_vec())?;
    generate(descriptors)
}

#[cfg(any(feature = "native", feature = "server"))]
fn generate(descriptors: prost_types::FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    tonic_prost_build::configure()
        .bytes(".")
        .build_client(cfg!(feature = "native"))
        .build_server(cfg!(feature = "server"))
        .compile_fds(descriptors)?;
    Ok(())
}

#[cfg(not(any(feature = "native", feature = "server")))]
fn generate(descriptors: prost_types::FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    prost_build::Config::new().bytes(["."]).compile_fds(descriptors)?;
    Ok(())
}
