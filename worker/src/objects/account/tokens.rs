//! The token pair: adopted from a connect session, refreshed by one flight at a time, revoked with the last row.

use std::rc::Rc;

use futures_util::FutureExt;
use latchkey_core::grant::{Ended, Grant, RefreshFailure, Use};
use latchkey_core::network::ClientRef;
use latchkey_core::oauth::{TokenSet, refresh_request, revoke_request, token_response};
use latchkey_core::seal::{Context, Purpose};
use latchkey_core::secret::Secret;
use latchkey_core::time::UnixMillis;

use super::store::Pair;
use super::{Adoption, Inner, Release, Revocation};
use crate::app::WORKSPACE;
use crate::error::{Doing, Error, Result};
use crate::outbound::QUICK;
use crate::runtime::{entropy, now};
use latchkey_core::standstill::stands_still;

/// A token that is good now, and which pair it belongs to.
pub struct Access {
    pub token: Secret<String>,
    generation: u32,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAccess {
    /// The person has to connect again.
    Ended,
    /// X refuses the app's client id or secret, and so every account's refresh.
    ClientRefused,
    Until(UnixMillis),
    /// The deployment stands still.
    StandsStill,
}

impl Inner {
    /// Takes over the tokens of a connect session; the same session a second time changes nothing, since the pair may
    /// have been rotated in between. What waited for a reconnection goes on.
    pub(super) fn adopt(&self, adoption: Adoption) -> Result<()> {
        if self.stands_still()? {
            return Err(stands_still().into());
        }
        let stored = self.pair()?;
        if stored.as_ref().is_some_and(|pair| pair.session_id == adoption.session_id) {
            return Ok(());
        }
        let context = Context { workspace: WORKSPACE, purpose: Purpose::ProvisionalTokens, row: &adoption.session_id };
        let bytes = self.app()?.keyring().open(&context, &adoption.sealed_tokens)?;
        let sealed = self.seal_pair(&pair_row(&adoption.client, &adoption.x_user_id), &bytes)?;
        let fresh = Grant::new(adoption.client, adoption.expires_at, adoption.scopes, adoption.can_refresh);
        let grant = match stored {
            Some(pair) => pair.grant()?.replaced_by(fresh),
            None => fresh,
        };
        self.db()?.transaction(|| {
            self.save_pair(&grant, &sealed, &adoption.session_id, &adoption.x_user_id)?;
            self.release_held(false)
        })
    }

    /// The X app has another client id now: tokens of the old one are not used any more.
    pub(super) fn client_changed(&self, client_id: &str) -> Result<()> {
        match self.grant()? {
            Some(grant) if grant.client.client_id != client_id => self.note_end(grant, Ended::ClientChanged),
            _ => Ok(()),
        }
    }

    /// The app works again: a refresh that it was refused for may be tried at once, and what was held for it goes on.
    pub(super) fn app_mended(&self) -> Result<()> {
        if let Some(mut grant) = self.grant()? {
            grant.client_mended();
            self.save_grant(&grant)?;
        }
        self.release_held(true)
    }

    /// An access token that is good now. However many ask at once, X sees one refresh.
    pub(super) async fn access_token(self: &Rc<Self>) -> Result<Result<Access, NoAccess>> {
        let mut may_refresh = true;
        loop {
            if self.stands_still()? {
                return Ok(Err(NoAccess::StandsStill));
            }
            let Some(pair) = self.pair()? else { return Ok(Err(NoAccess::Ended)) };
            let (grant, time) = (pair.grant()?, now());
            let flying = self.refreshing.borrow().is_some();
            match grant.next(time, flying) {
                Use::Refresh if may_refresh => {
                    may_refresh = false;
                    self.refresh().await?;
                }
                // A token that is given out with less than the usual time left is a token all the same.
                Use::Refresh | Use::NotBefore(_) if grant.refresh.is_client_refused && time >= grant.expires_at => {
                    return Ok(Err(NoAccess::ClientRefused));
                }
                Use::Refresh if time >= grant.expires_at => {
                    return Ok(Err(NoAccess::Until(grant.expires_at.max(time))));
                }
                Use::Current | Use::Refresh => return self.open_access(&pair, &grant).map(Ok),
                Use::NotBefore(time) => return Ok(Err(NoAccess::Until(time))),
                Use::Ended(ended) => {
                    self.note_end(grant, ended)?;
                    return Ok(Err(NoAccess::Ended));
                }
            }
        }
    }

    /// X said 401 to this token.
    pub(super) fn access_token_rejected(&self, access: &Access) -> Result<()> {
        let Some(mut grant) = self.grant()? else { return Ok(()) };
        grant.access_token_rejected(access.generation, now());
        self.save_grant(&grant)
    }

    /// Ends one row's use of the tokens: its queue is cancelled, and with the last row the pair is revoked and deleted.
    pub(super) async fn release(&self, release: &Release) -> Result<Revocation> {
        self.cancel_open(&release.account_id)?;
        self.forget_keys_of(&release.account_id)?;
        let outcome = match self.pair()? {
            Some(pair) if release.is_last => {
                let outcome = self.revoke(&pair).await.unwrap_or(Revocation::Unconfirmed);
                self.delete_pair()?;
                outcome
            }
            _ => Revocation::NotNeeded,
        };
        Ok(outcome)
    }

    /// Joins the refresh under way, or begins one.
    async fn refresh(self: &Rc<Self>) -> Result<()> {
        let begin = || {
            let inner = Rc::clone(self);
            async move {
                let outcome = std::panic::AssertUnwindSafe(inner.refresh_once()).catch_unwind().await;
                inner.refreshing.take();
                outcome.unwrap_or_else(|_| Err(Error::fault("panicked while refreshing")))
            }
            .boxed_local()
            .shared()
        };
        let flight = self.refreshing.borrow_mut().get_or_insert_with(begin).clone();
        flight.await
    }

