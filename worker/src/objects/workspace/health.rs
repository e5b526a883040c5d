//! Whether the operator's X app works: what its accounts report, and what is asked of X meanwhile.

use std::rc::Rc;

use latchkey_core::account::Status;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::network::NetworkView;
use latchkey_core::audit::Action;
use latchkey_core::delivery::{Delivery, State};
use latchkey_core::id::NetworkId;
use latchkey_core::key::Binding;
use latchkey_core::network::{Gate, Network, Pause};
use latchkey_core::x::lookup::{Lookup, has_credits};

use super::outbox::Errand;
use super::{Inner, Report};
use crate::error::{Error, Result};
use crate::log;
use crate::runtime::now;

/// What a probe says of the app.
enum Verdict {
    Works,
    Broken,
    /// Only an attempt tells.
    Unclear,
}

impl Inner {
    /// What an account reports; a report that arrives again or late changes nothing. The answer says whether it may call X;
    /// and whether the alarm is to be derived anew.
    pub(super) fn delivered(&self, report: &Report) -> Result<(Gate, bool)> {
        let mut is_news = false;
        for delivery in &report.deliveries {
            self.save_delivery(delivery)?;
            // What waits is looked after; what is under way or final is not looked after any earlier than before.
            let waits = !delivery.is_final() && delivery.state != State::Publishing;
            is_news |= self.learn_from(delivery)? | waits;
            if delivery.is_settled() {
                is_news |= self.announce(&delivery.post_id)?;
            }
        }
        let settings = self.settings()?;
        let network = report.network_id.as_ref().map(|id| self.network_even_deleted(id)).transpose()?.flatten();
        let Some(mut network) = network else { return Ok((Gate::open(&settings), is_news)) };
        if report.closed_until > network.closed_until {
            network.closed_until = report.closed_until;
            network.closed_limit = report.closed_limit;
            self.save_network(&network)?;
        }
        Ok((network.gate(&settings, now()), is_news))
    }

    /// A delivery that the app is at fault for pauses the network; one that X took while it was paused ends the pause.
    fn learn_from(&self, delivery: &Delivery) -> Result<bool> {
        let pause = Pause::reported_by(delivery, now());
        let published_at = delivery.published_at.filter(|_| delivery.state == State::Published);
        let is_held_unasked = delivery.state == State::Held && delivery.is_unasked;
        if pause.is_none() && published_at.is_none() && !is_held_unasked {
            return Ok(false);
        }
        let Some(account) = self.account_even_deleted(&delivery.account_id)? else { return Ok(false) };
        let Some(mut network) = self.network(account.network_id.as_str())? else { return Ok(false) };
        match (pause, &network.paused) {
            (Some(pause), None) => {
                network.pause(pause.clone(), now() + self.app()?.pace().probe);
                self.save_network(&network)?;
                self.network_paused(&network, &pause)?;
                Ok(true)
            }
            // It was held while the pause was lifted.
            (None, None) if is_held_unasked => {
                self.owe(&Errand::AppMended { object: account.object() }, now())?;
                Ok(true)
            }
            (None, Some(paused)) if published_at.is_some_and(|at| at > paused.since) => {
                self.resume_by_itself(network)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// `POST …/resume`.
    pub(super) fn resume_network(&self, id: &str, callback_url: &str, whose: &Binding) -> Result<Answer> {
        let network = self.own_network(id, whose)?;
        let network = self.resume(network)?;
        Ok(Answer::data(200, NetworkView::new(&network, callback_url, whose)))
    }

    /// Lifts the pause; what was held goes on.
    pub(super) fn resume(&self, mut network: Network) -> Result<Network> {
        let paused = network.paused.clone();
        network.resume();
        self.save_network(&network)?;
        if let Some(pause) = paused {
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
            if network.probe_at.is_none_or(|at| at > now()) {
                continue;
            }
            network.probe_at = Some(now() + self.app()?.pace().probe);
            self.save_network(&network)?;
            let verdict = self.probe(&network).await;
            log::unattended("workspace", "a probe", &verdict.as_ref().map(|_| ()).map_err(Clone::clone));
            self.conclude(&network.id, verdict.unwrap_or(Verdict::Broken)).await?;
        }
        Ok(())
    }

    async fn probe(&self, network: &Network) -> Result<Verdict> {
        if network.paused.as_ref().is_none_or(|pause| pause.reason != "credits_depleted") {
            return Ok(Verdict::Unclear);
        }
        let accounts = self.accounts_of_network(&network.id)?;
        let Some(account) = accounts.iter().find(|account| account.status == Status::Active) else {
            return Ok(Verdict::Unclear);
        };
        match self.app()?.account(&account.object())?.ask(account.id.clone(), Lookup::Credits).await {
            Ok(body) => Ok(match has_credits(&body) {
                Some(true) => Verdict::Works,
                Some(false) => Verdict::Broken,
                None => Verdict::Unclear,
            }),
            Err(Error::Refused(refused)) if refused.code == Code::CreditsDepleted => Ok(Verdict::Broken),
            Err(Error::Refused(_)) => Ok(Verdict::Unclear),
            Err(fault) => Err(fault),
        }
    }

    async fn conclude(&self, id: &NetworkId, verdict: Verdict) -> Result<()> {
        // Somebody may have lifted the pause meanwhile.
        let Some(network) = self.network(id.as_str())?.filter(|network| network.paused.is_some()) else {
            return Ok(());
        };
        match verdict {
            Verdict::Broken => Ok(()),
            Verdict::Works => self.db()?.transaction(|| self.resume_by_itself(network)),
            Verdict::Unclear => match self.oldest_held(id)? {
                None => self.db()?.transaction(|| self.resume_by_itself(network)),
                Some(held) => {
                    let Some(account) = self.account_even_deleted(&held.account_id)? else { return Ok(()) };
                    self.app()?.account(&account.object())?.probe(held.post_id).await
                }
            },
        }
    }
}
