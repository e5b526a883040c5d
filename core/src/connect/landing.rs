//! Where a browser goes after X: nowhere for a popup, to the site with the outcome in the query for the rest.

use serde_json::Value;
use url::Url;

use super::confirm::Awaited;
use super::{Display, Entry, Phase, Session, Status, Visitor};
use crate::api::code::Code;
use crate::id::TenantId;
use crate::time::UnixMillis;

/// What the landing query of a link tells, and where the account's row has it.
const LANDING_FIELDS: [(&str, &str); 4] = [
    ("account_id", "id"),
    ("network_unique_id", "network_unique_id"),
    ("username", "username"),
    ("tenant_id", "tenant_id"),
];

impl Session {
    /// The landing query names the account, so only who was sent to X is taken there, or who has confirmed in its place
    /// what a link brought. The page of a button is in the starter's browser and nowhere else.
    pub fn return_url(&self, visitor: Visitor, now: UnixMillis) -> Option<Url> {
        match (&self.terms.entry, visitor) {
            (Entry::Link { redirect_uri }, Visitor::Starter | Visitor::Other)
                if self.status(now) != Status::Expired =>
            {
                self.link_landing(redirect_uri.as_deref()?)
            }
            (Entry::Embed { redirect_uri, .. }, Visitor::Starter) => self.page_landing(redirect_uri.as_deref()?, now),
            _ => None,
        }
    }

    /// Id and status only: the page asks for the rest with its token.
    fn page_landing(&self, redirect_uri: &str, now: UnixMillis) -> Option<Url> {
        self.start.as_ref().filter(|start| start.display == Display::Page)?;
        let mut url = Url::parse(redirect_uri).ok()?;
        let status = serde_json::to_value(self.status(now)).unwrap_or_default();
        url.query_pairs_mut()
            .append_pair("connect_id", &self.id)
            .append_pair("connect_status", status.as_str().unwrap_or_default());
        Some(url)
    }

    /// A link ends for its person when nothing more is expected of them: whether the account is accepted is between the
    /// Worker and the back end, and until then it has no id.
    fn link_landing(&self, redirect_uri: &str) -> Option<Url> {
        let mut url = Url::parse(redirect_uri).ok()?;
        let mut query = url.query_pairs_mut();
        match &self.phase {
            Phase::Connected { account } => {
                query.append_pair("success", "true");
                for (name, field) in LANDING_FIELDS {
                    query.append_pair(name, account.get(field).and_then(Value::as_str).unwrap_or_default());
                }
            }
            Phase::Identified { user, .. } if self.awaited() == Some(Awaited::Acceptance) => {
                let tenant_id = self.terms.tenant_id.as_ref().map_or("", TenantId::as_str);
                query.append_pair("success", "true").append_pair("network_unique_id", user.id.as_str());
                query.append_pair("username", &user.username).append_pair("tenant_id", tenant_id);
            }
            Phase::Failed { code, message } => {
                query.append_pair("success", "false").append_pair("error", code.as_str());
                query.append_pair("error_description", message);
            }
            Phase::Cancelled => {
                query.append_pair("success", "false").append_pair("error", Code::AccessDenied.as_str());
                query.append_pair("error_description", "The connection was cancelled.");
            }
            _ => return None,
        }
        query.append_pair("connect_id", &self.id);
        drop(query);
        Some(url)
    }
}
