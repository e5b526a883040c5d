//! Every call there is: one row each, from which all that depends on the route is read.
//!
//! Parsing, the methods of a path, what a key needs, the log's name, CORS, `/openapi.json` and the tests that try each call
//! are derived from [`ROUTES`], or held against it.

mod row;
mod table;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use self::row::{Answers, Body, Effect, Pages, Row};
pub use self::table::ROUTES;
use crate::id::AccountId;
use crate::key::{ForPages, Reach};
use crate::x::proxy::Target;

/// The methods of HTTP that clients use.
pub const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// A call of docs/API.md. Ids are as the caller wrote them: whether one exists, and whose it is, is for its owner to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Route {
    Health,
    /// The operator's page.
    Dashboard,
    SignIn,
    SignedIn,
    SignOut,
    SignOutEverywhere,
    SamplePage(String),
    NetworkCreate,
    NetworkList,
    NetworkGet(String),
    NetworkUpdate(String),
    NetworkDelete(String),
    NetworkVerify(String),
    NetworkResume(String),
    AuthUrl(String),
    SessionCreate,
    SessionGet(String),
    SessionCancel(String),
    SessionComplete(String),
    SessionConfirm(String),
    /// A browser's CORS question before one of the four above.
    SessionPreflight(String),
    SessionAccept(String),
    /// A browser's CORS question before a call with an API key.
    Preflight,
    /// Which methods a path has (RFC 9110 §9.3.7) that no page of another origin calls.
    Options,
    ConnectStart,
    /// The button of our own start page, pressed.
    ConnectStartConfirmed,
    ConnectLink(String),
    ConnectCallback,
    ConnectResult(String),
    /// The operator's logo, by its digest.
    ConnectPicture(String),
    ConnectLogo(String),
    /// The button of our page in another browser, pressed.
    ConnectPress(String),
    AccountList,
    AccountGet(String),
    AccountDelete(String),
    AccountHealth(String),
    AccountLimits(String),
    AccountMetrics(String),
    ImportCreate(String),
    ImportList(String),
    ImportGet {
        account: String,
        id: String,
    },
    PostCreate,
    PostList,
    Summary,
    Calendar,
    /// What has changed since, for a page that shows it.
    Changes,
    PostGet(String),
    PostChange(String),
    PostDelete(String),
    PostDeleteRemote(String),
    PostRetry(String),
    PostResolve {
        post: String,
        account: String,
    },
    PostAnalytics(String),
    PostReplies(String),
    PostReply(String),
    PostRepost(String),
    PostAskApproval(String),
    PostApprove(String),
    PostReject(String),
    /// The page of an approval, by its token.
    ApprovalShow(String),
    ApprovalAnswer(String),
    MediaCreate,
    /// A file in one call.
    MediaStore,
    MediaList,
    MediaGet(String),
    MediaDelete(String),
    MediaConfirm(String),
    /// Bytes, by a signed address.
    MediaReceive(String),
    /// A browser's CORS question before a call that any page may make.
    OpenPreflight,
    /// Bytes back, by a signed address.
    MediaFile(String),
    SettingsGet,
    SettingsChange,
    Usage,
    Metrics,
    KeyCreate,
    KeyList,
    KeyDelete(String),
    PageSessionCreate,
    PageSessionGet(String),
    PageSessionDelete(String),
    /// A message of an agent's client.
    Agents,
    AgentList,
    AgentDelete(String),
    /// A person looks at what an assistant's client asks,
    AgentShow,
    /// and decides.
    AgentDecide,
    /// What the endpoint for agents says of itself,
    OAuthResource,
    /// and the authorization server.
    OAuthServer,
    OAuthRegister,
    OAuthAuthorize,
    OAuthToken,
    OAuthRevoke,
    /// A call for X, by an account's id or, at the root, with a key that is bound to one. Without a target, X's path is
    /// none that is passed on.
    Proxy {
        account: Option<String>,
        target: Option<Target>,
    },
    Audit,
    WebhookCreate,
    WebhookList,
    WebhookGet(String),
    WebhookChange(String),
    WebhookDelete(String),
    WebhookTest(String),
    WebhookDeliveries(String),
    WebhookRedeliver {
        webhook: String,
        event: String,
    },
    ReEncryptionStart,
    ReEncryptionGet,
    HandoverStart,
    HandoverGet,
    HandoverEnd,
    Export,
    Restore,
}

/// A call that was made, and its row.
#[derive(Clone, Debug)]
pub struct Call {
    pub row: &'static Row,
    pub route: Route,
}

/// What a method and a path are.
#[derive(Clone, Debug)]
pub enum Found {
    Call(Call),
    /// The path has these methods (RFC 9110 §10.2.1), of which `row` has one, and not the one that was used.
    OtherMethod {
        row: &'static Row,
        allowed: Vec<&'static str>,
    },
    /// The contract does not name the path.
    Nothing,
}

