//! Bodies and rows of `/v1/connect-sessions` and `auth-url` (docs/API.md, section 3).

use serde::Deserialize;
use serde_json::{Value, json};

use super::line::is_line;
use crate::connect::confirm::{Awaited, ConfirmationCode};
use crate::connect::place::{PlaceError, parse_origin, parse_redirect_uri, parse_redirect_uri_of};
use crate::connect::{Accept, Entry, Phase, Session, hint_of};
use crate::id::{AccountId, TenantId};
use crate::oauth::Scopes;
use crate::pkce::CodeVerifier;
use crate::refusal::{Code, Refused};
use crate::time::{Span, UnixMillis};
use crate::x::user::XUser;

/// A link, and an embed session that does not say otherwise, live this long.
pub const LIFETIME: Span = Span::mins(30);
const SHORTEST_SECS: i64 = 60;
const LONGEST_SECS: i64 = 1800;
/// X's answer to "who is this" needs both; without them there is no account to connect.
const INDISPENSABLE: [&str; 2] = ["tweet.read", "users.read"];
/// What a person reads beside the site's name.
const LABEL_CHARACTERS: usize = 80;

/// Names that the original's clients send with `auth-url`.
pub const IGNORED: &[&str] = &["force_account_selection"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    pub network: Option<String>,
    pub tenant_id: Option<TenantId>,
    /// Of a page that calls by itself its own, also if it names none.
    pub origin: Option<String>,
    pub redirect_uri: Option<String>,
    pub scopes: Option<ScopeList>,
    pub expected_username: Option<String>,
    pub reconnect_account_id: Option<AccountId>,
    pub expires_in: Option<i64>,
    pub label: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CreateAuthUrl {
    pub redirect_uri: Option<String>,
    pub tenant_id: Option<TenantId>,
    pub scopes: Option<ScopeList>,
    pub expected_username: Option<String>,
    pub reconnect_account_id: Option<AccountId>,
    pub label: Option<String>,
    /// Whether the account can be used before the back end has accepted it.
    pub accept: Accept,
}

/// An array, or one string with spaces or commas between.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum ScopeList {
    Many(Vec<String>),
    One(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompleteSession {
    pub code_verifier: CodeVerifier,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmSession {
    pub code: ConfirmationCode,
}

/// A request for a session, checked but for what only the workspace knows.
#[derive(Debug)]
pub struct NewSession {
    pub entry: Entry,
    pub tenant_id: Option<TenantId>,
    pub scopes: Scopes,
    pub expected_username: Option<String>,
    pub reconnect_account_id: Option<AccountId>,
    pub lifetime: Span,
    pub label: Option<String>,
    pub accept: Accept,
}

impl CreateSession {
    /// `page` is the origin of the page that asks, if it is not the back end.
    pub fn validate(self, page: Option<&str>) -> Result<NewSession, Refused> {
        super::network::require_x(self.network.as_deref().unwrap_or("x"))?;
        let origin = match (page, &self.origin) {
            (Some(page), Some(other)) if page != other => {
                return Err(Refused::new(Code::OriginNotAllowed, "A page makes connect sessions for its own origin.")
                    .with_hint("Leave `origin` out, or make the session from your back end."));
            }
            (Some(page), _) => page.to_owned(),
            (None, Some(origin)) => parse_origin(origin).map_err(|e| place("origin", e))?,
            (None, None) => return Err(Refused::field("origin", "missing; expected the origin of the page")),
        };
        let redirect_uri = match &self.redirect_uri {
            Some(uri) => Some(parse_redirect_uri_of(uri, &origin).map_err(|e| place("redirect_uri", e))?.into()),
            None => None,
        };
        let secs = self.expires_in.unwrap_or(LONGEST_SECS);
        if !(SHORTEST_SECS..=LONGEST_SECS).contains(&secs) {
            return Err(Refused::field("expires_in", "expected 60 to 1800 seconds"));
        }
        Ok(NewSession {
            entry: Entry::Embed { origin, redirect_uri },
            tenant_id: self.tenant_id,
            scopes: scopes(self.scopes)?,
            expected_username: handle(self.expected_username)?,
            reconnect_account_id: self.reconnect_account_id,
            lifetime: Span::secs(secs),
            label: label(self.label)?,
            accept: Accept::Auto,
        })
    }
}

impl CreateAuthUrl {
    pub fn validate(self) -> Result<NewSession, Refused> {
        let redirect_uri = match &self.redirect_uri {
            Some(uri) => Some(parse_redirect_uri(uri).map_err(|e| place("redirect_uri", e))?.into()),
            None => None,
        };
        Ok(NewSession {
            entry: Entry::Link { redirect_uri },
            tenant_id: self.tenant_id,
            scopes: scopes(self.scopes)?,
            expected_username: handle(self.expected_username)?,
            reconnect_account_id: self.reconnect_account_id,
            lifetime: LIFETIME,
            label: label(self.label)?,
            accept: self.accept,
        })
    }
}

fn place(field: &str, error: PlaceError) -> Refused {
    Refused::field(field, error.to_string())
}

fn scopes(list: Option<ScopeList>) -> Result<Scopes, Refused> {
    let text = match list {
        None => return Ok(Scopes::publish_default()),
        Some(ScopeList::Many(names)) => names.join(" "),
        Some(ScopeList::One(text)) => text.replace(',', " "),
    };
    let scopes = Scopes::parse(&text).map_err(|e| Refused::field("scopes", e.to_string()))?;
    match INDISPENSABLE.iter().find(|name| !scopes.contains(name)) {
        Some(name) => {
            Err(Refused::field("scopes", format!("must include {name}: without it X does not say who connected")))
        }
        None => Ok(scopes),
    }
}

/// A name that X gives: `^[A-Za-z0-9_]{1,15}$` (X's `OpenAPI`, `UserName`). Any other can only end in `account_mismatch`.
fn handle(given: Option<String>) -> Result<Option<String>, Refused> {
    let is_handle = |text: &String| {
        let name = text.strip_prefix('@').unwrap_or(text);
        (1..=15).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if given.as_ref().is_none_or(is_handle) {
        return Ok(given);
    }
    Err(Refused::field(
        "expected_username",
        "expected an X handle: 1 to 15 letters, digits or underscores, with or without @",
    ))
}

fn label(label: Option<String>) -> Result<Option<String>, Refused> {
    match &label {
        Some(text) if !is_line(text, LABEL_CHARACTERS) => {
            Err(Refused::field("label", "expected at most 80 characters on one line, without hidden ones"))
        }
        _ => Ok(label),
    }
}

/// What `GET /v1/connect-sessions/{id}` answers under `data`.
pub fn session_view(session: &Session, now: UnixMillis) -> Value {
    let mut view = json!({
        "id": session.id(),
        "status": session.status(now),
        "expires_at": session.terms().expires_at.to_iso(),
        "redirect_uri": session.terms().redirect_uri(),
    });
    if let Some(fields) = view.as_object_mut() {
        match session.phase() {
            Phase::Connected { account } => {
                fields.insert("account".into(), account.clone());
            }
            // So that the back end knows whom it accepts. A page's token is told nothing of the kind: whoever types the
            // code has read the name beside it.
            Phase::Identified { user, .. } if session.awaited() == Some(Awaited::Acceptance) => {
                fields.insert("awaiting".into(), "acceptance".into());
                fields.insert("identity".into(), identity(user));
            }
            Phase::Failed { code, message } => {
                let error = json!({ "code": code.as_str(), "message": message, "hint": hint_of(*code) });
                fields.insert("error".into(), error);
            }
            _ => {}
        }
    }
    view
}

/// Who signed in, in the words of an account's row.
fn identity(user: &XUser) -> Value {
    json!({
        "network_unique_id": user.id,
        "username": user.username,
        "nickname": user.name,
        "profile_picture_url": user.profile_image_url,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::api::input::read;

    fn embed(body: &str) -> Result<NewSession, Refused> {
        read::<CreateSession>(body.as_bytes(), &[])?.value.validate(None)
    }

    fn fields(body: &str) -> Vec<String> {
        embed(body).unwrap_err().details.into_keys().collect()
    }

    #[test]
    fn an_embed_session_stays_on_its_origin() {
        assert!(embed(r#"{"origin":"https://a.example","redirect_uri":"https://a.example/x"}"#).is_ok());
        assert_eq!(fields(r#"{"origin":"https://a.example","redirect_uri":"https://b.example/x"}"#), ["redirect_uri"]);
        assert_eq!(fields(r#"{"origin":"https://a.example/"}"#), ["origin"]);
    }

    #[test]
    fn a_page_makes_sessions_for_its_own_origin_alone() {
        let of_page = |body: &str| {
            let input = read::<CreateSession>(body.as_bytes(), &[]).unwrap().value;
            let new = input.validate(Some("https://a.example")).map_err(|refused| refused.code)?;
            Ok::<_, Code>(matches!(new.entry, Entry::Embed { origin, .. } if origin == "https://a.example"))
        };
        assert_eq!(of_page("{}"), Ok(true));
        assert_eq!(of_page(r#"{"origin":"https://a.example","redirect_uri":"https://a.example/x"}"#), Ok(true));
        assert_eq!(of_page(r#"{"origin":"https://b.example"}"#), Err(Code::OriginNotAllowed));
        assert_eq!(of_page(r#"{"redirect_uri":"https://b.example/x"}"#), Err(Code::InvalidPayload));
        assert_eq!(fields("{}"), ["origin"]);
    }

    #[test]
    fn a_session_lives_one_to_thirty_minutes() {
        assert_eq!(embed(r#"{"origin":"https://a.example"}"#).unwrap().lifetime, Span::mins(30));
        assert_eq!(embed(r#"{"origin":"https://a.example","expires_in":60}"#).unwrap().lifetime, Span::mins(1));
        assert_eq!(fields(r#"{"origin":"https://a.example","expires_in":59}"#), ["expires_in"]);
    }

    #[test]
    fn scopes_come_as_an_array_or_one_string_and_can_name_the_person() {
        for list in [r#"["tweet.read","users.read"]"#, r#""tweet.read users.read""#, r#""users.read,tweet.read""#] {
            let body = format!(r#"{{"origin":"https://a.example","scopes":{list}}}"#);
            assert_eq!(embed(&body).unwrap().scopes.to_string(), "tweet.read users.read");
        }
        assert_eq!(fields(r#"{"origin":"https://a.example","scopes":["tweet.write"]}"#), ["scopes"]);
    }

    #[test]
    fn a_link_is_accepted_by_itself_unless_it_says_manual() {
        let link = |body: &str| read::<CreateAuthUrl>(body.as_bytes(), IGNORED)?.value.validate();
        assert_eq!(link("{}").unwrap().accept, Accept::Auto);
        assert_eq!(link(r#"{"accept":"manual"}"#).unwrap().accept, Accept::Manual);
        assert_eq!(link(r#"{"accept":"later"}"#).unwrap_err().details.into_keys().collect::<Vec<_>>(), ["accept"]);
    }

    #[test]
    fn an_expected_username_is_a_handle_that_x_gives() {
        for name in ["ada", "@Ada_99", "A", "_", "abcdefghijklmno", "@abcdefghijklmno"] {
            let new = embed(&format!(r#"{{"origin":"https://a.example","expected_username":"{name}"}}"#)).unwrap();
            assert_eq!(new.expected_username.as_deref(), Some(name));
        }
        for name in [
            "",
            "@",
            "@@ada",
            "ada lovelace",
            "ada.l",
            "adä",
            "abcdefghijklmnop",
            "ada@x.com",
            "https://x.com/ada",
            " ada",
        ] {
            let body = format!(r#"{{"origin":"https://a.example","expected_username":"{name}"}}"#);
            assert_eq!(fields(&body), ["expected_username"], "{name}");
            let link = format!(r#"{{"expected_username":"{name}"}}"#);
            let refused = read::<CreateAuthUrl>(link.as_bytes(), IGNORED).unwrap().value.validate().unwrap_err();
            assert_eq!(refused.details.into_keys().collect::<Vec<_>>(), ["expected_username"], "{name}");
        }
    }

    #[test]
    fn a_label_is_one_short_line() {
        assert_eq!(fields(&format!(r#"{{"origin":"https://a.example","label":"{}"}}"#, "x".repeat(81))), ["label"]);
        assert_eq!(fields(r#"{"origin":"https://a.example","label":"a\nb"}"#), ["label"]);
        assert_eq!(fields("{\"origin\":\"https://a.example\",\"label\":\"\u{202E}emca\"}"), ["label"]);
    }
}
