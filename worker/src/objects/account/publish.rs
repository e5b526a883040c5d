//! The publishing loop: one step at a time, each step journalled before the call to X.

use std::pin::pin;
use std::rc::Rc;

use futures_util::future::{Either, select};
use latchkey_core::delivery::{AfterReclaim, Call, Delivery, Lock, Obstacles, Outcome, Pace, State, Step};
use latchkey_core::id::{AccountId, XPostId};
use latchkey_core::network::Breaker;
use latchkey_core::time::Span;
use latchkey_core::x::XError;
use latchkey_core::x::problem::Refusal;
use latchkey_core::x::tweet::{create_request, create_response, repost_request, repost_response};
use latchkey_core::x::{media, tweet};

use super::Inner;
use super::reconcile::NEW_POSTS;
use super::store::Row;
use super::tokens::Access;
use crate::error::{Doing, Result};
use crate::log;
use crate::objects::storage::read;
use crate::outbound::PATIENT;
use crate::runtime::{entropy, now, within};

/// The steps of one loop. An event may make 50 requests to the outside (Workers' free plan), and an alarm may last 15
/// minutes. The next alarm goes on at once.
const STEPS_OF_A_LOOP: u32 = 40;

/// A call to X that takes longer is told to the workspace before it ends.
const TOLD_AFTER: Span = Span::secs(1);

/// As long as it lives, the loop runs. A panic ends it too.
pub(super) struct Publishing(Rc<Inner>);

impl Publishing {
    /// None while a loop runs, which finds what is new by itself.
    pub(super) fn begin(account: &Rc<Inner>) -> Option<Self> {
        let runs = account.publishing.replace(true);
        account.db.derive_alarm_anew();
        (!runs).then(|| Self(Rc::clone(account)))
    }

    /// Works until nothing is due.
    pub(super) async fn run(self) -> Result<()> {
        self.0.publish_all().await
    }
}

impl Drop for Publishing {
    fn drop(&mut self) {
        self.0.publishing.set(false);
        self.0.db.derive_alarm_anew();
    }
}

impl Inner {
    pub(super) async fn publish_due(self: &Rc<Self>) -> Result<()> {
        match Publishing::begin(self) {
            Some(publishing) => publishing.run().await,
            None => Ok(()),
        }
    }

    async fn publish_all(self: &Rc<Self>) -> Result<()> {
        if self.frozen()? {
            return Ok(());
        }
        if !self.kept.take_settled(&self.db) {
            self.recover()?;
            self.report_news().await?;
        }
        let mut has_reported = false;
        for _ in 0..STEPS_OF_A_LOOP {
            if self.frozen()? {
                break;
            }
            let Some(row) = self.open_next_row(now())? else { break };
            self.step_row(&row).await?;
            // What became of a step, before the next.
            self.report_news().await?;
            has_reported = true;
        }
        if !has_reported {
            self.report_news().await?;
        }
        self.end_loop()
    }

    /// Each intent has its outcome.
    fn end_loop(&self) -> Result<()> {
        self.kept.settled(&self.db);
        self.purge(now())
    }

    /// No call to X outlives the process that made it: an intent found at the start of the loop lost its answer.
    fn recover(&self) -> Result<()> {
        for mut delivery in self.interrupted_deliveries()? {
            delivery.recover(now(), self.pace()?);
            self.save_delivery(&delivery)?;
        }
        Ok(())
    }

    async fn step_row(self: &Rc<Self>, row: &Row) -> Result<()> {
        let delivery: Delivery = match read(&row.doc) {
            Ok(delivery) => delivery,
            Err(error) => {
                log::unattended("account", "a row of the journal", &Err(error));
                return self.dead_letter(row);
            }
        };
        self.stepping.set(true);
        let outcome = self.step(delivery).await;
        if self.stepping.take() {
            self.close_row(row)?;
        }
        outcome
    }

    async fn step(self: &Rc<Self>, delivery: Delivery) -> Result<()> {
        match delivery.step() {
            Step::Reclaim => self.reclaim(delivery).await,
            Step::Reconcile => self.reconcile(delivery).await,
            Step::Send => self.send(delivery).await,
        }
    }

