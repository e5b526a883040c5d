//! The messages about a backup.

use latchkey_core::id::NetworkId;
use latchkey_core::network::Network;
use latchkey_core::time::UnixMillis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Begin, Command};
use crate::rpc::rows::{Page, Place};

/// A step of reading a backup in.
#[derive(Clone, Serialize, Deserialize)]
pub enum BackupCommand {
    PlanExport,
    ExportPage(ExportPage),
    ExportObjects(ExportObjects),
    EndExport(EndExport),
    BeginRestore(BeginRestore),
    ClearRestored(ClearRestored),
    RestoreRows(RestoreRows),
    EndRestore { attempt: u32 },
    ShowRestored,
}

impl From<BackupCommand> for Command {
    fn from(command: BackupCommand) -> Self {
        Self::Backup(command)
    }
}

impl BackupCommand {
    /// Whether rows of a backup may arrive or go by it, keys among them.
    pub const fn restores(&self) -> bool {
        matches!(self, Self::BeginRestore(_) | Self::ClearRestored(_) | Self::RestoreRows(_) | Self::EndRestore { .. })
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct BeginRestore {
    pub id: String,
}

impl Begin for BeginRestore {
    type Plan = Begun;

    fn command(self) -> Command {
        BackupCommand::BeginRestore(self).into()
    }
}

/// Deletes the rows that earlier tries left. Answers the names of objects that the tries may have written to, behind `after`;
/// when none are left, the rows of this object are deleted too.
#[derive(Clone, Serialize, Deserialize)]
pub struct ClearRestored {
    pub attempt: u32,
    pub after: String,
}

impl Begin for ClearRestored {
    type Plan = Vec<String>;

    fn command(self) -> Command {
        BackupCommand::ClearRestored(self).into()
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct RestoreRows {
    pub attempt: u32,
    pub table: String,
    pub rows: Vec<Map<String, Value>>,
}

impl Begin for RestoreRows {
    type Plan = ();

    fn command(self) -> Command {
        BackupCommand::RestoreRows(self).into()
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct PlanExport;

impl Begin for PlanExport {
    type Plan = ExportPlan;

    fn command(self) -> Command {
        BackupCommand::PlanExport.into()
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct EndExport {
    pub since: UnixMillis,
}

impl Begin for EndExport {
    type Plan = ();

    fn command(self) -> Command {
        BackupCommand::EndExport(self).into()
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct ExportPage {
    pub place: Place,
}

impl Begin for ExportPage {
    type Plan = Page;

    fn command(self) -> Command {
        BackupCommand::ExportPage(self).into()
    }
}

/// Names of accounts' objects.
#[derive(Clone, Serialize, Deserialize)]
pub struct ExportObjects {
    pub after: String,
}

impl Begin for ExportObjects {
    type Plan = Vec<String>;

    fn command(self) -> Command {
        BackupCommand::ExportObjects(self).into()
    }
}

/// What a backup begins with.
#[derive(Serialize, Deserialize)]
pub struct ExportPlan {
    /// Since when the deployment is frozen.
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
