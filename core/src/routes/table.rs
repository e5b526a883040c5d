//! The table: the first row that fits is the call.

use super::Route;
use super::row::{Answers, Body, Captured, Effect, Pages, Row};
use crate::key::{Access, ForPages, PageScope, Reach, Scope};

const NO_KEY: Option<Access> = None;
const READ: Option<Access> = Some(access(Scope::Read, Reach::Account));
const READ_ALL: Option<Access> = Some(access(Scope::Read, Reach::Workspace));
const READ_TENANT: Option<Access> = Some(access(Scope::Read, Reach::Tenant));
const DRAFT: Option<Access> = Some(access(Scope::Draft, Reach::Account));
const DRAFT_TENANT: Option<Access> = Some(access(Scope::Draft, Reach::Tenant));
const PUBLISH: Option<Access> = Some(access(Scope::Publish, Reach::Account));
const PUBLISH_TENANT: Option<Access> = Some(access(Scope::Publish, Reach::Tenant));
const CONNECT: Option<Access> = Some(access(Scope::Connect, Reach::Tenant));
/// Every good key, for as much as it may itself.
const ANY: Option<Access> = Some(Access { scope: None, reach: Reach::Account, pages: ForPages::Closed });
const ANY_TENANT: Option<Access> = Some(Access { scope: None, reach: Reach::Tenant, pages: ForPages::Closed });
const ADMIN: Option<Access> = Some(access(Scope::Admin, Reach::Tenant));
const ADMIN_ALL: Option<Access> = Some(access(Scope::Admin, Reach::Workspace));

const ANY_PAGE: ForPages = ForPages::Any;
const ACCOUNTS: ForPages = ForPages::With(PageScope::Accounts);
const COMPOSER: ForPages = ForPages::With(PageScope::Draft);
const PUBLISHER: ForPages = ForPages::With(PageScope::Publish);

