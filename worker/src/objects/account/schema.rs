//! The Account object's tables (docs/STORAGE.md).

use crate::objects::schema::Versions;

pub const VERSIONS: Versions = [VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6];

/// `told` is the last revision that the workspace has acknowledged; a row with a newer one is still to be reported.
const VERSION_1: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS pair (
        id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL, sealed TEXT NOT NULL, session_id TEXT NOT NULL,
        x_user_id TEXT NOT NULL, is_told INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS journal (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, post_id TEXT NOT NULL, account_id TEXT NOT NULL, state TEXT NOT NULL,
        run_at INTEGER NOT NULL, due_at INTEGER, revision INTEGER NOT NULL, told INTEGER NOT NULL,
        opened INTEGER NOT NULL DEFAULT 0, doc TEXT NOT NULL, UNIQUE (post_id, account_id))",
    "CREATE INDEX IF NOT EXISTS journal_line ON journal (run_at, seq) WHERE state IN ('queued', 'publishing')",
    "CREATE INDEX IF NOT EXISTS journal_aside ON journal (due_at) WHERE state IN ('held', 'unknown', 'recalled', 'aside')",
    "CREATE INDEX IF NOT EXISTS journal_untold ON journal (seq) WHERE told < revision",
    "CREATE TABLE IF NOT EXISTS claims (x_post_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS keys (digest TEXT PRIMARY KEY, id TEXT NOT NULL, account_id TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS standstill (
        id INTEGER PRIMARY KEY CHECK (id = 1), stands INTEGER NOT NULL, attempt INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS windows (
        endpoint TEXT NOT NULL, kind TEXT NOT NULL, reset_at INTEGER NOT NULL, doc TEXT NOT NULL,
        PRIMARY KEY (endpoint, kind)) WITHOUT ROWID",
];

const VERSION_2: &[&str] = &[
    "CREATE TABLE pairs (
        account_id TEXT PRIMARY KEY, doc TEXT NOT NULL, sealed TEXT NOT NULL, session_id TEXT NOT NULL,
        x_user_id TEXT NOT NULL, client_id TEXT NOT NULL, scopes TEXT NOT NULL, is_live INTEGER NOT NULL,
        is_told INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX pairs_live ON pairs (client_id, scopes, account_id) WHERE is_live = 1",
    "CREATE INDEX pairs_untold ON pairs (account_id) WHERE is_told <> 1",
    "CREATE INDEX pairs_session ON pairs (session_id)",
    "CREATE TABLE discarded (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL, sealed TEXT NOT NULL, next_at INTEGER,
        is_told INTEGER NOT NULL, doc TEXT NOT NULL)",
    "CREATE INDEX discarded_due ON discarded (next_at) WHERE next_at IS NOT NULL",
    "CREATE INDEX discarded_untold ON discarded (account_id) WHERE is_told <> 1",
    "CREATE INDEX discarded_of ON discarded (account_id)",
];

const VERSION_3: &[&str] = &[];

const VERSION_4: &[&str] = &[];

const VERSION_5: &[&str] = &[];

const VERSION_6: &[&str] = &[];
