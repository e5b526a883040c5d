//! The redirect target after X: none for a popup, else the site, with the outcome in the query.

use serde_json::Value;
use url::{Url, form_urlencoded};

use super::confirm::Awaited;
use super::{Display, Entry, Phase, Session, Status, Visitor};
use crate::id::TenantId;
use crate::refusal::Code;
use crate::time::UnixMillis;

/// What the redirect query of a link tells, and where the account's row has it.
const REDIRECT_FIELDS: [(&str, &str); 4] = [
    ("account_id", "id"),
    ("network_unique_id", "network_unique_id"),
    ("username", "username"),
    ("tenant_id", "tenant_id"),
];

/// Whatever an answer of ours has put into a redirect query.
const OURS: [&str; 9] = [
    "success",
    "account_id",
    "network_unique_id",
    "username",
    "tenant_id",
    "error",
    "error_description",
    "connect_id",
    "connect_status",
];

/// The redirect URI as given, without the parameters that are set now. An earlier answer in the URI always has a
/// `connect_id`. The whole earlier answer is removed: its `account_id` would otherwise stand beside a `success=false`.
fn redirect_target(redirect_uri: &str, given: &[(&str, &str)]) -> Option<Url> {
    let mut url = Url::parse(redirect_uri).ok()?;
    let name_of = |pair: &str| form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
    let names: Vec<_> =
        url.query().unwrap_or_default().split('&').map(|pair| (pair.to_owned(), name_of(pair))).collect();
    let carries_answer = names.iter().any(|(_, name)| name.as_deref() == Some("connect_id"));
    let is_replaced =
        |name: &str| given.iter().any(|(ours, _)| *ours == name) || (carries_answer && OURS.contains(&name));
    let is_kept = |name: &Option<String>| name.as_deref().is_none_or(|name| !is_replaced(name));
    let kept: Vec<_> = names.into_iter().filter(|(_, name)| is_kept(name)).map(|(pair, _)| pair).collect();
    let kept = kept.join("&");
    url.set_query(Some(kept.as_str()).filter(|query| !query.is_empty()));
    url.query_pairs_mut().extend_pairs(given);
    Some(url)
}

impl Session {
    /// The redirect query names the account, so only who was sent to X is taken there, or who has confirmed in its place
    /// what a link brought. The page of a button is in the starter's browser and nowhere else.
    pub fn return_url(&self, visitor: Visitor, now: UnixMillis) -> Option<Url> {
        match (&self.terms.entry, visitor) {
            (Entry::Link { redirect_uri }, Visitor::Starter | Visitor::Second)
                if self.status(now) != Status::Expired =>
            {
                self.link_target(redirect_uri.as_deref()?)
            }
            (Entry::Embed { redirect_uri, .. }, Visitor::Starter) => self.page_target(redirect_uri.as_deref()?, now),
            _ => None,
        }
    }

    /// Id and status only: the page asks for the rest with its token.
    fn page_target(&self, redirect_uri: &str, now: UnixMillis) -> Option<Url> {
        self.start.as_ref().filter(|start| start.display == Display::Page)?;
        let status = serde_json::to_value(self.status(now)).unwrap_or_default();
        let status = status.as_str().unwrap_or_default();
        redirect_target(redirect_uri, &[("connect_id", &self.id), ("connect_status", status)])
    }

    /// A link ends for its person when nothing more is expected of them: whether the account is accepted is between the
    /// Worker and the back end, and until then it has no id.
    fn link_target(&self, redirect_uri: &str) -> Option<Url> {
        let failure =
            |code: Code, text| vec![("success", "false"), ("error", code.as_str()), ("error_description", text)];
        let mut given = match &self.phase {
            Phase::Connected { account } => {
                let field = |name| account.get(name).and_then(Value::as_str).unwrap_or_default();
                let fields = REDIRECT_FIELDS.map(|(name, of_row)| (name, field(of_row)));
                [("success", "true")].into_iter().chain(fields).collect()
            }
            Phase::Identified { user, .. } if self.awaited() == Some(Awaited::Acceptance) => {
                let tenant_id = self.terms.tenant_id.as_ref().map_or("", TenantId::as_str);
                let of_user = [("network_unique_id", user.id.as_str()), ("username", &user.username)];
                [("success", "true")].into_iter().chain(of_user).chain([("tenant_id", tenant_id)]).collect()
            }
            Phase::Failed { code, message } => failure(*code, message),
            Phase::Cancelled => failure(Code::AccessDenied, "The connection was cancelled."),
            _ => return None,
        };
        given.push(("connect_id", &self.id));
        redirect_target(redirect_uri, &given)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn landed(redirect_uri: &str, given: &[(&str, &str)]) -> String {
        redirect_target(redirect_uri, given).unwrap().into()
    }

    #[test]
    fn an_earlier_answer_in_the_redirect_uri_is_replaced() {
        let ended = [("success", "false"), ("error", "access_denied"), ("connect_id", "cs_2")];
        let after = "?success=false&error=access_denied&connect_id=cs_2";
        for before in [
            "?success=true&account_id=acc_1&network_unique_id=7&username=ada&tenant_id=t&connect_id=cs_1",
            "?connect_id=cs_1&connect_status=authorized",
            "?connect_id=cs_1&connect%5Fid=cs_0",
            "",
            "?",
        ] {
            assert_eq!(landed(&format!("https://a.example/x{before}"), &ended), format!("https://a.example/x{after}"));
        }
        let again = [("connect_id", "cs_2"), ("connect_status", "failed")];
        assert_eq!(
            landed("https://a.example/?tab=a&connect_id=cs_1&connect_status=connected&b", &again),
            "https://a.example/?tab=a&b&connect_id=cs_2&connect_status=failed"
        );
    }

    #[test]
    fn what_is_the_sites_own_stays_to_the_letter() {
        let given = [("connect_id", "cs_2"), ("connect_status", "failed")];
        assert_eq!(
            landed("https://a.example/?username=own&q=a%20b+c&&empty=&q=2", &given),
            "https://a.example/?username=own&q=a%20b+c&&empty=&q=2&connect_id=cs_2&connect_status=failed"
        );
    }
}
