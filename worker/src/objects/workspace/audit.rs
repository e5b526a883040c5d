//! The audit: a row for each thing that was done, in the transaction that does it.
//!
//! What a key does is found here, from the command that was carried out; what happens by itself is written where it
//! happens.

use latchkey_core::api::answer::Answer;
use latchkey_core::api::audit::AuditFilter;
use latchkey_core::api::query::Query;
use latchkey_core::audit::{Action, Entry};
use latchkey_core::id::TenantId;
use latchkey_core::key::{Binding, Caller};
use latchkey_core::retention::Kept;
use latchkey_core::routes::Route;
use serde::Deserialize;
use serde_json::Value;

use super::list::Filter;
use super::{ApiRequest, Call, Command, Inner, MediaCommand, Outcome, Restore};
use crate::error::Result;
use crate::objects::storage::{doc, time};
use crate::runtime::now;

/// What was done, and to which row.
pub(super) type Deed = (Action, Option<String>);

#[derive(Deserialize)]
struct Tenant {
    tenant_id: Option<String>,
}

impl Inner {
    /// What happened by itself.
    pub(super) fn record(&self, action: Action, tenant_id: Option<&TenantId>, target_id: &str) -> Result<()> {
        self.write_entry(&Entry {
            at: now(),
            key_id: None,
            action,
            tenant_id: tenant_id.cloned(),
            target_id: Some(target_id.to_owned()),
            request_id: None,
        })
    }

    /// What a call did, if it did something. `tenant_id` is that of the row it names, from before.
    pub(super) fn record_call(
        &self,
        call: &Call,
        caller: &Caller,
        named: Option<TenantId>,
        outcome: &Outcome,
    ) -> Result<()> {
        let Some((action, target_id)) = done_by(&call.command, outcome) else { return Ok(()) };
        let tenant_id = match (named, &target_id) {
            (None, Some(id)) => self.tenant_of(id)?,
            (named, _) => named,
        };
        self.write_entry(&Entry {
            at: now(),
            key_id: Some(caller.key_id.clone()),
            action,
            tenant_id: tenant_id.or_else(|| caller.binding.tenant_id.clone()),
            target_id,
            request_id: Some(call.head.request_id.clone()),
        })
    }

    /// The tenant of the row that a command is about, while the row is there.
    pub(super) fn tenant_of_command(&self, command: &Command) -> Result<Option<TenantId>> {
        match (command, deed(command)) {
            (Command::PlanSession { tenant_id: Some(tenant_id), .. }, _) => Ok(Some(tenant_id.clone())),
            (_, Some((_, Some(id)))) => self.tenant_of(&id),
            _ => Ok(None),
        }
    }

    fn tenant_of(&self, id: &str) -> Result<Option<TenantId>> {
        let query = match id.split('_').next() {
            Some("acc") => "SELECT tenant_id FROM accounts WHERE id = ?",
            Some("net") => "SELECT tenant_id FROM networks WHERE id = ?",
            Some("post") => "SELECT tenant_id FROM posts WHERE id = ?",
            Some("med") => "SELECT tenant_id FROM media WHERE id = ?",
            Some("wh") => "SELECT tenant_id FROM webhooks WHERE id = ?",
            Some("key") => "SELECT json_extract(doc, '$.binding.tenant_id') AS tenant_id FROM keys WHERE id = ?",
            _ => return Ok(None),
        };
        let rows: Vec<Tenant> = self.db()?.rows(query, vec![id.into()])?;
        let name = rows.into_iter().next().and_then(|row| row.tenant_id);
        // None is "" where it is part of a key.
        Ok(name.and_then(|name| TenantId::parse(&name).ok()))
    }

    pub(super) fn write_entry(&self, entry: &Entry) -> Result<()> {
        let tenant_id = entry.tenant_id.as_ref().map(TenantId::as_str);
        let insert = "INSERT INTO audit (at, tenant_id, doc) VALUES (?, ?, ?)";
        self.db()?.run(insert, vec![time(entry.at), tenant_id.into(), doc(entry)?])
    }

    pub(super) fn purge_audit(&self) -> Result<()> {
        self.db()?.run("DELETE FROM audit WHERE at <= ?", vec![time(Kept::AuditEntry.expired_at(now()))])
    }

    /// Newest first; for a tenant's key what concerns that tenant.
    pub(super) fn list_audit(&self, mut query: Query, whose: &Binding) -> Result<Answer> {
        let filter = AuditFilter::from_query(&mut query)?;
        let warnings = query.finish()?;
        Ok(self.db()?.list("audit", "doc", &wanted(&filter, whose), &filter.page)?.answer(Entry::view, &warnings))
    }
}