    /// Journal, ask X, store. The pair is read again after each wait: a reconnection may have replaced it.
    async fn refresh_once(&self) -> Result<()> {
        let app = self.app()?;
        let Some(pair) = self.pair()? else { return Ok(()) };
        let before = pair.grant()?;
        let client = app.workspace()?.current_client(&before.client.network_id).await.doing("look up the X app")?;
        if client.client_id != before.client.client_id {
            return self.note_end(before, Ended::ClientChanged);
        }
        let credentials = app.vault()?.credentials(&client).await?;
        let Some(pair) = self.pair()? else { return Ok(()) };
        let mut grant = pair.grant()?;
        let Some(refresh_token) = self.open_pair(&pair, &grant)?.refresh_token else { return Ok(()) };
        let generation = grant.generation;
        grant.begin_refresh(now());
        self.save_grant(&grant)?;

        let request = refresh_request(app.endpoints(), &credentials, &refresh_token);
        let outcome = match app.x().send(request, QUICK).await? {
            Ok(answer) => token_response(&answer, now()).map_err(RefreshFailure::Answered),
            Err(_) => Err(RefreshFailure::Lost),
        };
        match outcome {
            Ok(tokens) => self.store_refreshed(generation, &client, tokens, refresh_token),
            Err(failure) => {
                let Some(mut grant) = self.grant()? else { return Ok(()) };
                grant.refresh_failed(generation, &failure, now());
                self.save_grant(&grant)
            }
        }
    }

    /// The new pair is durable before anyone uses it.
    fn store_refreshed(
        &self,
        generation: u32,
        client: &ClientRef,
        mut tokens: TokenSet,
        old: Secret<String>,
    ) -> Result<()> {
        let Some(pair) = self.pair()? else { return Ok(()) };
        let grant = pair.grant()?;
        if grant.generation != generation {
            return Ok(());
        }
        // RFC 6749 §6 and §5.1: what the answer leaves out is as it was.
        tokens.refresh_token.get_or_insert(old);
        if tokens.scopes.is_empty() {
            tokens.scopes = grant.scopes.clone();
        }
        let sealed = self.seal_pair(&pair_row(client, &pair.x_user_id), &tokens.to_bytes())?;
        let grant = grant.replaced_by(Grant::new(client.clone(), tokens.expires_at, tokens.scopes, true));
        self.save_pair(&grant, &sealed, &pair.session_id, &pair.x_user_id)
    }

    fn note_end(&self, mut grant: Grant, ended: Ended) -> Result<()> {
        if grant.ended == Some(ended) {
            return Ok(());
        }
        grant.ended = Some(ended);
        self.save_grant(&grant)
    }

    /// RFC 7009, one call per token.
    async fn revoke(&self, pair: &Pair) -> Result<Revocation> {
        let app = self.app()?;
        let grant = pair.grant()?;
        let client = app.workspace()?.any_client(&grant.client.network_id).await?;
        let credentials = app.vault()?.credentials(&client).await?;
        let tokens = self.open_pair(pair, &grant)?;
        let mut outcome = Revocation::Confirmed;
        for token in tokens.refresh_token.iter().chain([&tokens.access_token]) {
            let request = revoke_request(app.endpoints(), &credentials, token);
            if !app.x().send(request, QUICK).await?.is_ok_and(|answer| answer.status().is_success()) {
                outcome = Revocation::Unconfirmed;
            }
        }
        Ok(outcome)
    }

    /// The same pair, sealed by the first key of the ring. `key_id` is the one that the ledger means: while a deployment
    /// spreads, this object may still run with the ring of before.
    pub(super) fn reseal(&self, key_id: &str) -> Result<()> {
        let keyring = self.app()?.keyring();
        if keyring.current_key_id() != key_id {
            return Err(Error::fault("this object does not have the new key ring yet"));
        }
        let Some(pair) = self.pair()? else { return Ok(()) };
        let row = pair_row(&pair.grant()?.client, &pair.x_user_id);
        let context = Context { workspace: WORKSPACE, purpose: Purpose::TokenPair, row: &row };
        match keyring.reseal(&context, &pair.sealed, entropy()?)? {
            Some(sealed) => self.save_sealed(&sealed),
            None => Ok(()),
        }
    }

    fn open_access(&self, pair: &Pair, grant: &Grant) -> Result<Access> {
        let tokens = self.open_pair(pair, grant)?;
        Ok(Access { token: tokens.access_token, generation: grant.generation })
    }

    fn open_pair(&self, pair: &Pair, grant: &Grant) -> Result<TokenSet> {
        let row = pair_row(&grant.client, &pair.x_user_id);
        let context = Context { workspace: WORKSPACE, purpose: Purpose::TokenPair, row: &row };
        let bytes = self.app()?.keyring().open(&context, &pair.sealed)?;
        // EXPOSE: read into types that hide them again.
        TokenSet::from_bytes(bytes.expose()).map_err(Error::fault)
    }

    fn seal_pair(&self, row: &str, bytes: &Secret<Vec<u8>>) -> Result<String> {
        let context = Context { workspace: WORKSPACE, purpose: Purpose::TokenPair, row };
        // EXPOSE: into the seal.
        Ok(self.app()?.keyring().seal(&context, bytes.expose(), entropy()?)?)
    }
}

/// What a sealed pair is bound to: this account and no other.
fn pair_row(client: &ClientRef, x_user_id: &str) -> String {
    latchkey_core::account::object_of(&client.network_id, x_user_id)
}
