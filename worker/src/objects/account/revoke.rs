//! X is asked to revoke unused pairs (RFC 7009), until X has, or for 30 days.

use std::collections::BTreeSet;
use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::oauth::{
    ClientCredentials, OAuthError, TokenSet, refresh_request, refresh_response, revocation_response, revoke_request,
};
use latchkey_core::revocation::{Discarded, Tally, is_connected_again};
use latchkey_core::seal::Purpose;
use worker::wasm_bindgen_futures::spawn_local;

use super::discarded::Row;
use super::pairs::Owner;
use super::{Inner, Release};
use crate::error::Result;
use crate::log;
use crate::objects::storage::{doc, time};
use crate::outbound::QUICK;
use crate::runtime::now;

/// Pairs in one call or alarm: of the 50 requests that either may make on Workers' free plan the deliveries have 40.
const AT_ONCE: usize = 3;

impl Inner {
    /// Ends one row's use of its tokens. The row's queue is cancelled, the row's pair is discarded, and X is asked at
    /// once to revoke the latest pairs discarded for the row. A row that was connected again meanwhile is left alone.
    pub(super) async fn release(self: &Rc<Self>, release: &Release) -> Result<Tally> {
        let owner = Owner::Row(release.account_id.clone());
        let own = self.pair(&owner)?;
        let current = own.as_ref().map(|pair| pair.session_id.as_str());
        if is_connected_again(release.session_id.as_deref(), current) {
            return self.tally(release.account_id.as_str());
        }
        self.db.transaction(|| {
            self.cancel_open(&release.account_id)?;
            self.forget_keys_of(&release.account_id)?;
            if let Some(own) = &own {
                self.discard(own, &release.account_id)?;
                self.delete_pair(&owner)?;
            }
            self.retire_shared(&release.rows, &release.account_id)
        })?;
        self.arm().await?;
        // A call to X may be under way, whose loop would report the cancelled deliveries after it. The alarm repeats what fails.
        log::unattended("account", "report cancelled deliveries", &self.report_news().await);
        self.revoke_for(release.account_id.as_str()).await?;
        self.tally(release.account_id.as_str())
    }

    /// The latest pairs that X has to revoke for a row, at once. A try may find another pair that X has issued. The alarm
    /// asks about the rest, so that a call ends however many pairs there are and however slowly X answers.
    async fn revoke_for(&self, account_id: &str) -> Result<()> {
        // The alarm takes over from a crash, and not before.
        let lease = now() + self.app()?.revocation_pace().first;
        let update = "UPDATE discarded SET next_at = ? WHERE account_id = ? AND next_at <= ?";
        self.db.run(update, vec![time(lease), account_id.into(), time(now())])?;
        self.arm().await?;
        self.landed(account_id).await;
        let latest = format!("next_at IS NOT NULL AND account_id = ? ORDER BY seq DESC LIMIT {AT_ONCE}");
        let mut tried = BTreeSet::new();
        while tried.len() < AT_ONCE {
            let rows = self.discarded(&latest, account_id.into())?;
            let is_answered = rows.iter().all(|row| !tried.contains(&row.seq));
            let Some(row) = rows.into_iter().next().filter(|_| is_answered) else { return Ok(()) };
            tried.insert(row.seq);
            log::unattended("account", "a revocation", &self.revoke(&row).await);
        }
        Ok(())
    }

    /// Waits for the refreshes under way; their results are then known.
    async fn landed(&self, account_id: &str) {
        let is_meant = |owner: &Owner| match owner {
            Owner::Row(row) => row.as_str() == account_id,
            Owner::Shared => true,
        };
        let flights: Vec<_> = {
            let refreshing = self.refreshing.borrow();
            refreshing.iter().filter(|(owner, _)| is_meant(owner)).map(|(_, flight)| flight.clone()).collect()
        };
        // Whoever began one hears of its failure.
        join_all(flights).await;
    }

