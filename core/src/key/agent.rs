//! Grants of assistants (RFC 6749): what a person who is signed in has consented to, the tokens by which an assistant's client
//! acts, and how one token leads to the next.
//!
//! A grant is a key that ends. It is known by its access token, and at `/mcp` alone. Its refresh token works once: whoever
//! shows a spent one ends the grant, since two parties then hold what one should (RFC 9700 §4.14.2). A client that has lost
//! an answer, or asks twice at once, is no second party: for a minute it gets the same answer again. No token is stored for
//! that: the next tokens follow from the token that is shown.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ApiKey, Binding, Caller, Kind, Minted, Parent, Scope, holds};
use crate::id::KeyId;
use crate::pkce::{CodeChallenge, CodeVerifier};
use crate::refusal::{Code, Refused};
use crate::seal::{Keyring, base64url, base64url_decode};
use crate::secret::{Secret, ct_eq};
use crate::time::{Span, UnixMillis};

/// RFC 6749 §4.1.2 has ten minutes at most; a client exchanges its code at once.
const CODE_LIFE: Span = Span::secs(60);
const ACCESS_LIFE: Span = Span::hours(1);
/// From one refresh to the next.
const REFRESH_LIFE: Span = Span::days(30);
/// How long a spent refresh token brings the same tokens again.
const REPEATS: Span = Span::secs(60);
/// What an assistant may be given. Keys, X apps and settings are no tools.
const OFFERED: [Scope; 4] = [Scope::Read, Scope::Draft, Scope::Publish, Scope::Connect];

/// Labels of the MACs by which a token leads to the next ones.
const NEXT_ACCESS: &str = "agent-next-access";
const NEXT_REFRESH: &str = "agent-next-refresh";

const ID: usize = 16;
const RANDOM: usize = 32;
/// The name of a grant's row among the keys: this and the digest of the token by which it is known now. No digest of a key
/// has a colon, so no key is taken for a token, nor a token for a key.
const NAME: &str = "agent:";
/// The first of all such names, and the end: `;` is behind the colon.
pub const AGENTS: (&str, &str) = (NAME, "agent;");

pub fn agent_name(digest: &str) -> String {
    format!("{NAME}{digest}")
}

/// Who asks for a person's consent, as the consent was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// An https URL, or the data of a registration.
    pub id: String,
    /// Of the client's id, or of the place to which codes go: what a person can check.
    pub host: String,
    /// The client's own word.
    pub name: Option<String>,
}

/// Stored with the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub client: Client,
    pub stage: Stage,
}

/// Digests of tokens, never tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A code is on its way to the client.
    Code {
        digest: String,
        challenge: CodeChallenge,
        redirect_uri: String,
    },
    Tokens {
        refresh: String,
        access_until: UnixMillis,
    },
}

/// What a person consents to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Consent {
    pub client: Client,
    pub scopes: BTreeSet<Scope>,
    pub challenge: CodeChallenge,
    pub redirect_uri: String,
    /// Of the code.
    pub digest: String,
}

/// A client shows a code or a refresh token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Redemption {
    pub id: KeyId,
    /// Of what is shown.
    pub digest: String,
    pub client_id: String,
    pub proof: Proof,
    /// Of the tokens to come.
    pub access: String,
    pub refresh: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Proof {
    /// OAuth 2.1 has no `redirect_uri` here; RFC 6749 has one.
    Code {
        verifier: String,
        redirect_uri: Option<String>,
    },
    Refresh,
}

/// What a client is told with its tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    pub scopes: BTreeSet<Scope>,
    /// How long the access token lives from now on.
    pub access_life: Span,
}

/// What a code or a refresh token that is taken does to its grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    Next(Box<ApiKey>),
    /// The tokens are those that the grant has already.
    Again,
}

/// Why there are no tokens (RFC 6749 §5.2, `invalid_grant`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoTokens {
    /// Or it has expired, or its grant is over: nothing is kept that tells one from another.
    Unknown,
    OtherClient,
    Place,
    Verifier,
    /// What was shown had been used: the grant is over.
    Ends,
}

