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
    let client =
        Client { id: "https://assistant.example/c".into(), host: "assistant.example".into(), name: Some("Aya".into()) };
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
    Redemption { id, digest: digest.into(), client_id: "https://assistant.example/c".into(), proof, access, refresh }
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
    assert_eq!((issued.scopes, issued.access_life), (second.scopes.clone(), T0 + ACCESS_LIFE - (T0 + Span::secs(59))));
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
        for other in [TokenKind::Code, TokenKind::Access, TokenKind::Refresh].into_iter().filter(|other| *other != kind)
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
