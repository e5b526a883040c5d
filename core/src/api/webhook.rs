//! Bodies and rows of `/v1/webhooks` (docs/API.md, section 7).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::line::is_line;
use super::page::{List, Page};
use super::query::Query;
use crate::id::TenantId;
use crate::json;
use crate::public_url::{PublicUrl, PublicUrlError};
use crate::refusal::{Refused, name as path_name};
use crate::secret::Secret;
use crate::time::UnixMillis;
use crate::webhook::{Attempt, CustomHeaders, EventKind, Outcome, SigningSecret, State, Webhook, WebhookDelivery};

/// Characters of a name, which is for people.
const NAME_LENGTH: usize = 80;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhook {
    name: String,
    url: String,
    events: BTreeSet<EventKind>,
    secret: Option<Secret<String>>,
    headers: Option<BTreeMap<String, Secret<String>>>,
    pub tenant_id: Option<TenantId>,
    #[serde(default)]
    legacy_signature: bool,
}

/// `PATCH`: what is not given stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeWebhook {
    name: Option<String>,
    url: Option<String>,
    events: Option<BTreeSet<EventKind>>,
    secret: Option<Secret<String>>,
    headers: Option<BTreeMap<String, Secret<String>>>,
    legacy_signature: Option<bool>,
    enabled: Option<bool>,
}

/// What was said, checked. Secrets are still in the open.
#[derive(Debug)]
pub struct Wanted {
    pub name: Option<String>,
    pub url: Option<String>,
    pub events: Option<BTreeSet<EventKind>>,
    pub secret: Option<SigningSecret>,
    pub headers: Option<CustomHeaders>,
    pub legacy_signature: Option<bool>,
    pub enabled: Option<bool>,
}

impl CreateWebhook {
    /// Everything but `headers` and `secret` is there afterwards.
    pub fn validate(self, url_rule: impl Fn(&str) -> Result<PublicUrl, PublicUrlError>) -> Result<Wanted, Refused> {
        let change = ChangeWebhook {
            name: Some(self.name),
            url: Some(self.url),
            events: Some(self.events),
            secret: self.secret,
            headers: self.headers,
            legacy_signature: Some(self.legacy_signature),
            enabled: None,
        };
        change.validate(url_rule)
    }
}

impl ChangeWebhook {
    pub fn validate(self, url_rule: impl Fn(&str) -> Result<PublicUrl, PublicUrlError>) -> Result<Wanted, Refused> {
        let url = self.url.map(|url| url_rule(url.trim()).map_err(|error| Refused::field("url", error.to_string())));
        Ok(Wanted {
            name: self.name.as_deref().map(name).transpose()?,
            url: url.transpose()?.map(|url| url.to_string()),
            events: self.events.map(events).transpose()?,
            secret: self.secret.map(secret).transpose()?,
            headers: self.headers.as_ref().map(headers).transpose()?,
            legacy_signature: self.legacy_signature,
            enabled: self.enabled,
        })
    }
}

fn name(text: &str) -> Result<String, Refused> {
    let name = text.trim();
    let is_name = !name.is_empty() && is_line(name, NAME_LENGTH);
    let problem = || Refused::field("name", format!("expected one line of 1 to {NAME_LENGTH} characters"));
    is_name.then(|| name.to_owned()).ok_or_else(problem)
}

fn events(events: BTreeSet<EventKind>) -> Result<BTreeSet<EventKind>, Refused> {
    if events.is_empty() {
        return Err(Refused::field("events", "name at least one event"));
    }
    Ok(events)
}

fn secret(text: Secret<String>) -> Result<SigningSecret, Refused> {
    SigningSecret::parse(text).map_err(|error| Refused::field("secret", error.to_string()))
}

fn headers(given: &BTreeMap<String, Secret<String>>) -> Result<CustomHeaders, Refused> {
    CustomHeaders::parse(given).map_err(|(name, error)| {
        let path = if name.is_empty() { "headers".to_owned() } else { format!("headers.{}", path_name(&name)) };
        Refused::field(&path, error.to_string())
    })
}

/// Never a secret, nor the value of a custom header.
pub fn webhook_view(webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id,
        "tenant_id": webhook.tenant_id,
        "name": webhook.name,
        "url": webhook.url,
        "events": webhook.events,
        "header_names": webhook.headers.as_ref().map_or(&[][..], |headers| &headers.names),
        "legacy_signature": webhook.legacy_signature,
        "enabled": webhook.disabled.is_none(),
        "disabled": webhook.disabled,
        "failing_since": webhook.failing_since.map(UnixMillis::to_iso),
        "created_at": webhook.created_at.to_iso(),
        "updated_at": webhook.updated_at.to_iso(),
    })
}

