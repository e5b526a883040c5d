//! The token pairs in use: taken over from connect sessions, and refreshed, one flight at a time for each pair.

use std::rc::Rc;

use futures_util::FutureExt;
use latchkey_core::freeze::frozen;
use latchkey_core::grant::{Ended, Grant, NoAccess, RefreshFailure, Step, is_adopted};
use latchkey_core::id::AccountId;
use latchkey_core::network::{Breaker, ClientRef};
use latchkey_core::oauth::{Scopes, TokenSet, refresh_request, refresh_response};
use latchkey_core::seal::{Context, Purpose};
use latchkey_core::secret::Secret;

use super::pairs::{Owner, Pair};
use super::{Adoption, Inner};
use crate::error::{Doing, Error, Result};
use crate::names::WORKSPACE;
use crate::outbound::QUICK;
use crate::runtime::{entropy, now};

/// A token that was opened for a row: the pair by which its use is decided, and the token.
pub struct Given {
    grant: Grant,
    access: Access,
}

/// A valid token, and its pair.
#[derive(Clone)]
pub struct Access {
    pub token: Secret<String>,
    pub(super) owner: Owner,
    generation: u32,
    /// What the row's own consent allows, where the token allows more: it is another row's.
    pub only: Option<Scopes>,
}

impl Inner {
    /// Takes over the tokens of a connect session; the same session a second time changes nothing, since the pair may
    /// have been rotated in between. The row's pair of before is discarded in the same write. What waited for a
    /// reconnection goes on.
    pub(super) fn adopt(self: &Rc<Self>, adoption: &Adoption) -> Result<()> {
        if self.frozen()? {
            return Err(frozen().into());
        }
        let session_id = &adoption.session_id;
        if !is_adopted(self.knows_session(session_id)?, self.has_discarded(session_id)?)? {
            return Ok(());
        }
        let (pair, tokens) = self.adopted(adoption)?;
        // X gave the very same tokens again: those are in use.
        let before = self.pair(&pair.owner)?.filter(|before| !self.holds(before, &tokens));
        self.db.transaction(|| {
            if let Some(before) = &before {
                self.discard(before, &adoption.account_id)?;
            }
            self.save_pair(&pair)?;
            self.retire_shared(&adoption.rows, &adoption.account_id)?;
            self.release_reconnected(&adoption.account_id)
        })
    }

    /// The session's tokens, sealed for the row.
    fn adopted(&self, adoption: &Adoption) -> Result<(Pair, TokenSet)> {
        let context = Context { workspace: WORKSPACE, purpose: Purpose::ProvisionalTokens, row: &adoption.session_id };
        let bytes = self.app()?.keyring().open(&context, &adoption.sealed_tokens)?;
        // EXPOSE: read into types that hide them again.
        let tokens = TokenSet::from_bytes(bytes.expose()).map_err(Error::fault)?;
        let can_refresh = tokens.refresh_token.is_some();
        let fresh = Grant::new(adoption.client.clone(), tokens.expires_at, tokens.scopes.clone(), can_refresh);
        let owner = Owner::Row(adoption.account_id.clone());
        let grant = match self.pair(&owner)? {
            Some(before) => before.grant.replaced_by(fresh),
            None => fresh,
        };
        let (session_id, x_user_id) = (adoption.session_id.clone(), adoption.x_user_id.clone());
        let mut pair = Pair { owner, grant, sealed: String::new(), session_id, x_user_id };
        pair.sealed = self.seal_tokens(Purpose::TokenPair, &pair.row(), &tokens)?;
        Ok((pair, tokens))
    }

    /// Whether a pair is of these tokens. One that does not open is of others.
    fn holds(&self, pair: &Pair, tokens: &TokenSet) -> bool {
        // EXPOSE: compared in constant time.
        self.open_tokens(pair).is_ok_and(|known| known.access_token.ct_eq(tokens.access_token.expose().as_bytes()))
    }

