//! Which call a method and a path are.

use crate::id::AccountId;
use crate::x::pass::{Target, is_passed, is_read};

/// What clients of HTTP ask with; the rest is of no use here.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// One row of docs/API.md. Ids are as the caller wrote them: whether one exists, and whose it is, is for its owner to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Health,
    /// The operator's page.
    Dashboard,
    SignIn,
    SignedIn,
    SignOut,
    SignOutEverywhere,
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
    MediaCreate,
    MediaList,
    MediaGet(String),
    MediaDelete(String),
    MediaConfirm(String),
    /// Bytes, by a signed address.
    MediaReceive(String),
    /// A browser's CORS question before that.
    MediaPreflight,
    /// Bytes back, by a signed address.
    MediaFile(String),
    SettingsGet,
    SettingsChange,
    Usage,
    KeyCreate,
    KeyList,
    KeyDelete(String),
    /// A call for X, by an account's id or, at the root, with a key that is bound to one. Without a target, X's path is
    /// none that is passed on.
    Pass {
        account: Option<String>,
        is_read: bool,
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
    ResealStart,
    ResealGet,
    HandoverStart,
    HandoverGet,
    HandoverEnd,
    Export,
    Restore,
}

impl Route {
    /// `None` for whatever the contract does not name. A trailing slash makes no difference, and HEAD is answered as GET is
    /// (RFC 9110 §9.3.2), unless a GET does more than look.
    pub fn parse(method: &str, path: &str) -> Option<Self> {
        match method {
            "HEAD" => Self::find("GET", path).filter(|route| !route.acts_on_get()),
            "OPTIONS" => Self::options(path),
            _ => Self::find(method, path),
        }
    }

    /// Of a path that has other methods.
    fn options(path: &str) -> Option<Self> {
        if !METHODS.into_iter().any(|method| Self::find(method, path).is_some_and(|route| route.is_known())) {
            return None;
        }
        let is_for_keys = ["/v1/", "/2/"].iter().any(|prefix| path.starts_with(prefix));
        Self::find("OPTIONS", path).or(Some(if is_for_keys { Self::Preflight } else { Self::Options }))
    }

