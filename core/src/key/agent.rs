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
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;
    use crate::id::TenantId;

    const T0: UnixMillis = UnixMillis(1_795_426_200_000);
    const RING: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const OTHER_RING: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const PLACE: &str = "https://assistant.example/callback";

    fn ring(text: &str) -> Keyring {
        Keyring::parse(text).unwrap()
    }

    fn verifier() -> CodeVerifier {
        CodeVerifier::from_entropy([5; 32])
    }

    fn person(scopes: &[Scope]) -> Caller {
        Caller { scopes: scopes.iter().copied().collect(), kind: Some(Kind::SignIn), ..Caller::admin() }
    }

    fn consent(scopes: &[Scope]) -> Consent {
        let client = Client {
            id: "https://assistant.example/c".into(),
            host: "assistant.example".into(),
            name: Some("Aya".into()),
        };
        Consent {
            client,
            scopes: scopes.iter().copied().collect(),
            challenge: verifier().challenge(),
            redirect_uri: PLACE.into(),
            digest: "code".into(),
        }
    }

    fn grant(caller: &Caller, scopes: &[Scope]) -> Result<ApiKey, Code> {
        let parent = Parent { id: "admin".into(), digest: "digest".into() };
        let binding = Binding { tenant_id: TenantId::parse("t1").ok(), account_id: None };
        ApiKey::of_agent(KeyId::from_entropy([1; 16]), (caller, parent), consent(scopes), binding, T0)
            .map_err(|refused| refused.code)
    }

    fn good() -> ApiKey {
        grant(&person(&[Scope::Admin]), &[Scope::Read, Scope::Draft]).unwrap()
    }

    fn next(key: ApiKey, shown: &Redemption, at: UnixMillis) -> ApiKey {
        let next = match key.redeemed(shown, at).unwrap() {
            Redeemed::Next(next) => Some(*next),
            Redeemed::Again => None,
        };
        next.unwrap()
    }

    fn shown(digest: &str, proof: Proof) -> Redemption {
        let id = KeyId::from_entropy([1; 16]);
        let (access, refresh) = ("access".into(), format!("after {digest}"));
        Redemption {
            id,
            digest: digest.into(),
            client_id: "https://assistant.example/c".into(),
            proof,
            access,
            refresh,
        }
    }

    fn code() -> Redemption {
        let proof = Proof::Code { verifier: verifier().expose().to_owned(), redirect_uri: Some(PLACE.into()) };
        shown("code", proof)
    }

    #[test]
    fn a_grant_holds_at_most_what_the_key_of_the_sign_in_holds() {
        use Scope::{Admin, Connect, Draft, Publish, Read};
        for (held, wanted, is_given) in [
            (&[Admin][..], &[Read, Draft, Publish, Connect][..], true),
            (&[Admin], &[Admin], false),
            (&[Admin], &[], false),
            (&[Read], &[Read], true),
            (&[Read], &[Read, Draft], false),
            (&[Draft], &[Read, Draft], true),
            (&[Draft], &[Publish], false),
            (&[Publish, Read], &[Draft], true),
            (&[Publish], &[Draft], false),
        ] {
            let given = grant(&person(held), wanted);
            assert_eq!(given.is_ok(), is_given, "{held:?} for {wanted:?}");
            assert!(given.is_ok_and(|key| person(held).covers(&key)) || !is_given, "{held:?} stands behind {wanted:?}");
        }
        assert!(Caller::admin().covers(&good()));
        for kind in [None, Some(good().minted.unwrap().kind)] {
            let caller = Caller { kind, ..person(&[Scope::Admin]) };
            assert_eq!(grant(&caller, &[Scope::Read]), Err(Code::InsufficientKeyScope), "no person");
        }
    }

    #[test]
    fn a_grant_is_managed_by_the_key_of_its_sign_in_and_by_who_manages_the_tenants_keys() {
        let given = ApiKey { binding: Binding { tenant_id: TenantId::parse("t1").ok(), account_id: None }, ..good() };
        let by = |key_id: &str, scope, tenant: Option<&str>| {
            let binding = Binding { tenant_id: tenant.and_then(|name| TenantId::parse(name).ok()), account_id: None };
            let caller = Caller { key_id: key_id.into(), binding, kind: None, ..person(&[scope]) };
            caller.manages_minted(&given)
        };
        assert!(by("admin", Scope::Read, None), "by its id, whatever it may else");
        assert!(by("key_other", Scope::Admin, None) && by("key_other", Scope::Admin, Some("t1")));
        assert!(!by("key_other", Scope::Admin, Some("t2")));
        for scope in [Scope::Publish, Scope::Draft, Scope::Read, Scope::Connect] {
            assert!(!by("key_other", scope, None) && !by("key_other", scope, Some("t1")), "{scope:?}");
        }
        assert!(!Caller::from(given.clone()).manages_minted(&given), "an assistant ends nothing by a call");
    }

    #[test]
    fn a_code_becomes_tokens_once_and_with_its_verifier_alone() {
        let code_of = |change: fn(&mut Redemption)| {
            let mut redemption = code();
            change(&mut redemption);
            good().redeemed(&redemption, T0).err()
        };
        let elsewhere = |code: &mut Redemption| {
            code.proof = Proof::Code {
                verifier: verifier().expose().to_owned(),
                redirect_uri: Some("https://assistant.example/".into()),
            }
        };
        let wrong = |code: &mut Redemption| code.proof = Proof::Code { verifier: "w".repeat(43), redirect_uri: None };
        let unproved = |code: &mut Redemption| code.proof = Proof::Code { verifier: String::new(), redirect_uri: None };
        let placeless = |code: &mut Redemption| {
            code.proof = Proof::Code { verifier: verifier().expose().to_owned(), redirect_uri: None };
        };
        assert_eq!(code_of(|code| code.digest = "another".into()), Some(NoTokens::Unknown));
        assert_eq!(code_of(|code| code.client_id = "https://other.example/c".into()), Some(NoTokens::OtherClient));
        assert_eq!(code_of(|code| code.proof = Proof::Refresh), Some(NoTokens::Unknown));
        assert_eq!(code_of(elsewhere), Some(NoTokens::Place));
        assert_eq!([code_of(wrong), code_of(unproved)], [Some(NoTokens::Verifier); 2]);
        assert_eq!(code_of(placeless), None, "OAuth 2.1, section 4.1.3");
        let opened = next(good(), &code(), T0);
        assert_eq!(opened.clone().redeemed(&code(), T0), Err(NoTokens::Ends), "a code that is shown twice");
        assert_eq!(opened.minted.unwrap().expires_at, T0 + REFRESH_LIFE);
    }

    #[test]
    fn a_refresh_token_works_once_and_a_spent_one_ends_the_grant() {
        let refresh = shown("after code", Proof::Refresh);
        let at = T0 + Span::mins(50);
        let second = next(next(good(), &code(), T0), &refresh, at);
        assert_eq!(second.clone().redeemed(&refresh, at + REPEATS), Err(NoTokens::Ends), "a minute later");
        let third = next(second, &shown("after after code", Proof::Refresh), at);
        assert_eq!(third.redeemed(&refresh, at), Err(NoTokens::Ends), "its successor was used");
    }

    #[test]
    fn a_refresh_token_that_is_shown_twice_within_a_minute_gets_the_same_answer() {
        let refresh = shown("after code", Proof::Refresh);
        let (at, later) = (T0 + Span::mins(50), T0 + Span::mins(50) + Span::secs(59));
        let second = next(next(good(), &code(), T0), &refresh, at);
        assert_eq!(second.clone().redeemed(&refresh, later), Ok(Redeemed::Again));
        let issued = second.issued(later).unwrap();
        assert_eq!(
            (issued.scopes, issued.access_life),
            (second.scopes.clone(), T0 + ACCESS_LIFE - (T0 + Span::secs(59)))
        );
        let stranger = Redemption { client_id: "https://other.example/c".into(), ..refresh.clone() };
        assert_eq!(second.clone().redeemed(&stranger, later), Err(NoTokens::OtherClient));
        let rotated = Redemption { refresh: "under another first key".into(), ..refresh };
        assert_eq!(second.redeemed(&rotated, later), Err(NoTokens::Ends), "a ring that was rotated meanwhile");
    }

    /// Made with Node's `hkdfSync` and `createHmac`: after a change, a refresh that is repeated meanwhile ends its grant.
    #[test]
    fn next_tokens_v1_unchanged() {
        let token = AgentToken::new([1; 16], [2; 32]);
        let shown = token.text(&ring(RING), TokenKind::Refresh);
        let (access, refresh) = token.next(&ring(RING), &shown);
        // EXPOSE: tokens of this test.
        assert_eq!(
            access.expose(),
            "agt_AQEBAQEBAQEBAQEBAQEBAU8e3rovDwwaT3dJk2rVxtd_gfQ8GdNeRtVqy05fuwKQL4MRJIb-PgGdKjchH1FkZTMZcYhiiHYDFst1pmxk0Zk"
        );
        // EXPOSE: as above.
        assert_eq!(
            refresh.expose(),
            "agr_AQEBAQEBAQEBAQEBAQEBATSW7I6hPKEnMTl1bpf5exq9Gi_i1bEprqYJ4VV8uKCuti27WPBszVKmMWyLoi_hEvE0ieIECDWwdMhK2TSsIbE"
        );
        let rotated = ring(&format!("{OTHER_RING},{RING}"));
        // EXPOSE: as above.
        assert!(!token.next(&rotated, &shown).0.ct_eq(access.expose().as_bytes()));
        // EXPOSE: as above.
        let read = AgentToken::read(&ring(RING), TokenKind::Refresh, refresh.expose()).unwrap();
        assert_eq!(read.grant_id(), token.grant_id());
    }

    #[test]
    fn a_grant_is_open_by_its_access_token_for_an_hour() {
        let (consented, opened) = (good(), next(good(), &code(), T0));
        assert!(!consented.is_open(T0) && opened.is_open(T0));
        let renewed_at = |key: &ApiKey| key.grant().unwrap().stage.renewed_at();
        assert_eq!((renewed_at(&consented), renewed_at(&opened)), (None, Some(T0)));
        assert!(opened.is_open(T0 + Span::mins(59)) && !opened.is_open(T0 + ACCESS_LIFE));
        let caller = Caller::from(opened.clone());
        assert_eq!(caller.key_id, opened.id.to_string());
        assert!(caller.require_lasting().is_err() && caller.require_person().is_err());
    }

    #[test]
    fn a_token_is_of_its_kind_and_names_its_grant() {
        let (ours, theirs) = (ring(RING), ring(OTHER_RING));
        let token = AgentToken::new([1; 16], [2; 32]);
        for kind in [TokenKind::Code, TokenKind::Access, TokenKind::Refresh] {
            // EXPOSE: a token of this test.
            let text = token.text(&ours, kind).expose().clone();
            let read = |ring: &Keyring, kind| AgentToken::read(ring, kind, &text);
            assert_eq!(read(&ours, kind).unwrap().grant_id(), KeyId::from_entropy([1; 16]));
            assert_eq!(read(&theirs, kind), None);
            assert_eq!(read(&ring(&format!("{OTHER_RING},{RING}")), kind), Some(token.clone()), "a rotated ring");
            let secret = text.split_once('_').unwrap().1;
            for other in
                [TokenKind::Code, TokenKind::Access, TokenKind::Refresh].into_iter().filter(|other| *other != kind)
            {
                assert_eq!(read(&ours, other), None);
                assert_eq!(AgentToken::read(&ours, other, &format!("{}{secret}", other.prefix())), None);
            }
        }
    }

    #[test]
    fn agent_v1_format_unchanged() {
        let key = next(good(), &code(), T0);
        let text = r#"{"id":"key_AQEBAQEBAQEBAQEBAQEBAQ","name":"Aya","scopes":["draft","read"],"binding":{"tenant_id":"t1","account_id":null},"created_at":1795426200000,"minted":{"parent":{"id":"admin","digest":"digest"},"expires_at":1798018200000,"kind":{"agent":{"client":{"id":"https://assistant.example/c","host":"assistant.example","name":"Aya"},"stage":{"tokens":{"refresh":"after code","access_until":1795429800000}}}}}}"#;
        assert_eq!(serde_json::to_string(&key).unwrap(), text);
        assert_eq!(serde_json::from_str::<ApiKey>(text).unwrap(), key);
    }

    proptest! {
        #[test]
        fn any_text_is_a_token_or_none(text in "(ag[ctr]_)?[A-Za-z0-9_-]{0,140}") {
            for kind in [TokenKind::Code, TokenKind::Access, TokenKind::Refresh] {
                prop_assert_eq!(AgentToken::read(&ring(RING), kind, &text), None);
            }
        }
    }
}
