//! One valid value for each parameter and for each body: what readers copy first. Tests hold the values against their schemas.

use latchkey_core::webhook::Subject;
use serde_json::{Value, json};

const ACCOUNT: &str = "acc_Zt3v9QmXbR1kLw7yHc2NpA";
const POST: &str = "post_Hs8d2KfYqV5nTj0xWb4MuE";
const APP: &str = "net_Pk6r1GzUoC9mSe3vLd7QxI";
const MEDIA: &str = "med_Bn4w8JhTyF2pXa6zRc0KsO";
const WEBHOOK: &str = "wh_Vq5m7DuLeG3tYi1bNf9HjA";
const EVENT: &str = "evt_Wr2c6SxKzP8vBo4nMg0TdE";
const KEY: &str = "key_Ux9f3ZaQlJ7wEk5rCh1VyI";
const IMPORT: &str = "imp_Lm0t4XpNsB6dGu8jQv2RoA";
const TIME: &str = "2026-12-01T09:00:00.000Z";
const FILE_SIZE: u32 = 48_213;

/// Of a parameter. The same word means another thing in the path of another noun.
pub fn parameter(path: &str, name: &str) -> Option<Value> {
    Some(match name {
        "id" => json!(id(path)),
        "account" | "social_account_id" | "reconnect_account_id" => json!(ACCOUNT),
        "import" => json!(IMPORT),
        "event" if path.ends_with("/deliveries") => json!("post.published"),
        "event" | "webhook-id" => json!(EVENT),
        "page" => json!("connected"),
        "scheme" => json!("dark"),
        "lang" => json!("de"),
        "color" => json!("#1d9bf0"),
        "digest" => json!("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        "path" => json!("users/me"),
        "limit" => json!(50),
        "offset" => json!(0),
        "stage" => json!("scheduled"),
        "after" if path == "/v1/changes" => json!("pQ7zVw3kL9xA.41"),
        "after" => json!("eyJhdCI6MTc2NDU3OTYwMDAwMH0"),
        "tenant_id" => json!("customer-17"),
        "network" => json!("x"),
        "customer_social_network_id" => json!(APP),
        "network_unique_id" => json!("2244994945"),
        "username" | "expected_username" => json!("acme"),
        "approval" => json!("pending"),
        "status" if path == "/v1/posts" => json!("published"),
        "status" if path == "/v1/media" => json!("active"),
        "status" if path.ends_with("/deliveries") => json!("delivered"),
        "status" => json!("active"),
        "since" if path.starts_with("/v1/connect-sessions") => json!("authorizing"),
        "since" | "until" | "created_after" | "created_before" | "scheduled_after" | "scheduled_before" => json!(TIME),
        "state" if path == "/v1/posts" => json!("held"),
        "q" => json!("launch"),
        "sort" => json!("scheduledAt"),
        "order" => json!("asc"),
        "from" | "to" => json!("2026-12-01"),
        "tz" => json!("Europe/Berlin"),
        "action" => json!("account.connected"),
        "key_id" => json!(KEY),
        "target_id" => json!(POST),
        "wait" => json!(20),
        "redirect_uri" => json!("https://app.example.com/connected"),
        "scopes" => json!("tweet.read tweet.write users.read offline.access"),
        "label" | "name" => json!("Acme"),
        "accept" => json!("manual"),
        "state" => json!("cs_Kd7u1NyRgT5wHz9qXe3BmO.9mJx"),
        "code" => json!("c29tZSBjb2RlIG9mIFgncw"),
        "error" => json!("access_denied"),
        "expires" | "webhook-timestamp" => json!("1764579600"),
        "token" => json!("q2V8kLr5"),
        "part" => json!(1),
        "keys" => json!("keep"),
        "Range" => json!("bytes=0-1023"),
        "X-Passphrase" => json!("correct horse battery staple"),
        "Prefer" => json!("wait=20"),
        "webhook-signature" => json!("v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="),
        _ => return None,
    })
}

fn id(path: &str) -> &'static str {
    let of = |noun: &str| path.starts_with(noun);
    match () {
        () if of("/v1/social-networks") => APP,
        () if of("/v1/social-accounts") => ACCOUNT,
        () if of("/v1/posts") => POST,
        () if of("/v1/media") => MEDIA,
        () if of("/v1/webhooks") => WEBHOOK,
        () if of("/v1/api-keys") || of("/v1/page-sessions") || of("/v1/agents") => KEY,
        () => "cs_Kd7u1NyRgT5wHz9qXe3BmO",
    }
}

fn authorization_request() -> Value {
    json!({
        "client_id": "https://assistant.example/client.json", "redirect_uri": "https://assistant.example/callback",
        "response_type": "code", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256", "resource": "https://connect.example.com/mcp", "scope": "read draft", "state": "af0ifjsldkj",
    })
}