    /// The app works again: a refresh refused because of the app may be tried at once, and deliveries held for the app
    /// go on.
    pub(super) fn app_mended(&self) -> Result<()> {
        for pair in self.all_pairs()?.iter().filter(|pair| pair.grant.is_client_refused()) {
            self.update_grant(&pair.owner, Grant::client_mended)?;
        }
        self.release_held()
    }

    /// An access token that is good now for a row. However many ask at once, X sees one refresh of a pair.
    pub(super) async fn access_token(self: &Rc<Self>, account_id: &AccountId) -> Result<Result<Access, NoAccess>> {
        let mut refreshed = None;
        loop {
            if self.frozen()? {
                return Ok(Err(NoAccess::Frozen));
            }
            if let Some(access) = self.kept_access(account_id) {
                return Ok(Ok(access));
            }
            let Some(own) = self.own_pair(account_id)? else { return Ok(Err(NoAccess::Ended)) };
            let own_scopes = own.grant.scopes().clone();
            let pair = self.pair_in_use(own)?;
            let is_refreshing = self.refreshing.borrow().contains_key(&pair.owner);
            match pair.grant.step(now(), is_refreshing, refreshed.as_ref() == Some(&pair.owner)) {
                Step::Give => return self.open_access(account_id, pair, own_scopes).map(Ok),
                Step::Refuse(no_access) => return Ok(Err(no_access)),
                Step::End(ended) => self.update_grant(&pair.owner, |grant| grant.end(ended))?,
                Step::Refresh => {
                    refreshed = Some(pair.owner.clone());
                    self.refresh(&pair.owner, account_id).await?;
                }
            }
        }
    }

    /// X said 401 to this token.
    pub(super) fn access_token_rejected(&self, access: &Access) -> Result<()> {
        self.update_grant(&access.owner, |grant| grant.access_token_rejected(access.generation, now()))
    }

    /// The scope of `needed` that the row's own consent lacks.
    pub(super) fn missing_scope(
        &self,
        account_id: &AccountId,
        needed: &[&'static str],
    ) -> Result<Option<&'static str>> {
        let Some(own) = self.own_pair(account_id)? else { return Ok(None) };
        Ok(own.grant.lacks(needed))
    }

    /// Whether a row's tokens are of the client that its X app has now: that another one took its place may not have been
    /// heard of here.
    pub(super) fn is_admitted(&self, account_id: &AccountId, breaker: &Breaker) -> Result<bool> {
        Ok(self.own_pair(account_id)?.is_none_or(|own| breaker.admits_client(&own.grant.client().client_id)))
    }

    /// Joins the refresh of a pair that is under way, or begins one.
    async fn refresh(self: &Rc<Self>, owner: &Owner, account_id: &AccountId) -> Result<()> {
        let begin = || {
            let (inner, owner, account_id) = (Rc::clone(self), owner.clone(), account_id.clone());
            async move {
                let outcome = std::panic::AssertUnwindSafe(inner.refresh_once(&owner, account_id)).catch_unwind().await;
                inner.refreshing.borrow_mut().remove(&owner);
                outcome.unwrap_or_else(|_| Err(Error::fault("panicked while refreshing")))
            }
            .boxed_local()
            .shared()
        };
        let flight = self.refreshing.borrow_mut().entry(owner.clone()).or_insert_with(begin).clone();
        flight.await
    }