impl NoTokens {
    /// For whoever writes the client. Whoever is told more than "unknown" holds a code or token that was made here.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Unknown => "the code or refresh token is unknown or has expired, or its grant has ended",
            Self::OtherClient => "the code or refresh token was issued to another client_id",
            Self::Place => "redirect_uri is not that of the authorization request",
            Self::Verifier => "code_verifier does not match the code_challenge of the authorization request",
            Self::Ends => "the code or refresh token had been used before, so its grant has ended",
        }
    }
}

impl Caller {
    /// Which scopes this caller can give an assistant.
    pub fn can_give(&self) -> Vec<Scope> {
        OFFERED.into_iter().filter(|scope| holds(&self.scopes, *scope)).collect()
    }

    /// Only a person consents: in a browser that is signed in.
    pub fn require_person(&self) -> Result<(), Refused> {
        if self.kind == Some(Kind::SignIn) {
            return Ok(());
        }
        Err(Refused::new(Code::InsufficientKeyScope, "A person who is signed in consents, and no key.")
            .with_hint("Open the page that the assistant leads to in a browser, and sign in there."))
    }
}

impl ApiKey {
    /// A grant, within the rights of the caller and of the key that the caller has signed in with.
    pub fn of_agent(
        id: KeyId,
        (caller, parent): (&Caller, Parent),
        consent: Consent,
        binding: Binding,
        at: UnixMillis,
    ) -> Result<Self, Refused> {
        caller.require_person()?;
        let can_give = caller.can_give();
        if consent.scopes.is_empty() || !consent.scopes.iter().all(|scope| can_give.contains(scope)) {
            return Err(Refused::field("scopes", "expected scopes that the key you are signed in with can give"));
        }
        let stage =
            Stage::Code { digest: consent.digest, challenge: consent.challenge, redirect_uri: consent.redirect_uri };
        let name = consent.client.name.clone().unwrap_or_else(|| consent.client.host.clone());
        let kind = Kind::Agent(Box::new(Grant { client: consent.client, stage }));
        let minted = Some(Minted { parent, expires_at: at + CODE_LIFE, kind });
        Ok(Self { id, name, scopes: consent.scopes, binding, created_at: at, minted })
    }

    pub fn grant(&self) -> Option<&Grant> {
        match &self.minted.as_ref()?.kind {
            Kind::Agent(grant) => Some(grant),
            Kind::SignIn | Kind::Page { .. } => None,
        }
    }

    /// A key that is known to end opens nothing after its time; that of an assistant only by an access token.
    pub fn is_open(&self, now: UnixMillis) -> bool {
        match self.grant().map(|grant| &grant.stage) {
            None => true,
            Some(Stage::Code { .. }) => false,
            Some(Stage::Tokens { access_until, .. }) => now < *access_until,
        }
    }

    /// The grant with its next tokens, unless it has them already.
    pub fn redeemed(self, shown: &Redemption, now: UnixMillis) -> Result<Redeemed, NoTokens> {
        let Some(Minted { parent, kind: Kind::Agent(grant), .. }) = self.minted else { return Err(NoTokens::Unknown) };
        if grant.client.id != shown.client_id {
            return Err(NoTokens::OtherClient);
        }
        if grant.stage.has_just_issued(shown, now) {
            return Ok(Redeemed::Again);
        }
        grant.stage.admits(shown)?;
        let stage = Stage::Tokens { refresh: shown.refresh.clone(), access_until: now + ACCESS_LIFE };
        let kind = Kind::Agent(Box::new(Grant { client: grant.client, stage }));
        let next = Self { minted: Some(Minted { parent, expires_at: now + REFRESH_LIFE, kind }), ..self };
        Ok(Redeemed::Next(next.into()))
    }

    /// Of a grant that has tokens.
    pub fn issued(&self, now: UnixMillis) -> Option<Issued> {
        let Stage::Tokens { access_until, .. } = &self.grant()?.stage else { return None };
        Some(Issued { scopes: self.scopes.clone(), access_life: *access_until - now })
    }
}

impl Stage {
    /// When the client got its last tokens: an assistant that is used renews them by the hour. None as long as it has none.
    pub fn renewed_at(&self) -> Option<UnixMillis> {
        match self {
            Self::Code { .. } => None,
            Self::Tokens { access_until, .. } => Some(*access_until - ACCESS_LIFE),
        }
    }