/// Of the JSON, or the form, that an operation takes.
pub fn body(operation: &str) -> Option<Value> {
    Some(match operation {
        "saveXApp" => {
            json!({ "network": "x", "client_key": "VGNibzFWSWREZm01bjN1N3dicWlNUG1oa2xkRVNNdmVHelJGTWFy", "client_secret": "the secret of the pair" })
        }
        "changeXApp" => json!({ "client_secret": "the new secret" }),
        "createConnectLink" => {
            json!({ "tenant_id": "customer-17", "redirect_uri": "https://app.example.com/connected" })
        }
        "createConnectSession" => json!({ "origin": "https://app.example.com", "tenant_id": "customer-17" }),
        "completeConnectSession" => json!({ "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" }),
        "confirmConnectSession" => json!({ "code": "492816" }),
        "startConnect" | "startConnectConfirmed" => {
            json!({ "token": "q2V8kLr5", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256" })
        }
        "createImport" => json!({ "limit": 100 }),
        "createPost" => json!({ "accounts": [ACCOUNT], "content": "Hello from my own back end" }),
        "changePost" => json!({ "content": "Hello again", "scheduledAt": TIME }),
        "resolveDelivery" => json!({ "as": "published", "platform_post_id": "1995432100000000001" }),
        "replyToPost" => json!({ "content": "Thank you!" }),
        "repostPost" => json!({ "account": ACCOUNT }),
        "showAgentRequest" => json!({ "request": authorization_request() }),
        "decideAgentRequest" => {
            json!({ "request": authorization_request(), "allow": true, "scopes": ["read", "draft"] })
        }
        "registerAgent" => json!({ "redirect_uris": ["https://assistant.example/callback"], "client_name": "Aya" }),
        "issueTokens" => {
            json!({
                "grant_type": "authorization_code", "client_id": "https://assistant.example/client.json", "code": "agc_AAEC",
                "redirect_uri": "https://assistant.example/callback", "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            })
        }
        "revokeToken" => json!({ "token": "agr_AAEC" }),
        "storeMedia" => json!({ "url": "https://example.com/launch.png", "alt_text": "A rocket leaves its pad" }),
        "callTools" => json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} }),
        "approvePost" => json!({ "number": 1 }),
        "rejectPost" => json!({ "number": 1, "note": "Please name the source." }),
        "answerApproval" => json!({ "decision": "approve" }),
        "createUpload" => json!({ "filename": "picture.png", "content_type": "image/png", "size": FILE_SIZE }),
        "confirmUpload" => json!({ "size": FILE_SIZE }),
        "createWebhook" => {
            json!({ "name": "Back end", "url": "https://app.example.com/webhooks/x", "events": ["post.published", "post.error"] })
        }
        "changeWebhook" => json!({ "enabled": true }),
        "createKey" => json!({ "name": "Publisher", "scopes": ["publish", "read"], "tenant_id": "customer-17" }),
        "createPageSession" => {
            json!({ "origin": "https://app.example.com", "tenant_id": "customer-17", "scopes": ["accounts"] })
        }
        "changeSettings" => json!({ "monthly_budget_usd": 50, "keep_posts_days": 90 }),
        "signIn" => json!({ "key": "lk_an_api_key_of_the_operator" }),
        "postToX" | "postToXByAccount" | "putToX" | "putToXByAccount" | "patchAtX" | "patchAtXByAccount"
        | "deleteAtX" | "deleteAtXByAccount" => json!({ "text": "Hello from X's own API" }),
        "importBackup" => json!("{\"a\":\"sealed line\"}\n"),
        _ => return None,
    })
}

/// Of the `data` of an event.
pub fn event(subject: Subject) -> Value {
    let ours = |name: &str, id: &str| json!({ name: id, "orgId": "default", "tenant_id": "customer-17" });
    let mut data = match subject {
        Subject::Account => ours("accountId", ACCOUNT),
        Subject::Post => ours("postId", POST),
        Subject::Network => ours("networkId", APP),
        Subject::Webhook => ours("webhookId", WEBHOOK),
    };
    let more = match subject {
        Subject::Account => json!({ "account": account() }),
        Subject::Post => json!({ "publishedAt": TIME, "socialAccounts": [delivery()] }),
        Subject::Network => json!({ "network": "x", "reason": "credits_depleted", "since": TIME }),
        Subject::Webhook => json!({ "message": "A test." }),
    };
    if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    data
}

pub fn now() -> Value {
    json!(TIME)
}

fn account() -> Value {
    json!({
        "id": ACCOUNT, "orgId": "default", "nickname": "Acme", "network": "x", "username": "acme",
        "profile_picture_url": null, "network_unique_id": "2244994945", "customer_social_network_id": APP,
        "accountType": "personal", "isActive": 1, "createdAt": TIME, "tenantId": "customer-17",
        "tenant_id": "customer-17", "scopes": ["tweet.read", "tweet.write"], "status": "active",
        "status_reason": null, "status_since": TIME, "max_post_length": 280, "token_expires_at": TIME,
        "revocation": null,
    })
}

fn delivery() -> Value {
    json!({
        "accountId": ACCOUNT, "network": "x", "username": "acme", "platformPostId": "1995432100000000001",
        "platformPostUrl": "https://x.com/acme/status/1995432100000000001", "status": "published", "error": null,
        "error_code": null,
    })
}
