//! The Workspace object's tables (docs/STORAGE.md).

mod version_6;

use crate::objects::schema::Versions;

pub const VERSIONS: Versions = [VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, version_6::STATEMENTS];

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

/// Totals. Triggers keep each with the rows that it is of, in the same statement, whichever code writes the rows: also
/// code of an older version after a roll-back, and a restore. A scope says whose rows a total is of: `all`, or
/// `tenant/<tenant>` (`tenant/` for none).
const VERSION_5: &[&str] = &[
    "CREATE VIEW post_scopes AS SELECT id AS post_id, 'all' AS scope FROM posts
        UNION ALL SELECT id, 'tenant/' || coalesce(tenant_id, '') FROM posts",
    "CREATE VIEW account_scopes AS SELECT id AS account_id, 'all' AS scope FROM accounts
        UNION ALL SELECT id, 'tenant/' || tenant_id FROM accounts",
    "CREATE VIEW spent_deliveries AS SELECT post_id, account_id, spent, spent_at / 86400000 AS day,
        unixepoch(spent_at / 1000, 'unixepoch', 'start of month') * 1000 AS month
        FROM deliveries WHERE spent_at IS NOT NULL",
    // What was spent: on posts by day; on posts and on other calls by month.
    "CREATE TABLE spent_by_day (
        scope TEXT NOT NULL, day INTEGER NOT NULL, micros INTEGER NOT NULL, posts INTEGER NOT NULL,
        PRIMARY KEY (scope, day)) WITHOUT ROWID",
    "CREATE TABLE spent_by_month (
        month INTEGER NOT NULL, scope TEXT NOT NULL, micros INTEGER NOT NULL, posts INTEGER NOT NULL,
        PRIMARY KEY (month, scope)) WITHOUT ROWID",
    "INSERT INTO spent_by_day SELECT s.scope, d.day, sum(d.spent), count(DISTINCT d.post_id)
        FROM spent_deliveries d JOIN post_scopes s ON s.post_id = d.post_id GROUP BY s.scope, d.day",
    "INSERT INTO spent_by_month SELECT d.month, s.scope, sum(d.spent), count(DISTINCT d.post_id)
        FROM spent_deliveries d JOIN post_scopes s ON s.post_id = d.post_id GROUP BY d.month, s.scope",
    "INSERT INTO spent_by_month SELECT c.month, s.scope, sum(c.micros), 0
        FROM spending c JOIN account_scopes s ON s.account_id = c.account_id GROUP BY c.month, s.scope
        ON CONFLICT (month, scope) DO UPDATE SET micros = micros + excluded.micros",
    // A post counts once a day, and once a month, however many of its deliveries cost something.
    "CREATE TRIGGER spent_from_the_start AFTER INSERT ON deliveries WHEN NEW.spent_at IS NOT NULL BEGIN
        INSERT INTO spent_by_day SELECT s.scope, d.day, NEW.spent,
            NOT EXISTS (SELECT 1 FROM spent_deliveries o
                WHERE o.post_id = d.post_id AND o.account_id <> d.account_id AND o.day = d.day)
            FROM spent_deliveries d JOIN post_scopes s ON s.post_id = NEW.post_id
            WHERE d.post_id = NEW.post_id AND d.account_id = NEW.account_id
            ON CONFLICT (scope, day) DO UPDATE SET micros = micros + excluded.micros, posts = posts + excluded.posts;
        INSERT INTO spent_by_month SELECT d.month, s.scope, NEW.spent,
            NOT EXISTS (SELECT 1 FROM spent_deliveries o
                WHERE o.post_id = d.post_id AND o.account_id <> d.account_id AND o.month = d.month)
            FROM spent_deliveries d JOIN post_scopes s ON s.post_id = NEW.post_id
            WHERE d.post_id = NEW.post_id AND d.account_id = NEW.account_id
            ON CONFLICT (month, scope) DO UPDATE SET micros = micros + excluded.micros, posts = posts + excluded.posts;
        END",
    // The time of the first spending stays.
    "CREATE TRIGGER spent_since AFTER UPDATE OF spent, spent_at ON deliveries
        WHEN NEW.spent_at IS NOT NULL AND (OLD.spent_at IS NULL OR NEW.spent <> OLD.spent) BEGIN
        INSERT INTO spent_by_day SELECT s.scope, d.day, NEW.spent - OLD.spent,
            OLD.spent_at IS NULL AND NOT EXISTS (SELECT 1 FROM spent_deliveries o
                WHERE o.post_id = d.post_id AND o.account_id <> d.account_id AND o.day = d.day)
            FROM spent_deliveries d JOIN post_scopes s ON s.post_id = NEW.post_id
            WHERE d.post_id = NEW.post_id AND d.account_id = NEW.account_id
            ON CONFLICT (scope, day) DO UPDATE SET micros = micros + excluded.micros, posts = posts + excluded.posts;
        INSERT INTO spent_by_month SELECT d.month, s.scope, NEW.spent - OLD.spent,
            OLD.spent_at IS NULL AND NOT EXISTS (SELECT 1 FROM spent_deliveries o
                WHERE o.post_id = d.post_id AND o.account_id <> d.account_id AND o.month = d.month)
            FROM spent_deliveries d JOIN post_scopes s ON s.post_id = NEW.post_id
            WHERE d.post_id = NEW.post_id AND d.account_id = NEW.account_id
            ON CONFLICT (month, scope) DO UPDATE SET micros = micros + excluded.micros, posts = posts + excluded.posts;
        END",
    "CREATE TRIGGER calls_paid_first AFTER INSERT ON spending BEGIN
        INSERT INTO spent_by_month SELECT NEW.month, scope, NEW.micros, 0 FROM account_scopes
            WHERE account_id = NEW.account_id
            ON CONFLICT (month, scope) DO UPDATE SET micros = micros + excluded.micros;
        END",
    "CREATE TRIGGER calls_paid_since AFTER UPDATE OF micros ON spending BEGIN
        INSERT INTO spent_by_month SELECT NEW.month, scope, NEW.micros - OLD.micros, 0 FROM account_scopes
            WHERE account_id = NEW.account_id
            ON CONFLICT (month, scope) DO UPDATE SET micros = micros + excluded.micros;
        END",
    // What is still to be spent, by the month in which it is due.
    "CREATE TABLE due_by_month (
        scope TEXT NOT NULL, month INTEGER NOT NULL, micros INTEGER NOT NULL, PRIMARY KEY (scope, month)) WITHOUT ROWID",
    "INSERT INTO due_by_month SELECT s.scope, unixepoch(d.due_at / 1000, 'unixepoch', 'start of month') * 1000 AS month,
        sum(d.micros) FROM dues d JOIN post_scopes s ON s.post_id = d.post_id GROUP BY s.scope, month",
    // A row that replaces another: the other goes first, by the trigger below.
    "CREATE TRIGGER due_again BEFORE INSERT ON dues BEGIN
        DELETE FROM dues WHERE post_id = NEW.post_id AND account_id = NEW.account_id;
        END",
    "CREATE TRIGGER due_added AFTER INSERT ON dues BEGIN
        INSERT INTO due_by_month SELECT scope, unixepoch(NEW.due_at / 1000, 'unixepoch', 'start of month') * 1000,
            NEW.micros FROM post_scopes WHERE post_id = NEW.post_id
            ON CONFLICT (scope, month) DO UPDATE SET micros = micros + excluded.micros;
        END",
    "CREATE TRIGGER due_no_more AFTER DELETE ON dues BEGIN
        UPDATE due_by_month SET micros = micros - OLD.micros
            WHERE scope IN (SELECT scope FROM post_scopes WHERE post_id = OLD.post_id)
            AND month = unixepoch(OLD.due_at / 1000, 'unixepoch', 'start of month') * 1000;
        END",
    "DROP INDEX deliveries_spent",
    "DROP INDEX dues_at",
    // How many rows there are, by list, by scope and by kind of row.
    "CREATE TABLE counts (
        list TEXT NOT NULL, scope TEXT NOT NULL, kind TEXT NOT NULL, rows INTEGER NOT NULL,
        PRIMARY KEY (list, scope, kind)) WITHOUT ROWID",
    "INSERT INTO counts SELECT 'accounts', s.scope, coalesce(json_extract(a.doc, '$.status'), ''), count(*)
        FROM accounts a JOIN account_scopes s ON s.account_id = a.id WHERE a.is_deleted = 0 GROUP BY 2, 3",
    "CREATE TRIGGER accounts_counted AFTER INSERT ON accounts WHEN NEW.is_deleted = 0 BEGIN
        INSERT INTO counts SELECT 'accounts', scope, coalesce(json_extract(NEW.doc, '$.status'), ''), 1
            FROM account_scopes WHERE account_id = NEW.id
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "CREATE TRIGGER accounts_recounted AFTER UPDATE OF is_deleted, doc ON accounts
        WHEN NEW.is_deleted <> OLD.is_deleted
            OR json_extract(NEW.doc, '$.status') IS NOT json_extract(OLD.doc, '$.status') BEGIN
        UPDATE counts SET rows = rows - 1 WHERE OLD.is_deleted = 0 AND list = 'accounts'
            AND scope IN (SELECT scope FROM account_scopes WHERE account_id = OLD.id)
            AND kind = coalesce(json_extract(OLD.doc, '$.status'), '');
        INSERT INTO counts SELECT 'accounts', scope, coalesce(json_extract(NEW.doc, '$.status'), ''), 1
            FROM account_scopes WHERE account_id = NEW.id AND NEW.is_deleted = 0
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    // Deliveries of the posts that lists show, in the orders of the lists: by what is known of post and delivery.
    "CREATE TABLE listed_deliveries (
        created_at INTEGER NOT NULL, seq INTEGER NOT NULL, account_id TEXT NOT NULL, tenant_id TEXT NOT NULL,
        state TEXT NOT NULL, PRIMARY KEY (created_at, seq, account_id)) WITHOUT ROWID",
    "INSERT INTO listed_deliveries SELECT p.created_at, p.seq, d.account_id, coalesce(p.tenant_id, ''), d.state
        FROM posts p JOIN deliveries d ON d.post_id = p.id WHERE p.is_deleted = 0",
    "CREATE INDEX listed_of_account ON listed_deliveries (account_id, created_at, seq)",
    "CREATE INDEX listed_of_account_in_state ON listed_deliveries (account_id, state, created_at, seq)",
    "CREATE INDEX listed_of_tenant_in_state ON listed_deliveries (tenant_id, state, created_at, seq)",
    "CREATE INDEX listed_in_state ON listed_deliveries (state, created_at, seq)",
    "CREATE INDEX posts_listed ON posts (created_at) WHERE is_deleted = 0",
    "CREATE INDEX posts_scheduled ON posts (scheduled_at) WHERE is_deleted = 0 AND scheduled_at IS NOT NULL",
    "DROP INDEX posts_age",
    // The states that the name of a status means. A post with two deliveries in one status counts as two by state; a
    // kind `-<status>` takes the second away again.
    "CREATE TABLE post_statuses (state TEXT NOT NULL, status TEXT NOT NULL, PRIMARY KEY (state, status)) WITHOUT ROWID",
    "INSERT INTO post_statuses SELECT value, value FROM json_each(
        '[\"queued\", \"publishing\", \"held\", \"unknown\", \"published\", \"failed\", \"cancelled\"]')",
    "INSERT INTO post_statuses SELECT value, 'any' FROM json_each(
        '[\"queued\", \"publishing\", \"held\", \"unknown\", \"published\", \"failed\", \"deleted\", \"cancelled\"]')",
    "INSERT INTO post_statuses SELECT value, 'pending' FROM json_each('[\"queued\", \"publishing\", \"held\", \"unknown\"]')",
    "INSERT INTO post_statuses SELECT value, 'deleted' FROM json_each('[\"deleted\", \"cancelled\"]')",
    "INSERT INTO counts SELECT 'posts', scope, state, count(*) FROM (
            SELECT 'all' AS scope, state FROM listed_deliveries
            UNION ALL SELECT 'tenant/' || tenant_id, state FROM listed_deliveries
            UNION ALL SELECT 'account/' || account_id, state FROM listed_deliveries)
        GROUP BY scope, state",
    "INSERT INTO counts SELECT 'posts', scope, kind, sum(again) FROM (
            SELECT 'all' AS scope, '-' || status AS kind, 1 - count(*) AS again
                FROM listed_deliveries JOIN post_statuses USING (state) GROUP BY created_at, seq, status HAVING count(*) > 1
            UNION ALL SELECT 'tenant/' || tenant_id, '-' || status, 1 - count(*)
                FROM listed_deliveries JOIN post_statuses USING (state) GROUP BY created_at, seq, status HAVING count(*) > 1)
        GROUP BY scope, kind",
    // Posts that an account shares with others: a key for one account does not list them.
    "INSERT INTO counts SELECT 'posts', 'shared/' || l.account_id, l.state, count(*) FROM listed_deliveries l
        WHERE EXISTS (SELECT 1 FROM listed_deliveries o
            WHERE o.created_at = l.created_at AND o.seq = l.seq AND o.account_id <> l.account_id)
        GROUP BY l.account_id, l.state",
    "CREATE TRIGGER listed_since AFTER INSERT ON deliveries BEGIN
        INSERT INTO listed_deliveries SELECT created_at, seq, NEW.account_id, coalesce(tenant_id, ''), NEW.state
            FROM posts WHERE id = NEW.post_id AND is_deleted = 0;
        END",
    "CREATE TRIGGER listed_as AFTER UPDATE OF state ON deliveries WHEN NEW.state <> OLD.state BEGIN
        UPDATE listed_deliveries SET state = NEW.state WHERE account_id = NEW.account_id
            AND created_at = (SELECT created_at FROM posts WHERE id = NEW.post_id)
            AND seq = (SELECT seq FROM posts WHERE id = NEW.post_id);
        END",
    "CREATE TRIGGER listed_no_more AFTER DELETE ON deliveries BEGIN
        DELETE FROM listed_deliveries WHERE account_id = OLD.account_id
            AND created_at = (SELECT created_at FROM posts WHERE id = OLD.post_id)
            AND seq = (SELECT seq FROM posts WHERE id = OLD.post_id);
        END",
    "CREATE TRIGGER listed_until_deleted AFTER UPDATE OF is_deleted ON posts
        WHEN NEW.is_deleted = 1 AND OLD.is_deleted = 0 BEGIN
        DELETE FROM listed_deliveries WHERE created_at = NEW.created_at AND seq = NEW.seq;
        END",
    "CREATE TRIGGER listed_until_gone AFTER DELETE ON posts BEGIN
        DELETE FROM listed_deliveries WHERE created_at = OLD.created_at AND seq = OLD.seq;
        END",
    "CREATE TRIGGER posts_counted AFTER INSERT ON listed_deliveries BEGIN
        INSERT INTO counts SELECT 'posts', scope, NEW.state, 1 FROM (SELECT 'all' AS scope
                UNION ALL SELECT 'tenant/' || NEW.tenant_id UNION ALL SELECT 'account/' || NEW.account_id) WHERE TRUE
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        INSERT INTO counts SELECT 'posts', c.scope, '-' || s.status, -1
            FROM post_statuses s, (SELECT 'all' AS scope UNION ALL SELECT 'tenant/' || NEW.tenant_id) c
            WHERE s.state = NEW.state AND EXISTS (SELECT 1 FROM listed_deliveries o
                CROSS JOIN post_statuses t ON t.state = o.state AND t.status = s.status
                WHERE o.created_at = NEW.created_at AND o.seq = NEW.seq AND o.account_id <> NEW.account_id)
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        INSERT INTO counts SELECT 'posts', 'shared/' || account_id, state, 1 FROM (
                SELECT account_id, state, count(*) OVER () AS others FROM (SELECT account_id, state FROM listed_deliveries
                    WHERE created_at = NEW.created_at AND seq = NEW.seq AND account_id <> NEW.account_id LIMIT 2))
            WHERE others = 1
            UNION ALL SELECT 'posts', 'shared/' || NEW.account_id, NEW.state, 1 WHERE EXISTS (
                SELECT 1 FROM listed_deliveries
                    WHERE created_at = NEW.created_at AND seq = NEW.seq AND account_id <> NEW.account_id)
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "CREATE TRIGGER posts_recounted AFTER UPDATE OF state ON listed_deliveries WHEN NEW.state <> OLD.state BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'posts' AND kind = OLD.state
            AND scope IN ('all', 'tenant/' || OLD.tenant_id, 'account/' || OLD.account_id);
        INSERT INTO counts SELECT 'posts', scope, NEW.state, 1 FROM (SELECT 'all' AS scope
                UNION ALL SELECT 'tenant/' || NEW.tenant_id UNION ALL SELECT 'account/' || NEW.account_id) WHERE TRUE
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        INSERT INTO counts SELECT 'posts', c.scope, '-' || s.status, iif(s.state = NEW.state, -1, 1)
            FROM post_statuses s, (SELECT 'all' AS scope UNION ALL SELECT 'tenant/' || NEW.tenant_id) c
            WHERE s.state IN (OLD.state, NEW.state)
            AND NOT EXISTS (SELECT 1 FROM post_statuses b WHERE b.state = iif(s.state = NEW.state, OLD.state, NEW.state)
                AND b.status = s.status)
            AND EXISTS (SELECT 1 FROM listed_deliveries o
                CROSS JOIN post_statuses t ON t.state = o.state AND t.status = s.status
                WHERE o.created_at = NEW.created_at AND o.seq = NEW.seq AND o.account_id <> NEW.account_id)
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        INSERT INTO counts SELECT 'posts', 'shared/' || NEW.account_id, s.state, iif(s.state = NEW.state, 1, -1)
            FROM (SELECT OLD.state AS state UNION ALL SELECT NEW.state) s WHERE EXISTS (SELECT 1 FROM listed_deliveries o
                WHERE o.created_at = NEW.created_at AND o.seq = NEW.seq AND o.account_id <> NEW.account_id)
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "CREATE TRIGGER posts_uncounted AFTER DELETE ON listed_deliveries BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'posts' AND kind = OLD.state
            AND scope IN ('all', 'tenant/' || OLD.tenant_id, 'account/' || OLD.account_id);
        INSERT INTO counts SELECT 'posts', c.scope, '-' || s.status, 1
            FROM post_statuses s, (SELECT 'all' AS scope UNION ALL SELECT 'tenant/' || OLD.tenant_id) c
            WHERE s.state = OLD.state AND EXISTS (SELECT 1 FROM listed_deliveries o
                CROSS JOIN post_statuses t ON t.state = o.state AND t.status = s.status
                WHERE o.created_at = OLD.created_at AND o.seq = OLD.seq)
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        INSERT INTO counts SELECT 'posts', 'shared/' || account_id, state, -1 FROM (
                SELECT account_id, state, count(*) OVER () AS others FROM (SELECT account_id, state FROM listed_deliveries
                    WHERE created_at = OLD.created_at AND seq = OLD.seq LIMIT 2))
            WHERE others = 1
            UNION ALL SELECT 'posts', 'shared/' || OLD.account_id, OLD.state, -1 WHERE EXISTS (
                SELECT 1 FROM listed_deliveries WHERE created_at = OLD.created_at AND seq = OLD.seq)
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "CREATE TRIGGER accounts_uncounted AFTER DELETE ON accounts WHEN OLD.is_deleted = 0 BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'accounts' AND scope IN ('all', 'tenant/' || OLD.tenant_id)
            AND kind = coalesce(json_extract(OLD.doc, '$.status'), '');
        END",
    // Lists by a status, in their order.
    "CREATE INDEX accounts_in_status ON accounts (json_extract(doc, '$.status'), created_at)
        WHERE (is_deleted = 0 OR json_extract(doc, '$.revocation.pending_since') IS NOT NULL
            OR json_extract(doc, '$.revocation.ended') = 'not_confirmed')",
    "CREATE INDEX accounts_of_tenant_in_status ON accounts (tenant_id, json_extract(doc, '$.status'), created_at)
        WHERE (is_deleted = 0 OR json_extract(doc, '$.revocation.pending_since') IS NOT NULL
            OR json_extract(doc, '$.revocation.ended') = 'not_confirmed')",
    "CREATE INDEX dispatches_in_state ON dispatches (webhook_id, json_extract(doc, '$.state'))",
    "CREATE INDEX dispatches_of_kind ON dispatches (webhook_id, json_extract(doc, '$.kind'))",
    "CREATE INDEX webhooks_of_tenant ON webhooks (tenant_id, json_extract(doc, '$.created_at'))",
    "CREATE INDEX media_in_status ON media (status)",
    "CREATE INDEX media_of_tenant_in_status ON media (tenant_id, status)",
    "CREATE INDEX keys_of_tenant ON keys (json_extract(doc, '$.binding.tenant_id'), json_extract(doc, '$.created_at'))
        WHERE is_closed = 0",
    "INSERT INTO counts SELECT 'media', scope, status, count(*) FROM (SELECT 'all' AS scope, status FROM media
            UNION ALL SELECT 'tenant/' || coalesce(tenant_id, ''), status FROM media) GROUP BY scope, status",
    "CREATE TRIGGER media_counted AFTER INSERT ON media BEGIN
        INSERT INTO counts SELECT 'media', scope, NEW.status, 1
            FROM (SELECT 'all' AS scope UNION ALL SELECT 'tenant/' || coalesce(NEW.tenant_id, '')) WHERE TRUE
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "CREATE TRIGGER media_recounted AFTER UPDATE OF status ON media WHEN NEW.status <> OLD.status BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'media' AND kind = OLD.status
            AND scope IN ('all', 'tenant/' || coalesce(OLD.tenant_id, ''));
        INSERT INTO counts SELECT 'media', scope, NEW.status, 1
            FROM (SELECT 'all' AS scope UNION ALL SELECT 'tenant/' || coalesce(NEW.tenant_id, '')) WHERE TRUE
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "CREATE TRIGGER media_uncounted AFTER DELETE ON media BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'media' AND kind = OLD.status
            AND scope IN ('all', 'tenant/' || coalesce(OLD.tenant_id, ''));
        END",
    "INSERT INTO counts SELECT 'audit', scope, action, count(*) FROM (
            SELECT 'all' AS scope, json_extract(doc, '$.action') AS action FROM audit
            UNION ALL SELECT 'tenant/' || tenant_id, json_extract(doc, '$.action') FROM audit WHERE tenant_id IS NOT NULL)
        GROUP BY scope, action",
    "CREATE TRIGGER audit_counted AFTER INSERT ON audit BEGIN
        INSERT INTO counts SELECT 'audit', scope, json_extract(NEW.doc, '$.action'), 1
            FROM (SELECT 'all' AS scope UNION ALL SELECT 'tenant/' || NEW.tenant_id) WHERE scope IS NOT NULL
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "CREATE TRIGGER audit_uncounted AFTER DELETE ON audit BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'audit' AND kind = json_extract(OLD.doc, '$.action')
            AND scope IN ('all', 'tenant/' || OLD.tenant_id);
        END",
    // A restore writes its rows over those of a sign-in meanwhile.
    "CREATE TRIGGER audit_recounted AFTER UPDATE OF tenant_id, doc ON audit BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'audit' AND kind = json_extract(OLD.doc, '$.action')
            AND scope IN ('all', 'tenant/' || OLD.tenant_id);
        INSERT INTO counts SELECT 'audit', scope, json_extract(NEW.doc, '$.action'), 1
            FROM (SELECT 'all' AS scope UNION ALL SELECT 'tenant/' || NEW.tenant_id) WHERE scope IS NOT NULL
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "INSERT INTO counts SELECT 'keys', scope, '', count(*) FROM (SELECT 'all' AS scope FROM keys WHERE is_closed = 0
            UNION ALL SELECT 'tenant/' || json_extract(doc, '$.binding.tenant_id') FROM keys WHERE is_closed = 0)
        WHERE scope IS NOT NULL GROUP BY scope",
    "CREATE TRIGGER keys_counted AFTER INSERT ON keys WHEN NEW.is_closed = 0 BEGIN
        INSERT INTO counts SELECT 'keys', scope, '', 1 FROM (SELECT 'all' AS scope
                UNION ALL SELECT 'tenant/' || json_extract(NEW.doc, '$.binding.tenant_id')) WHERE scope IS NOT NULL
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "CREATE TRIGGER keys_closed AFTER UPDATE OF is_closed ON keys WHEN NEW.is_closed = 1 AND OLD.is_closed = 0 BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'keys' AND kind = ''
            AND scope IN ('all', 'tenant/' || json_extract(OLD.doc, '$.binding.tenant_id'));
        END",
    "CREATE TRIGGER keys_uncounted AFTER DELETE ON keys WHEN OLD.is_closed = 0 BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'keys' AND kind = ''
            AND scope IN ('all', 'tenant/' || json_extract(OLD.doc, '$.binding.tenant_id'));
        END",
    "INSERT INTO counts SELECT 'dispatches', 'webhook/' || webhook_id,
            json_extract(doc, '$.state') || '/' || json_extract(doc, '$.kind'), count(*) FROM dispatches GROUP BY 2, 3",
    "CREATE TRIGGER dispatches_counted AFTER INSERT ON dispatches BEGIN
        INSERT INTO counts SELECT 'dispatches', 'webhook/' || NEW.webhook_id,
            json_extract(NEW.doc, '$.state') || '/' || json_extract(NEW.doc, '$.kind'), 1 WHERE TRUE
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "CREATE TRIGGER dispatches_recounted AFTER UPDATE OF doc ON dispatches
        WHEN json_extract(NEW.doc, '$.state') <> json_extract(OLD.doc, '$.state') BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'dispatches' AND scope = 'webhook/' || OLD.webhook_id
            AND kind = json_extract(OLD.doc, '$.state') || '/' || json_extract(OLD.doc, '$.kind');
        INSERT INTO counts SELECT 'dispatches', 'webhook/' || NEW.webhook_id,
            json_extract(NEW.doc, '$.state') || '/' || json_extract(NEW.doc, '$.kind'), 1 WHERE TRUE
            ON CONFLICT (list, scope, kind) DO UPDATE SET rows = rows + excluded.rows;
        END",
    "CREATE TRIGGER dispatches_uncounted AFTER DELETE ON dispatches BEGIN
        UPDATE counts SET rows = rows - 1 WHERE list = 'dispatches' AND scope = 'webhook/' || OLD.webhook_id
            AND kind = json_extract(OLD.doc, '$.state') || '/' || json_extract(OLD.doc, '$.kind');
        END",
    // What jobs and single calls look for.
    "CREATE INDEX networks_paused ON networks (id) WHERE is_deleted = 0 AND json_extract(doc, '$.paused') IS NOT NULL",
    "CREATE INDEX networks_probed ON networks (json_extract(doc, '$.probe_at'))
        WHERE is_deleted = 0 AND json_extract(doc, '$.probe_at') IS NOT NULL",
    "CREATE INDEX networks_holding_secrets ON networks (id) WHERE json_extract(doc, '$.secrets_held_until') IS NOT NULL",
    "CREATE INDEX accounts_revoking ON accounts (network_id)
        WHERE json_extract(doc, '$.revocation.pending_since') IS NOT NULL",
    "CREATE INDEX accounts_objects ON accounts (network_id || '/' || x_user_id)",
    "CREATE INDEX deliveries_idle ON deliveries (account_id) WHERE state = 'queued' AND watch_at IS NULL",
    "CREATE INDEX keys_of_account ON keys (account_id) WHERE account_id IS NOT NULL",
    "CREATE INDEX media_reservations_age ON media_reservations (ends_at)",
    // How long posts are kept. A deployment that never had an X app has no post either: it is new.
    "CREATE TABLE retention (id INTEGER PRIMARY KEY CHECK (id = 1), keep_posts_days INTEGER)",
    "INSERT INTO retention SELECT 1, 400 WHERE NOT EXISTS (SELECT 1 FROM networks)",
    // Posts of which nothing is to come, and since when.
    "CREATE VIEW finished_posts AS SELECT id AS post_id FROM posts p
        WHERE (is_deleted = 1 OR NOT coalesce(json_extract(doc, '$.is_draft'), 0))
        AND EXISTS (SELECT 1 FROM deliveries d WHERE d.post_id = p.id)
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.post_id = p.id
            AND d.state NOT IN ('published', 'failed', 'deleted', 'cancelled'))",
    "CREATE TABLE ended_posts (post_id TEXT PRIMARY KEY, ended_at INTEGER NOT NULL) WITHOUT ROWID",
    // The last time that is known of each. A delivery that was never tried is of an import: its time is that of the
    // account's last import.
    "INSERT INTO ended_posts SELECT d.post_id, max(max(
            coalesce(json_extract(d.doc, '$.run_at'), 0), coalesce(json_extract(d.doc, '$.published_at'), 0),
            coalesce(iif(d.state = 'published' AND json_extract(d.doc, '$.attempts') = 0, (
                SELECT max(coalesce(json_extract(i.doc, '$.finished_at'), json_extract(i.doc, '$.created_at')))
                FROM imports i WHERE i.account_id = d.account_id), 0), 0)))
        FROM deliveries d CROSS JOIN posts p ON p.id = d.post_id
        WHERE p.is_deleted = 1 OR NOT coalesce(json_extract(p.doc, '$.is_draft'), 0)
        GROUP BY d.post_id HAVING min(d.state IN ('published', 'failed', 'deleted', 'cancelled'))",
    "CREATE INDEX ended_posts_age ON ended_posts (ended_at)",
    "CREATE TRIGGER ended_from_the_start AFTER INSERT ON deliveries BEGIN
        DELETE FROM ended_posts WHERE post_id = NEW.post_id;
        INSERT INTO ended_posts SELECT post_id, CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM finished_posts
            WHERE post_id = NEW.post_id AND NEW.state IN ('published', 'failed', 'deleted', 'cancelled');
        END",
    "CREATE TRIGGER ended_since AFTER UPDATE OF state ON deliveries WHEN NEW.state <> OLD.state
        AND (NEW.state IN ('published', 'failed', 'deleted', 'cancelled')
            OR OLD.state IN ('published', 'failed', 'deleted', 'cancelled')) BEGIN
        DELETE FROM ended_posts WHERE post_id = NEW.post_id;
        INSERT INTO ended_posts SELECT post_id, CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM finished_posts
            WHERE post_id = NEW.post_id;
        END",
    // A draft ends with its deletion, whatever has become of its accounts.
    "CREATE TRIGGER ended_by_deletion AFTER UPDATE OF is_deleted ON posts
        WHEN NEW.is_deleted = 1 AND OLD.is_deleted = 0 BEGIN
        INSERT INTO ended_posts SELECT post_id, CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM finished_posts
            WHERE post_id = NEW.id ON CONFLICT (post_id) DO NOTHING;
        END",
    "CREATE TRIGGER ended_until_gone AFTER DELETE ON posts BEGIN
        DELETE FROM ended_posts WHERE post_id = OLD.id;
        END",
    // X's ids of posts that are purged: an import skips them.
    "CREATE TABLE purged_x_ids (
        account_id TEXT NOT NULL, x_post_id TEXT NOT NULL, PRIMARY KEY (account_id, x_post_id)) WITHOUT ROWID",
    // Keys that end, signed-in browsers among them, which had a table of their own before. To older code they are closed.
    "ALTER TABLE keys ADD COLUMN parent TEXT",
    "ALTER TABLE keys ADD COLUMN expires_at INTEGER",
    "CREATE INDEX keys_of_parent ON keys (parent, digest) WHERE parent IS NOT NULL",
    "CREATE INDEX keys_ending ON keys (expires_at, id)",
];
