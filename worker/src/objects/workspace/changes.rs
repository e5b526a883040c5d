//! Changing, ending and repeating what was accepted, and hearing of it.
//!
//! A delivery that is on its way belongs to its account's object. So a change has three steps: it is begun here, the
//! accounts recall what has not begun, and it is completed here as the deliveries' next edition. An account that hears
//! no more of it asks; that ends a change that was not completed, so that never both the old and the new are sent.

use latchkey_core::account::{Account, Status};
use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::read;
use latchkey_core::api::post::{ChangePost, IGNORED};
use latchkey_core::api::refused::Refused;
use latchkey_core::delivery::{Delivery, State};
use latchkey_core::id::{AccountId, PostId};
use latchkey_core::key::Binding;
use latchkey_core::post::{Post, Wording, schedule};
use serde_json::json;

use super::budget::Expense;
use super::outbox::Errand;
use super::posts::require_tenant;
use super::{ChangePlan, Inner, InsightPlan, not_found};
use crate::error::{Error, Result};
use crate::runtime::now;

impl Inner {
    /// Begins a change of a draft or of what is scheduled. What is wrong with it is said before anything is recalled.
    pub(super) fn plan_change(&self, id: &str, body: &str, whose: &Binding) -> Result<ChangePlan> {
        let post = self.post_for(id, whose)?;
        let deliveries = self.changeable_deliveries(&post.id)?;
        if post.is_draft && deliveries.is_empty() {
            self.require_accounts(&self.deliveries_of(&post.id)?)?;
        }
        if deliveries.is_empty() || !(post.is_draft || post.scheduled_at.is_some()) {
            return Err(already_published());
        }
        self.require_accounts(&deliveries)?;
        if !deliveries.iter().all(|(delivery, _)| delivery.has_not_begun()) {
            return Err(already_published());
        }
        let (after, _) = self.changed(&post, &deliveries, body, whose)?;
        self.require_budget_for(&after, deliveries.len(), Some(&post.id))?;
        self.begin_change(post, deliveries)
    }

    /// Completes the change; nothing when another one or an account's question came in between.
    pub(super) fn commit_change(&self, id: &PostId, number: u32, body: &str) -> Result<Option<Answer>> {
        let Some(before) = self.post_under_change(id, number)? else { return Ok(None) };
        let deliveries = self.changeable_deliveries(id)?;
        let (after, warnings) = self.changed(&before, &deliveries, body, &Binding::default())?;
        self.require_budget_for(&after, deliveries.len(), Some(id))?;
        let prices = self.settings()?.prices;
        self.save_post(&after)?;
        for (delivery, account) in &deliveries {
            let next = delivery.next_edition(after.segments(&prices), after.run_at(now()));
            if after.is_draft {
                self.save_idle_delivery(&next)?;
                self.withdraw(account, next)?;
            } else {
                self.dispatch(account, next)?;
            }
        }
        let view = self.view(&after)?;
        let is_rescheduled = before.scheduled_at != after.scheduled_at;
        let body =
            json!({ "rescheduled": is_rescheduled, "post": view, "data": { "post": view }, "warnings": warnings });
        Ok(Some(Answer::success(200, body)))
    }

    /// The post as the caller wants it, and what it says that means nothing here.
    fn changed(
        &self,
        post: &Post,
        deliveries: &[(Delivery, Account)],
        body: &str,
        whose: &Binding,
    ) -> Result<(Post, Vec<String>)> {
        let input = read::<ChangePost>(body.as_bytes(), IGNORED)?;
        let (mut wanted, mut warnings) = (input.value, input.warnings);
        if wanted.is_empty() {
            return Err(Refused::new(Code::InvalidPayload, "The body changes nothing.").into());
        }
        let mut post = post.clone();
        let mut wording = Wording::Containers;
        match wanted.scheduled_at.take() {
            Some(Some(time)) => {
                let time = schedule(&time, wanted.past, now())?;
                post.scheduled_at = time.at;
                warnings.extend(time.warning);
            }
            Some(None) => post.scheduled_at = None,
            None => {}
        }
        post.is_draft = wanted.is_draft.unwrap_or(post.is_draft);
        if let Some(options) = wanted.options()? {
            post.options = options;
        }
        if let Some(mut draft) = wanted.draft(self.allows_loopback()?)? {
            require_tenant(&self.find_media(&mut draft, whose)?, post.tenant_id.as_ref())?;
            wording = draft.wording;
            post.say(&draft)?;
        }
        post.check(wording)?;
        let accounts: Vec<&Account> = deliveries.iter().map(|(_, account)| account).collect();
        post.check_length(wording, &accounts)?;
        post.check_scopes(&accounts)?;
        Ok((post, warnings))
    }

