//! Changing, ending and repeating what was accepted, and hearing of it. What each means is decided in
//! `core/src/post_change.rs`.

use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::read;
use latchkey_core::api::post::{ChangePost, IGNORED};
use latchkey_core::api::refused::Refused;
use latchkey_core::delivery::{Delivery, State};
use latchkey_core::id::{AccountId, PostId};
use latchkey_core::key::Binding;
use latchkey_core::post::{Post, Time, schedule};
use latchkey_core::post_change::{self, Change, Next, Retry};
use serde_json::json;

use super::budget::Expense;
use super::outbox::Errand;
use super::posts::require_tenant;
use super::{ChangePlan, Inner, InsightPlan, not_found};
use crate::error::Result;
use crate::runtime::now;

impl Inner {
    /// Begins a change of a draft or of what is scheduled. What is wrong with it is said before anything is recalled.
    pub(super) fn plan_change(&self, id: &str, body: &str, whose: &Binding) -> Result<ChangePlan> {
        let post = self.post_for(id, whose)?;
        let deliveries = self.deliveries_of(&post.id)?;
        post_change::require_changeable(&post, &deliveries)?;
        let deliveries = post_change::changeable(deliveries);
        let (after, _) = self.changed(&post, &deliveries, body, whose)?;
        self.require_budget_for(&after, deliveries.len(), Some(&post.id))?;
        self.begin_change(post, deliveries)
    }

    /// Completes the change; nothing when another one or an account's question came in between.
    pub(super) fn commit_change(&self, id: &PostId, number: u32, body: &str) -> Result<Option<Answer>> {
        let Some(before) = self.post_under_change(id, number)? else { return Ok(None) };
        let deliveries = post_change::changeable(self.deliveries_of(id)?);
        let (after, warnings) = self.changed(&before, &deliveries, body, &Binding::default())?;
        self.require_budget_for(&after, deliveries.len(), Some(id))?;
        let prices = self.settings()?.prices;
        self.save_post(&after)?;
        let versions = post_change::complete(&after, &deliveries, &prices, now());
        versions.into_iter().try_for_each(|next| self.save_next(next))?;
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
        let scheduled_at = match wanted.scheduled_at.take() {
            Some(Some(time)) => Some(schedule(&time, wanted.past, now())?),
            Some(None) => Some(Time::default()),
            None => None,
        };
        warnings.extend(scheduled_at.as_ref().and_then(|time| time.warning.clone()));
        let (options, mut draft) = (wanted.options()?, wanted.draft(self.allows_loopback()?)?);
        if let Some(draft) = &mut draft {
            require_tenant(&self.find_media(draft, whose)?, post.tenant_id.as_ref())?;
        }
        let accounts: Vec<&Account> = deliveries.iter().map(|(_, account)| account).collect();
        let change = Change { scheduled_at, is_draft: wanted.is_draft, options, draft };
        let wording = change.draft.as_ref().map(|draft| draft.wording);
        let after = post_change::apply(post, change, &accounts)?;
        warnings.extend(post_change::shortened(post, &after, wording));
        warnings.extend(after.expiry_warnings(now()));
        Ok((after, warnings))
    }

    /// Begins the end of what has not been sent. With nothing pending, only our record ends.
    pub(super) fn plan_delete(&self, id: &str, whose: &Binding) -> Result<ChangePlan> {
        let post = self.post_for(id, whose)?;
        let deliveries = self.deliveries_of(&post.id)?;
        post_change::require_deletable(&deliveries)?;
        self.begin_change(post, deliveries)
    }

    pub(super) fn commit_delete(&self, id: &PostId, number: u32) -> Result<Option<Answer>> {
        let Some(post) = self.post_under_change(id, number)? else { return Ok(None) };
        let deletion = post_change::delete(&post, &self.deliveries_of(id)?);
        deletion.steps.into_iter().try_for_each(|next| self.save_next(next))?;
        self.announce(id)?;
        if deletion.forgets {
            self.delete_post_record(id)?;
        }
        Ok(Some(Answer::success(200, json!({ "message": "Post deleted successfully" }))))
    }

    /// A delivery's next version, here and on its way to the account.
    fn save_next(&self, next: Next) -> Result<()> {
        let Next { object, stored, is_idle, sent } = next;
        if is_idle {
            self.save_idle_delivery(&stored)?;
        } else {
            self.save_delivery(&stored)?;
        }
        self.owe(&Errand::Enqueue { object, delivery: Box::new(sent) }, now())
    }

    fn begin_change(&self, mut post: Post, deliveries: Vec<(Delivery, Account)>) -> Result<ChangePlan> {
        let number = post.begin_change();
        self.save_post(&post)?;
        let recalls = post_change::recalls(&post, deliveries);
        let recalls = recalls.into_iter().map(|(delivery, account)| (account.object(), delivery)).collect();
        Ok(ChangePlan { id: post.id, number, recalls })
    }

    fn post_under_change(&self, id: &PostId, number: u32) -> Result<Option<Post>> {
        let post = self.post(id.as_str())?.ok_or_else(|| not_found("post"))?;
        Ok(Some(post).filter(|post| post.is_under_change(number)))
    }

    /// What a recalled delivery has become. A change of it that has begun and is not completed never will be.
    pub(super) fn reclaim(&self, known: &Delivery) -> Result<Option<Delivery>> {
        let Some(delivery) = self.delivery(known.post_id.as_str(), known.account_id.as_str())? else { return Ok(None) };
        let mut post = self.post(known.post_id.as_str())?;
        if let Some(post) = &mut post {
            post.begin_change();
            self.save_post(post)?;
        }
        Ok(Some(post_change::reclaimed(post.as_ref(), delivery)))
    }

    pub(super) fn retry_post(&self, id: &str, whose: &Binding) -> Result<Answer> {
        let post = self.post_for(id, whose)?;
        let retry = Retry::of(self.deliveries_of(&post.id)?)?;
        let (tenant_id, cost) = (post.tenant_id.as_ref(), retry.cost());
        self.require_budget(&Expense { tenant_id, cost, at: now(), instead_of: None })?;
        retry.versions(now()).into_iter().try_for_each(|next| self.save_next(next))?;
        for (delivery, account) in &retry.held {
            self.owe(&Errand::Retry { object: account.object(), delivery: Box::new(delivery.clone()) }, now())?;
        }
        let view = self.view(&post)?;
        let body = json!({ "retried": retry.count(), "post": view, "data": { "post": view }, "warnings": [] });
        Ok(Answer::success(200, body))
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
        let gone = post_change::gone_at_x(&self.deliveries_of(id)?, deleted);
        gone.iter().try_for_each(|delivery| self.save_delivery(delivery))?;
        Ok(answer.clone())
    }
}
