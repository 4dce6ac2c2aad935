//! The one argument that is not the program's own.

use super::*;

#[test]
fn bin_is_taken_out_wherever_it_stands() {
    let args = ["--only", "mixed", "--bin", "/", "--list"].map(str::to_owned);
    let (bin, rest) = bin_argument(&args).expect("well-formed");
    assert_eq!(bin, Some(PathBuf::from("/")));
    assert_eq!(rest, ["--only", "mixed", "--list"]);
    assert_eq!(bin_argument(&[]).expect("nothing"), (None, Vec::new()));
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let error = bin_argument(&["--bin".to_owned()]).expect_err("no folder");
    assert_eq!(error.to_string(), "--bin needs a folder");
    let args = ["--bin", "/there/is/nothing/here"].map(str::to_owned);
    let error = bin_argument(&args).expect_err("it does not exist");
    assert_eq!(error.to_string(), "/there/is/nothing/here: not there");
}