    /// All but those that ended when their account was removed.
    fn changeable_deliveries(&self, id: &PostId) -> Result<Vec<(Delivery, Account)>> {
        let mut deliveries = self.deliveries_of(id)?;
        deliveries.retain(|(delivery, _)| delivery.state != State::Cancelled);
        Ok(deliveries)
    }

    /// Begins the end of what has not been sent. With nothing pending, only our record ends.
    pub(super) fn plan_delete(&self, id: &str, whose: &Binding) -> Result<ChangePlan> {
        let post = self.post_for(id, whose)?;
        let deliveries = self.deliveries_of(&post.id)?;
        if deliveries.iter().any(|(delivery, _)| matches!(delivery.state, State::Publishing | State::Unknown)) {
            return Err(in_flight());
        }
        self.begin_change(post, deliveries)
    }

    pub(super) fn commit_delete(&self, id: &PostId, number: u32) -> Result<Option<Answer>> {
        let Some(post) = self.post_under_change(id, number)? else { return Ok(None) };
        let deliveries = self.deliveries_of(id)?;
        let is_pending = deliveries.iter().any(|(delivery, _)| !delivery.is_final());
        for (delivery, account) in deliveries.iter().filter(|(delivery, _)| !delivery.is_final()) {
            let ended = delivery.ended_as(State::Cancelled);
            self.save_delivery(&ended)?;
            self.withdraw(account, ended)?;
        }
        self.announce(id)?;
        if post.is_draft || !is_pending {
            self.delete_post_record(id)?;
        }
        Ok(Some(Answer::success(200, json!({ "message": "Post deleted successfully" }))))
    }

    /// Tells the account that this edition is not for sending.
    fn withdraw(&self, account: &Account, mut delivery: Delivery) -> Result<()> {
        delivery.state = State::Cancelled;
        self.owe(&Errand::Enqueue { object: account.object(), delivery: Box::new(delivery) }, now())
    }

    fn begin_change(&self, mut post: Post, deliveries: Vec<(Delivery, Account)>) -> Result<ChangePlan> {
        post.changes += 1;
        self.save_post(&post)?;
        let is_on_its_way = |(delivery, _): &(Delivery, Account)| !post.is_draft && !delivery.is_final();
        let recalls = deliveries.into_iter().filter(is_on_its_way);
        let recalls = recalls.map(|(delivery, account)| (account.object(), delivery)).collect();
        Ok(ChangePlan { id: post.id, number: post.changes, recalls })
    }

    fn post_under_change(&self, id: &PostId, number: u32) -> Result<Option<Post>> {
        let post = self.post(id.as_str())?.ok_or_else(|| not_found("post"))?;
        Ok(Some(post).filter(|post| post.changes == number))
    }

    /// What a recalled delivery has become. A change of it that has begun and is not completed never will be.
    pub(super) fn reclaim(&self, known: &Delivery) -> Result<Option<Delivery>> {
        let Some(delivery) = self.delivery(known.post_id.as_str(), known.account_id.as_str())? else { return Ok(None) };
        let Some(mut post) = self.post(known.post_id.as_str())? else { return Ok(Some(withdrawn(delivery))) };
        post.changes += 1;
        self.save_post(&post)?;
        Ok(Some(if post.is_draft { withdrawn(delivery) } else { delivery }))
    }

