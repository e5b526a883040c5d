//! Whether the operator's X app works: what its accounts report pauses the app and ends the pause.

use latchkey_core::api::event::Event;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::NetworkId;
use latchkey_core::network::{Breaker, Evidence, Finding, Network};
use latchkey_core::outbox::OutboxJob;
use latchkey_core::webhook::EventKind;

use super::{Workspace, events};
use crate::error::Result;
use crate::names::ORG_ID;
use crate::rpc::workspace::Report;
use crate::runtime::now;

/// What an account reports; a report that arrives again or late changes nothing. The answer says whether it may call X;
/// and whether the alarm is to be derived anew.
pub fn delivered(w: &Workspace, report: &Report) -> Result<(Breaker, bool)> {
    let mut is_news = false;
    for delivery in &report.deliveries {
        w.store.deliveries.save(delivery)?;
        is_news |= learn_from(w, delivery, report.network_id.as_ref())? | delivery.is_waiting();
        if delivery.is_settled() {
            is_news |= events::announce(w, &delivery.post_id)?;
            if delivery.has_media() {
                w.store.media.look_again(&delivery.post_id)?;
            }
        } else {
            events::under_way(w, delivery)?;
        }
    }
    let settings = w.store.settings.get()?;
    let Some(id) = &report.network_id else { return Ok((Breaker::open(&settings), is_news)) };
    let Some(mut network) = w.store.apps.find(id.as_str())? else {
        return Ok((Breaker::of_no_app(&settings), is_news));
    };
    if network.close_until(report.closed_until, report.closed_limit, now()) {
        w.store.apps.save(&network)?;
    }
    Ok((network.breaker(&settings, now()), is_news))
}

/// What an account's object hears with its deliveries.
pub fn of_app(w: &Workspace, network_id: &str) -> Result<Breaker> {
    let settings = w.store.settings.get()?;
    let network = w.store.apps.find(network_id)?;
    Ok(network.map_or_else(|| Breaker::of_no_app(&settings), |network| network.breaker(&settings, now())))
}

/// A delivery that the app is at fault for pauses the network; one that X took while it was paused ends the pause. All
/// deliveries of a report are of one app, which an object without tokens cannot name.
fn learn_from(w: &Workspace, delivery: &Delivery, network_id: Option<&NetworkId>) -> Result<bool> {
    let Some(evidence) = Evidence::of(delivery, now()) else { return Ok(false) };
    let account = || w.store.accounts.find_even_deleted(&delivery.account_id);
    let network = match network_id {
        Some(id) => w.store.apps.find(id.as_str())?,
        None => account()?.map_or(Ok(None), |account| w.store.apps.find(account.network_id.as_str()))?,
    };
    let Some(mut network) = network else { return Ok(false) };
    match network.learn(evidence, now() + w.app()?.pace().probe) {
        Finding::Nothing => return Ok(false),
        Finding::Pauses(pause) => {
            w.store.apps.save(&network)?;
            let event = Event::of_network(EventKind::NetworkPaused, &network, ORG_ID, &pause);
            events::happened(w, &event)?;
        }
        Finding::ReleasesAccount => {
            let Some(account) = account()? else { return Ok(false) };
            w.store.outbox.add(&OutboxJob::AppMended { object: account.object() }, now())?;
        }
        Finding::Resumes => lift_by_itself(w, network)?,
    }
    Ok(true)
}

/// Lifts the pause; held posts continue. The event is for the caller to write: only the caller knows whether somebody asked.
pub fn lift(w: &Workspace, mut network: Network) -> Result<(Network, Option<Event>)> {
    let lifted = network.resume();
    w.store.apps.save(&network)?;
    for account in w.store.deliveries.holding_accounts(&network.id)? {
        w.store.outbox.add(&OutboxJob::AppMended { object: account.object() }, now())?;
    }
    let event = lifted.map(|pause| Event::of_network(EventKind::NetworkResumed, &network, ORG_ID, &pause));
    Ok((network, event))
}

/// The app works again, and nobody had to say so.
pub fn lift_by_itself(w: &Workspace, network: Network) -> Result<()> {
    let (_, lifted) = lift(w, network)?;
    lifted.iter().try_for_each(|event| events::happened(w, event))
}
