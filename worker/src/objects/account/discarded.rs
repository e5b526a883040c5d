//! Unused pairs, stored until X has revoked the tokens.

use latchkey_core::client_change::ClientChange;
use latchkey_core::grant::Grant;
use latchkey_core::id::AccountId;
use latchkey_core::oauth::TokenSet;
use latchkey_core::revocation::{Discarded, Tally};
use latchkey_core::seal::{Context, Purpose};
use latchkey_core::time::Span;
use serde::Deserialize;
use worker::SqlStorageValue;

use super::Inner;
use super::pairs::{Owner, Pair};
use crate::error::{Error, Result};
use crate::log;
use crate::names::WORKSPACE;
use crate::objects::storage::{doc, read, time};
use crate::rpc::workspace::RevocationReport;
use crate::runtime::{entropy, now};

/// A row of `discarded`.
#[derive(Deserialize)]
pub struct Row {
    pub seq: i64,
    pub account_id: String,
    pub sealed: String,
    doc: String,
}

impl Row {
    pub fn read(&self) -> Result<Discarded> {
        read(&self.doc)
    }
}

impl Inner {
    /// Keeps a pair for the revocation at X. The same write of the caller must replace or delete the pair. A pair that
    /// no key of the ring opens cannot be revoked.
    pub(super) fn discard(&self, pair: &Pair, for_row: &AccountId) -> Result<()> {
        let mut discarded = Discarded::new(&pair.grant, &pair.x_user_id, &pair.session_id, now());
        match self.open_tokens(pair) {
            Ok(tokens) => self.keep_discarded(&discarded, for_row.as_str(), &tokens),
            Err(error) => {
                log::unattended("account", "a pair to revoke", &Err(error));
                discarded.unreadable();
                self.insert_discarded(for_row.as_str(), "", &discarded)
            }
        }
    }

    /// The answer to a refresh of `sent` came after that pair was discarded. The new tokens are discarded too, and the
    /// old pair has no unconfirmed refresh any more.
    pub(super) fn discard_late(&self, sent: &Pair, grant: &Grant, tokens: &TokenSet) -> Result<()> {
        let mut for_row = sent.owner.row().map(ToString::to_string).unwrap_or_default();
        for row in self.discarded("json_extract(doc, '$.session_id') = ?", sent.session_id.as_str().into())? {
            let Ok(mut discarded) = row.read() else { continue };
            for_row.clone_from(&row.account_id);
            if discarded.refresh_answered(sent.grant.generation()) {
                self.save_discarded(&row, &discarded)?;
            }
        }
        let discarded = Discarded::new(grant, &sent.x_user_id, &sent.session_id, now());
        self.keep_discarded(&discarded, &for_row, tokens)
    }

    /// The shared pair is of no more use when each of `rows`, all that are connected, has its own.
    pub(super) fn retire_shared(&self, rows: &[AccountId], for_row: &AccountId) -> Result<()> {
        let Some(shared) = self.pair(&Owner::Shared)? else { return Ok(()) };
        if self.count_without_own_pair(rows)? > 0 {
            return Ok(());
        }
        self.discard(&shared, for_row)?;
        self.delete_pair(&Owner::Shared)
    }

    pub(super) fn has_discarded(&self, session_id: &str) -> Result<bool> {
        let query = "SELECT count(*) AS count FROM discarded WHERE json_extract(doc, '$.session_id') = ?";
        Ok(self.db.count(query, vec![session_id.into()])? > 0)
    }

    /// The X app has another client id, and pairs of the previous client id are of no use any more. The last
    /// credentials of that client revoke these pairs, and the pairs discarded before.
    pub(super) fn client_changed(&self, change: &ClientChange) -> Result<Tally> {
        self.db.transaction(|| {
            for row in self.discarded("next_at IS NOT NULL AND sealed <> ?", "".into())? {
                let Ok(mut discarded) = row.read() else { continue };
                change.amend(&mut discarded);
                self.save_discarded(&row, &discarded)?;
            }
            for pair in self.all_pairs()? {
                let Some((grant, account_id)) = change.discards(&pair.grant, pair.owner.row()) else { continue };
                self.discard(&Pair { grant, ..pair.clone() }, &account_id)?;
                self.delete_pair(&pair.owner)?;
            }
            self.tally(change.account_id.as_ref().map_or("", AccountId::as_str))
        })
    }

    /// The pending revocations among the pairs discarded for a row. An unreadable row does not block the others:
    /// [`Self::put_off`] reports the row.
    pub(super) fn tally(&self, account_id: &str) -> Result<Tally> {
        let rows = self.discarded("account_id = ?", account_id.into())?;
        let readable: Vec<Discarded> = rows.iter().filter_map(|row| row.read().ok()).collect();
        Ok(Tally::of(&readable))
    }