/// A trailing slash makes no difference.
pub fn find(method: &str, path: &str) -> Found {
    let given: Vec<&str> = segments(path).collect();
    let call =
        ROUTES.iter().filter(|row| row.takes(method)).find_map(|row| row.matches(&given).map(|at| row.call(&at)));
    if let Some(call) = call {
        return Found::Call(call);
    }
    let (rows, allowed) = known(&given);
    match rows.first() {
        None => Found::Nothing,
        Some(row) if method == "OPTIONS" => Found::Call(asked(&given, row)),
        Some(row) => Found::OtherMethod { row, allowed },
    }
}

/// The methods that a path has; none for a path that the contract does not name.
pub fn allowed(path: &str) -> Vec<&'static str> {
    known(&segments(path).collect::<Vec<_>>()).1
}

/// The methods of a path that the token of a page may open; none for a path that none opens.
pub fn allowed_to_pages(path: &str) -> Vec<&'static str> {
    let given: Vec<&str> = segments(path).collect();
    let rows: Vec<&Row> = ROUTES.iter().filter(|row| row.takes_pages() && row.matches(&given).is_some()).collect();
    METHODS.into_iter().filter(|method| rows.iter().any(|row| row.takes(method))).collect()
}

/// The rows of a path, and their methods. A path below X's that is not passed on is answered in X's shape, and is none.
fn known(given: &[&str]) -> (Vec<&'static Row>, Vec<&'static str>) {
    let is_known = |row: &&Row| row.matches(given).is_some_and(|at| row.answers != Answers::X || at.target().is_some());
    let rows: Vec<&Row> = ROUTES.iter().filter(is_known).collect();
    let has = |method: &&str| !rows.is_empty() && (*method == "OPTIONS" || rows.iter().any(|row| row.takes(method)));
    let allowed = METHODS.into_iter().filter(has).collect();
    (rows, allowed)
}

/// What OPTIONS is of a path that has `row` (RFC 9110 §9.3.7): a browser's question where pages of other origins call.
fn asked(given: &[&str], row: &'static Row) -> Call {
    let is_for_keys = matches!(given, ["", "v1" | "2" | "mcp", ..]);
    let asked = match row.pages {
        Pages::OfSession => &table::ASKED_OF_SESSION,
        Pages::All => &table::ASKED_BY_ALL,
        _ if is_for_keys => &table::ASKED_WITH_KEY,
        _ => &table::ASKED,
    };
    match row.matches(given) {
        Some(at) => asked.call(&at),
        None => Call { row: asked, route: Route::Options },
    }
}

/// A path in its one spelling: a slash at its end makes no difference.
pub fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path)
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = (!path.is_empty()).then(|| path.strip_suffix('/').unwrap_or(path));
    path.into_iter().flat_map(|path| path.split('/'))
}

/// The table for programs that are not written in Rust: the tests that try every call.
pub fn as_json() -> Value {
    let row = |row: &Row| {
        json!({
            "name": row.name,
            "method": row.method,
            "path": row.path,
            "scope": row.access.map(|access| access.scope.map_or_else(|| json!("any"), |scope| json!(scope))),
            "pages": row.access.and_then(|access| match access.pages {
                ForPages::Closed => None,
                ForPages::Any => Some("any"),
                ForPages::With(scope) => Some(scope.as_str()),
            }),
            "reach": row.access.map(|access| match access.reach {
                Reach::Account => "account",
                Reach::Tenant => "tenant",
                Reach::Workspace => "workspace",
            }),
            "effect": row.effect,
            "body": row.body,
            "isIdempotent": row.is_idempotent,
            "answers": row.answers,
            "hasHead": row.takes("HEAD"),
        })
    };
    ROUTES.iter().map(row).collect()
}

impl Route {
    /// The connect session that the call is about, if a page that holds its token may make it.
    pub fn session_id(&self) -> Option<&str> {
        match self {
            Self::SessionGet(id)
            | Self::SessionCancel(id)
            | Self::SessionComplete(id)
            | Self::SessionConfirm(id)
            | Self::SessionPreflight(id) => Some(id),
            _ => None,
        }
    }