    /// The methods that a path has (RFC 9110 §10.2.1); none for a path that the contract does not name.
    pub fn allowed(path: &str) -> Vec<&'static str> {
        let is_known = |method: &&str| Self::parse(method, path).is_some_and(|route| route.is_known());
        METHODS.into_iter().filter(is_known).collect()
    }

    /// A path below X's that is not passed on is answered in X's shape, and is none.
    const fn is_known(&self) -> bool {
        !matches!(self, Self::Pass { target: None, .. })
    }

    /// A GET that makes something, or asks X by itself.
    const fn acts_on_get(&self) -> bool {
        matches!(
            self,
            Self::AuthUrl(_)
                | Self::Export
                | Self::AccountHealth(_)
                | Self::AccountMetrics(_)
                | Self::PostAnalytics(_)
                | Self::PostReplies(_)
        )
    }

    fn find(method: &str, path: &str) -> Option<Self> {
        if path == "/" {
            return (method == "GET").then_some(Self::Dashboard);
        }
        let mut segments = without_slash(path).strip_prefix('/')?.split('/');
        match segments.next()? {
            "healthz" if segments.next().is_none() => (method == "GET").then_some(Self::Health),
            "v1" => Self::parse_v1(method, &segments.collect::<Vec<_>>()),
            "2" if is_passed(method) => Some(Self::pass(None, method, &segments.collect::<Vec<_>>())),
            "connect" => Self::parse_connect(method, &segments.collect::<Vec<_>>()),
            _ => None,
        }
    }

    fn parse_v1(method: &str, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            ("OPTIONS", ["connect-sessions", id] | ["connect-sessions", id, "complete" | "confirm"]) => {
                Self::SessionPreflight((*id).to_owned())
            }
            ("OPTIONS", ["media", _, "upload"]) => Self::MediaPreflight,
            ("POST", ["social-networks"]) => Self::NetworkCreate,
            ("GET", ["social-networks"]) => Self::NetworkList,
            ("GET", ["social-networks", id]) => Self::NetworkGet((*id).to_owned()),
            ("PATCH", ["social-networks", id]) => Self::NetworkUpdate((*id).to_owned()),
            ("DELETE", ["social-networks", id]) => Self::NetworkDelete((*id).to_owned()),
            ("POST", ["social-networks", id, "verify"]) => Self::NetworkVerify((*id).to_owned()),
            ("POST", ["social-networks", id, "resume"]) => Self::NetworkResume((*id).to_owned()),
            ("POST" | "GET", ["social-networks", id, "auth-url"]) => Self::AuthUrl((*id).to_owned()),
            ("POST", ["connect-sessions"]) => Self::SessionCreate,
            ("GET", ["connect-sessions", id]) => Self::SessionGet((*id).to_owned()),
            ("DELETE", ["connect-sessions", id]) => Self::SessionCancel((*id).to_owned()),
            ("POST", ["connect-sessions", id, "complete"]) => Self::SessionComplete((*id).to_owned()),
            ("POST", ["connect-sessions", id, "confirm"]) => Self::SessionConfirm((*id).to_owned()),
            ("POST", ["connect-sessions", id, "accept"]) => Self::SessionAccept((*id).to_owned()),
            ("GET", ["social-accounts"]) => Self::AccountList,
            ("GET", ["social-accounts", id]) => Self::AccountGet((*id).to_owned()),
            ("DELETE", ["social-accounts", id]) => Self::AccountDelete((*id).to_owned()),
            ("GET", ["social-accounts", id, "health"]) => Self::AccountHealth((*id).to_owned()),
            ("GET", ["social-accounts", id, "limits"]) => Self::AccountLimits((*id).to_owned()),
            ("GET", ["social-accounts", id, "metrics"]) => Self::AccountMetrics((*id).to_owned()),
            ("POST", ["social-accounts", id, "imports"]) => Self::ImportCreate((*id).to_owned()),
            ("GET", ["social-accounts", id, "imports"]) => Self::ImportList((*id).to_owned()),
            ("GET", ["social-accounts", account, "imports", id]) => {
                Self::ImportGet { account: (*account).to_owned(), id: (*id).to_owned() }
            }
            (_, ["social-accounts", id, "x", "2", rest @ ..]) if is_passed(method) => {
                Self::pass(Some((*id).to_owned()), method, rest)
            }
            (_, ["posts", rest @ ..]) => return Self::parse_posts(method, rest),
            (_, ["media", rest @ ..]) => return Self::parse_media(method, rest),
            ("POST", ["dashboard", "session"]) => Self::SignIn,
            ("GET", ["dashboard", "session"]) => Self::SignedIn,
            ("DELETE", ["dashboard", "session"]) => Self::SignOut,
            ("DELETE", ["dashboard", "sessions"]) => Self::SignOutEverywhere,
            ("GET", ["audit"]) => Self::Audit,
            (_, ["webhooks", rest @ ..]) => return Self::parse_webhooks(method, rest),
            ("GET", ["settings"]) => Self::SettingsGet,
            ("PATCH", ["settings"]) => Self::SettingsChange,
            ("GET", ["account", "usage"]) => Self::Usage,
            ("POST", ["api-keys"]) => Self::KeyCreate,
            ("GET", ["api-keys"]) => Self::KeyList,
            ("DELETE", ["api-keys", id]) => Self::KeyDelete((*id).to_owned()),
            ("POST", ["reseal"]) => Self::ResealStart,
            ("GET", ["reseal"]) => Self::ResealGet,
            ("POST", ["handover"]) => Self::HandoverStart,
            ("GET", ["handover"]) => Self::HandoverGet,
            ("DELETE", ["handover"]) => Self::HandoverEnd,
            ("GET", ["export"]) => Self::Export,
            ("POST", ["import"]) => Self::Restore,
            _ => return None,
        })
    }

    fn pass(account: Option<String>, method: &str, segments: &[&str]) -> Self {
        Self::Pass { account, is_read: is_read(method), target: Target::parse(segments) }
    }

    fn parse_posts(method: &str, segments: &[&str]) -> Option<Self> {
        let of = |route: fn(String) -> Self, id: &str| route(id.to_owned());
        Some(match (method, segments) {
            ("POST", []) => Self::PostCreate,
            ("GET", []) => Self::PostList,
            ("GET", [id]) => of(Self::PostGet, id),
            ("PATCH", [id]) => of(Self::PostChange, id),
            ("DELETE", [id]) => of(Self::PostDelete, id),
            ("DELETE", [id, "remote"]) => of(Self::PostDeleteRemote, id),
            ("POST", [id, "retry"]) => of(Self::PostRetry, id),
            ("GET", [id, "analytics"]) => of(Self::PostAnalytics, id),
            ("GET", [id, "replies"]) => of(Self::PostReplies, id),
            ("POST", [id, "replies"]) => of(Self::PostReply, id),
            ("POST", [id, "repost"]) => of(Self::PostRepost, id),
            ("POST", [post, "deliveries", account, "resolve"]) => {
                Self::PostResolve { post: (*post).to_owned(), account: (*account).to_owned() }
            }
            _ => return None,
        })
    }

    fn parse_media(method: &str, segments: &[&str]) -> Option<Self> {
        let of = |route: fn(String) -> Self, id: &str| route(id.to_owned());
        Some(match (method, segments) {
            ("GET", []) => Self::MediaList,
            ("POST", ["upload"]) => Self::MediaCreate,
            ("GET", [id]) => of(Self::MediaGet, id),
            ("DELETE", [id]) => of(Self::MediaDelete, id),
            ("POST", [id, "confirm"]) => of(Self::MediaConfirm, id),
            ("PUT", [id, "upload"]) => of(Self::MediaReceive, id),
            ("GET", [id, "file"]) => of(Self::MediaFile, id),
            _ => return None,
        })
    }

    fn parse_webhooks(method: &str, segments: &[&str]) -> Option<Self> {
        let of = |route: fn(String) -> Self, id: &str| route(id.to_owned());
        Some(match (method, segments) {
            ("POST", []) => Self::WebhookCreate,
            ("GET", []) => Self::WebhookList,
            ("GET", [id]) => of(Self::WebhookGet, id),
            ("PATCH", [id]) => of(Self::WebhookChange, id),
            ("DELETE", [id]) => of(Self::WebhookDelete, id),
            ("POST", [id, "test"]) => of(Self::WebhookTest, id),
            ("GET", [id, "deliveries"]) => of(Self::WebhookDeliveries, id),
            ("POST", [webhook, "deliveries", event, "redeliver"]) => {
                Self::WebhookRedeliver { webhook: (*webhook).to_owned(), event: (*event).to_owned() }
            }
            _ => return None,
        })
    }

    fn parse_connect(method: &str, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            ("POST", ["start"]) => Self::ConnectStart,
            ("POST", ["start", "confirmed"]) => Self::ConnectStartConfirmed,
            ("GET", ["link", id]) => Self::ConnectLink((*id).to_owned()),
            ("GET", ["callback", "x"]) => Self::ConnectCallback,
            ("GET", ["result", id]) => Self::ConnectResult((*id).to_owned()),
            ("GET", ["logo", digest]) => Self::ConnectLogo((*digest).to_owned()),
            ("POST", ["result", id]) => Self::ConnectPress((*id).to_owned()),
            _ => return None,
        })
    }

    /// The route as the log knows it: without ids.
    pub const fn template(&self) -> &'static str {
        match self {
            Self::Health => "/healthz",
            Self::Dashboard => "/",
            Self::SignIn | Self::SignedIn | Self::SignOut => "/v1/dashboard/session",
            Self::SignOutEverywhere => "/v1/dashboard/sessions",
            Self::NetworkCreate | Self::NetworkList => "/v1/social-networks",
            Self::NetworkGet(_) | Self::NetworkUpdate(_) | Self::NetworkDelete(_) => "/v1/social-networks/{id}",
            Self::NetworkVerify(_) => "/v1/social-networks/{id}/verify",
            Self::NetworkResume(_) => "/v1/social-networks/{id}/resume",
            Self::AuthUrl(_) => "/v1/social-networks/{id}/auth-url",
            Self::SessionCreate => "/v1/connect-sessions",
            Self::SessionGet(_) | Self::SessionCancel(_) | Self::SessionPreflight(_) => "/v1/connect-sessions/{id}",
            Self::SessionComplete(_) => "/v1/connect-sessions/{id}/complete",
            Self::SessionConfirm(_) => "/v1/connect-sessions/{id}/confirm",
            Self::SessionAccept(_) => "/v1/connect-sessions/{id}/accept",
            Self::Preflight => "/v1/*",
            Self::Options => "*",
            Self::ConnectStart => "/connect/start",
            Self::ConnectStartConfirmed => "/connect/start/confirmed",
            Self::ConnectLink(_) => "/connect/link/{id}",
            Self::ConnectLogo(_) => "/connect/logo/{digest}",
            Self::ConnectCallback => "/connect/callback/x",
            Self::ConnectResult(_) | Self::ConnectPress(_) => "/connect/result/{id}",
            Self::AccountList => "/v1/social-accounts",
            Self::AccountGet(_) | Self::AccountDelete(_) => "/v1/social-accounts/{id}",
            Self::AccountHealth(_) => "/v1/social-accounts/{id}/health",
            Self::AccountLimits(_) => "/v1/social-accounts/{id}/limits",
            Self::AccountMetrics(_) => "/v1/social-accounts/{id}/metrics",
            Self::ImportCreate(_) | Self::ImportList(_) => "/v1/social-accounts/{id}/imports",
            Self::ImportGet { .. } => "/v1/social-accounts/{id}/imports/{id}",
            Self::PostCreate | Self::PostList => "/v1/posts",
            Self::PostGet(_) | Self::PostChange(_) | Self::PostDelete(_) => "/v1/posts/{id}",
            Self::PostDeleteRemote(_) => "/v1/posts/{id}/remote",
            Self::PostRetry(_) => "/v1/posts/{id}/retry",
            Self::PostResolve { .. } => "/v1/posts/{id}/deliveries/{id}/resolve",
            Self::PostAnalytics(_) => "/v1/posts/{id}/analytics",
            Self::PostReplies(_) | Self::PostReply(_) => "/v1/posts/{id}/replies",
            Self::PostRepost(_) => "/v1/posts/{id}/repost",
            Self::MediaList => "/v1/media",
            Self::MediaCreate => "/v1/media/upload",
            Self::MediaGet(_) | Self::MediaDelete(_) => "/v1/media/{id}",
            Self::MediaConfirm(_) => "/v1/media/{id}/confirm",
            Self::MediaReceive(_) | Self::MediaPreflight => "/v1/media/{id}/upload",
            Self::MediaFile(_) => "/v1/media/{id}/file",
            Self::SettingsGet | Self::SettingsChange => "/v1/settings",
            Self::Usage => "/v1/account/usage",
            Self::Pass { account: Some(_), .. } => "/v1/social-accounts/{id}/x/2/*",
            Self::Pass { account: None, .. } => "/2/*",
            Self::KeyCreate | Self::KeyList => "/v1/api-keys",
            Self::KeyDelete(_) => "/v1/api-keys/{id}",
            Self::Audit => "/v1/audit",
            Self::WebhookCreate | Self::WebhookList => "/v1/webhooks",
            Self::WebhookGet(_) | Self::WebhookChange(_) | Self::WebhookDelete(_) => "/v1/webhooks/{id}",
            Self::WebhookTest(_) => "/v1/webhooks/{id}/test",
            Self::WebhookDeliveries(_) => "/v1/webhooks/{id}/deliveries",
            Self::WebhookRedeliver { .. } => "/v1/webhooks/{id}/deliveries/{id}/redeliver",
            Self::ResealStart | Self::ResealGet => "/v1/reseal",
            Self::HandoverStart | Self::HandoverGet | Self::HandoverEnd => "/v1/handover",
            Self::Export => "/v1/export",
            Self::Restore => "/v1/import",
        }
    }

    /// Whether it may change something, and so is refused by a deployment that stands still. A link's session is made
    /// by a GET too.
    pub fn changes(&self, method: &str) -> bool {
        let is_read = matches!(method, "GET" | "HEAD") && !matches!(self, Self::AuthUrl(_));
        !is_read && !matches!(self, Self::HandoverStart | Self::HandoverEnd | Self::Restore | Self::Pass { .. })
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
            Self::Pass { account, .. } => account.as_ref(),
            _ => None,
        };
        AccountId::parse(segment?).ok()
    }

    /// A page that a person sees answers in HTML, everything else in JSON.
    pub const fn is_page(&self) -> bool {
        matches!(
            self,
            Self::ConnectStart
                | Self::ConnectStartConfirmed
                | Self::ConnectLink(_)
                | Self::ConnectCallback
                | Self::ConnectResult(_)
                | Self::ConnectPress(_)
        )
    }
}

