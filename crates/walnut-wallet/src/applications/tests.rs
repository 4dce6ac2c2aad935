//! Bytes as the standard has them, answers as services give them, and answers as services should not give them.

use serde_json::json;
use walnut_base::{Account, AccountOwner, Amount};

use super::{
    counter::{CounterOperation, is_counter, read_operation},
    fungible::{FungibleMessage, FungibleOperation, ask_balances, read_balances},
    pretty_json,
    schema::read_schema,
};
use crate::test_values::{chain, owner};

/// Two tokens: 2 × 10¹⁸ in 16 bytes, little-endian.
const TWO: &str = "0000c84e676dc11b0000000000000000";

fn digits(byte: &str) -> String {
    byte.repeat(32)
}

#[test]
fn operations_are_the_standards_to_the_byte() {
    let account = Account::new(chain(2), owner(3));
    let (a, b) = (format!("01{}", digits("01")), format!("{}01{}", digits("02"), digits("03")));
    let amount = Amount::from_tokens(2);
    for (operation, bytes) in [
        (FungibleOperation::Balance { owner: owner(1) }, format!("00{a}")),
        (FungibleOperation::TickerSymbol, "01".to_owned()),
        (
            FungibleOperation::Approve { owner: owner(1), spender: owner(1), allowance: amount },
            format!("02{a}{a}{TWO}"),
        ),
        (
            FungibleOperation::Transfer { owner: owner(1), amount, target_account: account },
            format!("03{a}{TWO}{b}"),
        ),
        (
            FungibleOperation::TransferFrom {
                owner: owner(1),
                spender: owner(1),
                amount,
                target_account: account,
            },
            format!("04{a}{a}{TWO}{b}"),
        ),
        (
            FungibleOperation::Claim { source_account: account, amount, target_account: account },
            format!("05{b}{TWO}{b}"),
        ),
    ] {
        assert_eq!(hex::encode(operation.bytes()), bytes);
        assert_eq!(FungibleOperation::read(&operation.bytes()), Some(operation));
    }
    let credit = FungibleMessage::Credit { target: AccountOwner::CHAIN, amount, source: owner(1) };
    let bytes = hex::decode(format!("000000{TWO}{a}")).unwrap();
    assert_eq!(FungibleMessage::read(&bytes), Some(credit));
}

#[test]
fn other_bytes_are_no_operation() {
    let mut bytes = FungibleOperation::Balance { owner: owner(1) }.bytes();
    bytes.push(0);
    assert_eq!(FungibleOperation::read(&bytes), None);
    assert_eq!(FungibleOperation::read(&[]), None);
    assert_eq!(FungibleOperation::read(&[6]), None);
    assert_eq!(FungibleMessage::read(&[2]), None);
    assert_eq!(read_operation(&[0, 5, 0, 0, 0, 0, 0, 0, 0]), Some(CounterOperation::Increment { value: 5 }));
    assert_eq!(read_operation(&[5, 0, 0, 0, 0, 0, 0, 0]), Some(CounterOperation::Increment { value: 5 }));
    assert_eq!(read_operation(&[1, 5, 0, 0, 0, 0, 0, 0, 0]), None);
    assert_eq!(read_operation(&[0, 5, 0]), None);
}

#[test]
fn balances_are_asked_for_by_owner_and_read_exactly() {
    assert_eq!(
        ask_balances(&[AccountOwner::CHAIN, owner(1)]),
        format!(
            "query{{tickerSymbol accounts{{__typename o0:entry(key:\"0x00\"){{value}} o1:entry(key:\"0x{}\"){{value}}}}}}",
            digits("01")
        )
    );
    let data = json!({
        "tickerSymbol": "WAL",
        "accounts": { "__typename": "MapView", "o0": { "value": null }, "o1": { "value": "0.000000000000000001" } },
    });
    assert_eq!(read_balances(&data, 2), Some(("WAL".to_owned(), vec![Amount::ZERO, Amount::from_attos(1)])));
}

#[test]
fn what_is_no_token_is_not_taken_for_one() {
    let accounts = json!({ "o0": { "value": "1." } });
    for data in [
        json!(null),
        json!({ "accounts": accounts }),
        json!({ "tickerSymbol": 5, "accounts": accounts }),
        json!({ "tickerSymbol": "", "accounts": accounts }),
        json!({ "tickerSymbol": "TOKENS", "accounts": accounts }),
        json!({ "tickerSymbol": "two words", "accounts": accounts }),
        json!({ "tickerSymbol": "\u{202e}LAW", "accounts": accounts }),
        json!({ "tickerSymbol": "ABCDEFGHIJKLM", "accounts": accounts }),
        json!({ "tickerSymbol": "WAL" }),
        json!({ "tickerSymbol": "WAL", "accounts": {} }),
        json!({ "tickerSymbol": "WAL", "accounts": { "o0": { "value": 1 } } }),
        json!({ "tickerSymbol": "WAL", "accounts": { "o0": { "value": "-1" } } }),
        json!({ "tickerSymbol": "WAL", "accounts": { "o0": { "value": "340282366920938463464" } } }),
    ] {
        assert_eq!(read_balances(&data, 1), None, "{data}");
    }
}

#[test]
fn a_schema_lists_questions_and_mutations() {
    let number = json!({ "name": null, "kind": "NON_NULL", "ofType": { "name": "Int", "kind": "SCALAR" } });
    let posts = json!({ "name": null, "kind": "NON_NULL", "ofType": { "name": null, "kind": "LIST",
        "ofType": { "name": "Post", "kind": "OBJECT" } } });
    let data = json!({ "__schema": {
        "queryType": { "fields": [
            { "name": "value", "args": [], "type": number },
            { "name": "feed", "args": [{ "name": "newest", "type": number }], "type": posts },
        ] },
        "mutationType": { "fields": [
            { "name": "increment", "args": [{ "name": "value", "type": number }], "type": number },
        ] },
    } });
    let schema = read_schema(&data).expect("a schema");
    let lines = schema.iter().map(|field| (field.template(), field.result.as_str())).collect::<Vec<_>>();
    assert_eq!(
        lines,
        [
            ("query { value }".to_owned(), "Int!"),
            ("query { feed(newest: ) { __typename } }".to_owned(), "[Post]!"),
            ("mutation { increment(value: ) }".to_owned(), "Int!"),
        ]
    );
    assert!(is_counter(&schema));
    assert!(!is_counter(&schema[1..]));
    assert_eq!(read_schema(&json!({ "count": 3 })), None);
    assert_eq!(read_schema(&json!({ "__schema": 3 })), Some(Vec::new()));
}

#[test]
fn json_keeps_its_order_and_its_digits() {
    let json =
        br#"{"b":340282366920938463463374607431768211455,"a":[1,{"c":"x, \"y\": {"}],"e":[ ],"n":null}"#;
    let (text, is_cut) = pretty_json(json, 1_000).expect("it is JSON");
    assert_eq!(
        text,
        "{\n  \"b\": 340282366920938463463374607431768211455,\n  \"a\": [\n    1,\n    {\n      \"c\": \"x, \\\"y\\\": {\"\n    }\n  ],\n  \"e\": [],\n  \"n\": null\n}"
    );
    assert!(!is_cut);
    assert_eq!(pretty_json(b"{ a }", 1_000), None);
    assert_eq!(pretty_json(&[0xff], 1_000), None);
    let (text, is_cut) = pretty_json(format!("\"{}\"", "é".repeat(100)).as_bytes(), 20).expect("it is JSON");
    assert!(is_cut && text.len() <= 22);
}