    /// One call to X, or none when something stands in its way. In order: (1) the workspace has said within seconds, or
    /// says now, whether X may be called; (2) a lock of the account, and the windows; (3) the scope, the app's client id, and a token; (4) the intent of a post is stored; (5) X is called.
    async fn send(self: &Rc<Self>, mut delivery: Delivery) -> Result<()> {
        let upload = delivery.next_upload(now());
        let endpoint = match &upload {
            Some((_, step)) => step.endpoint(),
            None => delivery.next_endpoint(),
        };
        let is_probe = self.probing.borrow().as_ref() == Some(&delivery.post_id);
        // An upload takes long enough to be seen.
        let known = if upload.is_some() { None } else { self.breaker.borrow().counting(now()).cloned() };
        let (delivery, breaker) = match known {
            Some(breaker) => (delivery, breaker),
            None => match self.announce(delivery).await? {
                Some(announced) => announced,
                None => return Ok(()),
            },
        };
        let needed = if upload.is_some() { media::SCOPE } else { tweet::SCOPE };
        let obstacles = Obstacles {
            paused: breaker.paused.clone().filter(|_| !is_probe),
            lock: self.lock()?,
            closed_until: breaker.closed_until.filter(|_| endpoint == Some(NEW_POSTS)),
            exhausted_until: endpoint.map_or(Ok(None), |endpoint| self.exhausted_until(endpoint))?,
            missing_scope: self.missing_scope(&delivery.account_id, &[needed])?,
        };
        if let Some(outcome) = obstacles.first() {
            return self.effect(delivery, outcome);
        }
        if !self.is_admitted(&delivery.account_id, &breaker)? {
            return self.effect(delivery, Outcome::ReconnectRequired);
        }
        let writes = self.db.writes();
        let access = self.access_token(&delivery.account_id).await?;
        let unchanged = if self.db.writes() == writes { Some(delivery) } else { self.unchanged(&delivery)? };
        let Some(delivery) = unchanged else { return Ok(()) };
        match (access, upload) {
            (Err(no_access), _) => self.effect(delivery, no_access.outcome(now())),
            (Ok(access), Some((place, step))) => {
                self.upload(delivery, place, &step, (&access, &breaker.allowed_media)).await
            }
            (Ok(access), None) => self.post(delivery, &access).await,
        }
    }

    /// The workspace hears that the delivery begins, and says whether X may be called. While it is asked, the delivery's
    /// account may be removed.
    async fn announce(&self, mut delivery: Delivery) -> Result<Option<(Delivery, Breaker)>> {
        delivery.announce();
        self.save_delivery(&delivery)?;
        let breaker = self.report().await?;
        Ok(self.unchanged(&delivery)?.map(|delivery| (delivery, breaker)))
    }

    async fn post(self: &Rc<Self>, mut delivery: Delivery, access: &Access) -> Result<()> {
        self.probing.borrow_mut().take_if(|post_id| *post_id == delivery.post_id);
        let Some(call) = delivery.begin(now()) else { return Ok(()) };
        self.save_delivery(&delivery)?;
        let writes = self.db.writes();
        let outcome = self.call_told(&call, access).await?;
        if self.db.writes() != writes
            && let Some(stored) = self.delivery(&delivery)?
        {
            delivery.learn_removal(&stored);
        }
        if let Outcome::Refused(XError::Refused { refusal: Refusal::TokenRejected, .. }) = &outcome {
            self.access_token_rejected(access)?;
        }
        self.effect(delivery, outcome)
    }

