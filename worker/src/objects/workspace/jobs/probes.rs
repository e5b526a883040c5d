//! Probes of paused X apps at X.

use std::rc::Rc;

use latchkey_core::account::{Account, Status};
use latchkey_core::delivery::{Delivery, State};
use latchkey_core::id::NetworkId;
use latchkey_core::network::{AfterProbe, Network, Probe, Verdict};
use latchkey_core::x::lookup::{Lookup, has_credits};

use super::Workspace;
use crate::error::{Error, Result};
use crate::log;
use crate::objects::workspace::areas::breaker;
use crate::runtime::now;

/// Asks for each paused network whether it works again, as often as the pace says.
pub async fn run(w: Rc<Workspace>) -> Result<()> {
    for id in w.store.apps.probed()? {
        // As it is by now: while another app was asked about, this one may have been changed.
        let Some(mut network) = w.store.apps.find(id.as_str())? else { continue };
        let Some(probe) = network.begin_probe(now(), w.app()?.pace().probe) else { continue };
        w.store.apps.save(&network)?;
        let verdict = ask(&w, &network, probe).await;
        log::unattended("workspace", "a probe", &verdict.as_ref().map(|_| ()).map_err(Clone::clone));
        conclude(&w, &network.id, verdict.unwrap_or(Verdict::Broken)).await?;
    }
    Ok(())
}

async fn ask(w: &Workspace, network: &Network, probe: Probe) -> Result<Verdict> {
    if probe == Probe::Attempt {
        return Ok(Verdict::Unclear);
    }
    let accounts = w.store.accounts.of_app(&network.id)?;
    let Some(account) = accounts.iter().find(|account| account.status() == Status::Active) else {
        return Ok(Verdict::Unclear);
    };
    match w.app()?.account(&account.object())?.ask(account.id.clone(), Lookup::Credits).await {
        Ok(body) => Ok(Verdict::of_credits(Ok(has_credits(&body)))),
        Err(Error::Refused(refused)) => Ok(Verdict::of_credits(Err(refused.code))),
        Err(fault) => Err(fault),
    }
}

async fn conclude(w: &Workspace, id: &NetworkId, verdict: Verdict) -> Result<()> {
    // Somebody may have lifted the pause meanwhile.
    let Some(network) = w.store.apps.find(id.as_str())?.filter(|network| network.paused().is_some()) else {
        return Ok(());
    };
    let held = w.store.deliveries.oldest_held(id)?;
    match (verdict.follow_up(held.is_some()), held) {
        (AfterProbe::Resumes, _) => w.store.transaction(|| breaker::lift_by_itself(w, network)),
        (AfterProbe::Tries, Some(held)) => {
            if is_under_way(w, id)? {
                return Ok(());
            }
            let Some(account) = w.store.accounts.find_even_deleted(&held.account_id)? else { return Ok(()) };
            w.probing.borrow_mut().insert(id.clone(), held.post_id.clone());
            w.app()?.account(&account.object())?.probe(held.post_id).await
        }
        (AfterProbe::StaysPaused | AfterProbe::Tries, _) => Ok(()),
    }
}

/// Whether the post of the last probe has no outcome yet: a post with media may take longer than the pace. Another held post
/// would then be tried beside it.
fn is_under_way(w: &Workspace, id: &NetworkId) -> Result<bool> {
    let Some(post_id) = w.probing.borrow().get(id).cloned() else { return Ok(false) };
    let deliveries = w.store.deliveries.of_post(&post_id)?;
    let is_on_its_way = |delivery: &Delivery| matches!(delivery.state(), State::Queued | State::Publishing);
    let is_of_app = |account: &Account| account.network_id == *id;
    Ok(deliveries.iter().any(|(delivery, account)| is_on_its_way(delivery) && is_of_app(account)))
}