pub const ROUTES: &[Row] = &[
    get("/", NO_KEY, "getDashboard", |_| Route::Dashboard),
    get("/healthz", NO_KEY, "getHealth", |_| Route::Health),
    // X apps.
    post("/v1/social-networks", ADMIN, "saveXApp", |_| Route::NetworkCreate).json(),
    get("/v1/social-networks", READ_TENANT, "listXApps", |_| Route::NetworkList).forwarded(),
    get("/v1/social-networks/{id}", READ_TENANT, "getXApp", |at| Route::NetworkGet(at.id())).forwarded(),
    patch("/v1/social-networks/{id}", ADMIN, "changeXApp", |at| Route::NetworkUpdate(at.id())),
    delete("/v1/social-networks/{id}", ADMIN, "deleteXApp", |at| Route::NetworkDelete(at.id())),
    post("/v1/social-networks/{id}/verify", ADMIN, "diagnoseXApp", |at| Route::NetworkVerify(at.id())),
    post("/v1/social-networks/{id}/resume", ADMIN, "resumeXApp", |at| Route::NetworkResume(at.id())).forwarded(),
    post("/v1/social-networks/{id}/auth-url", CONNECT, "createConnectLink", |at| Route::AuthUrl(at.id())),
    get("/v1/social-networks/{id}/auth-url", CONNECT, "getConnectLink", |at| Route::AuthUrl(at.id())).changes_by_get(),
    // Connect.
    post("/v1/connect-sessions", CONNECT, "createConnectSession", |_| Route::SessionCreate).json().for_pages(ACCOUNTS),
    get("/v1/connect-sessions/{id}", CONNECT, "getConnectSession", |at| Route::SessionGet(at.id()))
        .read_by(Pages::OfSession),
    delete("/v1/connect-sessions/{id}", CONNECT, "cancelConnectSession", |at| Route::SessionCancel(at.id()))
        .read_by(Pages::OfSession),
    post("/v1/connect-sessions/{id}/complete", NO_KEY, "completeConnectSession", |at| Route::SessionComplete(at.id()))
        .json()
        .read_by(Pages::OfSession),
    post("/v1/connect-sessions/{id}/confirm", NO_KEY, "confirmConnectSession", |at| Route::SessionConfirm(at.id()))
        .json()
        .read_by(Pages::OfSession),
    post("/v1/connect-sessions/{id}/accept", CONNECT, "acceptConnectSession", |at| Route::SessionAccept(at.id())),
    post("/connect/start", NO_KEY, "startConnect", |_| Route::ConnectStart).bytes().page(),
    post("/connect/start/confirmed", NO_KEY, "startConnectConfirmed", |_| Route::ConnectStartConfirmed).bytes().page(),
    get("/connect/link/{id}", NO_KEY, "openConnectLink", |at| Route::ConnectLink(at.id())).page(),
    get("/connect/callback/x", NO_KEY, "returnFromX", |_| Route::ConnectCallback).page(),
    get("/connect/result/{id}", NO_KEY, "showConnectResult", |at| Route::ConnectResult(at.id())).page(),
    post("/connect/result/{id}", NO_KEY, "agreeToConnect", |at| Route::ConnectPress(at.id())).bare().page(),
    get("/connect/result/{id}/picture", NO_KEY, "getConnectPicture", |at| Route::ConnectPicture(at.id())),
    get("/connect/logo/{digest}", NO_KEY, "getLogo", |at| Route::ConnectLogo(at.id())),
    // Accounts.
    get("/v1/social-accounts", READ, "listAccounts", |_| Route::AccountList).forwarded().for_pages(ANY_PAGE),
    get("/v1/social-accounts/{id}", READ, "getAccount", |at| Route::AccountGet(at.id()))
        .forwarded()
        .for_pages(ANY_PAGE),
    delete("/v1/social-accounts/{id}", CONNECT, "deleteAccount", |at| Route::AccountDelete(at.id()))
        .for_pages(ACCOUNTS),
    get("/v1/social-accounts/{id}/health", READ, "getAccountHealth", |at| Route::AccountHealth(at.id())).acts(),
    get("/v1/social-accounts/{id}/limits", READ, "listAccountLimits", |at| Route::AccountLimits(at.id())),
    get("/v1/social-accounts/{id}/metrics", READ, "getAccountMetrics", |at| Route::AccountMetrics(at.id())).acts(),
    post("/v1/social-accounts/{id}/imports", PUBLISH, "createImport", |at| Route::ImportCreate(at.id())).forwarded(),
    get("/v1/social-accounts/{id}/imports", READ, "listImports", |at| Route::ImportList(at.id())).forwarded(),
    get("/v1/social-accounts/{id}/imports/{id}", READ, "getImport", |at| Route::ImportGet {
        account: at.id(),
        id: at.second(),
    })
    .forwarded(),
    // Posts.
    post("/v1/posts", DRAFT, "createPost", |_| Route::PostCreate).json().for_pages(COMPOSER),
    get("/v1/posts", READ, "listPosts", |_| Route::PostList).forwarded().for_pages(COMPOSER),
    get("/v1/summary", READ, "getSummary", |_| Route::Summary).forwarded(),
    get("/v1/calendar", READ, "getCalendar", |_| Route::Calendar).forwarded(),
    get("/v1/changes", READ_TENANT, "getChanges", |_| Route::Changes),
    get("/v1/posts/{id}", READ, "getPost", |at| Route::PostGet(at.id())).forwarded().for_pages(COMPOSER),
    patch("/v1/posts/{id}", DRAFT, "changePost", |at| Route::PostChange(at.id())).for_pages(COMPOSER),
    delete("/v1/posts/{id}", DRAFT, "deletePost", |at| Route::PostDelete(at.id())).for_pages(COMPOSER),
    delete("/v1/posts/{id}/remote", PUBLISH, "deletePostAtX", |at| Route::PostDeleteRemote(at.id())),
    post("/v1/posts/{id}/retry", PUBLISH, "retryPost", |at| Route::PostRetry(at.id())).forwarded().for_pages(PUBLISHER),
    post("/v1/posts/{id}/deliveries/{id}/resolve", PUBLISH, "resolveDelivery", |at| Route::PostResolve {
        post: at.id(),
        account: at.second(),
    })
    .json(),
    get("/v1/posts/{id}/analytics", READ, "getPostAnalytics", |at| Route::PostAnalytics(at.id())).acts(),
    get("/v1/posts/{id}/replies", READ, "listReplies", |at| Route::PostReplies(at.id())).acts(),
    post("/v1/posts/{id}/replies", PUBLISH, "replyToPost", |at| Route::PostReply(at.id())).json(),
    post("/v1/posts/{id}/repost", PUBLISH, "repostPost", |at| Route::PostRepost(at.id())).json(),
    // Approval by a person.
    post("/v1/posts/{id}/approval", DRAFT, "requestApproval", |at| Route::PostAskApproval(at.id()))
        .forwarded()
        .for_pages(COMPOSER),
    post("/v1/posts/{id}/approve", PUBLISH, "approvePost", |at| Route::PostApprove(at.id()))
        .forwarded()
        .for_pages(PUBLISHER),
    post("/v1/posts/{id}/reject", PUBLISH, "rejectPost", |at| Route::PostReject(at.id()))
        .forwarded()
        .for_pages(PUBLISHER),
    get("/approve/{token}", NO_KEY, "showApproval", |at| Route::ApprovalShow(at.id())).page(),
    post("/approve/{token}", NO_KEY, "answerApproval", |at| Route::ApprovalAnswer(at.id())).bytes().page(),
    // Media.
    post("/v1/media", DRAFT_TENANT, "storeMedia", |_| Route::MediaStore).json(),
    post("/v1/media/upload", DRAFT_TENANT, "createUpload", |_| Route::MediaCreate).json().for_pages(COMPOSER),
    put("/v1/media/{id}/upload", NO_KEY, "sendUpload", |at| Route::MediaReceive(at.id())).bytes().read_by(Pages::All),
    post("/v1/media/{id}/confirm", DRAFT_TENANT, "confirmUpload", |at| Route::MediaConfirm(at.id()))
        .for_pages(COMPOSER),
    get("/v1/media", READ_TENANT, "listMedia", |_| Route::MediaList),
    get("/v1/media/{id}", READ_TENANT, "getMedia", |at| Route::MediaGet(at.id())).for_pages(COMPOSER),
    delete("/v1/media/{id}", PUBLISH_TENANT, "deleteMedia", |at| Route::MediaDelete(at.id())).for_pages(PUBLISHER),
    get("/v1/media/{id}/file", NO_KEY, "getFile", |at| Route::MediaFile(at.id())),
    // Webhooks.
    post("/v1/webhooks", ADMIN, "createWebhook", |_| Route::WebhookCreate).json(),
    get("/v1/webhooks", ADMIN, "listWebhooks", |_| Route::WebhookList).forwarded(),
    get("/v1/webhooks/{id}", ADMIN, "getWebhook", |at| Route::WebhookGet(at.id())).forwarded(),
    patch("/v1/webhooks/{id}", ADMIN, "changeWebhook", |at| Route::WebhookChange(at.id())),
    delete("/v1/webhooks/{id}", ADMIN, "deleteWebhook", |at| Route::WebhookDelete(at.id())).forwarded(),
    post("/v1/webhooks/{id}/test", ADMIN, "testWebhook", |at| Route::WebhookTest(at.id())).forwarded(),
    get("/v1/webhooks/{id}/deliveries", ADMIN, "listWebhookDeliveries", |at| Route::WebhookDeliveries(at.id()))
        .forwarded(),
    post("/v1/webhooks/{id}/deliveries/{id}/redeliver", ADMIN, "redeliverWebhook", |at| Route::WebhookRedeliver {
        webhook: at.id(),
        event: at.second(),
    })
    .forwarded(),
    // Keys, settings, meta.
    post("/v1/api-keys", ADMIN, "createKey", |_| Route::KeyCreate).json(),
    get("/v1/api-keys", ADMIN, "listKeys", |_| Route::KeyList).forwarded(),
    delete("/v1/api-keys/{id}", ADMIN, "deleteKey", |at| Route::KeyDelete(at.id())),
    post("/v1/page-sessions", ANY_TENANT, "createPageSession", |_| Route::PageSessionCreate).json(),
    get("/v1/page-sessions/{id}", ANY_TENANT, "getPageSession", |at| Route::PageSessionGet(at.id())).forwarded(),
    delete("/v1/page-sessions/{id}", ANY_TENANT, "deletePageSession", |at| Route::PageSessionDelete(at.id()))
        .forwarded(),
    get("/v1/settings", ADMIN_ALL, "getSettings", |_| Route::SettingsGet).forwarded(),
    patch("/v1/settings", ADMIN_ALL, "changeSettings", |_| Route::SettingsChange),
    get("/v1/account/usage", READ_TENANT, "getUsage", |_| Route::Usage).forwarded(),
    get("/v1/metrics", READ_ALL, "getMetrics", |_| Route::Metrics),
    get("/v1/audit", ADMIN, "listDeeds", |_| Route::Audit).forwarded(),
    post("/v1/dashboard/session", NO_KEY, "signIn", |_| Route::SignIn).json(),
    get("/v1/dashboard/session", NO_KEY, "getDashboardSession", |_| Route::SignedIn),
    delete("/v1/dashboard/session", NO_KEY, "signOut", |_| Route::SignOut),
    get("/v1/dashboard/pages/{page}", ADMIN_ALL, "showSamplePage", |at| Route::SamplePage(at.id())),
    delete("/v1/dashboard/sessions", NO_KEY, "signOutEverywhere", |_| Route::SignOutEverywhere),
    // Moving. The second name of a path says the same by the field's word.
    post("/v1/reseal", ADMIN_ALL, "startReseal", |_| Route::ReEncryptionStart).forwarded(),
    get("/v1/reseal", ADMIN_ALL, "getReseal", |_| Route::ReEncryptionGet).forwarded(),
    post("/v1/re-encryption", ADMIN_ALL, "startReEncryption", |_| Route::ReEncryptionStart).forwarded(),
    get("/v1/re-encryption", ADMIN_ALL, "getReEncryption", |_| Route::ReEncryptionGet).forwarded(),
    post("/v1/handover", ADMIN_ALL, "startHandover", |_| Route::HandoverStart).even_frozen().forwarded(),
    get("/v1/handover", ADMIN_ALL, "getHandover", |_| Route::HandoverGet).forwarded(),
    delete("/v1/handover", ADMIN_ALL, "endHandover", |_| Route::HandoverEnd).even_frozen().forwarded(),
    post("/v1/freeze", ADMIN_ALL, "startFreeze", |_| Route::HandoverStart).even_frozen().forwarded(),
    get("/v1/freeze", ADMIN_ALL, "getFreeze", |_| Route::HandoverGet).forwarded(),
    delete("/v1/freeze", ADMIN_ALL, "endFreeze", |_| Route::HandoverEnd).even_frozen().forwarded(),
    get("/v1/export", ADMIN_ALL, "exportBackup", |_| Route::Export).acts(),
    post("/v1/import", ADMIN_ALL, "importBackup", |_| Route::Restore).bytes().even_frozen(),
    // Agents.
    post("/mcp", ANY, "callTools", |_| Route::Agents).json().for_agents(),
    get("/v1/agents", ANY, "listAgents", |_| Route::AgentList).forwarded(),
    post("/v1/agents", ANY, "decideAgentRequest", |_| Route::AgentDecide).json(),
    post("/v1/agents/requests", ANY, "showAgentRequest", |_| Route::AgentShow).json().acts(),
    delete("/v1/agents/{id}", ANY, "deleteAgent", |at| Route::AgentDelete(at.id())).forwarded(),
    get("/.well-known/oauth-protected-resource", NO_KEY, "getResourceMetadata", |_| Route::OAuthResource)
        .read_by(Pages::All),
    get("/.well-known/oauth-protected-resource/mcp", NO_KEY, "getMcpMetadata", |_| Route::OAuthResource)
        .read_by(Pages::All),
    get("/.well-known/oauth-authorization-server", NO_KEY, "getServerMetadata", |_| Route::OAuthServer)
        .read_by(Pages::All),
    get("/oauth/authorize", NO_KEY, "authorizeAgent", |_| Route::OAuthAuthorize),
    post("/oauth/register", NO_KEY, "registerAgent", |_| Route::OAuthRegister).json().read_by(Pages::All),
    post("/oauth/token", NO_KEY, "issueTokens", |_| Route::OAuthToken).bytes().read_by(Pages::All),
    post("/oauth/revoke", NO_KEY, "revokeToken", |_| Route::OAuthRevoke).bytes().read_by(Pages::All),
    // X itself, by an account's id or, at the root, with a key that is bound to one.
    get("/2/*", READ, "getFromX", |at| Route::Proxy { account: None, target: at.target() }).passed(),
    get("/v1/social-accounts/{id}/x/2/*", READ, "getFromXByAccount", |at| Route::Proxy {
        account: Some(at.id()),
        target: at.target(),
    })
    .passed(),
    post("/2/*", PUBLISH, "postToX", |at| Route::Proxy { account: None, target: at.target() }).passed(),
    post("/v1/social-accounts/{id}/x/2/*", PUBLISH, "postToXByAccount", |at| Route::Proxy {
        account: Some(at.id()),
        target: at.target(),
    })
    .passed(),
    put("/2/*", PUBLISH, "putToX", |at| Route::Proxy { account: None, target: at.target() }).passed(),
    put("/v1/social-accounts/{id}/x/2/*", PUBLISH, "putToXByAccount", |at| Route::Proxy {
        account: Some(at.id()),
        target: at.target(),
    })
    .passed(),
    patch("/2/*", PUBLISH, "patchAtX", |at| Route::Proxy { account: None, target: at.target() }).passed(),
    patch("/v1/social-accounts/{id}/x/2/*", PUBLISH, "patchAtXByAccount", |at| Route::Proxy {
        account: Some(at.id()),
        target: at.target(),
    })
    .passed(),
    delete("/2/*", PUBLISH, "deleteAtX", |at| Route::Proxy { account: None, target: at.target() }).passed(),
    delete("/v1/social-accounts/{id}/x/2/*", PUBLISH, "deleteAtXByAccount", |at| Route::Proxy {
        account: Some(at.id()),
        target: at.target(),
    })
    .passed(),
];