    /// Journal, ask X, store. The pair is read again after each wait: a reconnection may have replaced it.
    async fn refresh_once(&self, owner: &Owner, account_id: AccountId) -> Result<()> {
        let app = self.app()?;
        let Some(pair) = self.pair(owner)? else { return Ok(()) };
        let before = pair.grant.client().clone();
        let client = app.workspace()?.current_client(&before.network_id).await.doing("look up the X app")?;
        if client.client_id != before.client_id {
            return self.update_grant(owner, |grant| grant.end(Ended::ClientChanged));
        }
        let credentials = app.vault()?.credentials(&client).await?;
        let Some(mut sent) = self.pair(owner)? else { return Ok(()) };
        let tokens = self.open_tokens(&sent)?;
        let Some(refresh_token) = tokens.refresh_token.clone() else { return Ok(()) };
        sent.grant.begin_refresh(now());
        self.save_pair(&sent)?;

        let request = refresh_request(app.endpoints(), &credentials, &refresh_token);
        let outcome = match app.x().send(request, QUICK).await? {
            Ok(answer) => refresh_response(&answer, tokens, now()).map_err(RefreshFailure::Answered),
            Err(_) => Err(RefreshFailure::Lost),
        };
        match outcome {
            Ok(tokens) => {
                self.db.transaction(|| self.store_refreshed(&sent, client, &tokens))?;
                // A question with tokens that are about to end would refresh them again, and be followed by a question.
                if Grant::is_fresh(tokens.expires_at, now()) {
                    self.refreshed.replace(Some(account_id));
                }
                Ok(())
            }
            Err(failure) if self.pair(owner)?.is_some_and(|now| now.is_same(&sent)) => {
                self.update_grant(owner, |grant| grant.refresh_failed(sent.grant.generation(), &failure, now()))
            }
            Err(_) => Ok(()),
        }
    }

    /// The new pair is durable before anyone uses it. If its row was disconnected or connected again meanwhile, the new
    /// pair is nobody's: X has to revoke it too.
    fn store_refreshed(&self, sent: &Pair, client: ClientRef, tokens: &TokenSet) -> Result<()> {
        let fresh = Grant::new(client, tokens.expires_at, tokens.scopes.clone(), tokens.refresh_token.is_some());
        let grant = sent.grant.clone().replaced_by(fresh);
        let Some(mut pair) = self.pair(&sent.owner)?.filter(|current| current.is_same(sent)) else {
            return self.discard_late(sent, &grant, tokens);
        };
        pair.grant = grant;
        pair.sealed = self.seal_tokens(Purpose::TokenPair, &pair.row(), tokens)?;
        self.save_pair(&pair)
    }

    fn open_access(&self, account_id: &AccountId, pair: Pair, own_scopes: Scopes) -> Result<Access> {
        let token = self.open_tokens(&pair)?.access_token;
        let only = pair.grant.limited_to(own_scopes);
        let access = Access { token, owner: pair.owner, generation: pair.grant.generation(), only };
        let given = Given { grant: pair.grant, access: access.clone() };
        self.kept.keep_token(&self.db, account_id.clone(), Rc::new(given), now());
        Ok(access)
    }

    /// The token that was given to the last caller, if the same rows give it to this one. A caller who has refreshed
    /// reads the rows.
    pub(super) fn kept_access(&self, account_id: &AccountId) -> Option<Access> {
        let given = self.kept.token(&self.db, account_id, now())?;
        let is_refreshing = self.refreshing.borrow().contains_key(&given.access.owner);
        let step = given.grant.step(now(), is_refreshing, false);
        (step == Step::Give).then(|| given.access.clone())
    }

    pub(super) fn open_tokens(&self, pair: &Pair) -> Result<TokenSet> {
        self.open_sealed(Purpose::TokenPair, &pair.row(), &pair.sealed)
    }

    pub(super) fn open_sealed(&self, purpose: Purpose, row: &str, sealed: &str) -> Result<TokenSet> {
        let bytes = self.app()?.keyring().open(&Context { workspace: WORKSPACE, purpose, row }, sealed)?;
        // EXPOSE: read into types that hide them again.
        TokenSet::from_bytes(bytes.expose()).map_err(Error::fault)
    }

    pub(super) fn seal_tokens(&self, purpose: Purpose, row: &str, tokens: &TokenSet) -> Result<String> {
        let context = Context { workspace: WORKSPACE, purpose, row };
        // EXPOSE: into the seal.
        Ok(self.app()?.keyring().seal(&context, tokens.to_bytes().expose(), entropy()?)?)
    }
}
