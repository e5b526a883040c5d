//! What the workspace hears of an account: outcomes of deliveries, states of pairs, revocations. Each change is told until
//! the workspace has acknowledged the change.

use latchkey_core::network::Breaker;

use super::Inner;
use super::store::{News, REPORT_ROWS};
use crate::error::{Doing, Result};
use crate::rpc::workspace::{Report, WorkspaceStub};
use crate::runtime::now;

impl Inner {
    pub(super) async fn report_news(&self) -> Result<()> {
        let news = self.news()?;
        if news.is_any() { self.tell(news).await.map(drop) } else { Ok(()) }
    }

    /// Reports every unacknowledged change to the workspace. The answer says whether X may be called. A repeated report
    /// changes nothing there.
    pub(super) async fn report(&self) -> Result<Breaker> {
        self.tell(self.news()?).await
    }

    async fn tell(&self, mut news: News) -> Result<Breaker> {
        let workspace = self.app()?.workspace()?;
        if news.grants > 0 {
            self.tell_grants(&workspace).await?;
        }
        if news.revocations > 0 {
            self.tell_revocations(&workspace).await?;
        }
        loop {
            let deliveries = news.deliveries()?;
            let is_all = deliveries.len() < REPORT_ROWS as usize;
            let network_id = self.any_pair()?.map(|pair| pair.grant.client().network_id.clone());
            let closed = self.spent_window_of_the_app()?;
            let closed_until = closed.map(|window| window.reset_at);
            let report =
                Report { network_id, closed_until, closed_limit: closed.map(|window| window.limit), deliveries };
            let forgotten = self.breaker.borrow().forgotten();
            let breaker = workspace.delivered(&report).await.doing("report deliveries")?;
            self.breaker.borrow_mut().learn(&breaker, forgotten, now());
            report.deliveries.iter().try_for_each(|delivery| self.delivery_acknowledged(delivery))?;
            if is_all {
                return Ok(breaker);
            }
            news = self.news()?;
        }
    }

    async fn tell_grants(&self, workspace: &WorkspaceStub) -> Result<()> {
        loop {
            let grants = self.unacknowledged_grants()?;
            if grants.is_empty() {
                return Ok(());
            }
            workspace.grants_changed(grants).await.doing("report grants")?;
            self.grants_acknowledged()?;
        }
    }

    async fn tell_revocations(&self, workspace: &WorkspaceStub) -> Result<()> {
        loop {
            let revocations = self.unacknowledged_revocations()?;
            if revocations.is_empty() {
                return Ok(());
            }
            workspace.revocations_changed(revocations).await.doing("report revocations")?;
            self.revocations_acknowledged()?;
        }
    }
}
