//! One connect session: who may start the session, how X's callback is read, and when the session ends.
//!
//! ```text
//! pending → authorizing → authorized → connected
//!                      ↘ needs_confirmation ↗      any of them → failed | cancelled | expired
//! ```
//! The browser that starts a session gets a cookie. Only a callback with this cookie authorises the session (RFC 6819
//! §4.4.1.8). Tokens from a second browser are provisional until an approval ([`confirm`]). Times, digests and sealed
//! values come in from outside; nothing here sends, stores or draws lots.

pub mod confirm;
pub mod discarded;
mod failure;
mod lifetime;
pub mod page;
pub mod place;
pub mod redirect_target;
pub mod second;
mod state;
pub mod ticket;

use self::confirm::SecondBrowser;
use self::discarded::Discarded;
use self::failure::refused_by_person_or_x;
pub use self::failure::{Setback, ends_hand_over, hint_of, wrong_code};
pub use self::state::{
    Accept, Completion, ConnectError, Display, Entry, EntryKind, Phase, Session, Start, Status, Terms, Visitor, XAnswer,
};
use crate::id::XUserId;
use crate::pkce::CodeVerifier;
use crate::refusal::Code;
use crate::revocation::Pace;
use crate::secret::ct_eq;
use crate::time::{Span, UnixMillis};
use crate::x::user::XUser;

