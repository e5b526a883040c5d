//! Accounts that let the time of a delivery pass are woken: their own alarm may have been lost. They are asked again after
//! as long.

use std::collections::BTreeSet;
use std::rc::Rc;

use futures_util::future::join_all;
use latchkey_core::account::Account;

use super::Workspace;
use crate::error::Result;
use crate::log;
use crate::runtime::now;

pub async fn remind(w: Rc<Workspace>) -> Result<()> {
    let app = w.app()?;
    let objects: BTreeSet<String> = w.store.deliveries.take_late(now())?.iter().map(Account::object).collect();
    let woken = objects.iter().map(async |object| app.account(object)?.wake().await);
    for outcome in join_all(woken).await {
        log::unattended("workspace", "a late account", &outcome);
    }
    Ok(())
}
