//! The webhook deliveries: tried beside the alarm, so that a slow address keeps no post waiting, and at least once,
//! since a try counts when its result is stored. A try that failed is made again by the webhook's pace
//! (`core/src/webhook`).

use std::rc::Rc;

use latchkey_core::audit::{Action, Audited};
use latchkey_core::id::WebhookId;
use latchkey_core::seal::{Context, Purpose};
use latchkey_core::secret::Secret;
use latchkey_core::time::UnixMillis;
use latchkey_core::webhook::{
    Attempt, CustomHeaders, Dispatch, Outcome, SigningSecret, Verdict, Webhook, delivery_headers, lease, retry_at,
};

use super::{Workspace, detach};
use crate::error::{Error, Result};
use crate::log;
use crate::names::WORKSPACE;
use crate::objects::workspace::areas::webhooks::give_up_dispatches;
use crate::objects::workspace::store::webhooks::dispatches::Waiting;
use crate::outbound::Taken;
use crate::runtime::now;

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

impl Lane {
    const ALL: [Self; 2] = [Self::Working, Self::Failing];

    const fn width(self) -> usize {
        match self {
            Self::Working => 4,
            Self::Failing => 2,
        }
    }

    const fn is_failing(self) -> bool {
        matches!(self, Self::Failing)
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

/// When the alarm is wanted: for the next try for which there is room, for one that is not heard of, and for the end
/// of the log. What is due while its lane is full is begun when one of those in it ends.
pub fn next(w: &Workspace) -> Result<Option<UnixMillis>> {
    let mut times = vec![w.store.dispatches.next_end()?];
    for lane in Lane::ALL.into_iter().filter(|lane| w.lanes.free(*lane) > 0) {
        times.push(w.store.dispatches.next_try(lane.is_failing(), now())?);
    }
    Ok(times.into_iter().flatten().min())
}

/// Begins the tries that are due, as many as there is room for.
pub fn run(w: &Rc<Workspace>) -> Result<()> {
    for lane in Lane::ALL {
        for dispatch in begin(w, lane)? {
            let (share, w) = (Rc::clone(w.lanes.of(lane)), Rc::clone(w));
            let told = Rc::clone(&w);
            let try_once = async move {
                let outcome = tell(&told, dispatch).await;
                drop(share);
                outcome
            };
            detach(&w, Box::pin(try_once));
        }
    }
    Ok(())
}

fn begin(w: &Workspace, lane: Lane) -> Result<Vec<Dispatch>> {
    let waiting = w.store.dispatches.due(lane.is_failing(), now(), w.lanes.free(lane))?;
    waiting.into_iter().map(|waiting| open(w, waiting)).collect()
}

/// It is under way, and due again when nothing is heard of it.
fn open(w: &Workspace, waiting: Waiting) -> Result<Dispatch> {
    let Waiting { seq, opened, dispatch } = waiting;
    let lease = lease(opened);
    if lease.is_suspect {
        log::alert("workspace", &format!("webhook delivery {seq} was begun {opened} times and not ended"));
    }
    w.store.dispatches.begin(seq, lease.span.map(|span| now() + span))?;
    Ok(dispatch)
}

async fn tell(w: &Workspace, dispatch: Dispatch) -> Result<()> {
    let Some(webhook) = w.store.webhooks.find(dispatch.webhook_id.as_str())? else { return Ok(()) };
    let at = now();
    let (outcome, retry_at) = match try_to_tell(w, &webhook, &dispatch, at).await {
        Ok(Ok(taken)) => (Outcome::Status(taken.status), retry_at(taken.status, taken.retry_after.as_deref(), now())),
        Ok(Err(reason)) => (Outcome::Error(reason), None),
        Err(error) => {
            log::unattended("workspace", "a webhook", &Err(error));
            (Outcome::Error("Something went wrong here.".into()), None)
        }
    };
    let attempt = Attempt { at, duration_ms: (now() - at).as_millis(), retry_at, outcome };
    w.store.transaction(|| conclude(w, &dispatch, attempt))
}

/// What the address answered, or why it did not. It is judged as it is told, and not only when it was given.
async fn try_to_tell(
    w: &Workspace,
    webhook: &Webhook,
    dispatch: &Dispatch,
    at: UnixMillis,
) -> Result<std::result::Result<Taken, String>> {
    let door = w.app()?.public();
    let url = match door.url(&webhook.url) {
        Ok(url) => url,
        Err(error) => return Ok(Err(format!("The URL is not asked: {error}."))),
    };
    let body = w.store.webhooks.event_body(&dispatch.event_id)?;
    let secrets = webhook.secrets(at).into_iter().map(|sealed| open_secret(w, &webhook.id, sealed));
    let secrets = secrets.collect::<Result<Vec<SigningSecret>>>()?;
    let custom = open_headers(w, webhook)?;
    let headers = delivery_headers(&dispatch.event_id, at, &body, &secrets, webhook.legacy_signature, custom);
    let answer =
        door.post(&url, &headers.map_err(Error::fault)?, body.as_bytes(), w.app()?.webhook_pace().limit).await?;
    Ok(answer.map_err(|reason| format!("The URL did not answer: {reason}.")))
}

fn open_secret(w: &Workspace, id: &WebhookId, sealed: &str) -> Result<SigningSecret> {
    let bytes = open_sealed(w, Purpose::WebhookSecret, id, sealed)?;
    // EXPOSE: bytes to text, in a Secret again.
    let text = String::from_utf8(bytes.expose().clone()).map_err(|_| Error::fault("a sealed text is not text"))?;
    SigningSecret::parse(Secret::new(text)).map_err(Error::fault)
}

fn open_headers(w: &Workspace, webhook: &Webhook) -> Result<CustomHeaders> {
    let Some(headers) = &webhook.headers else { return Ok(CustomHeaders::default()) };
    let bytes = open_sealed(w, Purpose::WebhookHeaders, &webhook.id, &headers.sealed)?;
    CustomHeaders::from_bytes(&bytes).ok_or_else(|| Error::fault("sealed headers are not headers"))
}

fn open_sealed(w: &Workspace, purpose: Purpose, id: &WebhookId, sealed: &str) -> Result<Secret<Vec<u8>>> {
    let context = Context { workspace: WORKSPACE, purpose, row: id.as_str() };
    Ok(w.app()?.keyring().open(&context, sealed)?)
}

/// How a try ended, for the log and for the webhook; both as they are by now.
fn conclude(w: &Workspace, told: &Dispatch, attempt: Attempt) -> Result<()> {
    let dispatch = w.store.dispatches.find(told.webhook_id.as_str(), told.event_id.as_str())?;
    let webhook = w.store.webhooks.find(told.webhook_id.as_str())?;
    let (Some(mut dispatch), Some(webhook)) = (dispatch, webhook) else { return Ok(()) };
    let verdict = dispatch.conclude(attempt, webhook.disabled.is_none(), now(), w.app()?.webhook_pace());
    w.store.dispatches.save(&dispatch)?;
    learn(w, webhook, verdict)
}

fn learn(w: &Workspace, mut webhook: Webhook, verdict: Verdict) -> Result<()> {
    let before = webhook.clone();
    let is_switched_off = webhook.learn(verdict, now(), w.app()?.webhook_pace());
    if webhook != before {
        w.store.webhooks.save(&webhook)?;
    }
    if is_switched_off {
        log::alert("workspace", &format!("webhook {} was switched off", webhook.id));
        let audited = Audited::on(Action::WebhookSwitchedOff, webhook.tenant_id.as_ref(), webhook.id.as_str());
        w.store.audit.add(&audited.by_itself(now()))?;
        give_up_dispatches(w, &webhook.id)?;
    }
    Ok(())
}