    /// Asks X about what is due, beside the loop that publishes: an X that does not answer keeps no post waiting.
    pub(super) fn revoke_due(self: &Rc<Self>) -> Result<()> {
        if self.revoking.get() || self.frozen()? {
            return Ok(());
        }
        let rows = self.discarded(&format!("next_at <= ? ORDER BY next_at LIMIT {AT_ONCE}"), time(now()))?;
        if rows.is_empty() {
            return Ok(());
        }
        let busy = Revoking::begin(self);
        spawn_local(async move {
            for row in &rows {
                busy.inner.landed(&row.account_id).await;
                log::unattended("account", "a revocation", &busy.inner.revoke(row).await);
            }
            let inner = Rc::clone(&busy.inner);
            drop(busy);
            log::unattended("account", "set the alarm", &inner.arm().await);
        });
        Ok(())
    }

    /// One try, stored before X is asked. A try that breaks off is repeated at the time of the next try.
    async fn revoke(&self, known: &Row) -> Result<()> {
        // Another try may have ended it.
        let rows = self.discarded("next_at IS NOT NULL AND seq = ?", known.seq.into())?;
        let Some(row) = rows.into_iter().next() else { return Ok(()) };
        let Ok(mut discarded) = row.read() else { return self.put_off(&row) };
        let app = self.app()?;
        let Some(next_at) = discarded.begin(now(), app.revocation_pace()) else {
            return self.end_discarded(&row, &discarded);
        };
        let begun = "UPDATE discarded SET next_at = ?, doc = ? WHERE seq = ?";
        self.db.run(begun, vec![time(next_at), doc(&discarded)?, row.seq.into()])?;
        let client = app.workspace()?.client_of_tokens(discarded.client(), false).await?;
        let credentials = app.vault()?.credentials(&client).await?;
        let tokens = self.open_sealed(Purpose::DiscardedPair, &discarded.row(&row.account_id), &row.sealed)?;
        if discarded.is_unconfirmed() && !self.confirm(&row, &mut discarded, &credentials, &tokens).await? {
            return Ok(());
        }
        let mut is_done = true;
        for token in tokens.refresh_token.iter().chain([&tokens.access_token]) {
            let request = revoke_request(app.endpoints(), &credentials, token);
            is_done &= app.x().send(request, QUICK).await?.is_ok_and(|answer| revocation_response(&answer).is_ok());
        }
        if !is_done {
            return Ok(());
        }
        discarded.confirmed();
        self.end_discarded(&row, &discarded)
    }

    /// X may have issued a pair whose answer was lost. The refresh token is therefore presented once more. X then
    /// issues a pair, and the new pair is discarded too; or X takes the second use for theft and ends the family (RFC
    /// 9700 §4.14.2); or X does not know the token. Returns whether the question is settled.
    async fn confirm(
        &self,
        row: &Row,
        discarded: &mut Discarded,
        credentials: &ClientCredentials,
        tokens: &TokenSet,
    ) -> Result<bool> {
        let Some(refresh_token) = &tokens.refresh_token else { return Ok(true) };
        let app = self.app()?;
        let request = refresh_request(app.endpoints(), credentials, refresh_token);
        let Ok(answer) = app.x().send(request, QUICK).await? else { return Ok(false) };
        let fresh = match refresh_response(&answer, tokens.clone(), now()) {
            Ok(fresh) => Some(fresh),
            Err(OAuthError::TokenInvalid) => None,
            Err(_) => return Ok(false),
        };
        self.db.transaction(|| {
            let issued = discarded.reconciled();
            self.save_discarded(row, discarded)?;
            fresh.as_ref().map_or(Ok(()), |fresh| self.keep_discarded(&issued, &row.account_id, fresh))
        })?;
        Ok(true)
    }
}

/// As long as it lives, X is being asked about a batch.
struct Revoking {
    inner: Rc<Inner>,
}

impl Revoking {
    fn begin(inner: &Rc<Inner>) -> Self {
        inner.revoking.set(true);
        inner.db.derive_alarm_anew();
        Self { inner: Rc::clone(inner) }
    }
}

impl Drop for Revoking {
    fn drop(&mut self) {
        self.inner.revoking.set(false);
        self.inner.db.derive_alarm_anew();
    }
}
