//! The reference's files, and our own read back.

use std::path::PathBuf;

use walnut_base::{Amount, GenesisConfig, Timestamp, crypto::TestingPrng};

use super::*;

const OPTIONS: &str = r#"
server_config_path = "server_1.json"
host = "127.0.0.1"
port = 13001
some_future_key = true
external_protocol = { Grpc = "ClearText" }
internal_protocol = { Grpc = "ClearText" }

[[proxies]]
host = "127.0.0.1"
public_port = 13001
private_port = 10001
metrics_port = 12001

[[shards]]
host = "127.0.0.1"
port = 9001
metrics_port = 11001

[[shards]]
host = "127.0.0.1"
port = 9002
"#;

fn recorded(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/golden/no-fees").join(file)
}

fn options() -> ValidatorOptions {
    toml::from_str(OPTIONS).unwrap()
}

#[test]
fn option_files_are_read() {
    let options = options();
    assert_eq!(options.shards.len(), 2);
    assert_eq!(options.shards[1].metrics_port, None);
    assert_eq!(options.network().address().to_string(), "grpc:127.0.0.1:13001");
    let missing = toml::from_str::<ValidatorOptions>("host = 'a'").unwrap_err();
    assert!(missing.to_string().contains("missing field `server_config_path`"), "{missing}");
}

#[test]
fn the_recorded_committee_leads_to_the_recorded_genesis() {
    let committee: CommitteeConfig = read_json(&recorded("committee.json")).unwrap();
    let genesis: GenesisConfig = read_json(&recorded("genesis.json")).unwrap();
    let made = committee.into_committee(genesis.committee.policy().clone()).unwrap();
    assert_eq!(made, genesis.committee);
}

#[test]
fn server_configurations_survive_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let options = ValidatorOptions { server_config_path: folder.path().join("server_1.json"), ..options() };
    let committee_path = folder.path().join("committee.json");
    let mut rng = TestingPrng::seed_from_u64(37);
    let lines = generate(&mut rng, std::slice::from_ref(&options), Some(&committee_path)).unwrap();
    let config: ServerConfig = read_json(&options.server_config_path).unwrap();
    let committee: CommitteeConfig = read_json(&committee_path).unwrap();
    assert_eq!(committee.validators, vec![config.validator.clone()]);
    assert_eq!(config.validator_secret.public(), config.validator.public_key);
    assert_eq!(config.public_port(), 13001);
    let key = config.validator.public_key.to_string();
    assert_eq!(lines, vec![format!("{key},{}", config.validator.account_key)]);
    // The account key's line carries its scheme: Ed25519 is zero.
    assert!(lines[0][key.len() + 1..].starts_with("00"));
    let text = std::fs::read_to_string(&options.server_config_path).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["validator_secret"].as_str().map(str::len), Some(64));
    assert_eq!(json["validator"]["network"]["protocol"]["Grpc"], "ClearText");
    assert_eq!(json["internal_network"]["block_exporters"], serde_json::json!([]));
}

#[test]
fn damaged_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server_1.json");
    let missing = read_json::<ServerConfig>(&path).err().map(|error| error.to_string()).unwrap();
    assert!(missing.starts_with(&path.display().to_string()), "{missing}");
    std::fs::write(&path, "{").unwrap();
    assert!(matches!(read_json::<ServerConfig>(&path), Err(FileError::Content { .. })));
}

#[test]
fn a_genesis_has_an_admin_chain_and_the_others() {
    let mut rng = TestingPrng::seed_from_u64(37);
    let options = GenesisOptions {
        other_chains: 2,
        initial_funding: Amount::from_tokens(5),
        policy: Policy::Testnet.prices(),
        network_name: None,
        timestamp: Timestamp::from_micros(1_700_000_000_123_456),
    };
    let created = create_genesis(&mut rng, CommitteeConfig::default(), options).unwrap();
    assert_eq!(created.genesis.network_name, "walnut-2023-11-14T22:13:20");
    assert_eq!(created.genesis.chains.len(), 3);
    for (chain, key) in created.genesis.chains.iter().zip(&created.keys) {
        assert!(chain.config.ownership.verify_owner(&key.owner()));
    }
    let keystore = created.into_keystore();
    assert!(keystore.keys.is_sorted_by_key(|(owner, _)| *owner));
}