/// A row of the delivery log. `body` is what was sent, to the byte.
pub fn webhook_delivery_view(delivery: &WebhookDelivery, body: &str) -> Value {
    json!({
        "id": delivery.event_id,
        "event": delivery.kind,
        "status": delivery.state,
        "created_at": delivery.created_at.to_iso(),
        "next_attempt_at": delivery.due_at.map(UnixMillis::to_iso),
        "attempts": delivery.attempts.iter().map(attempt_view).collect::<Vec<_>>(),
        "body": body,
    })
}

fn attempt_view(attempt: &Attempt) -> Value {
    let (status, error) = match &attempt.outcome {
        Outcome::Status(status) => (Some(status), None),
        Outcome::Error(error) => (None, Some(error)),
    };
    json!({
        "attempted_at": attempt.at.to_iso(),
        "duration_ms": attempt.duration_ms,
        "status_code": status,
        "error": error,
    })
}

/// The filters of the delivery log.
#[derive(Debug)]
pub struct WebhookDeliveryFilter {
    pub status: Option<State>,
    pub event: Option<EventKind>,
    pub page: Page,
}

impl WebhookDeliveryFilter {
    pub fn from_query(query: &mut Query) -> Result<Self, Refused> {
        Ok(Self {
            status: known(query, "status", "expected pending, delivered, failed or skipped")?,
            event: known(query, "event", "expected the name of an event")?,
            page: Page::from_query(query, List::WebhookDeliveries)?,
        })
    }
}

/// One of the words of `T`, or a refusal.
fn known<T: serde::de::DeserializeOwned>(
    query: &mut Query,
    name: &'static str,
    expected: &str,
) -> Result<Option<T>, Refused> {
    let Some(word) = query.take(&[name]) else { return Ok(None) };
    json::from_value(&Value::String(word)).map(Some).map_err(|_| Refused::field(name, expected))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::api::input::read;

    fn create(fields: &str) -> Result<Wanted, Refused> {
        let body = format!(r#"{{"name":"a","url":"https://acme.example/","events":["post.error"]{fields}}}"#);
        read::<CreateWebhook>(body.as_bytes(), &[])?.value.validate(|url| PublicUrl::parse(url, false))
    }

    fn change(body: &str) -> Result<Wanted, Refused> {
        read::<ChangeWebhook>(body.as_bytes(), &[])?.value.validate(|url| PublicUrl::parse(url, false))
    }

    fn path(result: Result<Wanted, Refused>) -> String {
        result.unwrap_err().details.into_keys().collect()
    }

    #[test]
    fn a_webhook_needs_a_name_a_public_url_and_events() {
        let wanted = create("").unwrap();
        assert_eq!(wanted.url.as_deref(), Some("https://acme.example/"));
        assert_eq!((wanted.legacy_signature, wanted.enabled), (Some(false), None));
        assert_eq!(path(change(r#"{"name":" "}"#)), "name");
        assert_eq!(path(change(r#"{"url":"https://10.0.0.1/"}"#)), "url");
        assert_eq!(path(change(r#"{"events":[]}"#)), "events");
        assert_eq!(path(change(r#"{"events":["post.liked"]}"#)), "events.0");
        assert_eq!(path(change(r#"{"tenant_id":"t1"}"#)), "tenant_id", "it stays with its tenant");
    }

    #[test]
    fn a_bad_secret_or_header_is_named_and_not_shown() {
        let refused = create(r#","secret":"hunter2hunter2"}"#.trim_end_matches('}')).unwrap_err();
        assert!(!format!("{refused:?}").contains("hunter2"));
        assert_eq!(path(create(r#","secret":"hunter2""#)), "secret");
        assert_eq!(path(create(r#","headers":{"Host":"evil.example"}"#)), "headers.Host");
        let refused = create(r#","headers":{"x-key":"hunter2\n"}"#).unwrap_err();
        assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
    }

    #[test]
    fn the_log_is_filtered_by_known_words() {
        let filter = |text| WebhookDeliveryFilter::from_query(&mut Query::parse(text));
        let both = filter("status=failed&event=post.error&limit=5").unwrap();
        assert_eq!((both.status, both.event, both.page.limit), (Some(State::Failed), Some(EventKind::PostError), 5));
        for bad in ["status=sent", "event=post"] {
            assert!(filter(bad).is_err(), "{bad}");
        }
    }
}
