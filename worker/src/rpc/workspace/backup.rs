//! The messages about a backup.

use latchkey_core::id::NetworkId;
use latchkey_core::network::Network;
use latchkey_core::time::UnixMillis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A step of reading a backup in.
#[derive(Clone, Serialize, Deserialize)]
pub enum Restore {
    Begin {
        id: String,
    },
    /// What earlier tries left goes. Answers the names of objects that they may have written to, behind `after`; when there
    /// are none any more, their rows here go too.
    Clear {
        attempt: u32,
        after: String,
    },
    Rows {
        attempt: u32,
        table: String,
        rows: Vec<Map<String, Value>>,
    },
    End {
        attempt: u32,
    },
}

/// What a backup begins with.
#[derive(Serialize, Deserialize)]
pub struct ExportPlan {
    /// Since when the deployment stands still.
    pub since: UnixMillis,
    /// X apps, whose secrets go along.
    pub networks: Vec<Network>,
    /// Of the tables that the rows come from.
    pub schema_version: usize,
    /// Secrets that are kept because X has tokens to revoke with them.
    pub owed: Vec<(NetworkId, u32)>,
}

/// How a restore begins.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Begun {
    Fresh {
        attempt: u32,
    },
    /// This very backup is here already.
    Already,
}
