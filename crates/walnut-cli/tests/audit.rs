//! `walnut audit` on recordings, and on a network in this process.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};
use walnut_validator::{LocalNet, LocalNetOptions};

const RECORDINGS: [&str; 3] = ["no-fees", "testnet-fees", "historical-hash"];

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/golden").join(name)
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_walnut")).arg("--json").args(arguments).output().expect("it starts")
}

/// Exit code and answer.
fn audit(arguments: &[&str]) -> (Option<i32>, Value) {
    let output = run(&[&["audit"], arguments].concat());
    let errors = String::from_utf8_lossy(&output.stderr);
    let answer = serde_json::from_slice(&output.stdout);
    (output.status.code(), answer.unwrap_or_else(|error| panic!("{error}: {errors}")))
}

/// Exit code and error.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(&[&["audit"], arguments].concat());
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    let error: Value = serde_json::from_slice(&output.stderr).expect("one JSON value");
    (output.status.code(), error["error"].as_str().expect("a text").to_owned())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths of tests are plain")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("writes");
    for entry in fs::read_dir(from).expect("reads") {
        let entry = entry.expect("reads");
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(path, target).expect("writes")),
        }
    }
}

#[test]
fn golden_recordings_are_clean_whole_and_in_shares() {
    for name in RECORDINGS {
        let folder = golden(name);
        let (code, answer) = audit(&["--recording", text(&folder)]);
        assert_eq!((code, &answer["clean"]), (Some(0), &json!(true)), "{answer}");
        let blocks = |answer: &Value| -> u64 {
            let chains = answer["chains"].as_array().expect("a list");
            chains.iter().map(|chain| chain["blocks"].as_u64().expect("a number")).sum()
        };
        assert_eq!(blocks(&answer), 62);
        let all = answer["chains"].as_array().map(Vec::len);

        // Two of a community: together they look at every chain, each of them at the admin chain.
        let share = |of: &str| audit(&["--recording", text(&folder), "--seed", "a day", "--of", of]).1;
        let (one, two) = (share("1/2"), share("2/2"));
        let of_both = [&one, &two].map(|answer| answer["chains"].as_array().map_or(0, Vec::len));
        assert!(of_both.iter().all(|count| *count > 1), "{of_both:?}");
        let together = of_both[0] + of_both[1];
        assert_eq!(Some(together), all.map(|all| all + 1), "{name}");
    }
    let (_, sampled) = audit(&["--recording", text(&golden("no-fees")), "--sample", "2", "--seed", "b"]);
    let count = sampled["chains"].as_array().map_or(0, Vec::len);
    assert!((2..=3).contains(&count), "two chains, and the admin chain if it is none of them: {count}");
}

#[test]
fn evidence_is_written_and_checked_by_somebody_else() {
    let temporary = tempfile::tempdir().expect("a folder");
    let (folder, evidence) = (temporary.path().join("recording"), temporary.path().join("evidence"));
    copy(&golden("testnet-fees"), &folder);
    // The last byte of a certificate is in a signature.
    let chains = fs::read_dir(folder.join("chains")).expect("reads");
    let certificate = chains
        .map(|chain| chain.expect("reads").path().join("0001.certificate.bcs"))
        .find(|path| path.exists())
        .expect("some chain has two blocks");
    let chain = certificate.parent().and_then(Path::file_name).expect("a name");
    let chain = chain.to_str().expect("plain").to_owned();
    let mut bytes = fs::read(&certificate).expect("reads");
    *bytes.last_mut().expect("not empty") ^= 1;
    fs::write(&certificate, bytes).expect("writes");

    let arguments = ["--recording", text(&folder), "--evidence", text(&evidence), &chain];
    let (code, answer) = audit(&arguments);
    assert_eq!((code, &answer["clean"]), (Some(1), &json!(false)), "{answer}");
    let file = answer["evidence"][0]["file"].as_str().expect("a file");
    assert_eq!(answer["evidence"].as_array().map(Vec::len), Some(1));

    // Somebody who has the genesis and the file, and nothing else.
    let genesis = golden("testnet-fees").join("genesis.json");
    let (code, answer) = audit(&["--check", file, "--genesis", text(&genesis)]);
    assert_eq!((code, &answer["proven"]), (Some(0), &json!("invalid-certificate")), "{answer}");
    assert_eq!(answer["compared"], json!(true));
    assert_eq!(audit(&["--check", file]).1["compared"], json!(false));
    let other = golden("no-fees").join("genesis.json");
    let (code, error) = refused(&["--check", file, "--genesis", text(&other)]);
    assert_eq!(code, Some(1));
    assert!(error.starts_with("this is about another network"), "{error}");

    // Evidence that says something else than it shows.
    let forged = temporary.path().join("forged.json");
    let content = fs::read_to_string(file).expect("reads");
    fs::write(&forged, content.replace("wrong-signature", "signed-twice")).expect("writes");
    let (code, error) = refused(&["--check", text(&forged)]);
    assert_eq!((code, error.as_str()), (Some(1), "this proves nothing: what is wrong is not what it says"));
    fs::write(&forged, &content[1..]).expect("writes");
    let (code, error) = refused(&["--check", text(&forged)]);
    assert_eq!(code, Some(1));
    assert!(error.contains("not an evidence file"), "{error}");
}