    /// Whether a refresh token was spent less than a minute ago, and nobody has used its successor.
    fn has_just_issued(&self, shown: &Redemption, now: UnixMillis) -> bool {
        match (self, &shown.proof, self.renewed_at()) {
            (Self::Tokens { refresh, .. }, Proof::Refresh, Some(at)) => {
                now < at + REPEATS && ct_eq(refresh.as_bytes(), shown.refresh.as_bytes())
            }
            _ => false,
        }
    }

    fn admits(&self, shown: &Redemption) -> Result<(), NoTokens> {
        match (self, &shown.proof) {
            (Self::Code { digest, challenge, redirect_uri }, Proof::Code { verifier, redirect_uri: place }) => {
                let is_proved = CodeVerifier::parse(verifier).is_ok_and(|verifier| challenge.matches(&verifier));
                let is_place = place.as_ref().is_none_or(|place| place == redirect_uri);
                match (ct_eq(digest.as_bytes(), shown.digest.as_bytes()), is_place, is_proved) {
                    (true, true, true) => Ok(()),
                    (false, ..) => Err(NoTokens::Unknown),
                    (_, false, _) => Err(NoTokens::Place),
                    (.., false) => Err(NoTokens::Verifier),
                }
            }
            (Self::Tokens { refresh, .. }, Proof::Refresh) if ct_eq(refresh.as_bytes(), shown.digest.as_bytes()) => {
                Ok(())
            }
            // A grant has one code, and one refresh token at a time; what is shown was made here, and is neither.
            (Self::Tokens { .. }, _) => Err(NoTokens::Ends),
            (Self::Code { .. }, Proof::Refresh) => Err(NoTokens::Unknown),
        }
    }
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    Code,
    Access,
    Refresh,
}

/// `agt_…` and its kin: the grant's id, 256 bits that nobody can guess, and a MAC over both. So the edge refuses a made-up token by itself, and a
/// spent one still names its grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentToken {
    id: [u8; ID],
    random: [u8; RANDOM],
}

impl TokenKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Code => "agc_",
            Self::Access => "agt_",
            Self::Refresh => "agr_",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Code => "agent-code",
            Self::Access => "agent-access",
            Self::Refresh => "agent-refresh",
        }
    }
}

impl AgentToken {
    pub const fn new(id: [u8; ID], random: [u8; RANDOM]) -> Self {
        Self { id, random }
    }

    pub fn text(&self, ring: &Keyring, kind: TokenKind) -> Secret<String> {
        let tag = ring.mac(kind.label(), &self.payload());
        Secret::new(format!("{}{}", kind.prefix(), base64url(&[self.payload().as_slice(), &tag].concat())))
    }

    /// One of this kind that was made here.
    pub fn read(ring: &Keyring, kind: TokenKind, text: &str) -> Option<Self> {
        let bytes = base64url_decode(text.strip_prefix(kind.prefix())?)?;
        let (payload, tag) = bytes.split_at_checked(ID + RANDOM)?;
        let (id, random) = payload.split_at_checked(ID)?;
        let token = Self { id: id.try_into().ok()?, random: random.try_into().ok()? };
        (tag.len() == 32 && ring.verify_mac(kind.label(), payload, tag)).then_some(token)
    }

    /// The access token and the refresh token that come of the text of this one. Whoever holds no key of the ring can tell
    /// nothing of them, and the first key alone makes them: another first key makes others.
    #[must_use]
    pub fn next(&self, ring: &Keyring, shown: &Secret<String>) -> (Secret<String>, Secret<String>) {
        let made = |label, kind| {
            // EXPOSE: hashed under a key.
            let random = ring.mac(label, shown.expose().as_bytes());
            Self { id: self.id, random }.text(ring, kind)
        };
        (made(NEXT_ACCESS, TokenKind::Access), made(NEXT_REFRESH, TokenKind::Refresh))
    }

    pub fn grant_id(&self) -> KeyId {
        KeyId::from_entropy(self.id)
    }

    fn payload(&self) -> Vec<u8> {
        [self.id.as_slice(), &self.random].concat()
    }
}

/// Whether a text says of itself that it is an access token.
pub fn says_agent(text: &str) -> bool {
    text.starts_with(TokenKind::Access.prefix())
}

#[cfg(test)]
mod tests;
