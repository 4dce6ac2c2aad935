//! The ready line is found and read.

use super::{faucet_of, first_json_line};

#[test]
fn the_ready_line_is_the_first_object() {
    let output = "starting\n{\"ready\":true,\"faucet\":\"http://127.0.0.1:8080\"}\nmore\n";
    let line = first_json_line(output.as_bytes()).unwrap();
    assert_eq!(faucet_of(&line).unwrap(), "http://127.0.0.1:8080");
}

#[test]
fn a_network_that_ends_early_is_an_error() {
    let error = first_json_line("port in use\n".as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "it ended without a ready line");
}

#[test]
fn a_wrong_ready_line_is_an_error() {
    let not_ready = faucet_of("{\"ready\":false}").unwrap_err().to_string();
    assert!(not_ready.starts_with("the network said it is not ready"), "{not_ready}");
    let no_faucet = faucet_of("{\"ready\":true}").unwrap_err().to_string();
    assert!(no_faucet.starts_with("no faucet in the ready line"), "{no_faucet}");
}
