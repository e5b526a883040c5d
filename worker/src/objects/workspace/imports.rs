//! Imports: an account's own posts are read from X page by page and entered as published. One transaction stores each
//! page with the progress of the import, so that a crash resumes the import and enters nothing twice.

use std::collections::BTreeSet;

use latchkey_core::account::Account;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::input::read;
use latchkey_core::api::page::{List, Page as ListPage};
use latchkey_core::api::profile::{CreateImport, import_view};
use latchkey_core::api::query::Query;
use latchkey_core::audit::Action;
use latchkey_core::id::{AccountId, ImportId, PostId};
use latchkey_core::import::{Import, ImportStatus};
use latchkey_core::key::Binding;
use latchkey_core::post::Post;
use latchkey_core::x::lookup::Lookup;
use latchkey_core::x::price::Reads;
use latchkey_core::x::timeline::{OwnPost, Page, own_posts};
use serde::Deserialize;

use super::list::Filter;
use super::outbox::Errand;
use super::{Inner, not_found};
use crate::error::{Error, Result};
use crate::objects::storage::doc;
use crate::runtime::{entropy, now};

#[derive(Deserialize)]
struct Known {
    id: Option<String>,
}

impl Inner {
    /// 202: it runs by itself.
    pub(super) fn create_import(&self, account: &str, body: &str, whose: &Binding) -> Result<Answer> {
        let limit = read::<CreateImport>(body.as_bytes(), &[])?.value.limit()?;
        let account = self.account_for(account, whose)?;
        let import = Import::new(ImportId::from_entropy(entropy()?), account.id, limit, now());
        self.save_import(&import)?;
        self.owe(&Errand::Import { id: import.id.clone() }, now())?;
        Ok(Answer::data(202, import_view(&import)))
    }

    /// Newest first.
    pub(super) fn list_imports(&self, account: &str, mut query: Query, whose: &Binding) -> Result<Answer> {
        let page = ListPage::from_query(&mut query, List::Imports)?;
        let warnings = query.finish()?;
        let account = self.account_for(account, whose)?;
        let filter = Filter::new("TRUE").given("account_id = ?", Some(account.id.as_str()));
        Ok(self.db()?.list("imports", "doc", &filter, &page)?.answer(import_view, &warnings))
    }

    pub(super) fn get_import(&self, account: &str, id: &str, whose: &Binding) -> Result<Answer> {
        let account = self.account_for(account, whose)?;
        let import = self.import(id)?.filter(|import| import.account_id == account.id);
        Ok(Answer::data(200, import_view(&import.ok_or_else(|| not_found("import"))?)))
    }

    /// Page after page. A refusal of X's ends it; a fault of ours is tried again from the page it was at.
    pub(super) async fn run_import(&self, id: &ImportId) -> Result<()> {
        while let Some(mut import) = self.import(id.as_str())?.filter(|import| !import.is_over()) {
            let page = self.next_page(&import).await;
            if self.is_standing()? {
                return Err(Error::fault("an import waits until the deployment goes on"));
            }
            match page {
                Ok((account, page)) => self.db()?.transaction(|| self.take_page(&import, &account, page))?,
                Err(Error::Refused(refused)) => {
                    import.fail(refused.code.as_str(), &refused.message, now());
                    self.db()?.transaction(|| self.save_progress(&import))?;
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    async fn next_page(&self, import: &Import) -> Result<(Account, Page)> {
        let account = self.account(import.account_id.as_str())?.ok_or_else(|| not_found("account"))?;
        let lookup =
            Lookup::OwnPosts { user: account.user.id.clone(), count: import.wanted(), page: import.next.clone() };
        let body = self.app()?.account(&account.object())?.ask(account.id.clone(), lookup).await?;
        let unreadable = || Error::refused(Code::XInvalidResponse, "X listed posts in a form that cannot be read.");
        Ok((account, own_posts(&body).ok_or_else(unreadable)?))
    }

    /// A page that somebody else has taken meanwhile changes nothing: the errand is begun anew when it takes long.
    fn take_page(&self, before: &Import, account: &Account, page: Page) -> Result<()> {
        let current = self.import(before.id.as_str())?;
        let Some(mut import) = current.filter(|current| current == before) else { return Ok(()) };
        let known = self.platform_ids(&account.id)?;
        // X gives at least five a page.
        let wanted = import.wanted() as usize;
        let (mut imported, mut skipped) = (0, 0);
        for post in page.posts.iter().take(wanted) {
            if known.contains(post.id.as_str()) {
                skipped += 1;
            } else {
                self.enter(account, post)?;
                imported += 1;
            }
        }
        self.count_reads(&account.id, Reads { posts: page.posts.len(), users: 0 })?;
        import.advance(imported, skipped, page.next, now());
        self.save_progress(&import)
    }

    /// An import that is over is in the audit, in the same transaction.
    fn save_progress(&self, import: &Import) -> Result<()> {
        self.save_import(import)?;
        let action = match import.status {
            ImportStatus::Queued | ImportStatus::Running => return Ok(()),
            ImportStatus::Completed => Action::ImportCompleted,
            ImportStatus::Failed | ImportStatus::Partial => Action::ImportFailed,
        };
        let account = self.account_even_deleted(&import.account_id)?;
        self.record(action, account.and_then(|account| account.tenant_id).as_ref(), import.id.as_str())
    }

    /// It has cost nothing here, and its time is X's.
    fn enter(&self, account: &Account, own: &OwnPost) -> Result<()> {
        let mut post = Post::new(PostId::from_entropy(entropy()?), account.tenant_id.clone(), own.created_at);
        post.say_as_published(&own.content());
        let delivery = post.published_by(account, own.id.clone());
        self.save_post(&post)?;
        self.save_delivery(&delivery)
    }

    /// What of an account is in the ledger already, published by us or imported, shown or deleted.
    fn platform_ids(&self, account_id: &AccountId) -> Result<BTreeSet<String>> {
        let query = "SELECT json_extract(s.value, '$.platform_post_id') AS id
            FROM deliveries d, json_each(d.doc, '$.segments') s WHERE d.account_id = ?";
        let rows: Vec<Known> = self.db()?.rows(query, vec![account_id.as_str().into()])?;
        Ok(rows.into_iter().filter_map(|row| row.id).collect())
    }

    fn import(&self, id: &str) -> Result<Option<Import>> {
        self.db()?.doc("SELECT doc FROM imports WHERE id = ?", vec![id.into()])
    }

    fn save_import(&self, import: &Import) -> Result<()> {
        self.db()?.run(
            "INSERT INTO imports (id, account_id, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
            vec![import.id.as_str().into(), import.account_id.as_str().into(), doc(import)?],
        )
    }
}
