//! The webhook deliveries: tried beside the alarm, so that a slow address keeps no post waiting, and at least once,
//! since a try counts when its result is stored.

use std::rc::Rc;

use latchkey_core::audit::Action;
use latchkey_core::id::{EventId, WebhookId};
use latchkey_core::retention::Kept;
use latchkey_core::seal::{Context, Purpose};
use latchkey_core::secret::Secret;
use latchkey_core::time::{Span, UnixMillis};
use latchkey_core::webhook::{
    Attempt, CustomHeaders, Dispatch, Outcome, SigningSecret, Verdict, Webhook, delivery_headers, retry_at,
};
use serde::Deserialize;

use super::Inner;
use super::outbox::Time;
use crate::error::{Error, Result};
use crate::log;
use crate::names::WORKSPACE;
use crate::objects::storage::{Db, doc, pause_after_deaths, read, time};
use crate::outbound::Taken;
use crate::runtime::now;

/// Longer than a try: one that is not heard of by then is made again.
const LEASE: Span = Span::secs(40);

/// Those that take what they are told, and those that have not lately: a dead address waits for its own kind only.
#[derive(Clone, Copy)]
enum Lane {
    Working,
    Failing,
}

/// Tries under way, each of which holds a share. A Worker has six connections (Cloudflare docs, Workers limits).
#[derive(Default)]
pub struct Lanes {
    working: Rc<()>,
    failing: Rc<()>,
}

/// Webhooks of a lane that have no try under way: one that does not answer has one connection and no more.
const IDLE: &str = "FROM webhooks w WHERE w.is_failing = ?1
    AND w.id NOT IN (SELECT webhook_id FROM dispatches WHERE opened > 0 AND due_at > ?2)";

#[derive(Deserialize)]
struct Row {
    seq: i64,
    /// How often it was begun since it last ended: the process died in between.
    opened: u32,
    doc: String,
}

#[derive(Deserialize)]
struct Body {
    body: String,
}

impl Lane {
    const ALL: [Self; 2] = [Self::Working, Self::Failing];

    const fn width(self) -> usize {
        match self {
            Self::Working => 4,
            Self::Failing => 2,
        }
    }

    /// What `webhooks.is_failing` says of those in it.
    const fn column(self) -> i32 {
        match self {
            Self::Working => 0,
            Self::Failing => 1,
        }
    }
}

impl Lanes {
    const fn of(&self, lane: Lane) -> &Rc<()> {
        match lane {
            Lane::Working => &self.working,
            Lane::Failing => &self.failing,
        }
    }

    fn free(&self, lane: Lane) -> usize {
        (lane.width() + 1).saturating_sub(Rc::strong_count(self.of(lane)))
    }
}

/// A process that starts has nothing under way. What may have killed the one before keeps its distance.
pub(super) fn resume(db: &Db) -> Result<()> {
    db.run("UPDATE dispatches SET due_at = 0 WHERE opened IN (1, 2)", Vec::new())
}

impl Inner {
    pub(super) fn add_dispatch(&self, dispatch: &Dispatch) -> Result<()> {
        self.db()?.run(
            "INSERT INTO dispatches (webhook_id, event_id, created_at, due_at, doc) VALUES (?, ?, ?, ?, ?)",
            vec![
                dispatch.webhook_id.as_str().into(),
                dispatch.event_id.as_str().into(),
                time(dispatch.created_at),
                dispatch.due_at.map(time).into(),
                doc(dispatch)?,
            ],
        )
    }

    /// Whatever try was under way has ended, or does not count.
    pub(super) fn save_dispatch(&self, dispatch: &Dispatch) -> Result<()> {
        self.db()?.run(
            "UPDATE dispatches SET due_at = ?, opened = 0, doc = ? WHERE webhook_id = ? AND event_id = ?",
            vec![
                dispatch.due_at.map(time).into(),
                doc(dispatch)?,
                dispatch.webhook_id.as_str().into(),
                dispatch.event_id.as_str().into(),
            ],
        )
    }

    pub(super) fn dispatch_to(&self, webhook_id: &str, event_id: &str) -> Result<Option<Dispatch>> {
        let query = "SELECT doc FROM dispatches WHERE webhook_id = ? AND event_id = ?";
        self.db()?.doc(query, vec![webhook_id.into(), event_id.into()])
    }

    pub(super) fn event_body(&self, id: &EventId) -> Result<String> {
        let rows: Vec<Body> = self.db()?.rows("SELECT body FROM events WHERE id = ?", vec![id.as_str().into()])?;
        rows.into_iter().next().map(|row| row.body).ok_or_else(|| Error::fault("an event has no body"))
    }