#[test]
fn a_hole_is_not_decided_and_closes_when_the_audit_goes_on() {
    let temporary = tempfile::tempdir().expect("a folder");
    let (folder, state) = (temporary.path().join("recording"), temporary.path().join("state"));
    copy(&golden("no-fees"), &folder);
    let genesis = fs::read(folder.join("genesis.json")).expect("reads");
    let genesis: walnut_base::GenesisConfig = serde_json::from_slice(&genesis).expect("a genesis");
    let admin = genesis.admin_chain_id().expect("there is one").to_string();
    let hole = folder.join("chains").join(&admin).join("0002.certificate.bcs");
    let block = fs::read(&hole).expect("the admin chain has so many blocks");
    fs::remove_file(&hole).expect("writes");
    let arguments = ["--recording", text(&folder), "--state", text(&state), &admin];
    let (code, answer) = audit(&arguments);
    assert_eq!((code, &answer["evidence"]), (Some(3), &json!([])), "{answer}");
    assert_eq!(answer["chains"][0]["gaps"], json!(["block 2: nobody has it"]));

    // The hole is filled, and the beginning taken away: it is not looked at again.
    fs::write(&hole, block).expect("writes");
    fs::remove_file(hole.with_file_name("0000.certificate.bcs")).expect("writes");
    let (code, answer) = audit(&arguments);
    assert_eq!((code, &answer["clean"]), (Some(0), &json!(true)), "{answer}");

    let (code, error) = refused(&["--recording", text(&state)]);
    assert_eq!(code, Some(1));
    assert!(error.ends_with("genesis.json is missing"), "{error}");
    assert_eq!(run(&["audit", "--of", "3/2"]).status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wallet_audits_its_network() {
    let net = LocalNet::start(LocalNetOptions::default()).await.expect("the network starts");
    let faucet = net.faucet.clone().expect("it has a faucet");
    let temporary = tempfile::tempdir().expect("a folder");
    let done = tokio::task::spawn_blocking(move || {
        let folder = temporary.path().join("wallet");
        let wallet = |arguments: &[&str]| -> (Option<i32>, Value) {
            let output = run(&[&["--wallet", text(&folder)], arguments].concat());
            let errors = String::from_utf8_lossy(&output.stderr);
            let answer = serde_json::from_slice(&output.stdout);
            (output.status.code(), answer.unwrap_or_else(|error| panic!("{arguments:?} {error}: {errors}")))
        };
        wallet(&["init", "--faucet", &faucet]);
        let chain = wallet(&["request-chain"]).1["chain"].as_str().expect("a chain").to_owned();
        let second = wallet(&["request-chain"]).1["chain"].as_str().expect("a chain").to_owned();
        wallet(&["transfer", &second, "3"]);
        wallet(&["process-inbox", "--chain", &second]);

        let (code, answer) = wallet(&["audit", "--every-validator"]);
        assert_eq!((code, &answer["clean"]), (Some(0), &json!(true)), "{answer}");
        let of = |answer: &Value, chain: &str| {
            let chains = answer["chains"].as_array().expect("a list").clone();
            chains.into_iter().find(|entry| entry["chain"] == json!(chain)).expect("it was audited")
        };
        assert_eq!(of(&answer, &chain)["blocks"], json!(1));
        assert_eq!(of(&answer, &second)["messages"], json!(1));

        // It goes on from there, and looks at what the wallet's own node has kept.
        wallet(&["transfer", &second, "4"]);
        let (code, answer) = wallet(&["audit", "--local", &chain]);
        assert_eq!((code, &of(&answer, &chain)["blocks"]), (Some(0), &json!(2)), "{answer}");

        // Chains that others deal with are found by following messages.
        let (code, answer) = wallet(&["audit", "--sample", "10", &second]);
        assert_eq!(code, Some(0), "{answer}");
        assert_eq!(of(&answer, &chain)["blocks"], json!(2));
    });
    done.await.expect("the test ends well");
    net.stop().await;
}