    /// A call that takes long is told to the workspace meanwhile, so that the delivery is seen to be under way.
    async fn call_told(&self, call: &Call, access: &Access) -> Result<Outcome> {
        let mut called = pin!(self.call(call, access));
        if let Some(outcome) = within(TOLD_AFTER, &mut called).await {
            return outcome;
        }
        // X's answer is stored at once, and waits for no report.
        match select(called, pin!(self.report_news())).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right((told, called)) => {
                log::unattended("account", "tell of a slow call", &told);
                called.await
            }
        }
    }

    async fn call(&self, call: &Call, access: &Access) -> Result<Outcome> {
        let app = self.app()?;
        let request = match call {
            Call::Post(tweet) => create_request(app.endpoints(), &access.token, tweet),
            Call::Repost(id) => repost_request(app.endpoints(), &access.token, &self.x_user_id()?, id),
        };
        let Ok(answer) = app.x().send(request, PATIENT).await? else { return Ok(Outcome::Lost) };
        self.note_windows(call.endpoint(), &answer)?;
        let published = match call {
            Call::Post(_) => create_response(&answer),
            Call::Repost(id) => repost_response(&answer, id),
        };
        match published {
            Ok(id) => Ok(Outcome::Published(id)),
            // The answer may leave out a window that X has told before.
            Err(XError::Refused { refusal, problem, retry_after, .. }) => {
                let windows = self.windows_of(call.endpoint())?;
                Ok(Outcome::Refused(XError::Refused { refusal, problem, windows, retry_after }))
            }
            Err(malformed) => Ok(Outcome::Refused(malformed)),
        }
    }

    fn effect(&self, mut delivery: Delivery, outcome: Outcome) -> Result<()> {
        let id = if let Outcome::Published(id) = &outcome { Some(id.clone()) } else { None };
        delivery.effect(outcome, now(), self.pace()?);
        self.end_step(&delivery, id.as_ref())?;
        // X took it: the account is not locked any more.
        if id.is_some() { self.release_locked() } else { Ok(()) }
    }

    /// One write stores the claim of a post's id and the delivery.
    pub(super) fn save_with_claim(&self, delivery: &Delivery, id: Option<&XPostId>) -> Result<()> {
        self.with_claim(id, || self.save_delivery(delivery))
    }

    /// The same at the end of a step.
    pub(super) fn end_step(&self, delivery: &Delivery, id: Option<&XPostId>) -> Result<()> {
        self.with_claim(id, || self.save_after_step(delivery))?;
        self.stepping.set(false);
        Ok(())
    }

    fn with_claim(&self, id: Option<&XPostId>, save: impl FnOnce() -> Result<()>) -> Result<()> {
        self.db.transaction(|| {
            id.map_or(Ok(()), |id| self.claim(id))?;
            save()
        })
    }

    /// The delivery, if nothing has happened to it while something was waited for.
    pub(super) fn unchanged(&self, known: &Delivery) -> Result<Option<Delivery>> {
        Ok(self.delivery(known)?.filter(|current| current == known))
    }

    /// The workspace has begun to change the delivery and has not completed the change. The workspace is asked, and its
    /// answer counts.
    async fn reclaim(&self, delivery: Delivery) -> Result<()> {
        let current = self.app()?.workspace()?.reclaim(&delivery).await.doing("reclaim a delivery")?;
        let Some(delivery) = self.unchanged(&delivery)? else { return Ok(()) };
        match delivery.clone().reclaimed(current) {
            AfterReclaim::Forgets => self.delete_delivery(&delivery),
            AfterReclaim::Takes(newer) => self.take_delivery(&newer),
            AfterReclaim::GoesOn(delivery) => self.save_delivery(&delivery),
        }
    }

    /// The app works again: deliveries held for the app go on.
    pub(super) fn release_held(&self) -> Result<()> {
        self.release_where(|delivery| Ok(delivery.waits_for_app()))
    }

    /// A row was connected again: deliveries held for the row go on. Deliveries of another row whose own pair is lost
    /// go on too, if the new pair serves that row.
    pub(super) fn release_reconnected(&self, account_id: &AccountId) -> Result<()> {
        self.release_where(|delivery| {
            if &delivery.account_id == account_id {
                return Ok(true);
            }
            let Some(own) = self.own_pair(&delivery.account_id)? else { return Ok(false) };
            Ok(self.pair_in_use(own)?.grant.is_live())
        })
    }

    fn release_where(&self, is_meant: impl Fn(&Delivery) -> Result<bool>) -> Result<()> {
        for mut delivery in self.open_deliveries()? {
            if !delivery.is_releasable() || !is_meant(&delivery)? {
                continue;
            }
            delivery.released(now());
            self.save_delivery(&delivery)?;
        }
        Ok(())
    }

    /// Until when the account is locked at X, as a delivery was told that waits for it.
    fn lock(&self) -> Result<Option<Lock>> {
        Ok(self.locked_deliveries()?.iter().find(|delivery| !delivery.is_due(now())).and_then(Delivery::lock))
    }

    fn release_locked(&self) -> Result<()> {
        self.locked_deliveries()?.into_iter().try_for_each(|delivery| self.release_one(delivery))
    }

    fn release_one(&self, mut delivery: Delivery) -> Result<()> {
        delivery.release(now());
        self.save_delivery(&delivery)
    }

    /// A person wants a held delivery tried now. If a lock holds it, all that the lock holds are tried.
    pub(super) fn retry(&self, known: &Delivery) -> Result<()> {
        let Some(delivery) = self.delivery(known)?.filter(|delivery| delivery.state() == State::Held) else {
            return Ok(());
        };
        if delivery.is_locked() { self.release_locked() } else { self.release_one(delivery) }
    }

    /// The row is gone: what has not left for X never will, and nothing follows a call under way.
    pub(super) fn cancel_open(&self, account_id: &AccountId) -> Result<()> {
        for mut delivery in self.open_deliveries()? {
            if &delivery.account_id == account_id && delivery.cancel() {
                self.save_delivery(&delivery)?;
            }
        }
        Ok(())
    }

    pub(super) fn pace(&self) -> Result<Pace> {
        Ok(Pace { chance: u32::from_le_bytes(entropy()?), ..self.app()?.pace() })
    }
}