    /// Failed deliveries go on at the first segment that is missing, as their next edition. A held one stays what it is and
    /// is tried now: what is held may begin by itself at any moment, so only the account's object can say when.
    pub(super) fn retry_post(&self, id: &str, whose: &Binding) -> Result<Answer> {
        let post = self.post_for(id, whose)?;
        let deliveries = self.deliveries_of(&post.id)?;
        let in_state = |state: State| deliveries.iter().filter(move |(delivery, _)| delivery.state == state);
        let (failed, held): (Vec<_>, Vec<_>) = (in_state(State::Failed).collect(), in_state(State::Held).collect());
        if failed.is_empty() && held.is_empty() {
            let is_pending = deliveries.iter().any(|(delivery, _)| !delivery.is_final());
            return Err(if is_pending { in_flight() } else { nothing_failed() });
        }
        self.require_accounts(failed.iter().chain(&held).copied())?;
        let cost = failed.iter().map(|(delivery, _)| delivery.owed()).sum();
        self.require_budget(&Expense { tenant_id: post.tenant_id.as_ref(), cost, at: now(), instead_of: None })?;
        for (delivery, account) in &failed {
            self.dispatch(account, delivery.next_edition(delivery.segments.clone(), now()))?;
        }
        for (delivery, account) in &held {
            self.owe(&Errand::Retry { object: account.object(), delivery: Box::new(delivery.clone()) }, now())?;
        }
        let view = self.view(&post)?;
        let body =
            json!({ "retried": failed.len() + held.len(), "post": view, "data": { "post": view }, "warnings": [] });
        Ok(Answer::success(200, body))
    }

    /// Accounts that were removed take nothing new.
    fn require_accounts<'a>(&self, of: impl IntoIterator<Item = &'a (Delivery, Account)>) -> Result<()> {
        for (_, account) in of {
            let known = self.account(account.id.as_str())?;
            if known.is_none_or(|account| account.status == Status::Disconnected) {
                let message = format!("The account @{} is not connected any more.", account.user.username);
                return Err(Error::refused(Code::UnknownAccount, message));
            }
        }
        Ok(())
    }

    /// An account is removed: its drafts will not be sent.
    pub(super) fn cancel_drafts(&self, account_id: &AccountId) -> Result<()> {
        for delivery in self.idle_deliveries(account_id)? {
            self.save_idle_delivery(&delivery.ended_as(State::Cancelled))?;
        }
        Ok(())
    }

    pub(super) fn plan_insight(&self, id: &str, whose: &Binding) -> Result<InsightPlan> {
        let post = self.post_for(id, whose)?;
        let deliveries = self.deliveries_of(&post.id)?;
        Ok(InsightPlan { post, deliveries })
    }

    /// These accounts' posts are gone at X.
    pub(super) fn commit_remote(&self, id: &PostId, deleted: &[AccountId], answer: &Answer) -> Result<Answer> {
        for (delivery, _) in self.deliveries_of(id)?.iter().filter(|(_, account)| deleted.contains(&account.id)) {
            self.save_delivery(&delivery.ended_as(State::Deleted))?;
        }
        Ok(answer.clone())
    }
}

fn withdrawn(delivery: Delivery) -> Delivery {
    Delivery { state: State::Cancelled, ..delivery }
}

fn already_published() -> Error {
    Refused::new(Code::AlreadyPublished, "Only a draft or a scheduled post that has not begun can be changed.")
        .with_hint("Delete this one, or delete it on X if it is there, and create another.")
        .into()
}

fn nothing_failed() -> Error {
    Refused::new(Code::AlreadyPublished, "No delivery of this post has failed.")
        .with_hint("Only failed deliveries are tried again; the post's `socialAccounts` say how each ended.")
        .into()
}

fn in_flight() -> Error {
    Error::refused(Code::InFlight, "The post is being published, or its fate is not known yet.")
}