    pub(super) fn delete_dispatches(&self, webhook_id: &WebhookId) -> Result<()> {
        self.db()?.run("DELETE FROM dispatches WHERE webhook_id = ?", vec![webhook_id.as_str().into()])?;
        self.delete_unheard_events()
    }

    /// What waits for a webhook that was switched off.
    pub(super) fn give_up_dispatches(&self, webhook_id: &WebhookId) -> Result<()> {
        let query = "SELECT doc FROM dispatches WHERE webhook_id = ? AND due_at IS NOT NULL";
        for mut dispatch in self.db()?.docs::<Dispatch>(query, vec![webhook_id.as_str().into()])? {
            dispatch.give_up();
            self.save_dispatch(&dispatch)?;
        }
        Ok(())
    }

    pub(super) fn purge_dispatches(&self) -> Result<()> {
        let delete = "DELETE FROM dispatches WHERE due_at IS NULL AND created_at <= ? RETURNING event_id";
        let deleted: Vec<serde_json::Value> =
            self.db()?.rows(delete, vec![time(Kept::WebhookDelivery.expired_at(now()))])?;
        if deleted.is_empty() { Ok(()) } else { self.delete_unheard_events() }
    }

    fn delete_unheard_events(&self) -> Result<()> {
        self.db()?.run("DELETE FROM events WHERE id NOT IN (SELECT event_id FROM dispatches)", Vec::new())
    }