    /// The account that the call is about, for the log. A path segment that only stands where an id belongs is a
    /// stranger's text, and a line of the log has none.
    pub fn account_id(&self) -> Option<AccountId> {
        let segment = match self {
            Self::AccountGet(id)
            | Self::AccountDelete(id)
            | Self::AccountHealth(id)
            | Self::AccountLimits(id)
            | Self::AccountMetrics(id)
            | Self::ImportCreate(id)
            | Self::ImportList(id) => Some(id),
            Self::PostResolve { account, .. } | Self::ImportGet { account, .. } => Some(account),
            Self::Proxy { account, .. } => account.as_ref(),
            _ => None,
        };
        AccountId::parse(segment?).ok()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::key::Scope;

    fn call(method: &str, path: &str) -> Option<Call> {
        match find(method, path) {
            Found::Call(call) => Some(call),
            _ => None,
        }
    }

    fn route(method: &str, path: &str) -> Option<Route> {
        call(method, path).map(|call| call.route)
    }

    /// A path that a row is for.
    fn path_of(row: &Row) -> String {
        row.path.replace("{digest}", "d").replace("{token}", "t").replace("{id}", "a").replace('*', "users/me")
    }

    #[test]
    fn a_trailing_slash_makes_no_difference() {
        assert_eq!(route("GET", "/v1/posts/"), Some(Route::PostList));
        assert_eq!(route("GET", "/v1/posts/post_1/"), Some(Route::PostGet("post_1".into())));
        assert_eq!(route("GET", "/healthz/"), Some(Route::Health));
        assert_eq!(route("GET", "/"), Some(Route::Dashboard));
    }

    #[test]
    fn every_row_is_found_by_its_own_method_and_path() {
        for row in ROUTES {
            let found = call(row.method, &path_of(row)).unwrap().row;
            assert_eq!((found.name, found.path), (row.name, row.path), "{} is behind another row", row.path);
        }
    }

    #[test]
    fn each_name_and_each_call_has_one_row() {
        let names: BTreeSet<&str> = ROUTES.iter().map(|row| row.name).collect();
        let calls: BTreeSet<(&str, &str)> = ROUTES.iter().map(|row| (row.method, row.path)).collect();
        assert_eq!((names.len(), calls.len()), (ROUTES.len(), ROUTES.len()));
    }

    #[test]
    fn ids_are_as_the_caller_wrote_them_in_the_order_of_the_path() {
        let resolve = Route::PostResolve { post: "p".into(), account: "a".into() };
        assert_eq!(route("POST", "/v1/posts/p/deliveries/a/resolve"), Some(resolve));
        assert_eq!(route("POST", "/v1/posts//retry"), Some(Route::PostRetry(String::new())));
        assert_eq!(route("GET", "/v1/media/upload"), Some(Route::MediaGet("upload".into())));
    }

    #[test]
    fn what_the_contract_does_not_name_is_nothing() {
        for path in
            ["", "//", "/v1", "/v1/", "/v2/posts", "/connect", "/connect/callback/y", "/v1/posts/a/b", "healthz"]
        {
            assert!(matches!(find("GET", path), Found::Nothing), "{path}");
        }
        assert!(route("PUT", "/v1/posts").is_none() && route("POST", "/healthz").is_none());
    }

    #[test]
    fn a_call_for_x_has_two_doors() {
        let target = |path: &str| match route("POST", path) {
            Some(Route::Proxy { account, target }) => Some((account, target?.path())),
            _ => None,
        };
        assert_eq!(target("/2/tweets"), Some((None, "/2/tweets".into())));
        assert_eq!(target("/v1/social-accounts/a/x/2/users/me"), Some((Some("a".into()), "/2/users/me".into())));
        assert_eq!(target("/2/oauth2/token"), None);
        assert_eq!(route("OPTIONS", "/2/tweets"), Some(Route::Preflight));
        assert_eq!(route("TRACE", "/2/tweets"), None);
        assert_eq!(route("COPY", "/v1/social-accounts/a/x/2/tweets"), None);
        let scope = |method| call(method, "/2/tweets").unwrap().row.access.unwrap().scope.unwrap();
        assert_eq!(
            ["GET", "HEAD", "POST", "DELETE"].map(scope),
            [Scope::Read, Scope::Read, Scope::Publish, Scope::Publish]
        );
    }

    #[test]
    fn head_is_answered_as_get_is_unless_a_get_does_more_than_look() {
        for path in ["/", "/healthz", "/v1/posts", "/v1/media/a/file", "/connect/link/a", "/connect/callback/x"] {
            assert_eq!(route("HEAD", path), route("GET", path), "{path}");
            assert!(route("HEAD", path).is_some(), "{path}");
        }
        let account = ["health", "metrics"].map(|name| format!("/v1/social-accounts/a/{name}"));
        let post = ["analytics", "replies"].map(|name| format!("/v1/posts/a/{name}"));
        let others = ["/v1/social-networks/x/auth-url".to_owned(), "/v1/export".to_owned()];
        for path in account.iter().chain(&post).chain(&others) {
            assert!(route("GET", path).is_some() && route("HEAD", path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_path_says_which_methods_it_has() {
        let cases: [(&str, &[&str]); 10] = [
            ("/", &["GET", "HEAD", "OPTIONS"]),
            ("/healthz", &["GET", "HEAD", "OPTIONS"]),
            ("/v1/posts", &["GET", "HEAD", "POST", "OPTIONS"]),
            ("/v1/social-networks/x/auth-url", &["GET", "POST", "OPTIONS"]),
            ("/v1/media/a/upload", &["PUT", "OPTIONS"]),
            ("/connect/start", &["POST", "OPTIONS"]),
            ("/2/tweets", &METHODS),
            ("/2/oauth2/token", &[]),
            ("/v1/nothing", &[]),
            ("/connect/nothing", &[]),
        ];
        for (path, methods) in cases {
            assert_eq!(allowed(path), methods, "{path}");
            let refused = match find("TRACE", path) {
                Found::OtherMethod { allowed, .. } => allowed,
                _ => Vec::new(),
            };
            assert_eq!(refused, methods, "{path}");
        }
    }

    #[test]
    fn options_are_those_of_a_path_that_is_known() {
        for (path, expected) in [
            ("/", Route::Options),
            ("/healthz", Route::Options),
            ("/connect/link/a", Route::Options),
            ("/v1/posts", Route::Preflight),
            ("/v1/posts/", Route::Preflight),
            ("/2/tweets", Route::Preflight),
            ("/v1/media/a/upload", Route::OpenPreflight),
            ("/oauth/token", Route::OpenPreflight),
            ("/.well-known/oauth-protected-resource/mcp", Route::OpenPreflight),
            ("/oauth/authorize", Route::Options),
            ("/v1/connect-sessions/a", Route::SessionPreflight("a".into())),
            ("/v1/connect-sessions/a/confirm", Route::SessionPreflight("a".into())),
            ("/v1/connect-sessions/a/accept", Route::Preflight),
        ] {
            assert_eq!(route("OPTIONS", path), Some(expected), "{path}");
        }
        for path in ["/v1/nothing", "/v1", "/v1/posts/a/b", "/nothing", "/connect/nothing", "/2/oauth2/token", "//", ""]
        {
            assert_eq!(route("OPTIONS", path), None, "{path}");
        }
    }

    #[test]
    fn what_a_page_may_call_is_named_and_makes_no_key() {
        let open: BTreeSet<&str> = ROUTES.iter().filter(|row| row.takes_pages()).map(|row| row.name).collect();
        let accounts = ["createConnectSession", "deleteAccount", "getAccount", "listAccounts"];
        let posts = ["changePost", "createPost", "deletePost", "getPost", "listPosts", "retryPost"];
        let approval = ["approvePost", "rejectPost", "requestApproval"];
        let media = ["confirmUpload", "createUpload", "deleteMedia", "getMedia"];
        assert_eq!(open, accounts.into_iter().chain(posts).chain(approval).chain(media).collect());
        let admin = |row: &&Row| row.access.is_some_and(|access| access.scope == Some(Scope::Admin));
        assert!(!ROUTES.iter().filter(admin).any(Row::takes_pages));
    }

    #[test]
    fn a_path_says_which_methods_pages_have() {
        for (path, methods) in [
            ("/v1/posts", &["GET", "HEAD", "POST"][..]),
            ("/v1/posts/a", &["GET", "HEAD", "PATCH", "DELETE"]),
            ("/v1/connect-sessions", &["POST"]),
            ("/v1/media/upload", &["GET", "HEAD", "POST", "DELETE"]),
            ("/v1/media", &[]),
            ("/v1/posts/a/replies", &[]),
            ("/v1/api-keys", &[]),
            ("/v1/page-sessions", &[]),
            ("/2/tweets", &[]),
            ("/v1/nothing", &[]),
        ] {
            assert_eq!(allowed_to_pages(path), methods, "{path}");
        }
    }

    #[test]
    fn a_second_name_is_the_same_call() {
        for (first, second) in [("/v1/reseal", "/v1/re-encryption"), ("/v1/handover", "/v1/freeze")] {
            for method in METHODS {
                let row = |path| call(method, path).map(|call| (call.route, call.row.access, call.row.effect));
                assert_eq!(row(first), row(second), "{method} {second}");
            }
        }
    }

    #[test]
    fn what_changes_is_refused_while_the_deployment_is_frozen_but_for_what_thaws_it() {
        let changes = |method, path| call(method, path).unwrap().row.changes();
        assert!(changes("POST", "/v1/posts") && changes("DELETE", "/v1/webhooks/a"));
        assert!(changes("GET", "/v1/social-networks/x/auth-url"));
        assert!(!changes("GET", "/v1/posts") && !changes("DELETE", "/v1/handover") && !changes("POST", "/v1/import"));
        assert!(!changes("POST", "/2/tweets"), "its account judges that");
    }

    proptest! {
        #[test]
        fn any_method_and_path_are_found_or_not(method in "[A-Z]{0,8}", path in "\\PC{0,60}") {
            let _ = find(&method, &path);
        }
    }
}