impl Session {
    pub const fn new(id: String, terms: Terms) -> Self {
        let discarded = Discarded::none();
        Self {
            id,
            terms,
            phase: Phase::Pending,
            start: None,
            second: None,
            is_accepted: false,
            discarded,
            ended_at: None,
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    pub const fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The browser that came back from X in the starter's place.
    pub const fn second(&self) -> Option<&SecondBrowser> {
        self.second.as_ref()
    }

    /// The tokens that X has to revoke.
    pub const fn discarded(&self) -> &Discarded {
        &self.discarded
    }

    /// The verifier that the start brought along, sealed.
    pub fn sealed_verifier(&self) -> Option<&str> {
        self.start.as_ref()?.verifier.as_deref()
    }

    /// A browser leaves for X, by the way (`EntryKind`) for which the session was made. Until X has sent a browser back, a
    /// newer start replaces challenge, state and cookie, and everything from a second browser.
    pub fn start(&mut self, entry_kind: EntryKind, start: Start, now: UnixMillis) -> Result<(), ConnectError> {
        if entry_kind != self.terms.entry.entry_kind() {
            return Err(ConnectError::WrongEntry);
        }
        self.require_open(now)?;
        if !self.awaits_starter() {
            return Err(ConnectError::Spent);
        }
        if start.display == Display::Page && matches!(self.terms.entry, Entry::Embed { redirect_uri: None, .. }) {
            return Err(ConnectError::NowhereToReturn);
        }
        self.start = Some(start);
        self.second = None;
        self.leave_for(Phase::Authorizing, now);
        Ok(())
    }

    /// A browser comes back from X. `state` and `cookie` are digests. `second_browser` holds the cookie for a browser without
    /// the session's cookie, and `takeover` is the time of [`second::TAKEOVER`]. A spent state changes nothing, so that
    /// a reload shows the same page. A browser without the cookie neither ends nor spends the session: the browser that
    /// started may still come.
    pub fn callback(
        &mut self,
        state: &str,
        cookie: Option<&str>,
        answer: XAnswer,
        second_browser: SecondBrowser,
        takeover: Span,
        now: UnixMillis,
    ) -> Result<(), ConnectError> {
        let start = self.start.as_ref().ok_or(ConnectError::StateUnknown)?;
        if !same(&start.state, state) {
            return Err(ConnectError::StateUnknown);
        }
        if !self.awaits_starter() {
            return Ok(());
        }
        self.require_open(now)?;
        match (answer, self.visitor(cookie) == Visitor::Starter) {
            (XAnswer::Code { sealed, digest }, true) if self.starter_may_bring(&digest, takeover, now) => {
                self.second = None;
                self.leave_for(Phase::Authorized { sealed_code: sealed }, now);
            }
            (XAnswer::Code { sealed, digest }, false) => self.brought_by_second(sealed, &digest, second_browser, now),
            (XAnswer::Error(error), true) => self.fail(refused_by_person_or_x(&error), now),
            (XAnswer::Code { .. }, true) | (XAnswer::Error(_), false) => {}
        }
        Ok(())
    }

    /// Whether this verifier may finish the session (RFC 7636 §4.6). A wrong verifier changes nothing. A second
    /// browser's code is exchanged as well, since X's code does not wait for a person; the tokens stay here.
    pub fn complete(&self, verifier: &CodeVerifier, now: UnixMillis) -> Result<Completion, ConnectError> {
        let Some(start) = &self.start else {
            return self.require_open(now).and(Err(ConnectError::NotAuthorized));
        };
        if !start.challenge.matches(verifier) {
            return Err(ConnectError::VerifierMismatch);
        }
        if self.is_over() {
            return if self.is_readable(now) { Ok(Completion::Ended) } else { Err(ConnectError::Expired) };
        }
        self.require_open(now)?;
        match self.phase {
            Phase::Identified { .. } if self.awaited().is_some() => Ok(Completion::NeedsConfirmation),
            Phase::Authorized { .. } | Phase::Exchanged { .. } | Phase::Identified { .. } => Ok(Completion::Proceed),
            _ => Err(ConnectError::NotAuthorized),
        }
    }

    /// X has issued tokens. The tokens stay sealed here until the account has them, so that a crash in between loses
    /// nothing.
    pub fn exchanged(&mut self, sealed_tokens: String, now: UnixMillis) {
        self.phase = Phase::Exchanged { sealed_tokens, at: now };
    }

    /// X has named the owner of the tokens.
    pub fn identified(&mut self, sealed_tokens: String, user: XUser, now: UnixMillis) {
        self.phase = Phase::Identified { sealed_tokens, user, at: now };
    }

    pub fn connected(&mut self, account: serde_json::Value, now: UnixMillis) {
        self.end(Phase::Connected { account }, now);
    }

    pub fn fail(&mut self, (code, message): (Code, String), now: UnixMillis) {
        self.end(Phase::Failed { code, message }, now);
    }

    /// X has refused the code, or the X user is not the expected one. The session ends if the browser that started
    /// brought the code. If a second browser brought the code, that code is dropped and the session waits on: a
    /// stranger who knows only a state ends nothing.
    pub fn refuse(&mut self, failure: (Code, String), now: UnixMillis) {
        if self.is_unconfirmed() { self.drop_second(failure.0, now) } else { self.fail(failure, now) }
    }

    /// Ends the session at the site's request; X's code or tokens are dropped with the phase.
    pub fn cancel(&mut self, now: UnixMillis) {
        if !self.is_over() {
            self.end(Phase::Cancelled, now);
        }
    }

    pub fn status(&self, now: UnixMillis) -> Status {
        match self.phase {
            Phase::Connected { .. } => Status::Connected,
            Phase::Failed { .. } => Status::Failed,
            Phase::Cancelled => Status::Cancelled,
            _ if self.terms.expires_at <= now => Status::Expired,
            Phase::Pending => Status::Pending,
            Phase::Authorizing => Status::Authorizing,
            _ if self.is_unconfirmed() => Status::NeedsConfirmation,
            Phase::Authorized { .. } | Phase::Exchanged { .. } | Phase::Identified { .. } => Status::Authorized,
        }
    }

    /// X has revoked the tokens of this seal.
    pub fn revoked(&mut self, sealed_tokens: &str) {
        self.discarded.revoked(sealed_tokens);
    }

    /// The tokens that X has not revoked wait for the next try, as they are sealed now. Says whether there is a next try.
    pub fn put_off_revocation(&mut self, sealed: Vec<String>, now: UnixMillis, pace: Pace) -> bool {
        self.discarded.re_encrypted(sealed);
        self.discarded.put_off(now, pace)
    }

    /// Whether X's identity is the one that was asked for.
    pub fn is_expected(&self, id: &XUserId, username: &str) -> bool {
        let name = self.terms.expected_username.as_deref().map(|name| name.trim_start_matches('@'));
        name.is_none_or(|name| name.eq_ignore_ascii_case(username))
            && self.terms.expected_user.as_ref().is_none_or(|expected| expected == id)
    }

    /// Whether the session can go on without the page: its verifier is here, or is not needed any more.
    pub fn concludes_itself(&self) -> bool {
        match self.phase {
            Phase::Authorized { .. } => self.start.as_ref().is_some_and(|start| start.verifier.is_some()),
            _ => self.resumes_at().is_some(),
        }
    }

    /// Nothing but ourselves will move it on: an open link that X has sent back.
    pub const fn is_unattended(&self) -> bool {
        !self.is_over() && matches!(self.terms.entry, Entry::Link { .. })
    }

    /// Who a browser is, by the digest of its cookie.
    pub fn visitor(&self, cookie: Option<&str>) -> Visitor {
        let is = |known: &str| cookie.is_some_and(|cookie| same(known, cookie));
        if self.start.as_ref().is_some_and(|start| is(&start.cookie)) {
            Visitor::Starter
        } else if self.second.as_ref().is_some_and(|other| is(&other.cookie)) {
            Visitor::Second
        } else {
            Visitor::Stranger
        }
    }

    pub const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Connected { .. } | Phase::Failed { .. } | Phase::Cancelled)
    }

    /// Whether the browser that started may still come back: none has, or only another one.
    fn awaits_starter(&self) -> bool {
        matches!(self.phase, Phase::Pending | Phase::Authorizing) || self.is_unconfirmed()
    }

    /// Drops start secrets and code with the old phase; the challenge and cookie stay for the repeated question.
    fn end(&mut self, phase: Phase, now: UnixMillis) {
        self.leave_for(phase, now);
        self.ended_at = Some(now);
        if let Some(start) = &mut self.start {
            start.verifier = None;
        }
    }

    /// Tokens taken over belong to the account; all other tokens are discarded with their phase.
    fn leave_for(&mut self, phase: Phase, now: UnixMillis) {
        let taken_over = matches!(phase, Phase::Connected { .. });
        match std::mem::replace(&mut self.phase, phase) {
            Phase::Exchanged { sealed_tokens, .. } | Phase::Identified { sealed_tokens, .. } if !taken_over => {
                self.discarded.add(sealed_tokens, now);
            }
            _ => {}
        }
    }
}

fn same(stored: &str, given: &str) -> bool {
    ct_eq(stored.as_bytes(), given.as_bytes())
}

#[cfg(test)]
mod tests;
