//! The bytes of the forms, as the READMEs of the examples state them. Whoever changes one of these changes what
//! wallets and other applications send.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use walnut_forms::types::{Account, AccountOwner, Amount, ApplicationId, ChainId, Timestamp};
use walnut_forms::{counter, fungible, market, micropay, notary, price, purse, shop, social};

/// 32 times the same byte, as hexadecimal digits.
fn digits(byte: &str) -> String {
    byte.repeat(32)
}

fn parsed<T: DeserializeOwned>(value: impl Into<serde_json::Value>) -> T {
    serde_json::from_value(value.into()).unwrap()
}

fn chain() -> ChainId {
    parsed(digits("cc"))
}

fn application(byte: &str) -> ApplicationId {
    parsed(digits(byte))
}

fn owner() -> AccountOwner {
    parsed(format!("0x{}", digits("aa")))
}

fn account() -> Account {
    Account { chain_id: chain(), owner: owner() }
}

fn two() -> Amount {
    parsed("2.")
}

fn hex(value: &impl Serialize) -> String {
    bcs::to_bytes(value).unwrap().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Two tokens: 2 × 10¹⁸ in 16 bytes, little-endian.
const TWO: &str = "0000c84e676dc11b0000000000000000";

/// The bytes are those, and read back they are the same value.
#[track_caller]
fn check<T: Serialize + DeserializeOwned + Debug>(value: &T, bytes: impl AsRef<str>) {
    assert_eq!(hex(value), bytes.as_ref());
    let read: T = bcs::from_bytes(&bcs::to_bytes(value).unwrap()).unwrap();
    assert_eq!(format!("{read:?}"), format!("{value:?}"));
}

/// `01` and 32 bytes: an owner whose address has 32 bytes.
fn owner_hex() -> String {
    format!("01{}", digits("aa"))
}

fn account_hex() -> String {
    format!("{}{}", digits("cc"), owner_hex())
}

#[test]
fn counter_forms() {
    check(&counter::Operation::Increment { value: 5 }, "000500000000000000");
}

#[test]
fn price_forms() {
    check(&price::Operation::Update, "00");
    check(&price::Operation::Fetch, "01");
    let parameters: price::Parameters = parsed(json!({ "url": "http://localhost/price" }));
    assert_eq!(parameters, price::Parameters { url: "http://localhost/price".into() });
}

#[test]
fn fungible_operations_are_the_standards() {
    use fungible::{Message, Operation, Response};
    let (owner, spender, amount, target_account) = (owner(), owner(), two(), account());
    let (o, a) = (owner_hex(), account_hex());
    check(&Operation::Balance { owner }, format!("00{o}"));
    check(&Operation::TickerSymbol, "01");
    check(&Operation::Approve { owner, spender, allowance: amount }, format!("02{o}{o}{TWO}"));
    check(&Operation::Transfer { owner, amount, target_account }, format!("03{o}{TWO}{a}"));
    check(&Operation::TransferFrom { owner, spender, amount, target_account }, format!("04{o}{o}{TWO}{a}"));
    check(&Operation::Claim { source_account: account(), amount, target_account }, format!("05{a}{TWO}{a}"));
    check(&Message::Credit { target: owner, amount, source: owner }, format!("00{o}{TWO}{o}"));
    check(&Message::Withdraw { owner, amount, target_account }, format!("01{o}{TWO}{a}"));
    check(&Response::Ok, "00");
    check(&Response::Balance(amount), format!("01{TWO}"));
    check(&Response::TickerSymbol("WAL".into()), "020357414c");
}

#[test]
fn fungible_parameters_and_argument_are_the_standards() {
    let parameters = fungible::Parameters { ticker_symbol: "WAL".into() };
    assert_eq!(serde_json::to_value(parameters).unwrap(), json!({"ticker_symbol": "WAL"}));
    let accounts = [(owner(), two())].into();
    let expected = json!({"accounts": {format!("0x{}", digits("aa")): "2."}});
    assert_eq!(serde_json::to_value(fungible::InitialState { accounts }).unwrap(), expected);
}

#[test]
fn social_forms() {
    use social::{Operation, Post};
    let chain_id = chain();
    check(&Operation::Post { text: "hi".into() }, "00026869");
    check(&Operation::Subscribe { chain_id }, format!("01{}", digits("cc")));
    check(&Operation::Unsubscribe { chain_id }, format!("02{}", digits("cc")));
    let post = Post { author: Some(owner()), timestamp: Timestamp::from(7), text: "hi".into() };
    check(&post, format!("01{}0700000000000000026869", owner_hex()));
    check::<social::Response>(&Some(3), "0103000000");
}

#[test]
fn market_forms() {
    use market::{Operation, Order, Token};
    let (o, a) = (owner_hex(), account_hex());
    let (owner, amount, price) = (owner(), two(), two());
    check(&Operation::Offer { owner, sells: Token::B, amount, price }, format!("00{o}01{TWO}{TWO}"));
    check(
        &Operation::Take { owner, offer: 3, pays: Token::A, price },
        format!("01{o}030000000000000000{TWO}"),
    );
    check(&Operation::Cancel { owner, offer: 3 }, format!("02{o}0300000000000000"));
    let maker = account();
    check(&Order::Offer { maker, sells: Token::B, amount, price }, format!("00{a}01{TWO}{TWO}"));
    check(
        &Order::Take { taker: maker, offer: 3, pays: Token::A, price },
        format!("01{a}030000000000000000{TWO}"),
    );
    check(&Order::Cancel { maker, offer: 3 }, format!("02{a}0300000000000000"));
    let parameters = market::Parameters { token_a: application("01"), token_b: application("02") };
    assert_eq!(
        serde_json::to_value(parameters).unwrap(),
        json!({"token_a": digits("01"), "token_b": digits("02")})
    );
}

#[test]
fn micropay_forms() {
    use micropay::{Message, Operation, Response};
    let (from, payee, rate, deposit, fees) = (AccountOwner::CHAIN, account(), two(), two(), two());
    let a = account_hex();
    check(&Operation::Open { from, payee, rate, deposit, fees }, format!("000000{a}{TWO}{TWO}{TWO}"));
    check(&Operation::Tick, "01");
    check(&Operation::Close { keep: two() }, format!("02{TWO}"));
    check(&Message::Start { payer: payee, payee, rate, deposit }, format!("00{a}{a}{TWO}{TWO}"));
    check(&Response::Opened(chain()), format!("00{}", digits("cc")));
    check(&Response::Paid(two()), format!("01{TWO}"));
}

#[test]
fn purse_and_shop_forms() {
    use purse::{Operation, Response};
    let (owner, amount, to) = (owner(), two(), application("02"));
    let (o, app) = (owner_hex(), digits("02"));
    check(&Operation::Balance { owner }, format!("00{o}"));
    check(&Operation::Open { owner, amount }, format!("01{o}{TWO}"));
    check(&Operation::Pass { session: 1, to }, format!("0201000000{app}"));
    check(&Operation::Spend { session: 1, amount, to: owner }, format!("0301000000{TWO}{o}"));
    check(&Operation::Close { session: 1, refund: owner }, format!("0401000000{o}"));
    check(&Response::Session(1), "0101000000");
    check(&Response::Balance(amount), format!("02{TWO}"));

    check(&shop::Operation::Buy { budget: amount, suppliers: vec![to] }, format!("00{TWO}01{app}"));
    check(&shop::Operation::Supply { session: 1 }, "0101000000");
    check(&shop::Operation::Forget { budget: amount }, format!("02{TWO}"));
    let parameters = shop::Parameters { purse: to, price: amount };
    assert_eq!(serde_json::to_value(parameters).unwrap(), json!({"purse": app, "price": "2."}));
}

#[test]
fn notary_forms() {
    check::<notary::Operation>(&[0xab; 32], digits("ab"));
    check(&notary::Response { height: 7, timestamp: 9 }, "07000000000000000900000000000000");
}