/// The filters as SQL over `audit`.
fn wanted(filter: &AuditFilter, whose: &Binding) -> Filter {
    Filter::new("TRUE")
        .given("tenant_id = ?", whose.tenant_id.as_ref().map(TenantId::as_str))
        .given("tenant_id = ?", filter.tenant_id.as_deref())
        .given("json_extract(doc, '$.action') = ?", filter.action.as_deref())
        .given("json_extract(doc, '$.key_id') = ?", filter.key_id.as_deref())
        .given("json_extract(doc, '$.target_id') = ?", filter.target_id.as_deref())
        .given("at >= ?", filter.since.map(time))
        .given("at < ?", filter.until.map(time))
}

/// What a command did, given how it ended. A new row's id is in the answer.
fn done_by(command: &Command, outcome: &Outcome) -> Option<Deed> {
    let (action, target_id) = deed(command)?;
    match outcome {
        Outcome::Done(done) if done.answer.status >= 300 => None,
        Outcome::Done(done) => match (command, target_id) {
            // A dry run answers with a row that has no id.
            (Command::Serve(_), None) if action == Action::PostCreated => {
                new_id(&done.answer).map(|id| (action, Some(id)))
            }
            (_, target_id) => Some((action, target_id)),
        },
        // A plan that is an effect by itself; a change that has to begin again is none.
        Outcome::Go(_) => {
            let is_effect = match command {
                Command::DeleteAccount { .. }
                | Command::DeleteNetwork { .. }
                | Command::PlanSession { .. }
                | Command::PlanExport => true,
                Command::Media(command) => matches!(**command, MediaCommand::Delete { .. }),
                _ => false,
            };
            is_effect.then_some((action, target_id))
        }
    }
}

fn new_id(answer: &Answer) -> Option<String> {
    let body: Value = serde_json::from_str(&answer.body).ok()?;
    let id = ["/post/id", "/data/id"].into_iter().find_map(|path| body.pointer(path))?;
    id.as_str().map(str::to_owned)
}

/// What a command is to do, and to which row; nothing for what only reads or prepares.
fn deed(command: &Command) -> Option<Deed> {
    let on = |action, id: &str| Some((action, Some(id.to_owned())));
    match command {
        Command::Serve(request) => served(request),
        Command::CommitNetwork(commit) => on(Action::NetworkSaved, commit.id.as_str()),
        Command::PlanSession { reconnect, .. } => {
            Some((Action::ConnectRequested, reconnect.as_ref().map(ToString::to_string)))
        }
        Command::DeleteAccount { id } => on(Action::AccountDisconnected, id),
        Command::DeleteNetwork { id } => on(Action::NetworkDeleted, id),
        Command::CommitChange { id, .. } => on(Action::PostChanged, id.as_str()),
        Command::CommitDelete { id, .. } => on(Action::PostDeleted, id.as_str()),
        Command::CommitRemote { id, .. } => on(Action::PostDeletedAtX, id.as_str()),
        Command::ShowPost { id } => on(Action::PostResolved, id.as_str()),
        Command::CommitKey { key, .. } => on(Action::KeyCreated, key.id.as_str()),
        Command::CommitKeyDeletion { id } => on(Action::KeyDeleted, id.as_str()),
        Command::CommitWebhook { webhook, .. } => on(Action::WebhookCreated, webhook.id.as_str()),
        Command::ChangeWebhook { id, .. } => on(Action::WebhookChanged, id),
        Command::Media(command) => match &**command {
            MediaCommand::Create { media, .. } => on(Action::MediaCreated, media.id.as_str()),
            MediaCommand::Delete { id } => on(Action::MediaDeleted, id),
            _ => None,
        },
        Command::ChangeSettings { .. } => Some((Action::SettingsChanged, None)),
        Command::PlanExport => Some((Action::Exported, None)),
        Command::Restore(Restore::End { .. }) => Some((Action::Restored, None)),
        _ => None,
    }
}

fn served(request: &ApiRequest) -> Option<Deed> {
    let on = |action, id: &String| Some((action, Some(id.clone())));
    match &request.route {
        Route::NetworkResume(id) => on(Action::NetworkResumed, id),
        Route::PostCreate | Route::PostReply(_) | Route::PostRepost(_) => Some((Action::PostCreated, None)),
        Route::PostRetry(id) => on(Action::PostRetried, id),
        Route::ImportCreate(account) => on(Action::ImportCreated, account),
        Route::WebhookDelete(id) => on(Action::WebhookDeleted, id),
        Route::HandoverStart => Some((Action::HandedOver, None)),
        Route::HandoverEnd => Some((Action::TakenBack, None)),
        _ => None,
    }
}