/// A path in its one spelling: a slash at its end makes no difference.
pub fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_trailing_slash_makes_no_difference() {
        assert_eq!(Route::parse("GET", "/v1/posts/"), Some(Route::PostList));
        assert_eq!(Route::parse("GET", "/v1/posts/post_1/"), Some(Route::PostGet("post_1".into())));
        assert_eq!(Route::parse("GET", "/healthz/"), Some(Route::Health));
        assert_eq!(Route::parse("GET", "/"), Some(Route::Dashboard));
    }

    #[test]
    fn the_method_is_part_of_the_route() {
        assert_eq!(Route::parse("POST", "/v1/posts"), Some(Route::PostCreate));
        assert_eq!(Route::parse("PUT", "/v1/posts"), None);
        assert_eq!(Route::parse("POST", "/healthz"), None);
        assert_eq!(Route::parse("POST", "/"), None);
    }

    #[test]
    fn what_the_contract_does_not_name_is_nothing() {
        for path in ["", "//", "/v1", "/v1/", "/v2/posts", "/connect", "/connect/callback/y", "/v1/posts/a/b"] {
            assert_eq!(Route::parse("GET", path), None, "{path}");
        }
    }

    #[test]
    fn a_call_for_x_has_two_doors() {
        let target = |path: &str| match Route::parse("POST", path) {
            Some(Route::Pass { account, is_read: false, target }) => Some((account, target?.path())),
            _ => None,
        };
        assert_eq!(target("/2/tweets"), Some((None, "/2/tweets".into())));
        assert_eq!(target("/v1/social-accounts/a/x/2/users/me"), Some((Some("a".into()), "/2/users/me".into())));
        assert_eq!(target("/2/oauth2/token"), None);
        assert_eq!(Route::parse("OPTIONS", "/2/tweets"), Some(Route::Preflight));
        assert_eq!(Route::parse("TRACE", "/2/tweets"), None);
        assert_eq!(Route::parse("COPY", "/v1/social-accounts/a/x/2/tweets"), None);
    }

    #[test]
    fn head_is_answered_as_get_is_unless_a_get_does_more_than_look() {
        for path in ["/", "/healthz", "/v1/posts", "/v1/media/a/file", "/connect/link/a", "/connect/callback/x"] {
            assert_eq!(Route::parse("HEAD", path), Route::parse("GET", path), "{path}");
            assert!(Route::parse("HEAD", path).is_some(), "{path}");
        }
        let account = ["health", "metrics"].map(|name| format!("/v1/social-accounts/a/{name}"));
        let post = ["analytics", "replies"].map(|name| format!("/v1/posts/a/{name}"));
        let others = ["/v1/social-networks/x/auth-url".to_owned(), "/v1/export".to_owned()];
        for path in account.iter().chain(&post).chain(&others) {
            assert!(Route::parse("GET", path).is_some() && Route::parse("HEAD", path).is_none(), "{path}");
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
            assert_eq!(Route::allowed(path), methods, "{path}");
        }
    }

    #[test]
    fn options_are_those_of_a_path_that_is_known() {
        for (path, route) in [
            ("/", Route::Options),
            ("/healthz", Route::Options),
            ("/connect/link/a", Route::Options),
            ("/v1/posts", Route::Preflight),
            ("/v1/posts/", Route::Preflight),
            ("/2/tweets", Route::Preflight),
            ("/v1/media/a/upload", Route::MediaPreflight),
            ("/v1/connect-sessions/a", Route::SessionPreflight("a".into())),
        ] {
            assert_eq!(Route::parse("OPTIONS", path), Some(route), "{path}");
        }
        for path in ["/v1/nothing", "/v1", "/v1/posts/a/b", "/nothing", "/connect/nothing", "/2/oauth2/token", "//", ""]
        {
            assert_eq!(Route::parse("OPTIONS", path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_method_and_path_parse_or_do_not(method in "[A-Z]{0,8}", path in "\\PC{0,60}") {
            let _ = (Route::parse(&method, &path), Route::allowed(&path));
        }
    }
}
