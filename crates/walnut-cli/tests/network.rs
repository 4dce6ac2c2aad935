//! The program `walnut` against a whole network in this process.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};
use walnut_validator::{LocalNet, LocalNetOptions};

/// A wallet in a folder of its own.
struct Wallet {
    folder: PathBuf,
}

impl Wallet {
    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_walnut"))
            .arg("--json")
            .arg("--wallet")
            .arg(&self.folder)
            .args(arguments)
            .output()
            .expect("the program starts")
    }

    /// The answer of a command that must work.
    fn ask(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        serde_json::from_slice(&output.stdout).expect("one JSON value")
    }

    /// Exit code and error of a command that must fail.
    fn fail(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.run(arguments);
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        let error: Value = serde_json::from_slice(&output.stderr).expect("one JSON value");
        (output.status.code(), text(&error["error"]))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a text")).to_owned()
}

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/applications");
    folder.join(name).display().to_string()
}

/// Runs `test` while a network is up: its faucet, and a folder that goes away.
async fn with_network(test: impl FnOnce(&str, &Path) + Send + 'static) {
    let net = LocalNet::start(LocalNetOptions::default()).await.expect("the network starts");
    let faucet = net.faucet.clone().expect("it has a faucet");
    let folder = tempfile::tempdir().expect("a folder");
    let done = tokio::task::spawn_blocking(move || {
        test(&faucet, folder.path());
    });
    done.await.expect("the test ends well");
    net.stop().await;
}

