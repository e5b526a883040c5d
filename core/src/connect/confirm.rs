//! The approvals that provisional tokens need before they become an account.
//!
//! A callback without the session's cookie may come from the same person, whose phone opened a second browser. The
//! callback may also come from a stranger, sent to X by the person who started the session. The person in the second
//! browser therefore sees the name of the asking site. For a button the second browser shows a code to be typed in the
//! first browser, for a link a button of our own. A link may also need the acceptance of the back end.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Accept, ConnectError, Entry, Phase, Session};
use crate::refusal::Code;
use crate::secret::{Secret, ct_eq};
use crate::time::{Span, UnixMillis};

/// Three guesses at six digits: 3 in 1,000,000 for whoever does not see them.
const GUESSES: u8 = 3;
const DIGITS: usize = 6;

/// The second browser: X sent this browser back, and another browser started the session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecondBrowser {
    /// SHA-256 of the cookie from the callback. Handle and code are shown only with this cookie.
    pub(super) cookie: String,
    /// SHA-256 of X's code in the browser's callback.
    pub(super) x_code: String,
    /// The six digits on the browser's page, sealed. Nobody else sees the digits.
    pub(super) sealed_code: String,
    pub(super) wrong_codes: u8,
    pub(super) is_confirmed: bool,
}

/// The approval that is still outstanding before the account is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// The second browser's code, typed into the page that started.
    Code,
    /// The second browser's own button.
    Button,
    /// The back end's acceptance.
    Acceptance,
}

/// The result of a typed code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    Right,
    Wrong { left: u8 },
}

/// The six digits on the second browser's page.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct ConfirmationCode(Secret<String>);

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("expected the six digits that the other browser shows")]
pub struct NotACode;

impl ConfirmationCode {
    /// 2^64 is no multiple of a million, by less than 10^-13 of it.
    pub fn from_entropy(bytes: [u8; 8]) -> Self {
        Self(Secret::new(format!("{:06}", u64::from_be_bytes(bytes) % 1_000_000)))
    }

    /// Spaces are how people group digits.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then_some(Self(Secret::new(digits))).ok_or(NotACode)
    }

    pub const fn digits(&self) -> &Secret<String> {
        &self.0
    }

    /// In constant time.
    pub fn matches(&self, other: &Self) -> bool {
        // EXPOSE: compared.
        self.0.ct_eq(other.0.expose().as_bytes())
    }
}

impl fmt::Debug for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for ConfirmationCode {
    type Error = NotACode;

    fn try_from(text: String) -> Result<Self, NotACode> {
        Self::parse(&text)
    }
}

impl SecondBrowser {
    pub const fn new(cookie: String, x_code: String, sealed_code: String) -> Self {
        Self { cookie, x_code, sealed_code, wrong_codes: 0, is_confirmed: false }
    }

    pub fn sealed_code(&self) -> &str {
        &self.sealed_code
    }
}

impl Session {
    /// Whether the browser that started may bring this code of X's: its own code at any time, a second browser's code
    /// only for a short time, and no code after the exchange.
    pub(super) fn starter_may_bring(&self, x_code: &str, takeover: Span, now: UnixMillis) -> bool {
        let is_of_other = self.second.as_ref().is_some_and(|other| ct_eq(other.x_code.as_bytes(), x_code.as_bytes()));
        let is_exchanged = is_of_other && !matches!(self.phase, Phase::Authorized { .. });
        !is_exchanged && self.start.as_ref().is_some_and(|start| start.second.starter_may_bring(x_code, takeover, now))
    }

    /// One second browser at a time: a browser that comes while another second browser's code waits is a stranger.
    pub(super) fn brought_by_second(&mut self, sealed: String, x_code: &str, browser: SecondBrowser, now: UnixMillis) {
        let Some(start) = &mut self.start else { return };
        start.second.arrived(x_code, now);
        if matches!(self.phase, Phase::Authorizing) && start.second.may_bring(x_code) {
            self.second = Some(browser);
            self.phase = Phase::Authorized { sealed_code: sealed };
        }
    }

