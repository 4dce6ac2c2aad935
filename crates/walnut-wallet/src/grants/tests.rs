//! Permissions: who may what, and until when.

use super::*;
use crate::test_values::{NOW, chain, later};

fn permissions(chains: &[u8], may_propose: bool) -> ConnectPermissions {
    ConnectPermissions {
        accounts: vec![AccountId(1)],
        chains: chains.iter().map(|n| chain(*n)).collect(),
        may_propose,
        expires_at: None,
    }
}

#[test]
fn reading_and_proposing_are_apart_and_per_chain() {
    let mut grants = Grants::default();
    grants.connect("https://a.example", permissions(&[1], false), NOW).unwrap();
    grants.connect("https://b.example", permissions(&[2], true), NOW).unwrap();
    for (origin, n, read, propose) in [
        ("https://a.example", 1, Ok(()), Err(GrantError::MayNotPropose)),
        ("https://a.example", 2, Err(GrantError::ChainNotGranted), Err(GrantError::ChainNotGranted)),
        ("https://b.example", 2, Ok(()), Ok(())),
        ("https://b.example", 1, Err(GrantError::ChainNotGranted), Err(GrantError::ChainNotGranted)),
        ("https://c.example", 1, Err(GrantError::NotConnected), Err(GrantError::NotConnected)),
        // Another port or scheme is another site.
        ("https://a.example:8443", 1, Err(GrantError::NotConnected), Err(GrantError::NotConnected)),
    ] {
        assert_eq!(grants.check_read(origin, chain(n), NOW), read, "{origin}");
        assert_eq!(grants.check_propose(origin, chain(n), NOW), propose, "{origin}");
    }
    grants.forget_chain(chain(2));
    assert_eq!(grants.check_propose("https://b.example", chain(2), NOW), Err(GrantError::ChainNotGranted));
}

#[test]
fn expiry_counts_from_its_moment() {
    let mut grants = Grants::default();
    let expiring = ConnectPermissions { expires_at: Some(later(10)), ..permissions(&[1], true) };
    grants.connect("https://a.example", expiring, NOW).unwrap();
    assert_eq!(grants.check_propose("https://a.example", chain(1), later(9)), Ok(()));
    assert_eq!(grants.check_propose("https://a.example", chain(1), later(10)), Err(GrantError::NotConnected));
    assert_eq!(grants.expire(later(9)), Vec::<String>::new());
    assert_eq!(grants.expire(later(10)), ["https://a.example"]);
    assert!(grants.sites().is_empty());
}

#[test]
fn ignored_revoked_and_connected_again() {
    let mut grants = Grants::default();
    let id = grants.ignore("https://a.example", NOW).unwrap();
    assert_eq!(grants.accounts("https://a.example", NOW), Err(GrantError::Ignored));
    assert_eq!(grants.connect("https://a.example", permissions(&[1], false), later(1)), Ok(id));
    assert_eq!(grants.accounts("https://a.example", NOW), Ok([AccountId(1)].as_slice()));
    grants.used("https://a.example", later(5));
    assert_eq!(grants.sites()[0].last_used, Some(later(5)));
    let stored = serde_json::to_string(&grants).unwrap();
    let mut grants = serde_json::from_str::<Grants>(&stored).unwrap().check_version().unwrap();
    assert_eq!(grants.revoke(id), Ok("https://a.example".to_owned()));
    assert_eq!(grants.revoke(id), Err(GrantError::UnknownSite(id)));
    grants.connect("https://a.example", permissions(&[1], false), NOW).unwrap();
    assert_eq!(grants.revoke_all(), ["https://a.example"]);
    assert_eq!(grants.permissions("https://a.example", NOW), Err(GrantError::NotConnected));
}

#[test]
fn only_canonical_origins() {
    for origin in [
        "https://example.com",
        "https://example.com:8443",
        "https://xn--bcher-kva.example",
        "https://[2001:db8::1]",
        "http://localhost",
        "http://localhost:5173",
        "http://127.0.0.1:80801".trim_end_matches('1'),
        "http://[::1]:8080",
    ] {
        assert_eq!(check_origin(origin), Ok(()), "{origin}");
    }
    for (origin, why) in [
        ("", "neither https nor local http"),
        ("null", "neither https nor local http"),
        ("file:///x", "neither https nor local http"),
        ("ftp://example.com", "neither https nor local http"),
        ("HTTPS://example.com", "neither https nor local http"),
        ("http://example.com", "http is only for this machine"),
        ("http://localhost.evil.example", "http is only for this machine"),
        ("http://127.0.0.1.evil.example", "http is only for this machine"),
        ("https://", "host not canonical"),
        ("https://Example.com", "host not canonical"),
        ("https://example.com/", "host not canonical"),
        ("https://user@example.com", "host not canonical"),
        ("https://example.com.", "host not canonical"),
        ("https://bücher.example", "host not canonical"),
        ("https://example.com:443", "port not canonical"),
        ("http://localhost:80", "port not canonical"),
        ("https://example.com:", "port not canonical"),
        ("https://example.com:08443", "port not canonical"),
        ("https://example.com:0", "port not canonical"),
        ("https://example.com:99999", "port not canonical"),
    ] {
        assert_eq!(check_origin(origin), Err(GrantError::BadOrigin(why)), "{origin}");
        let mut grants = Grants::default();
        assert_eq!(grants.connect(origin, permissions(&[], false), NOW), Err(GrantError::BadOrigin(why)));
    }
    let long = format!("https://{}", "a".repeat(300));
    assert_eq!(check_origin(&long), Err(GrantError::BadOrigin("too long")));
}

#[test]
fn is_bounded_and_knows_its_version() {
    let mut grants = Grants::default();
    for n in 0..SITES_MAX {
        grants.ignore(&format!("https://s{n}.example"), NOW).unwrap();
    }
    assert_eq!(
        grants.ignore("https://one-more.example", NOW),
        Err(GrantError::TooManySites { max: SITES_MAX })
    );
    let newer: Grants = serde_json::from_str(r#"{"version":9,"next_id":1,"sites":[]}"#).unwrap();
    assert_eq!(newer.check_version(), Err(GrantError::NewerVersion(9)));
}