/// OPTIONS of a path that has other methods: before a page's call with a session's token,
pub(super) static ASKED_OF_SESSION: Row =
    options("/v1/connect-sessions/{id}", Pages::OfSession, |at| Route::SessionPreflight(at.id()));
/// where the address or the body is the permission, and any page may call,
pub(super) static ASKED_BY_ALL: Row = options("*", Pages::All, |_| Route::OpenPreflight);
/// with an API key,
pub(super) static ASKED_WITH_KEY: Row = options("/v1/*", Pages::WithKey, |_| Route::Preflight);
/// or where no page of another origin calls.
pub(super) static ASKED: Row = options("*", Pages::WithKey, |_| Route::Options);

type Make = fn(&Captured) -> Route;

const fn access(scope: Scope, reach: Reach) -> Access {
    Access { scope: Some(scope), reach, pages: ForPages::Closed }
}

const fn get(path: &'static str, access: Option<Access>, name: &'static str, make: Make) -> Row {
    let (effect, answers, pages) = (Effect::Looks, Answers::Edge, Pages::WithKey);
    Row { method: "GET", path, access, name, make, effect, body: Body::Nothing, is_idempotent: false, answers, pages }
}

/// What has a key may be sent again with the same `Idempotency-Key`.
const fn post(path: &'static str, access: Option<Access>, name: &'static str, make: Make) -> Row {
    let is_idempotent = access.is_some();
    let row = get(path, access, name, make);
    Row { method: "POST", effect: Effect::Changes, body: Body::OptionalJson, is_idempotent, ..row }
}