    /// When the alarm is wanted: for the next try for which there is room, for one that is not heard of, and for the end
    /// of the log. What is due while its lane is full is begun when one of those in it ends.
    pub(super) fn next_dispatch(&self) -> Result<Option<UnixMillis>> {
        let others = "SELECT min(at) AS at FROM (SELECT min(due_at) AS at FROM dispatches WHERE opened > 0
            UNION ALL SELECT min(created_at) + ? AS at FROM dispatches WHERE due_at IS NULL)";
        let mut times: Vec<Time> = self.db()?.rows(others, vec![Kept::WebhookDelivery.span().as_millis().into()])?;
        let next = format!(
            "SELECT min((SELECT min(due_at) FROM dispatches WHERE webhook_id = w.id AND due_at IS NOT NULL)) AS at {IDLE}"
        );
        for lane in Lane::ALL.into_iter().filter(|lane| self.lanes.free(*lane) > 0) {
            times.extend(self.db()?.rows::<Time>(&next, vec![lane.column().into(), time(now())])?);
        }
        Ok(times.into_iter().filter_map(|row| row.at).min().map(UnixMillis))
    }

    /// Begins the tries that are due, as many as there is room for.
    pub(super) fn tell_webhooks(self: &Rc<Self>) -> Result<()> {
        for lane in Lane::ALL {
            for dispatch in self.open_dispatches(lane)? {
                let share = Rc::clone(self.lanes.of(lane));
                let inner = Rc::clone(self);
                self.detach(Box::pin(async move {
                    let outcome = inner.tell(dispatch).await;
                    drop(share);
                    outcome
                }));
            }
        }
        Ok(())
    }

    /// The earliest of each webhook that has none under way.
    fn open_dispatches(&self, lane: Lane) -> Result<Vec<Dispatch>> {
        let query = format!(
            "SELECT seq, opened, doc FROM dispatches WHERE seq IN (
                SELECT (SELECT seq FROM dispatches WHERE webhook_id = w.id AND due_at <= ?2 ORDER BY due_at, seq LIMIT 1) {IDLE}
            ) ORDER BY due_at, seq LIMIT ?3"
        );
        let room = i32::try_from(self.lanes.free(lane)).unwrap_or(0);
        let rows: Vec<Row> = self.db()?.rows(&query, vec![lane.column().into(), time(now()), room.into()])?;
        rows.iter().map(|row| self.open_dispatch(row)).collect()
    }

    /// It is under way, and due again when nothing is heard of it.
    fn open_dispatch(&self, row: &Row) -> Result<Dispatch> {
        let pause = pause_after_deaths(row.opened);
        if pause.is_some() {
            log::alert(
                "workspace",
                &format!("webhook delivery {} was begun {} times and not ended", row.seq, row.opened),
            );
        }
        let due_at = now() + pause.unwrap_or(LEASE).max(LEASE);
        let update = "UPDATE dispatches SET opened = opened + 1, due_at = ? WHERE seq = ?";
        self.db()?.run(update, vec![time(due_at), row.seq.into()])?;
        read(&row.doc)
    }

    async fn tell(&self, dispatch: Dispatch) -> Result<()> {
        let Some(webhook) = self.webhook(&dispatch.webhook_id)? else { return Ok(()) };
        let at = now();
        let (outcome, retry_at) = match self.try_to_tell(&webhook, &dispatch, at).await {
            Ok(Ok(taken)) => {
                (Outcome::Status(taken.status), retry_at(taken.status, taken.retry_after.as_deref(), now()))
            }
            Ok(Err(reason)) => (Outcome::Error(reason), None),
            Err(error) => {
                log::unattended("workspace", "a webhook", &Err(error));
                (Outcome::Error("Something went wrong here.".into()), None)
            }
        };
        let attempt = Attempt { at, duration_ms: (now() - at).as_millis(), retry_at, outcome };
        self.db()?.transaction(|| self.conclude_dispatch(&dispatch, attempt))
    }

    /// What the address answered, or why it did not. It is judged as it is told, and not only when it was given.
    async fn try_to_tell(
        &self,
        webhook: &Webhook,
        dispatch: &Dispatch,
        at: UnixMillis,
    ) -> Result<std::result::Result<Taken, String>> {
        let door = self.app()?.public();
        let url = match door.url(&webhook.url) {
            Ok(url) => url,
            Err(error) => return Ok(Err(format!("The URL is not asked: {error}."))),
        };
        let body = self.event_body(&dispatch.event_id)?;
        let secrets = webhook.secrets(at).into_iter().map(|sealed| self.open_secret(&webhook.id, sealed));
        let secrets = secrets.collect::<Result<Vec<SigningSecret>>>()?;
        let custom = self.open_headers(webhook)?;
        let headers = delivery_headers(&dispatch.event_id, at, &body, &secrets, webhook.legacy_signature, custom);
        let answer =
            door.post(&url, &headers.map_err(Error::fault)?, body.as_bytes(), self.app()?.webhook_pace().limit).await?;
        Ok(answer.map_err(|reason| format!("The URL did not answer: {reason}.")))
    }

    fn open_secret(&self, id: &WebhookId, sealed: &str) -> Result<SigningSecret> {
        let bytes = self.open_sealed(Purpose::WebhookSecret, id, sealed)?;
        // EXPOSE: bytes to text, in a Secret again.
        let text = String::from_utf8(bytes.expose().clone()).map_err(|_| Error::fault("a sealed text is not text"))?;
        SigningSecret::parse(Secret::new(text)).map_err(Error::fault)
    }

    fn open_headers(&self, webhook: &Webhook) -> Result<CustomHeaders> {
        let Some(headers) = &webhook.headers else { return Ok(CustomHeaders::default()) };
        let bytes = self.open_sealed(Purpose::WebhookHeaders, &webhook.id, &headers.sealed)?;
        CustomHeaders::from_bytes(&bytes).ok_or_else(|| Error::fault("sealed headers are not headers"))
    }

    fn open_sealed(&self, purpose: Purpose, id: &WebhookId, sealed: &str) -> Result<Secret<Vec<u8>>> {
        let context = Context { workspace: WORKSPACE, purpose, row: id.as_str() };
        Ok(self.app()?.keyring().open(&context, sealed)?)
    }

    /// How a try ended, for the log and for the webhook; both as they are by now.
    fn conclude_dispatch(&self, told: &Dispatch, attempt: Attempt) -> Result<()> {
        let dispatch = self.dispatch_to(told.webhook_id.as_str(), told.event_id.as_str())?;
        let (Some(mut dispatch), Some(webhook)) = (dispatch, self.webhook(&told.webhook_id)?) else { return Ok(()) };
        let pace = self.app()?.webhook_pace();
        let verdict = dispatch.conclude(attempt, webhook.disabled.is_none(), now(), pace);
        self.save_dispatch(&dispatch)?;
        self.learn_of_webhook(webhook, verdict)
    }

    fn learn_of_webhook(&self, mut webhook: Webhook, verdict: Verdict) -> Result<()> {
        let before = webhook.clone();
        let is_switched_off = webhook.learn(verdict, now(), self.app()?.webhook_pace());
        if webhook != before {
            self.save_webhook(&webhook)?;
        }
        if is_switched_off {
            log::alert("workspace", &format!("webhook {} was switched off", webhook.id));
            self.record(Action::WebhookSwitchedOff, webhook.tenant_id.as_ref(), webhook.id.as_str())?;
            self.give_up_dispatches(&webhook.id)?;
        }
        Ok(())
    }
}
