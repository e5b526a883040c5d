//! The Workspace object's tables (docs/STORAGE.md).

use crate::objects::schema::Versions;

pub const VERSIONS: Versions = [VERSION_1, VERSION_2, VERSION_3, VERSION_4];

const VERSION_1: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS networks (
        id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, is_deleted INTEGER NOT NULL DEFAULT 0, doc TEXT NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS network_of_tenant ON networks (tenant_id) WHERE is_deleted = 0",
    "CREATE TABLE IF NOT EXISTS secret_versions (network_id TEXT PRIMARY KEY, last INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS accounts (
        id TEXT PRIMARY KEY, network_id TEXT NOT NULL, tenant_id TEXT NOT NULL, x_user_id TEXT NOT NULL,
        username TEXT NOT NULL, created_at INTEGER NOT NULL, is_deleted INTEGER NOT NULL DEFAULT 0, doc TEXT NOT NULL,
        UNIQUE (network_id, x_user_id, tenant_id))",
    "CREATE INDEX IF NOT EXISTS accounts_name ON accounts (username)",
    "CREATE TABLE IF NOT EXISTS posts (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant_id TEXT, created_at INTEGER NOT NULL,
        scheduled_at INTEGER, is_deleted INTEGER NOT NULL DEFAULT 0, doc TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS deliveries (
        post_id TEXT NOT NULL, account_id TEXT NOT NULL, state TEXT NOT NULL, edition INTEGER NOT NULL,
        revision INTEGER NOT NULL, watch_at INTEGER, spent INTEGER NOT NULL, spent_at INTEGER, doc TEXT NOT NULL,
        PRIMARY KEY (post_id, account_id)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS deliveries_late ON deliveries (watch_at) WHERE watch_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS deliveries_held ON deliveries (account_id) WHERE state = 'held'",
    "CREATE INDEX IF NOT EXISTS deliveries_spent ON deliveries (spent_at) WHERE spent_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS deliveries_of_account ON deliveries (account_id, post_id)",
    "CREATE TABLE IF NOT EXISTS idempotency (key TEXT PRIMARY KEY, started_at INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS idempotency_age ON idempotency (started_at)",
    "CREATE TABLE IF NOT EXISTS outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        opened INTEGER NOT NULL DEFAULT 0, doc TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due_at)",
    "CREATE TABLE IF NOT EXISTS media (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant_id TEXT, status TEXT NOT NULL,
        expires_at INTEGER NOT NULL, upload_id TEXT, doc TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS media_parts (
        media_id TEXT NOT NULL, part INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
        PRIMARY KEY (media_id, part)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS media_age ON media (expires_at)",
    "CREATE TABLE IF NOT EXISTS post_media (
        post_id TEXT NOT NULL, media_id TEXT NOT NULL, PRIMARY KEY (media_id, post_id)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS post_media_of ON post_media (post_id)",
    "CREATE VIEW IF NOT EXISTS media_in_use AS SELECT m.media_id, m.post_id FROM post_media m JOIN posts p ON p.id = m.post_id
        WHERE p.is_deleted = 0 AND (json_extract(p.doc, '$.is_draft') OR EXISTS (SELECT 1 FROM deliveries d
            WHERE d.post_id = p.id AND d.state NOT IN ('published', 'failed', 'deleted', 'cancelled')))",
    "CREATE TABLE IF NOT EXISTS keys (
        id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, account_id TEXT, is_closed INTEGER NOT NULL DEFAULT 0,
        doc TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS posts_age ON posts (created_at, seq)",
    "CREATE TABLE IF NOT EXISTS imports (id TEXT PRIMARY KEY, account_id TEXT NOT NULL, doc TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS imports_of_account ON imports (account_id)",
    "CREATE TABLE IF NOT EXISTS dues (
        post_id TEXT NOT NULL, account_id TEXT NOT NULL, due_at INTEGER NOT NULL, micros INTEGER NOT NULL,
        PRIMARY KEY (post_id, account_id)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS dues_at ON dues (due_at)",
    "CREATE TABLE IF NOT EXISTS spending (
        month INTEGER NOT NULL, account_id TEXT NOT NULL, micros INTEGER NOT NULL, PRIMARY KEY (month, account_id)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS brand (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL, logo TEXT)",
    "CREATE TABLE IF NOT EXISTS audit (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, tenant_id TEXT, doc TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS audit_age ON audit (at)",
    "CREATE INDEX IF NOT EXISTS audit_of_tenant ON audit (tenant_id, seq)",
    "CREATE TABLE IF NOT EXISTS webhooks (
        id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, is_failing INTEGER NOT NULL, doc TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS events (
        id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS dispatches (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, webhook_id TEXT NOT NULL, event_id TEXT NOT NULL, created_at INTEGER NOT NULL,
        due_at INTEGER, opened INTEGER NOT NULL DEFAULT 0, doc TEXT NOT NULL, UNIQUE (webhook_id, event_id))",
    "CREATE INDEX IF NOT EXISTS dispatches_due ON dispatches (webhook_id, due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS dispatches_under_way ON dispatches (due_at) WHERE opened > 0",
    "CREATE INDEX IF NOT EXISTS dispatches_ended ON dispatches (created_at) WHERE due_at IS NULL",
    "CREATE TABLE IF NOT EXISTS announced (
        post_id TEXT NOT NULL, account_id TEXT NOT NULL, edition INTEGER NOT NULL,
        PRIMARY KEY (post_id, account_id)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS sweep (id INTEGER PRIMARY KEY CHECK (id = 1), due_at INTEGER NOT NULL)",
    "INSERT OR IGNORE INTO sweep (id, due_at) VALUES (1, 0)",
    "CREATE TABLE IF NOT EXISTS sign_ins (
        session TEXT PRIMARY KEY, key_digest TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS sign_ins_of_key ON sign_ins (key_digest)",
    "CREATE TABLE IF NOT EXISTS reseal (id INTEGER PRIMARY KEY CHECK (id = 1), next_at INTEGER, doc TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS standstill (id INTEGER PRIMARY KEY CHECK (id = 1), next_at INTEGER, doc TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS settings (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL)",
];

const VERSION_2: &[&str] = &[
    "ALTER TABLE media_parts ADD COLUMN kind TEXT",
    "CREATE TABLE media_reservations (
        id INTEGER PRIMARY KEY AUTOINCREMENT, media_id TEXT NOT NULL, part INTEGER NOT NULL, size INTEGER NOT NULL,
        kind TEXT, ends_at INTEGER NOT NULL)",
    "CREATE INDEX media_reservations_of ON media_reservations (media_id)",
    "CREATE INDEX media_pending ON media (tenant_id) WHERE status = 'pending'",
    "CREATE INDEX accounts_of_x_user ON accounts (x_user_id)",
];

const VERSION_3: &[&str] = &[
    // In the order of the lists, by whose rows they are; the row's number is the end of each index.
    "CREATE INDEX networks_listed ON networks (json_extract(doc, '$.created_at')) WHERE is_deleted = 0",
    "CREATE INDEX accounts_listed ON accounts (created_at) WHERE is_deleted = 0",
    "CREATE INDEX accounts_of_tenant ON accounts (tenant_id, created_at) WHERE is_deleted = 0",
    "CREATE INDEX posts_of_tenant ON posts (tenant_id, created_at) WHERE is_deleted = 0",
    "CREATE INDEX media_of_tenant ON media (tenant_id)",
    "CREATE INDEX imports_listed ON imports (account_id, json_extract(doc, '$.created_at'))",
    "CREATE INDEX webhooks_listed ON webhooks (json_extract(doc, '$.created_at'))",
    "CREATE INDEX dispatches_of_webhook ON dispatches (webhook_id)",
    "CREATE INDEX keys_listed ON keys (json_extract(doc, '$.created_at')) WHERE is_closed = 0",
];

const VERSION_4: &[&str] = &[
    // A medium in use is looked at again later.
    "ALTER TABLE media ADD COLUMN look_at INTEGER",
    "CREATE INDEX media_look ON media (coalesce(look_at, expires_at))",
    // An event goes with the last delivery of it.
    "CREATE INDEX dispatches_of_event ON dispatches (event_id)",
];
