//! Files as the stock wallet writes them.

use super::{KeystoreFile, WalletFile};
use crate::{AccountSecretKey, Ed25519SecretKey, Epoch, Round};

#[test]
fn wallet_round_trips() {
    let chain = "46a3b40c20607ffd2e458431c6ac31987fca474323621d702744ee55f67009c2";
    let pending = serde_json::json!({
        "block": {
            "chain_id": chain, "epoch": "0", "transactions": [], "height": 1, "timestamp": 5,
            "authenticated_signer": null, "previous_block_hash": null
        },
        "blobs": ["000568656c6c6f"],
        "round": "Fast"
    });
    let policy = crate::ResourceControlPolicy::no_fees();
    let json = serde_json::json!({
        "chains": {
            chain: {
                "owner": "0x00", "block_hash": null, "next_block_height": u64::MAX, "timestamp": 7,
                "pending_proposal": pending, "epoch": "3"
            }
        },
        "default": null,
        "genesis_config": {
            "committee": {
                "validators": {}, "total_votes": 0, "quorum_threshold": 1, "validity_threshold": 0, "policy": policy
            },
            "timestamp": 0, "chains": [], "network_name": "n"
        }
    });
    let wallet: WalletFile = serde_json::from_value(json.clone()).expect("a wallet");
    assert_eq!(serde_json::to_value(&wallet).expect("JSON"), json);
    let chain = wallet.chains.values().next().expect("one chain");
    assert_eq!(chain.epoch, Some(Epoch(3)));
    let pending = chain.pending_proposal.as_ref().expect("a proposal");
    assert_eq!(pending.round, Some(Round::Fast));
    assert_eq!(pending.blobs[0].bytes(), b"hello");
}

#[test]
fn keystore_holds_json_as_byte_arrays() {
    let secret = "01".repeat(32);
    let text = format!("{{\"Ed25519\":\"{secret}\"}}");
    let owner = AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[1; 32])).owner();
    let json = serde_json::json!({"keys": [[owner, text.as_bytes()]], "prng_seed": 37});
    let keystore: KeystoreFile = serde_json::from_value(json.clone()).expect("a keystore");
    assert_eq!(keystore.keys[0].1.0.owner(), owner);
    assert_eq!(serde_json::to_value(&keystore).expect("JSON"), json);
}
