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
    Attempt, CustomHeaders, Outcome, SigningSecret, Verdict, Webhook, WebhookDelivery, delivery_headers, lease,
    retry_at,
};

use super::{Workspace, detach};
use crate::error::{Error, Result};
use crate::log;
use crate::names::WORKSPACE;
use crate::objects::workspace::areas::events::{self, opened};
use crate::objects::workspace::areas::webhooks::give_up_deliveries;
use crate::objects::workspace::store::webhooks::deliveries::Waiting;
use crate::outbound::Taken;
use crate::runtime::now;

/// Those that take what they are told, and those that have not lately: a dead address waits for its own kind only.
#[derive(Clone, Copy)]
enum Pool {
    Working,
    Failing,
}

/// Tries under way, each of which holds a permit. A Worker has six connections (Cloudflare docs, Workers limits).
#[derive(Default)]
pub struct Pools {
    working: Rc<()>,
    failing: Rc<()>,
}

impl Pool {
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

impl Pools {
    const fn of(&self, pool: Pool) -> &Rc<()> {
        match pool {
            Pool::Working => &self.working,
            Pool::Failing => &self.failing,
        }
    }

    fn free(&self, pool: Pool) -> usize {
        (pool.width() + 1).saturating_sub(Rc::strong_count(self.of(pool)))
    }
}

/// When the alarm is wanted: for the next try for which there is room, for one that is not heard of, and for the end
/// of the log. What is due while its lane is full is begun when one of those in it ends.
pub fn next(w: &Workspace) -> Result<Option<UnixMillis>> {
    let mut times = vec![w.store.webhook_deliveries.next_end()?];
    for pool in Pool::ALL.into_iter().filter(|pool| w.pools.free(*pool) > 0) {
        times.push(w.store.webhook_deliveries.next_try(pool.is_failing(), now())?);
    }
    Ok(times.into_iter().flatten().min())
}

/// Begins the tries that are due, as many as there is room for.
pub fn run(w: &Rc<Workspace>) -> Result<()> {
    for pool in Pool::ALL {
        for delivery in begin(w, pool)? {
            let (permit, w) = (Rc::clone(w.pools.of(pool)), Rc::clone(w));
            let sent = Rc::clone(&w);
            let try_once = async move {
                let outcome = tell(&sent, delivery).await;
                drop(permit);
                outcome
            };
            detach(&w, Box::pin(try_once));
        }
    }
    Ok(())
}

fn begin(w: &Workspace, pool: Pool) -> Result<Vec<WebhookDelivery>> {
    let waiting = w.store.webhook_deliveries.due(pool.is_failing(), now(), w.pools.free(pool))?;
    waiting.into_iter().map(|waiting| open(w, waiting)).collect()
}

/// It is under way, and due again when nothing is heard of it.
fn open(w: &Workspace, waiting: Waiting) -> Result<WebhookDelivery> {
    let Waiting { seq, opened, delivery } = waiting;
    let lease = lease(opened);
    if lease.is_suspect {
        log::alert("workspace", &format!("webhook delivery {seq} was begun {opened} times and not ended"));
    }
    w.store.webhook_deliveries.begin(seq, lease.span.map(|span| now() + span))?;
    Ok(delivery)
}

async fn tell(w: &Workspace, delivery: WebhookDelivery) -> Result<()> {
    let Some(webhook) = w.store.webhooks.find(delivery.webhook_id.as_str())? else { return Ok(()) };
    let at = now();
    let (outcome, retry_at) = match try_to_tell(w, &webhook, &delivery, at).await {
        Ok(Ok(taken)) => (Outcome::Status(taken.status), retry_at(taken.status, taken.retry_after.as_deref(), now())),
        Ok(Err(reason)) => (Outcome::Error(reason), None),
        Err(error) => {
            log::unattended("workspace", "a webhook", &Err(error));
            (Outcome::Error("Something went wrong here.".into()), None)
        }
    };
    let attempt = Attempt { at, duration_ms: (now() - at).as_millis(), retry_at, outcome };
    w.store.transaction(|| conclude(w, &delivery, attempt))
}

/// What the address answered, or why it did not. It is judged as it is told, and not only when it was given.
async fn try_to_tell(
    w: &Workspace,
    webhook: &Webhook,
    delivery: &WebhookDelivery,
    at: UnixMillis,
) -> Result<std::result::Result<Taken, String>> {
    let public = w.app()?.public();
    let url = match public.url(webhook.url()) {
        Ok(url) => url,
        Err(error) => return Ok(Err(format!("The URL is not asked: {error}."))),
    };
    let body = opened(w, &delivery.event_id, &w.store.webhooks.event(&delivery.event_id)?)?;
    let secrets = webhook.secrets(at).into_iter().map(|sealed| open_secret(w, webhook.id(), sealed));
    let secrets = secrets.collect::<Result<Vec<SigningSecret>>>()?;
    let custom = open_headers(w, webhook)?;
    let headers = delivery_headers(&delivery.event_id, at, &body, &secrets, webhook.legacy_signature(), custom);
    let answer =
        public.post(&url, &headers.map_err(Error::fault)?, body.as_bytes(), w.app()?.webhook_pace().limit).await?;
    Ok(answer.map_err(|reason| format!("The URL did not answer: {reason}.")))
}

fn open_secret(w: &Workspace, id: &WebhookId, sealed: &str) -> Result<SigningSecret> {
    let bytes = open_sealed(w, Purpose::WebhookSecret, id, sealed)?;
    // EXPOSE: bytes to text, in a Secret again.
    let text = String::from_utf8(bytes.expose().clone()).map_err(|_| Error::fault("a sealed text is not text"))?;
    SigningSecret::parse(Secret::new(text)).map_err(Error::fault)
}

fn open_headers(w: &Workspace, webhook: &Webhook) -> Result<CustomHeaders> {
    let Some(headers) = webhook.headers() else { return Ok(CustomHeaders::default()) };
    let bytes = open_sealed(w, Purpose::WebhookHeaders, webhook.id(), &headers.sealed)?;
    CustomHeaders::from_bytes(&bytes).ok_or_else(|| Error::fault("sealed headers are not headers"))
}

fn open_sealed(w: &Workspace, purpose: Purpose, id: &WebhookId, sealed: &str) -> Result<Secret<Vec<u8>>> {
    let context = Context { workspace: WORKSPACE, purpose, row: id.as_str() };
    Ok(w.app()?.keyring().open(&context, sealed)?)
}

/// How a try ended, for the log and for the webhook; both as they are by now.
fn conclude(w: &Workspace, sent: &WebhookDelivery, attempt: Attempt) -> Result<()> {
    let delivery = w.store.webhook_deliveries.find(sent.webhook_id.as_str(), sent.event_id.as_str())?;
    let webhook = w.store.webhooks.find(sent.webhook_id.as_str())?;
    let (Some(mut delivery), Some(webhook)) = (delivery, webhook) else { return Ok(()) };
    let verdict = delivery.conclude(attempt, webhook.is_enabled(), now(), w.app()?.webhook_pace());
    w.store.webhook_deliveries.save(&delivery)?;
    learn(w, webhook, verdict)
}

fn learn(w: &Workspace, mut webhook: Webhook, verdict: Verdict) -> Result<()> {
    let before = webhook.clone();
    let is_switched_off = webhook.learn(verdict, now(), w.app()?.webhook_pace());
    if webhook != before {
        w.store.webhooks.save(&webhook)?;
    }
    if is_switched_off {
        log::alert("workspace", &format!("webhook {} was switched off", webhook.id()));
        let audited = Audited::on(Action::WebhookSwitchedOff, webhook.tenant_id(), webhook.id().as_str());
        events::record(w, &audited.by_itself(now()))?;
        give_up_deliveries(w, webhook.id())?;
    }
    Ok(())
}
