//! What the workspace hears of an account: outcomes of deliveries, states of pairs, revocations. Each change is told until
//! the workspace has acknowledged the change.

use std::cell::{Cell, RefCell};

use latchkey_core::delivery::Delivery;
use latchkey_core::network::Breaker;

use super::Inner;
use super::store::{News, REPORT_ROWS};
use crate::error::{Doing, Result};
use crate::rpc::workspace::{Report, WorkspaceStub};
use crate::runtime::now;

/// Reports that the workspace has acknowledged. The next write stores that with its own commit, at the latest the alarm that
/// stands for a crash. After a crash the reports are repeated, which changes nothing.
#[derive(Default)]
pub(super) struct Told {
    deliveries: RefCell<Vec<Delivery>>,
    /// The count of writes at the last acknowledgement.
    writes: Cell<u64>,
}

impl Told {
    fn learn(&self, account: &Inner, deliveries: Vec<Delivery>) {
        self.deliveries.borrow_mut().extend(deliveries);
        self.writes.set(account.db.writes());
    }

    pub(super) fn is_pending(&self) -> bool {
        !self.deliveries.borrow().is_empty()
    }

    pub(super) fn store(&self, account: &Inner) -> Result<()> {
        let deliveries = self.deliveries.take();
        deliveries.iter().try_for_each(|delivery| account.delivery_acknowledged(delivery))
    }

    /// Another write of this turn pays for the commit.
    pub(super) fn store_with_others(&self, account: &Inner) -> Result<()> {
        if self.writes.get() == account.db.writes() { Ok(()) } else { self.store(account) }
    }
}

impl Inner {
    pub(super) async fn report_news(&self) -> Result<()> {
        self.told.store(self)?;
        let news = self.news(REPORT_ROWS)?;
        if news.is_any() { self.tell(news).await.map(drop) } else { Ok(()) }
    }

    /// Reports every unacknowledged change to the workspace. The answer says whether X may be called. A repeated report
    /// changes nothing there.
    pub(super) async fn report(&self) -> Result<Breaker> {
        self.told.store(self)?;
        self.tell(self.news(REPORT_ROWS)?).await
    }

    async fn tell(&self, mut news: News) -> Result<Breaker> {
        let workspace = self.app()?.workspace()?;
        if news.has_grants() {
            self.tell_grants(&workspace).await?;
        }
        if news.has_revocations() {
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
            let (forgotten, writes) = (self.breaker.borrow().forgotten(), self.db.writes());
            let breaker = workspace.delivered(&report).await.doing("report deliveries")?;
            self.breaker.borrow_mut().learn(&breaker, forgotten, now());
            self.told.learn(self, report.deliveries);
            if is_all && self.db.writes() == writes {
                return Ok(breaker);
            }
            // There are more, or another event may have added one.
            self.told.store(self)?;
            news = self.news(REPORT_ROWS)?;
            if !news.is_any() {
                return Ok(breaker);
            }
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
