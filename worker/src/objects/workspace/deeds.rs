//! The audit row of a call: which action a command was, found from the command that was carried out. What happens by
//! itself is written where it happens (`areas/audit.rs`).

use latchkey_core::api::answer::Answer;
use latchkey_core::audit::{Action, Entry};
use latchkey_core::id::TenantId;
use latchkey_core::key::Caller;
use latchkey_core::routes::Route;
use serde_json::Value;

use super::Workspace;
use crate::error::Result;
use crate::rpc::workspace::{ApiRequest, Call, Command, MediaCommand, Outcome, Restore};
use crate::runtime::now;

/// What was done, and to which row.
type Deed = (Action, Option<String>);

/// What a call did, if it did something. `named` is the tenant of the row it names, from before.
pub fn record_call(
    w: &Workspace,
    call: &Call,
    caller: &Caller,
    named: Option<TenantId>,
    outcome: &Outcome,
) -> Result<()> {
    let Some((action, target_id)) = done_by(&call.command, outcome) else { return Ok(()) };
    let tenant_id = match (named, &target_id) {
        (None, Some(id)) => tenant_of(w, id)?,
        (named, _) => named,
    };
    w.store.audit.add(&Entry {
        at: now(),
        key_id: Some(caller.key_id.clone()),
        action,
        tenant_id: tenant_id.or_else(|| caller.binding.tenant_id.clone()),
        target_id,
        request_id: Some(call.head.request_id.clone()),
    })
}

/// The tenant of the row that a command is about, while the row is there.
pub fn tenant_of_command(w: &Workspace, command: &Command) -> Result<Option<TenantId>> {
    match (command, deed(command)) {
        (Command::PlanSession { tenant_id: Some(tenant_id), .. }, _) => Ok(Some(tenant_id.clone())),
        (_, Some((_, Some(id)))) => tenant_of(w, &id),
        _ => Ok(None),
    }
}

fn tenant_of(w: &Workspace, id: &str) -> Result<Option<TenantId>> {
    match id.split('_').next() {
        Some("acc") => w.store.accounts.tenant_of(id),
        Some("net") => w.store.apps.tenant_of(id),
        Some("post") => w.store.posts.tenant_of(id),
        Some("med") => w.store.media.tenant_of(id),
        Some("wh") => w.store.webhooks.tenant_of(id),
        Some("key") => w.store.keys.tenant_of(id),
        _ => Ok(None),
    }
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
