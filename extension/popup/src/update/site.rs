//! Requests of sites: what the person grants, yes and no.

use walnut_base::{TimeDelta, Timestamp};
use walnut_wallet::messages::{ConnectPermissions, PendingSiteRequest, SiteRequestBody, UiRequest};

use super::{ask, send};
use crate::{
    message::{Command, Message},
    model::Model,
    route::Route,
};

const SECONDS_PER_DAY: u64 = 86_400;

/// Choices offered for the length of a connection, in days.
pub(crate) const DAYS: [u32; 3] = [1, 30, 365];

pub(super) fn update(model: &mut Model, message: Message) -> Vec<Command> {
    let permissions = &mut model.site.permissions;
    match message {
        Message::SiteAccount(id) => toggle(&mut permissions.accounts, id),
        Message::SiteChain(id) => toggle(&mut permissions.chains, id),
        Message::SitePropose => permissions.may_propose = !permissions.may_propose,
        Message::SiteUntil(text) => model.site.days = text.parse().ok(),
        Message::ApproveConnect => return approve_connect(model),
        Message::ApproveSign => return approve_sign(model),
        Message::DenySite(ignore_site) => {
            let Some(id) = first(model).map(|request| request.id) else { return Vec::new() };
            return ask(model, UiRequest::DenySiteRequest { id, ignore_site });
        }
        _ => {}
    }
    Vec::new()
}

/// The request on the screen: the oldest one.
pub(crate) fn first(model: &Model) -> Option<&PendingSiteRequest> {
    model.snapshot.as_ref().and_then(|snapshot| snapshot.site_requests.first())
}

/// Another request came to the front: choices start from the suggestion, and Approve waits again.
pub(super) fn follow(model: &mut Model) -> Vec<Command> {
    let Some(request) = first(model).cloned() else {
        model.site.request = None;
        return if model.route == Route::Requests { vec![Command::Go(Route::Home)] } else { Vec::new() };
    };
    let review = match &request.body {
        SiteRequestBody::Sign { review, .. } => review.as_ref().map(|review| review.id),
        SiteRequestBody::Connect(_) => None,
    };
    if model.site.request == Some(request.id) && model.site.review == review {
        return Vec::new();
    }
    model.site.request = Some(request.id);
    model.site.review = review;
    if let SiteRequestBody::Connect(_) = &request.body {
        let account = model.account().map(|account| account.id);
        let chains = model.chains().iter().filter(|chain| chain.account == account && account.is_some());
        model.site.permissions = ConnectPermissions {
            accounts: account.into_iter().collect(),
            chains: chains.map(|chain| chain.chain_id).collect(),
            may_propose: false,
            expires_at: None,
        };
        model.site.days = Some(DAYS[1]);
    }
    send::arm(model)
}

fn approve_connect(model: &mut Model) -> Vec<Command> {
    let Some(id) = first(model).map(|request| request.id) else { return Vec::new() };
    if !model.may_approve || model.site.permissions.accounts.is_empty() || model.site.request != Some(id) {
        return Vec::new();
    }
    let mut permissions = model.site.permissions.clone();
    permissions.expires_at = model.site.days.map(|days| until(model.now, days));
    ask(model, UiRequest::ApproveConnect { id, permissions })
}

fn approve_sign(model: &mut Model) -> Vec<Command> {
    let Some(PendingSiteRequest { id, body: SiteRequestBody::Sign { review: Some(review), .. }, .. }) =
        first(model)
    else {
        return Vec::new();
    };
    let (id, review_id) = (*id, review.id);
    if model.may_approve && model.site.review == Some(review_id) {
        ask(model, UiRequest::ApproveSign { id, review_id })
    } else {
        Vec::new()
    }
}

/// The end of a connection of so many days.
fn until(now: Timestamp, days: u32) -> Timestamp {
    now.saturating_add(TimeDelta::from_secs(SECONDS_PER_DAY.saturating_mul(u64::from(days))))
}

fn toggle<T: PartialEq>(list: &mut Vec<T>, item: T) {
    match list.iter().position(|other| *other == item) {
        Some(place) => {
            list.remove(place);
        }
        None => list.push(item),
    }
}
