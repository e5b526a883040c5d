//! Whether the operator's X app works: reports of the app's accounts, and the probes at X.

use std::rc::Rc;

use latchkey_core::account::Status;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::network::NetworkView;
use latchkey_core::audit::Action;
use latchkey_core::delivery::Delivery;
use latchkey_core::id::NetworkId;
use latchkey_core::key::Binding;
use latchkey_core::network::{AfterProbe, Evidence, Finding, Gate, Network, Probe, Verdict};
use latchkey_core::x::lookup::{Lookup, has_credits};

use super::outbox::Errand;
use super::{Inner, Report};
use crate::error::{Error, Result};
use crate::log;
use crate::runtime::now;

impl Inner {
    /// What an account reports; a report that arrives again or late changes nothing. The answer says whether it may call X;
    /// and whether the alarm is to be derived anew.
    pub(super) fn delivered(&self, report: &Report) -> Result<(Gate, bool)> {
        let mut is_news = false;
        for delivery in &report.deliveries {
            self.save_delivery(delivery)?;
            is_news |= self.learn_from(delivery)? | delivery.is_waiting();
            if delivery.is_settled() {
                is_news |= self.announce(&delivery.post_id)?;
            }
        }
        let settings = self.settings()?;
        let Some(id) = &report.network_id else { return Ok((Gate::open(&settings), is_news)) };
        let Some(mut network) = self.network(id.as_str())? else { return Ok((Gate::of_no_app(&settings), is_news)) };
        if network.close_until(report.closed_until, report.closed_limit, now()) {
            self.save_network(&network)?;
        }
        Ok((network.gate(&settings, now()), is_news))
    }

    /// A delivery that the app is at fault for pauses the network; one that X took while it was paused ends the pause.
    fn learn_from(&self, delivery: &Delivery) -> Result<bool> {
        let Some(evidence) = Evidence::of(delivery, now()) else { return Ok(false) };
        let Some(account) = self.account_even_deleted(&delivery.account_id)? else { return Ok(false) };
        let Some(mut network) = self.network(account.network_id.as_str())? else { return Ok(false) };
        match network.learn(evidence, now() + self.app()?.pace().probe) {
            Finding::Nothing => return Ok(false),
            Finding::Pauses(pause) => {
                self.save_network(&network)?;
                self.network_paused(&network, &pause)?;
            }
            Finding::ReleasesAccount => self.owe(&Errand::AppMended { object: account.object() }, now())?,
            Finding::Resumes => self.resume_by_itself(network)?,
        }
        Ok(true)
    }

    /// `POST …/resume`.
    pub(super) fn resume_network(&self, id: &str, callback_url: &str, whose: &Binding) -> Result<Answer> {
        let network = self.own_network(id, whose)?;
        let network = self.resume(network)?;
        Ok(Answer::data(200, NetworkView::new(&network, callback_url, whose)))
    }

    /// Lifts the pause; what was held goes on.
    pub(super) fn resume(&self, mut network: Network) -> Result<Network> {
        let lifted = network.resume();
        self.save_network(&network)?;
        if let Some(pause) = lifted {
            self.network_resumed(&network, &pause)?;
        }
        for account in self.holding_accounts(&network.id)? {
            self.owe(&Errand::AppMended { object: account.object() }, now())?;
        }
        Ok(network)
    }

    /// The app works again, and nobody had to say so.
    fn resume_by_itself(&self, network: Network) -> Result<()> {
        let network = self.resume(network)?;
        self.record(Action::NetworkResumed, network.tenant_id.as_ref(), network.id.as_str())
    }

    /// Asks for each paused network whether it works again, as often as the pace says.
    pub(super) async fn probe_networks(self: Rc<Self>) -> Result<()> {
        for mut network in self.networks()? {
            let Some(probe) = network.begin_probe(now(), self.app()?.pace().probe) else { continue };
            self.save_network(&network)?;
            let verdict = self.probe(&network, probe).await;
            log::unattended("workspace", "a probe", &verdict.as_ref().map(|_| ()).map_err(Clone::clone));
            self.conclude(&network.id, verdict.unwrap_or(Verdict::Broken)).await?;
        }
        Ok(())
    }

    async fn probe(&self, network: &Network, probe: Probe) -> Result<Verdict> {
        if probe == Probe::Attempt {
            return Ok(Verdict::Unclear);
        }
        let accounts = self.accounts_of_network(&network.id)?;
        let Some(account) = accounts.iter().find(|account| account.status() == Status::Active) else {
            return Ok(Verdict::Unclear);
        };
        match self.app()?.account(&account.object())?.ask(account.id.clone(), Lookup::Credits).await {
            Ok(body) => Ok(Verdict::of_credits(Ok(has_credits(&body)))),
            Err(Error::Refused(refused)) => Ok(Verdict::of_credits(Err(refused.code))),
            Err(fault) => Err(fault),
        }
    }

    async fn conclude(&self, id: &NetworkId, verdict: Verdict) -> Result<()> {
        // Somebody may have lifted the pause meanwhile.
        let Some(network) = self.network(id.as_str())?.filter(|network| network.paused().is_some()) else {
            return Ok(());
        };
        let held = self.oldest_held(id)?;
        match (verdict.follow_up(held.is_some()), held) {
            (AfterProbe::Resumes, _) => self.db()?.transaction(|| self.resume_by_itself(network)),
            (AfterProbe::Tries, Some(held)) => {
                let Some(account) = self.account_even_deleted(&held.account_id)? else { return Ok(()) };
                self.app()?.account(&account.object())?.probe(held.post_id).await
            }
            (AfterProbe::StaysPaused | AfterProbe::Tries, _) => Ok(()),
        }
    }
}
