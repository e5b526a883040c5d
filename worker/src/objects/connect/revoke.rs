//! Tokens without an owner are revoked at X (RFC 7009), at once and again until X has confirmed, or for 30 days.

use latchkey_core::connect::Session;
use latchkey_core::oauth::{revocation_response, revoke_request};
use latchkey_core::seal::{Context, Purpose};

use super::Inner;
use crate::error::Result;
use crate::log;
use crate::names::WORKSPACE;
use crate::outbound::QUICK;
use crate::runtime::{entropy, now};

impl Inner {
    /// Tries each pair once; what fails is for the alarm. The session is read again after each wait.
    pub(super) async fn revoke_discarded(&self) -> Result<()> {
        let session = self.stored()?;
        if session.discarded().is_empty() {
            return Ok(());
        }
        for sealed in session.discarded().sealed() {
            let outcome = self.revoke(&session, sealed).await;
            log::unattended("connect", "a revocation", &outcome.as_ref().map(drop).map_err(Clone::clone));
            if outcome.unwrap_or(false) {
                let mut session = self.stored()?;
                session.revoked(sealed);
                self.save(&session)?;
            }
        }
        let mut session = self.stored()?;
        if !session.discarded().is_empty() {
            self.put_off(&mut session)?;
            self.save(&session)?;
        }
        self.arm(&session).await
    }

    /// What is left outlives the keys of the ring, so each try leaves it sealed by the first one.
    fn put_off(&self, session: &mut Session) -> Result<()> {
        let context = Context { workspace: WORKSPACE, purpose: Purpose::ProvisionalTokens, row: session.id() };
        let app = self.app()?;
        let anew = |sealed: &String| {
            // One that no key opens is given up with the rest.
            let anew = app.keyring().re_encrypt(&context, sealed, entropy()?).ok().flatten();
            Ok(anew.unwrap_or_else(|| sealed.clone()))
        };
        let sealed = session.discarded().sealed().iter().map(anew).collect::<Result<Vec<_>>>()?;
        if !session.put_off_revocation(sealed, now(), app.revocation_pace()) {
            log::alert("connect", "X has not confirmed for 30 days that the tokens of a session are void");
        }
        Ok(())
    }

    /// One call per token, with the last credentials of the client that they were issued to: the app may have been deleted
    /// or have another client id by now. Says whether nothing is left to be done.
    async fn revoke(&self, session: &Session, sealed_tokens: &str) -> Result<bool> {
        let app = self.app()?;
        let is_again = session.discarded().was_put_off();
        let client = app.workspace()?.client_of_tokens(&session.terms().client, is_again).await?;
        let credentials = app.vault()?.credentials(&client).await?;
        let tokens = self.open_tokens(session.id(), sealed_tokens)?;
        let mut is_done = true;
        for token in tokens.refresh_token.iter().chain([&tokens.access_token]) {
            let answer = app.x().send(revoke_request(app.endpoints(), &credentials, token), QUICK).await?;
            is_done &= answer.is_ok_and(|answer| revocation_response(&answer).is_ok());
        }
        Ok(is_done)
    }
}