fn wallet(folder: &Path, name: &str, faucet: &str) -> (Wallet, String) {
    let wallet = Wallet { folder: folder.join(name) };
    let made = wallet.ask(&["init", "--faucet", faucet]);
    assert!(text(&made["warning"]).contains("unencrypted"), "{made}");
    let requested = wallet.ask(&["request-chain"]);
    assert_eq!(requested["balance"], "1000");
    (wallet, text(&requested["chain"]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_is_published_created_called_and_asked() {
    with_network(|faucet, folder| {
        let (ana, chain) = wallet(folder, "ana", faucet);
        let published =
            ana.ask(&["publish-module", &fixture("counter_contract.wasm"), &fixture("counter_service.wasm")]);
        assert_eq!((&published["chain"], &published["height"]), (&json!(chain), &json!(0)));
        let module = text(&published["module"]);
        let created = ana.ask(&["create-application", &module, "--argument", "35"]);
        let application = text(&created["application"]);
        assert_eq!(ana.ask(&["query", &application, "query { value }"]), json!({ "value": 35 }));

        let called = ana.ask(&["call", &application, "--graphql", "mutation { increment(value: 3) }"]);
        assert_eq!(called["height"], 2);
        assert_eq!(ana.ask(&["query", &application, "{ value }"]), json!({ "value": 38 }));
        let called = ana.ask(&["call", &application, "--bcs", "0400000000000000"]);
        assert_eq!((&called["height"], &called["response"]), (&json!(3), &json!("2a00000000000000")));
        assert_eq!(ana.ask(&["query", &application, "{ value }"]), json!({ "value": 42 }));

        let known = ana.ask(&["applications"]);
        let expected = json!([{
            "application": application,
            "module": module,
            "creator": chain,
            "height": 1,
            "index": 0,
            "parameters": null,
            "requires": [],
        }]);
        assert_eq!(known, expected);

        // Somebody else can look at it, and has a counter of his own.
        let (ben, ben_chain) = wallet(folder, "ben", faucet);
        assert_eq!(ben.ask(&["applications"]), json!([]));
        assert_eq!(ben.ask(&["describe", &application])["creator"], json!(chain));
        let called = ben.ask(&["call", &application, "--bcs", "0100000000000000"]);
        assert_eq!((&called["chain"], &called["response"]), (&json!(ben_chain), &json!("0100000000000000")));
        assert_eq!(ben.ask(&["query", &application, "{ value }"]), json!({ "value": 1 }));
        assert_eq!(ben.ask(&["sync", "--chain", &chain])[0]["height"], 4);
        let asked = ben.ask(&["query", &application, "{ value }", "--chain", &chain]);
        assert_eq!(asked, json!({ "value": 42 }));

        let (code, error) = ana.fail(&["query", &application, "{ nonsense }"]);
        assert_eq!(code, Some(1));
        assert!(error.contains("nonsense"), "{error}");
        let (code, error) = ana.fail(&["call", &application, "--graphql", "query { value }"]);
        assert_eq!(code, Some(1));
        assert!(error.contains("asked for no operation"), "{error}");
        let (code, error) = ana.fail(&["publish-module", &fixture("README.md"), &fixture("README.md")]);
        assert_eq!(code, Some(1));
        assert!(error.contains("README.md"), "{error}");
        let (code, error) = ana.fail(&["create-application", &module, "--argument", "{"]);
        assert_eq!(code, Some(1));
        assert!(error.contains("argument is not JSON"), "{error}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_move_between_two_wallets() {
    with_network(|faucet, folder| {
        let (ana, ana_chain) = wallet(folder, "ana", faucet);
        let (ben, ben_chain) = wallet(folder, "ben", faucet);
        let sent = ana.ask(&["transfer", &ben_chain, "12.5"]);
        assert_eq!((&sent["sent"], &sent["chain"]), (&json!("12.5"), &json!(ana_chain)));
        assert_eq!(ana.ask(&["balance"])["balance"], "987.5");
        assert_eq!(ben.ask(&["balance"])["balance"], "1000", "nobody has told him");
        let synced = ben.ask(&["sync"]);
        assert_eq!((&synced[0]["waiting"], &synced[0]["balance"]), (&json!(1), &json!("1000")));
        let received = ben.ask(&["process-inbox"]);
        assert_eq!(received["blocks"].as_array().map(Vec::len), Some(1));
        assert_eq!(ben.ask(&["balance"])["balance"], "1012.5");
        assert_eq!(ben.ask(&["process-inbox"])["blocks"], json!([]));
        let chains = ben.ask(&["chains"]);
        assert_eq!((&chains[0]["chain"], &chains[0]["height"]), (&json!(ben_chain), &json!(1)));

        // A second chain of the same wallet, and data on it.
        let second = text(&ben.ask(&["request-chain"])["chain"]);
        let file = folder.join("data");
        std::fs::write(&file, b"read me").expect("writes");
        let published = ben.ask(&["publish-data", &file.display().to_string(), "--chain", &second]);
        assert_eq!(published["chain"], json!(second));
        assert_eq!(ben.ask(&["chains"]).as_array().map(Vec::len), Some(2));

        let (code, error) = ana.fail(&["transfer", &ben_chain, "1000"]);
        assert_eq!(code, Some(1));
        assert!(error.contains("balance"), "{error}");
        let (code, error) = ana.fail(&["balance", "--chain", &ben_chain]);
        assert_eq!(code, Some(1));
        assert!(error.contains("is not one of the wallet's"), "{error}");
        let (code, error) = ana.fail(&["init", "--faucet", faucet]);
        assert_eq!(code, Some(1));
        assert!(error.contains("a wallet here already"), "{error}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_wallets_share_a_chain() {
    with_network(|faucet, folder| {
        let (ana, ana_chain) = wallet(folder, "ana", faucet);
        let (ben, ben_chain) = wallet(folder, "ben", faucet);
        let owner = text(&ana.ask(&["chains"])[0]["owner"]);
        let other = text(&ben.ask(&["keygen"])["owner"]);
        assert_eq!(ben.ask(&["chains"]).as_array().map(Vec::len), Some(1), "a key is no chain");
        let operations = |content: Value| {
            let file = folder.join("operations.json");
            std::fs::write(&file, content.to_string()).expect("writes");
            file.display().to_string()
        };
        let timeouts = json!({
            "fast_round_duration": null, "base_timeout": 10_000_000, "timeout_increment": 1_000_000,
            "fallback_duration": u64::MAX,
        });
        let ownership = json!({
            "super_owners": [], "owners": { &owner: 100, &other: 100 }, "multi_leader_rounds": 5,
            "open_multi_leader_rounds": false, "timeout_config": timeouts,
        });
        let permissions = json!({
            "execute_operations": null, "mandatory_applications": [], "close_chain": [],
            "change_application_permissions": [], "call_service_as_oracle": null, "make_http_requests": null,
        });
        let open = json!([{ "System": { "OpenChain": {
            "ownership": ownership, "balance": "100.", "application_permissions": permissions,
        } } }]);
        let opened = ana.ask(&["execute", &operations(open)]);
        let created = text(&opened["created"][0]);
        let shared = created.rsplit(':').next().expect("a type and a hash").to_owned();

        assert_eq!(ana.ask(&["adopt-chain", &shared])[0]["balance"], "100");
        assert_eq!(ben.ask(&["adopt-chain", &shared])[0]["owner"], json!(other));
        ana.ask(&["transfer", &ana_chain, "10", "--chain", &shared]);
        ben.ask(&["transfer", &ben_chain, "20", "--chain", &shared]);
        assert_eq!(ana.ask(&["sync", "--chain", &shared])[0]["balance"], "70");

        // Ben alone, from here on.
        let change = json!([{ "System": { "ChangeOwnership": {
            "super_owners": [], "owners": [[&other, 100]], "multi_leader_rounds": 5,
            "open_multi_leader_rounds": false, "timeout_config": timeouts,
        } } }]);
        ben.ask(&["execute", &operations(change), "--chain", &shared]);
        let (code, error) = ana.fail(&["transfer", &ana_chain, "1", "--chain", &shared]);
        assert_eq!(code, Some(1));
        assert!(error.contains("owner"), "{error}");
        let (eva, _) = wallet(folder, "eva", faucet);
        let (code, error) = eva.fail(&["adopt-chain", &shared]);
        assert_eq!(code, Some(1));
        assert!(error.starts_with("no key of this wallet belongs to an owner of chain"), "{error}");
        let (code, error) = ben.fail(&["execute", &operations(json!([])), "--chain", &shared]);
        assert_eq!(code, Some(1));
        assert!(error.ends_with("there is no operation in it"), "{error}");
        let (code, error) = ben.fail(&["execute", &operations(json!([{ "System": "Nonsense" }]))]);
        assert_eq!(code, Some(1));
        assert!(error.contains("unknown variant `Nonsense`"), "{error}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faucet_of_another_network_is_refused() {
    with_network(|faucet, folder| {
        let ana = Wallet { folder: folder.join("ana") };
        let wrong = "00".repeat(32);
        let (code, error) = ana.fail(&["init", "--faucet", faucet, "--genesis-hash", &wrong]);
        assert_eq!(code, Some(1));
        assert!(error.starts_with("the genesis has hash"), "{error}");
        let (code, error) = ana.fail(&["sync"]);
        assert_eq!(code, Some(1));
        assert!(error.contains("there is no wallet here"), "{error}");
        assert_eq!(ana.run(&["init"]).status.code(), Some(2), "an address is needed");
        // A port that was free a moment ago: nobody listens.
        let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let nobody = format!("http://{}/", address.expect("a free port"));
        let (code, error) = ana.fail(&["init", "--faucet", &nobody]);
        assert_eq!(code, Some(3));
        assert!(error.starts_with(&nobody), "{error}");

        ana.ask(&["init", "--faucet", faucet]);
        let (code, error) = ana.fail(&["sync"]);
        assert_eq!(code, Some(1));
        assert!(error.contains("has no chain"), "{error}");
        let database = walnut_cli::Folder::open(&ana.folder).and_then(|folder| folder.database());
        let database = database.expect("nobody uses it");
        assert_eq!(ana.fail(&["chains"]), (Some(3), "the wallet is in use by another program".to_owned()));
        drop(database);
        assert_eq!(ana.ask(&["chains"]), json!([]));
    })
    .await;
}
