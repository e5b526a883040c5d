//! Tokens without an owner are revoked at X (RFC 7009), at once and again until X has confirmed.

use latchkey_core::connect::Session;
use latchkey_core::oauth::{revocation_response, revoke_request};

use super::Inner;
use crate::error::{Error, Result};
use crate::outbound::QUICK;
use crate::runtime::now;

impl Inner {
    /// Tries each pair once; what fails is for the alarm. The session is read again after each wait.
    pub(super) async fn revoke_discarded(&self) -> Result<()> {
        let session = self.session()?;
        for sealed in &session.discarded.sealed {
            let is_done = self.revoke(&session, sealed).await.unwrap_or(false);
            let mut session = self.session()?;
            if is_done {
                session.discarded.revoked(sealed);
            } else {
                session.discarded.failed(now());
            }
            self.save(&session)?;
            self.arm(&session).await?;
        }
        Ok(())
    }

    /// One call per token. Returns whether nothing is left to do: tokens of a replaced client id can be revoked only
    /// with the old credentials, and the old credentials are gone.
    async fn revoke(&self, session: &Session, sealed_tokens: &str) -> Result<bool> {
        let app = self.app()?;
        let client = match app.workspace()?.any_client(&session.terms.client.network_id).await {
            Ok(client) if client.client_id == session.terms.client.client_id => client,
            Ok(_) | Err(Error::Refused(_)) => return Ok(true),
            Err(fault) => return Err(fault),
        };
        let credentials = app.vault()?.credentials(&client).await?;
        let tokens = self.open_tokens(&session.id, sealed_tokens)?;
        let mut is_done = true;
        for token in tokens.refresh_token.iter().chain([&tokens.access_token]) {
            let answer = app.x().send(revoke_request(app.endpoints(), &credentials, token), QUICK).await?;
            is_done &= answer.is_ok_and(|answer| revocation_response(&answer).is_ok());
        }
        Ok(is_done)
    }
}
