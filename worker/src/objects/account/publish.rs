//! The publishing loop: one delivery at a time, each step journalled before X is called.

use std::rc::Rc;

use latchkey_core::delivery::{Delivery, Outcome, State};
use latchkey_core::id::AccountId;
use latchkey_core::x::XError;
use latchkey_core::x::problem::Refusal;
use latchkey_core::x::tweet::{create_request, create_response};

use super::Inner;
use super::tokens::NoAccess;
use crate::error::{Doing, Result};
use crate::objects::workspace::GrantReport;
use crate::outbound::PATIENT;
use crate::runtime::now;

impl Inner {
    /// Works until nothing is due. Only one loop runs; a second alarm finds it busy and leaves the rows to it.
    pub(super) async fn publish_due(self: &Rc<Self>) -> Result<()> {
        if self.publishing.replace(true) {
            return Ok(());
        }
        let outcome = self.publish_all().await;
        self.publishing.set(false);
        outcome
    }

    async fn publish_all(self: &Rc<Self>) -> Result<()> {
        self.recover()?;
        self.report().await?;
        while let Some(delivery) = self.next_due(now())? {
            self.step(delivery).await?;
            self.report().await?;
        }
        Ok(())
    }

    /// No call to X outlives the process that made it: an intent found at the start of the loop lost its answer.
    fn recover(&self) -> Result<()> {
        for mut delivery in self.open_deliveries()? {
            if delivery.state == State::Publishing {
                delivery.recover();
                self.save_delivery(&delivery)?;
            }
        }
        Ok(())
    }

    /// One call to X, or none when there is no token for it.
    async fn step(self: &Rc<Self>, delivery: Delivery) -> Result<()> {
        let access = match self.access_token().await? {
            Ok(access) => access,
            Err(NoAccess::Ended) => return self.effect(delivery, Outcome::ReconnectRequired),
            Err(NoAccess::Until(time)) => return self.effect(delivery, Outcome::NoTokenUntil(time)),
        };
        // While the token was fetched, a release may have cancelled it.
        let Some(mut delivery) = self.delivery(&delivery)?.filter(|delivery| delivery.is_due(now())) else {
            return Ok(());
        };
        let Some(tweet) = delivery.begin(now()) else { return Ok(()) };
        self.save_delivery(&delivery)?;
        let app = self.app()?;
        let outcome = match app.x().send(create_request(app.endpoints(), &access.token, &tweet), PATIENT).await? {
            Ok(answer) => create_response(&answer).map_or_else(Outcome::Refused, Outcome::Published),
            Err(_) => Outcome::Lost,
        };
        if let Outcome::Refused(XError::Refused { refusal: Refusal::TokenRejected, .. }) = &outcome {
            self.access_token_rejected(&access)?;
        }
        self.effect(delivery, outcome)
    }

    fn effect(&self, mut delivery: Delivery, outcome: Outcome) -> Result<()> {
        delivery.effect(outcome, now());
        self.save_delivery(&delivery)
    }

    /// Tells the ledger every change it does not know yet. A report that is repeated changes nothing there.
    async fn report(&self) -> Result<()> {
        let workspace = self.app()?.workspace()?;
        if let Some(pair) = self.untold_pair()? {
            let report = GrantReport::new(&pair.grant()?, &pair.x_user_id);
            workspace.grant_changed(report).await.doing("report a grant")?;
            self.pair_told(&pair)?;
        }
        loop {
            let untold = self.untold_deliveries()?;
            if untold.is_empty() {
                return Ok(());
            }
            workspace.delivered(&untold).await.doing("report deliveries")?;
            untold.iter().try_for_each(|delivery| self.delivery_told(delivery))?;
        }
    }

    /// The account was connected again: what was held for that goes on.
    pub(super) fn release_held(&self) -> Result<()> {
        for mut delivery in self.open_deliveries()? {
            if delivery.state == State::Held {
                delivery.release(now());
                self.save_delivery(&delivery)?;
            }
        }
        Ok(())
    }

    /// The row is gone: what has not left for X never will.
    pub(super) fn cancel_open(&self, account_id: &AccountId) -> Result<()> {
        for mut delivery in self.open_deliveries()? {
            if &delivery.account_id == account_id && delivery.cancel() {
                self.save_delivery(&delivery)?;
            }
        }
        Ok(())
    }
}
