//! Imports: an account's own posts are read from X page by page and entered as published. One transaction stores each
//! page with the progress of the import, so that a crash resumes the import and enters nothing twice.

use latchkey_core::account::Account;
use latchkey_core::api::code::Code;
use latchkey_core::audit::Audited;
use latchkey_core::id::{ImportId, PostId};
use latchkey_core::import::{Import, Sorted};
use latchkey_core::post::Post;
use latchkey_core::x::lookup::Lookup;
use latchkey_core::x::price::Reads;
use latchkey_core::x::timeline::{OwnPost, Page, own_posts};

use super::Workspace;
use crate::error::{Error, Result};
use crate::objects::workspace::areas::{budget, events, freeze, not_found};
use crate::runtime::{entropy, now};

/// Page after page. A refusal of X's ends it; a fault of ours is tried again from the page it was at.
pub async fn run(w: &Workspace, id: &ImportId) -> Result<()> {
    while let Some(mut import) = w.store.imports.find(id.as_str())?.filter(|import| !import.is_over()) {
        let page = next_page(w, &import).await;
        if freeze::is_frozen(w)? {
            return Err(Error::fault("an import waits until the deployment goes on"));
        }
        match page {
            Ok((account, page)) => w.store.transaction(|| take_page(w, &import, &account, page))?,
            Err(Error::Refused(refused)) => {
                import.fail(refused.code.as_str(), &refused.message, now());
                w.store.transaction(|| save_progress(w, &import))?;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

async fn next_page(w: &Workspace, import: &Import) -> Result<(Account, Page)> {
    let account = w.store.accounts.find(import.account_id().as_str())?.ok_or_else(|| not_found("account"))?;
    let lookup = Lookup::OwnPosts {
        user: account.user().id.clone(),
        count: import.wanted(),
        page: import.next().map(str::to_owned),
    };
    let body = w.app()?.account(&account.object())?.ask(account.id.clone(), lookup).await?;
    let unreadable = || Error::refused(Code::XInvalidResponse, "X listed posts in a form that cannot be read.");
    Ok((account, own_posts(&body).ok_or_else(unreadable)?))
}

/// A page that somebody else has taken meanwhile changes nothing: the job is begun anew when it takes long.
fn take_page(w: &Workspace, before: &Import, account: &Account, page: Page) -> Result<()> {
    let current = w.store.imports.find(before.id().as_str())?;
    let Some(mut import) = current.filter(|current| current == before) else { return Ok(()) };
    let known = w.store.deliveries.published_ids_of(&account.id, page.posts.iter().map(|post| &post.id))?;
    let Sorted { new, skipped } = import.sort(&page.posts, &known);
    new.iter().try_for_each(|post| enter(w, account, post))?;
    let imported = u32::try_from(new.len()).unwrap_or(u32::MAX);
    budget::count_reads(w, &account.id, Reads { posts: page.posts.len(), users: 0 })?;
    import.advance(imported, skipped, page.next, now());
    save_progress(w, &import)
}

/// An import that is over is in the audit, in the same transaction.
fn save_progress(w: &Workspace, import: &Import) -> Result<()> {
    w.store.imports.save(import)?;
    let Some(action) = import.ended_as() else { return Ok(()) };
    let account = w.store.accounts.find_even_deleted(import.account_id())?;
    let tenant_id = account.and_then(|account| account.tenant_id);
    events::record(w, &Audited::on(action, tenant_id.as_ref(), import.id().as_str()).by_itself(now()))
}

/// It has cost nothing here, and its time is X's.
fn enter(w: &Workspace, account: &Account, own: &OwnPost) -> Result<()> {
    let mut post = Post::new(PostId::from_entropy(entropy()?), account.tenant_id.clone(), own.created_at);
    post.say_as_published(&own.content());
    let delivery = post.published_by(account, own.id.clone());
    w.store.posts.add(&post)?;
    w.store.deliveries.save(&delivery)
}