    /// A row that cannot be read waits for a person, and the log names it every hour.
    pub(super) fn put_off(&self, row: &Row) -> Result<()> {
        log::alert("account", &format!("row {} of the discarded pairs cannot be read", row.seq));
        let update = "UPDATE discarded SET next_at = ? WHERE seq = ?";
        self.db.run(update, vec![time(now() + Span::hours(1)), row.seq.into()])
    }

    /// What the workspace does not know yet, marked as being told.
    pub(super) fn unacknowledged_revocations(&self) -> Result<Vec<RevocationReport>> {
        let query = "SELECT DISTINCT account_id AS name FROM discarded WHERE is_told <> 1 LIMIT 100";
        let ids = self.db.names(query, Vec::new())?;
        ids.into_iter()
            .map(|account_id| {
                let mark = "UPDATE discarded SET is_told = 2 WHERE account_id = ? AND is_told <> 1";
                self.db.run(mark, vec![account_id.as_str().into()])?;
                Ok(RevocationReport { tally: self.tally(&account_id)?, account_id })
            })
            .collect()
    }

    /// What is over and told is of no more use.
    pub(super) fn revocations_acknowledged(&self) -> Result<()> {
        self.db.run("UPDATE discarded SET is_told = 1 WHERE is_told = 2", Vec::new())?;
        self.db.run("DELETE FROM discarded WHERE is_told = 1 AND next_at IS NULL", Vec::new())
    }

    /// Every pair, sealed by the first key of the ring. `key_id` is the one that the workspace means: while a deployment
    /// spreads, this object may still run with the ring of before.
    pub(super) fn re_encrypt(&self, key_id: &str) -> Result<()> {
        let keyring = self.app()?.keyring();
        if keyring.current_key_id() != key_id {
            return Err(Error::fault("this object does not have the new key ring yet"));
        }
        self.db.transaction(|| {
            for mut pair in self.all_pairs()? {
                let row = pair.row();
                let context = Context { workspace: WORKSPACE, purpose: Purpose::TokenPair, row: &row };
                if let Some(sealed) = keyring.re_encrypt(&context, &pair.sealed, entropy()?)? {
                    pair.sealed = sealed;
                    self.save_pair(&pair)?;
                }
            }
            for row in self.discarded("next_at IS NOT NULL AND sealed <> ?", "".into())? {
                let place = row.read()?.row(&row.account_id);
                let context = Context { workspace: WORKSPACE, purpose: Purpose::DiscardedPair, row: &place };
                if let Some(sealed) = keyring.re_encrypt(&context, &row.sealed, entropy()?)? {
                    let update = "UPDATE discarded SET sealed = ? WHERE seq = ?";
                    self.db.run(update, vec![sealed.into(), row.seq.into()])?;
                }
            }
            Ok(())
        })
    }

    pub(super) fn discarded(&self, condition: &str, value: SqlStorageValue) -> Result<Vec<Row>> {
        self.db.rows(&format!("SELECT seq, account_id, sealed, doc FROM discarded WHERE {condition}"), vec![value])
    }

    pub(super) fn keep_discarded(&self, discarded: &Discarded, for_row: &str, tokens: &TokenSet) -> Result<()> {
        let sealed = self.seal_tokens(Purpose::DiscardedPair, &discarded.row(for_row), tokens)?;
        self.insert_discarded(for_row, &sealed, discarded)
    }

    /// It is due at once, unless it is over.
    fn insert_discarded(&self, for_row: &str, sealed: &str, discarded: &Discarded) -> Result<()> {
        let due_at = discarded.is_open().then(|| time(now()));
        self.db.run(
            "INSERT INTO discarded (account_id, sealed, next_at, is_told, doc) VALUES (?, ?, ?, 0, ?)",
            vec![for_row.into(), sealed.into(), due_at.into(), doc(discarded)?],
        )
    }

    pub(super) fn save_discarded(&self, row: &Row, discarded: &Discarded) -> Result<()> {
        self.db.run("UPDATE discarded SET doc = ? WHERE seq = ?", vec![doc(discarded)?, row.seq.into()])
    }

    /// The revocation is over, confirmed or not: the tokens are deleted, and the workspace has yet to be told.
    pub(super) fn end_discarded(&self, row: &Row, discarded: &Discarded) -> Result<()> {
        let update = "UPDATE discarded SET sealed = '', next_at = NULL, is_told = 0, doc = ? WHERE seq = ?";
        self.db.run(update, vec![doc(discarded)?, row.seq.into()])
    }
}
