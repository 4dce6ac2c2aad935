//! Acceptance rules of keys and signatures.

use hex_literal::hex;
use k256::elliptic_curve::PrimeField as _;

use super::*;
use crate::{AccountOwner, EncodingError, ParseError, encoding};

const DIGEST: [u8; 32] = [0x42; 32];

/// The order of the secp256k1 group.
const ORDER: [u8; 32] = hex!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

fn secp256k1() -> Secp256k1SecretKey {
    Secp256k1SecretKey::from_bytes(&[1; 32]).expect("a valid key")
}

/// r ‖ n − s.
fn negate_s(signature: [u8; 64]) -> [u8; 64] {
    let mut bytes = signature;
    let s: [u8; 32] = signature[32..].try_into().expect("32 bytes");
    let s = Option::<k256::Scalar>::from(k256::Scalar::from_repr(s.into())).expect("below the order");
    bytes[32..].copy_from_slice(&(-s).to_bytes());
    bytes
}

#[test]
fn ed25519_accepts_weak_keys_and_their_noncanonical_form() {
    // The neutral element as key: s·B − k·A is s·B for every message.
    let neutral = hex!("0100000000000000000000000000000000000000000000000000000000000000");
    let noncanonical = hex!("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&neutral);
    for key in [neutral, noncanonical] {
        let key = Ed25519PublicKey::from_bytes(key);
        assert_eq!(
            Ed25519Signature::from_bytes(signature).check_prehash(DIGEST.into(), &key, "Test"),
            Ok(())
        );
    }
    let key = Ed25519PublicKey::from_bytes(neutral);
    let refused = |signature: [u8; 64]| {
        let error = "signature error";
        assert_eq!(
            Ed25519Signature::from_bytes(signature).check_prehash(DIGEST.into(), &key, "Test"),
            Err(CryptoError::InvalidSignature { type_name: "Test", error })
        );
    };
    let mut noncanonical_r = signature;
    noncanonical_r[..32].copy_from_slice(&noncanonical);
    refused(noncanonical_r);
    let mut noncanonical_s = signature;
    noncanonical_s[32..]
        .copy_from_slice(&hex!("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"));
    refused(noncanonical_s);
}

#[test]
fn ed25519_decodes_what_is_no_point_and_fails_later() {
    let bytes = hex!("0200000000000000000000000000000000000000000000000000000000000000");
    let key: Ed25519PublicKey = encoding::from_bcs_canonical(&bytes, 32).expect("any 32 bytes");
    assert_eq!(
        Ed25519Signature::from_bytes([0; 64]).check_prehash(DIGEST.into(), &key, "Test"),
        Err(CryptoError::InvalidSignature { type_name: "Test", error: "public key is not a point" })
    );
}

#[test]
fn secp256k1_keys_decode_in_four_forms() {
    let key = secp256k1().public();
    let x = &key.as_bytes()[1..];
    let even: Secp256k1PublicKey = encoding::from_bcs_canonical(&[&[2], x].concat(), 33).expect("a key");
    let compact = [&[5], x].concat();
    let from_compact: Secp256k1PublicKey = encoding::from_bcs(&compact, 33).expect("a compact key");
    assert_eq!(from_compact, even);
    assert_eq!(from_compact.to_bytes()[0], 2);
    assert_eq!(
        encoding::from_bcs_canonical::<Secp256k1PublicKey>(&compact, 33),
        Err(EncodingError::NotCanonical)
    );
    let full = [&[4], &key.uncompressed()[..]].concat();
    assert_eq!(Secp256k1PublicKey::from_sec1_bytes(&full), Ok(key));
    assert_eq!(hex::encode(&full).parse(), Ok(key));
    assert_eq!(serde_json::from_value::<Secp256k1PublicKey>(hex::encode(&full).into()).expect("a key"), key);
    for bytes in [&[0; 33][..], &[0], &[6; 33], &[&[2][..], &[255; 32]].concat(), &full[..64]] {
        assert_eq!(Secp256k1PublicKey::from_sec1_bytes(bytes), Err(CryptoError::InvalidPublicKey));
    }
    assert!(matches!(encoding::from_bcs::<Secp256k1PublicKey>(&[0; 33], 33), Err(EncodingError::Bcs(_))));
}

#[test]
fn opposite_points_sort_by_y() {
    let key = secp256k1().public();
    let mut opposite = key.to_bytes();
    opposite[0] ^= 1;
    let opposite = Secp256k1PublicKey::from_sec1_bytes(&opposite).expect("a key");
    assert_eq!(key.cmp(&opposite), key.uncompressed().cmp(&opposite.uncompressed()));
    assert_eq!(opposite.cmp(&key), opposite.uncompressed().cmp(&key.uncompressed()));
    assert_ne!(key, opposite);
}

#[test]
fn secp256k1_refuses_high_s_when_verifying_and_zero_or_large_numbers_when_decoding() {
    let signature = secp256k1().sign_prehash(DIGEST.into());
    assert_eq!(signature.check_prehash(DIGEST.into(), &secp256k1().public(), "Test"), Ok(()));
    let high =
        encoding::from_bcs::<Secp256k1Signature>(&negate_s(signature.to_bytes()), 64).expect("decodes");
    assert_eq!(
        high.check_prehash(DIGEST.into(), &secp256k1().public(), "Test"),
        Err(CryptoError::InvalidSignature { type_name: "Test", error: "signature error" })
    );
    for number in [[0; 32], ORDER, [255; 32]] {
        for start in [0, 32] {
            let mut bytes = signature.to_bytes();
            bytes[start..start + 32].copy_from_slice(&number);
            assert_eq!(Secp256k1Signature::from_bytes(&bytes), Err(CryptoError::MalformedSignature));
            assert!(matches!(
                encoding::from_bcs::<Secp256k1Signature>(&bytes, 64),
                Err(EncodingError::Bcs(_))
            ));
            assert!(matches!(
                encoding::from_bincode::<Secp256k1Signature>(&bytes, 64),
                Err(EncodingError::Bincode(_))
            ));
        }
    }
    assert_eq!(
        Secp256k1Signature::from_slice(&[1; 63]),
        Err(CryptoError::WrongLength { expected: 64, found: 63 })
    );
}

#[test]
fn secret_keys_are_in_range() {
    for bytes in [[0; 32], ORDER, [255; 32]] {
        assert_eq!(Secp256k1SecretKey::from_bytes(&bytes).err(), Some(CryptoError::InvalidSecretKey));
        assert_eq!(EvmSecretKey::from_bytes(&bytes).err(), Some(CryptoError::InvalidSecretKey));
    }
}

#[test]
fn evm_recovery_values() {
    let secret = EvmSecretKey::from_bytes(&[1; 32]).expect("a valid key");
    let signature = secret.sign_prehash(DIGEST.into());
    let mut bytes = signature.to_bytes();
    let is_odd = bytes[64] == 28;
    for v in 0..=255_u8 {
        bytes[64] = v;
        let odd = match v {
            0 | 27 => false,
            1 | 28 => true,
            2..=26 | 29..=34 => {
                assert_eq!(EvmSignature::from_bytes(&bytes), Err(CryptoError::MalformedSignature), "{v}");
                assert!(matches!(encoding::from_bcs::<EvmSignature>(&bytes, 65), Err(EncodingError::Bcs(_))));
                continue;
            }
            _ => v % 2 == 0,
        };
        let decoded: EvmSignature = encoding::from_bcs(&bytes, 65).expect("a valid recovery value");
        assert_eq!(decoded.to_bytes()[64], 27 + u8::from(odd), "{v}");
        let checked = decoded.check_prehash(DIGEST.into(), &secret.public().address(), "Test");
        assert_eq!(checked.is_ok(), odd == is_odd, "{v}");
    }
}

#[test]
fn evm_accepts_high_s_with_the_other_parity() {
    let secret = EvmSecretKey::from_bytes(&[1; 32]).expect("a valid key");
    let address = secret.public().address();
    let low = secret.sign_prehash(DIGEST.into()).to_bytes();
    let mut high = [0; 65];
    high[..64].copy_from_slice(&negate_s(low[..64].try_into().expect("64 bytes")));
    let check = |bytes: &[u8; 65]| {
        EvmSignature::from_bytes(bytes).expect("decodes").check_prehash(DIGEST.into(), &address, "Test")
    };
    high[64] = 27 + (28 - low[64]);
    assert_eq!(check(&high), Ok(()));
    high[64] = low[64];
    assert_eq!(
        check(&high),
        Err(CryptoError::InvalidSignature {
            type_name: "Test",
            error: "Recovered public key does not match sender address"
        })
    );
    for number in [[0; 32], ORDER] {
        let mut bytes = low;
        bytes[..32].copy_from_slice(&number);
        assert_eq!(
            check(&bytes),
            Err(CryptoError::InvalidSignature {
                type_name: "Test",
                error: "Failed to recover public key from signature"
            })
        );
    }
    let wrong =
        EvmSignature::from_bytes(&low).expect("decodes").check_prehash(DIGEST.into(), &[0; 20], "Test");
    assert!(wrong.is_err());
}

#[test]
fn account_keys_in_text_and_json() {
    let secret = EvmSecretKey::from_bytes(&[1; 32]).expect("a valid key");
    let public = secret.public();
    let account = AccountPublicKey::EvmSecp256k1(public);
    assert_eq!(account.to_string(), format!("02{public}"));
    assert_eq!(account.to_string().parse(), Ok(account));
    assert_eq!(serde_json::to_string(&account).expect("JSON"), format!("{{\"EvmSecp256k1\":\"{public}\"}}"));
    assert_eq!(format!("0x{public}").parse(), Ok(public));
    assert!(serde_json::from_value::<EvmPublicKey>(format!("0x{public}").into()).is_err());
    assert_eq!("zz".parse::<AccountPublicKey>(), Err(ParseError::NotHex));

    let signature = AccountSecretKey::EvmSecp256k1(secret).sign_prehash(DIGEST.into());
    let json = serde_json::to_value(signature).expect("JSON");
    assert_eq!(json["EvmSecp256k1"]["address"], serde_json::json!(public.address()));
    assert_eq!(serde_json::from_value::<AccountSignature>(json).expect("a signature"), signature);
    assert_eq!(signature.owner(), AccountOwner::Address20(public.address()));
    assert_eq!(encoding::to_bcs(&signature).len(), 1 + 65 + 20);
}

#[test]
fn secrets_have_json_only() {
    let json = format!("{{\"Secp256k1\":\"{}\"}}", "01".repeat(32));
    let secret: AccountSecretKey = serde_json::from_str(&json).expect("a key");
    assert_eq!(serde_json::to_string(&secret).expect("JSON"), json);
    assert!(bcs::to_bytes(&secret).is_err_and(|error| error.to_string().contains("no binary form")));
    for text in ["{}", "{\"Ed25519\":\"01\"}", "{\"Other\":\"01\"}"] {
        assert!(serde_json::from_str::<AccountSecretKey>(text).is_err());
    }
}

#[test]
fn generated_keys_are_reproducible() {
    let draw = || {
        let mut rng = TestingPrng::seed_from_u64(5);
        (
            AccountSecretKey::generate(&mut rng).public(),
            ValidatorKeypair::generate(&mut rng).public_key,
            EvmSecretKey::generate(&mut rng).public(),
        )
    };
    assert_eq!(draw(), draw());
}

mod tables {
    use k256::{ProjectivePoint, ecdsa::Signature};
    use proptest::prelude::*;

    use super::{super::multiples, *};

    /// Both ways of verifying agree; returns their verdict.
    fn verify(secret: &Secp256k1SecretKey, digest: [u8; 32], signature: Secp256k1Signature) -> bool {
        let key = secret.public();
        let point = Secp256k1PublicKey::from_sec1_bytes(key.as_bytes()).expect("a key");
        let plain = signature.check_prehash(digest.into(), &key, "Test").is_ok();
        let affine = k256::PublicKey::from_sec1_bytes(point.as_bytes()).expect("a key");
        let table = multiples::Multiples::new(ProjectivePoint::from(*affine.as_affine()), 4);
        let raw = Signature::from_slice(&signature.to_bytes()).expect("a signature");
        assert_eq!(multiples::verify_all(&digest, &[(raw, std::sync::Arc::new(table))]), plain);
        for _ in 0..4 {
            assert_eq!(
                Secp256k1Signature::check_all_of_members(digest.into(), &[(key, signature)], "Test").is_ok(),
                plain
            );
        }
        plain
    }

    #[test]
    fn edge_digests_verify() {
        for digest in [[0; 32], ORDER, [255; 32], [0x80; 32], [0x88; 32], [0x08; 32], [0x7f; 32]] {
            for secret in [
                [1; 32],
                [255; 16].iter().chain(&[1; 16]).copied().collect::<Vec<_>>().try_into().expect("32"),
            ] {
                let Ok(secret) = Secp256k1SecretKey::from_bytes(&secret) else { continue };
                let signature = secret.sign_prehash(digest.into());
                assert!(verify(&secret, digest, signature));
                let high = Secp256k1Signature::from_bytes(&negate_s(signature.to_bytes())).expect("decodes");
                assert!(!verify(&secret, digest, high));
            }
        }
    }

    #[test]
    fn small_numbers_do_not_verify_and_do_not_panic() {
        let mut bytes = [0; 64];
        for (r, s) in [(1, 1), (1, 2), (2, 1), (128, 8), (127, 255)] {
            bytes[31] = r;
            bytes[63] = s;
            let signature = Secp256k1Signature::from_bytes(&bytes).expect("decodes");
            assert!(!verify(&secp256k1(), DIGEST, signature));
        }
    }

    #[test]
    fn one_wrong_signature_among_many_is_found() {
        let sign = |byte| {
            let secret = Secp256k1SecretKey::from_bytes(&[byte; 32]).expect("a valid key");
            (secret.public(), secret.sign_prehash(DIGEST.into()))
        };
        let mut signatures: Vec<_> = (100..110).map(sign).collect();
        let check =
            |signatures: &[_]| Secp256k1Signature::check_all_of_members(DIGEST.into(), signatures, "Test");
        for _ in 0..4 {
            assert_eq!(check(&signatures), Ok(()));
        }
        assert_eq!(check(&[]), Ok(()));
        let error = "signature error";
        for index in 0..signatures.len() {
            let good = signatures[index].1;
            signatures[index].1 = signatures[(index + 1) % 10].1;
            assert_eq!(check(&signatures), Err(CryptoError::InvalidSignature { type_name: "Test", error }));
            signatures[index].1 = good;
        }
    }

    #[test]
    fn sum_at_infinity_is_refused() {
        // With z = −r·d the sum u1·G + u2·Q is the identity.
        let d =
            Option::<k256::Scalar>::from(k256::Scalar::from_repr([1; 32].into())).expect("below the order");
        let r = k256::Scalar::from(7_u64);
        let digest: [u8; 32] = (-(r * d)).to_bytes().into();
        let mut bytes = [0; 64];
        bytes[31] = 7;
        bytes[63] = 3;
        assert!(!verify(&secp256k1(), digest, Secp256k1Signature::from_bytes(&bytes).expect("decodes")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn agree_on_right_and_wrong_signatures(secret: [u8; 32], digest: [u8; 32], other: [u8; 32], flip in 0..512_usize) {
            let Ok(secret) = Secp256k1SecretKey::from_bytes(&secret) else { return Ok(()) };
            let signature = secret.sign_prehash(digest.into());
            prop_assert!(verify(&secret, digest, signature));
            prop_assert_eq!(verify(&secret, other, signature), other == digest);
            let mut bytes = signature.to_bytes();
            bytes[flip / 8] ^= 1 << (flip % 8);
            if let Ok(damaged) = Secp256k1Signature::from_bytes(&bytes) {
                prop_assert!(!verify(&secret, digest, damaged));
            }
        }
    }
}