    /// The second browser's code and tokens are discarded, and that browser alone is told the reason.
    pub(super) fn drop_second(&mut self, reason: Code, now: UnixMillis) {
        if let (Some(other), Some(start)) = (self.second.take(), &mut self.start) {
            start.second.refused(other.x_code, other.cookie, reason);
        }
        self.leave_for(Phase::Authorizing, now);
    }

    /// Why what a browser brought was refused, by the digest of its cookie.
    pub fn refusal_of(&self, cookie: Option<&str>) -> Option<Code> {
        self.start.as_ref()?.second.refusal_of(cookie?)
    }

    /// What came by another browser, and nobody has agreed to it.
    pub fn is_unconfirmed(&self) -> bool {
        !self.is_over() && self.second.as_ref().is_some_and(|other| !other.is_confirmed)
    }

    /// Another browser brought the code, and its person has agreed.
    pub fn is_confirmed(&self) -> bool {
        self.second.as_ref().is_some_and(|other| other.is_confirmed)
    }

    pub const fn is_accepted(&self) -> bool {
        self.is_accepted
    }

    pub fn awaited(&self) -> Option<Awaited> {
        match &self.terms.entry {
            _ if self.is_over() => None,
            Entry::Embed { .. } if self.is_unconfirmed() => Some(Awaited::Code),
            Entry::Link { .. } if self.is_unconfirmed() => Some(Awaited::Button),
            _ if self.terms.accept == Accept::Manual && !self.is_accepted => Some(Awaited::Acceptance),
            _ => None,
        }
    }

    /// The page that started brings what the person read in the other browser. The third wrong code ends the session.
    pub fn type_code(&mut self, is_right: bool, now: UnixMillis) -> Result<Typed, ConnectError> {
        self.require_awaited(Awaited::Code, ConnectError::NothingToConfirm, now)?;
        let Some(other) = &mut self.second else { return Err(ConnectError::NothingToConfirm) };
        if is_right {
            other.is_confirmed = true;
            return Ok(Typed::Right);
        }
        other.wrong_codes = other.wrong_codes.saturating_add(1);
        let left = GUESSES.saturating_sub(other.wrong_codes);
        if left == 0 {
            self.fail((Code::ConfirmationFailed, "The code was wrong three times.".into()), now);
        }
        Ok(Typed::Wrong { left })
    }

    /// The button of our own page, in the browser that X sent back.
    pub fn press(&mut self, now: UnixMillis) -> Result<(), ConnectError> {
        self.require_awaited(Awaited::Button, ConnectError::NothingToConfirm, now)?;
        if let Some(other) = &mut self.second {
            other.is_confirmed = true;
        }
        Ok(())
    }

    pub fn accept(&mut self, now: UnixMillis) -> Result<(), ConnectError> {
        self.require_awaited(Awaited::Acceptance, ConnectError::NothingToAccept, now)?;
        self.is_accepted = true;
        Ok(())
    }

    /// The X user is known, and the session waits for `awaited`.
    fn require_awaited(&self, awaited: Awaited, refusal: ConnectError, now: UnixMillis) -> Result<(), ConnectError> {
        self.require_open(now)?;
        let is_awaited = matches!(self.phase, Phase::Identified { .. }) && self.awaited() == Some(awaited);
        is_awaited.then_some(()).ok_or(refusal)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_code_is_six_digits_with_its_leading_zeros() {
        // EXPOSE: codes of this test.
        let digits = |bytes| ConfirmationCode::from_entropy(bytes).digits().expose().clone();
        assert_eq!(digits([0; 8]), "000000");
        assert_eq!(digits(1_000_042_u64.to_be_bytes()), "000042");
    }

    #[test]
    fn a_code_is_read_as_people_type_it_and_nothing_else() {
        let code = ConfirmationCode::parse("012345").unwrap();
        assert!(code.matches(&ConfirmationCode::parse(" 012 345\n").unwrap()));
        assert!(!code.matches(&ConfirmationCode::parse("012346").unwrap()));
        for text in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "12-345"] {
            assert!(ConfirmationCode::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_code_is_not_printed() {
        assert_eq!(format!("{:?}", ConfirmationCode::from_entropy([1; 8])), "[REDACTED]");
    }
}
