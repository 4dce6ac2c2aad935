//! Every screen's address leads back to it.

use walnut_base::{ApplicationId, ChainId, CryptoHash};
use walnut_wallet::activity::ActivityId;

use super::{Part, Route, UnknownRoute};

#[test]
fn addresses_lead_back() {
    let mut routes = vec![
        Route::Home,
        Route::Welcome,
        Route::Create,
        Route::Import,
        Route::Words,
        Route::Claim,
        Route::AddChain,
        Route::Chain(ChainId::default()),
        Route::Application(ChainId::default(), ApplicationId::new(CryptoHash::from([7; 32]))),
        Route::Send,
        Route::Review,
        Route::Activity,
        Route::Item(ActivityId(7)),
        Route::Receive,
        Route::Requests,
        Route::Network,
        Route::Settings(None),
    ];
    routes.extend(Part::ALL.map(|part| Route::Settings(Some(part))));
    for route in routes {
        assert_eq!(route.href().parse(), Ok(route));
    }
}

#[test]
fn unknown_addresses_are_refused() {
    for text in ["#nowhere", "#chain/12", "#application/12", "#activity/-1", "#settings/", "#settings/none"] {
        assert_eq!(text.parse::<Route>(), Err(UnknownRoute), "{text}");
    }
}