const fn put(path: &'static str, access: Option<Access>, name: &'static str, make: Make) -> Row {
    Row { method: "PUT", effect: Effect::Changes, ..get(path, access, name, make) }
}

const fn patch(path: &'static str, access: Option<Access>, name: &'static str, make: Make) -> Row {
    Row { method: "PATCH", effect: Effect::Changes, body: Body::Json, ..get(path, access, name, make) }
}

const fn delete(path: &'static str, access: Option<Access>, name: &'static str, make: Make) -> Row {
    Row { method: "DELETE", effect: Effect::Changes, ..get(path, access, name, make) }
}

const fn options(path: &'static str, pages: Pages, make: Make) -> Row {
    Row { method: "OPTIONS", pages, ..get(path, NO_KEY, "preflight", make) }
}

impl Row {
    const fn json(self) -> Self {
        Self { body: Body::Json, ..self }
    }

    const fn bare(self) -> Self {
        Self { body: Body::Nothing, ..self }
    }

    const fn bytes(self) -> Self {
        Self { body: Body::Other, ..self }
    }

    const fn acts(self) -> Self {
        Self { effect: Effect::Acts, ..self }
    }

    const fn changes_by_get(self) -> Self {
        Self { effect: Effect::Changes, ..self }
    }

    const fn even_frozen(self) -> Self {
        Self { effect: Effect::ChangesEvenFrozen, ..self }
    }

    const fn forwarded(self) -> Self {
        Self { answers: Answers::Workspace, ..self }
    }

    /// Tokens of pages open it too.
    const fn for_pages(self, pages: ForPages) -> Self {
        let access = match self.access {
            Some(access) => Some(Access { pages, ..access }),
            None => None,
        };
        Self { access, ..self }
    }

    const fn page(self) -> Self {
        Self { answers: Answers::Page, pages: Pages::None, ..self }
    }

    const fn read_by(self, pages: Pages) -> Self {
        Self { pages, ..self }
    }

    /// What a message does is judged by the call that it becomes.
    const fn for_agents(self) -> Self {
        Self { answers: Answers::Agents, effect: Effect::Acts, is_idempotent: false, ..self }
    }

    /// The account's object judges whether it may be made.
    const fn passed(self) -> Self {
        let effect = match self.effect {
            Effect::Looks => Effect::Looks,
            _ => Effect::ChangesEvenFrozen,
        };
        let body = match effect {
            Effect::Looks => Body::Nothing,
            _ => Body::Other,
        };
        Self { answers: Answers::X, effect, body, is_idempotent: false, ..self }
    }
}
