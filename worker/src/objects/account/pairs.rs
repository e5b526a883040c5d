//! The stored token pairs of one X user. Each account row has its own pair, from its own consent.
//!
//! Rows older than version 2 of the schema shared the one pair in the table `pair`. A row that has not been connected
//! since still uses the shared pair. The shared pair is discarded as soon as every row has a pair of its own.

use latchkey_core::grant::Grant;
use latchkey_core::id::{AccountId, XUserId};
use latchkey_core::oauth::Scopes;
use serde::Deserialize;

use super::Inner;
use crate::error::{Error, Result};
use crate::objects::storage::{doc, read};
use crate::rpc::workspace::{GrantReport, Rows};

/// The owner of a pair. Each owner has one refresh at a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    Row(AccountId),
    /// The pair of before version 2.
    Shared,
}

impl Owner {
    /// Nothing for the shared pair.
    pub const fn row(&self) -> Option<&AccountId> {
        match self {
            Self::Row(account_id) => Some(account_id),
            Self::Shared => None,
        }
    }
}

/// A pair and its grant: one row, and so one write.
#[derive(Clone)]
pub struct Pair {
    pub owner: Owner,
    pub grant: Grant,
    pub sealed: String,
    pub session_id: String,
    pub x_user_id: String,
}

/// How many rows one report carries.
const REPORT_ROWS: u32 = 100;

#[derive(Deserialize)]
struct Stored {
    account_id: Option<String>,
    doc: String,
    sealed: String,
    session_id: String,
    x_user_id: String,
}

/// Live pairs of one client with the same scopes.
#[derive(Deserialize)]
struct Alike {
    account_id: String,
    scopes: String,
}

impl TryFrom<Stored> for Pair {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        let owner = match stored.account_id {
            Some(id) => Owner::Row(AccountId::parse(&id).map_err(Error::fault)?),
            None => Owner::Shared,
        };
        let grant = read(&stored.doc)?;
        let Stored { sealed, session_id, x_user_id, .. } = stored;
        Ok(Self { owner, grant, sealed, session_id, x_user_id })
    }
}

impl Pair {
    /// Of the same consent and not refreshed since.
    pub fn is_same(&self, other: &Self) -> bool {
        self.session_id == other.session_id && self.grant.generation() == other.grant.generation()
    }

    /// What the sealed tokens are bound to: this account and no other.
    pub fn row(&self) -> String {
        let object = latchkey_core::id::account_object(&self.grant.client().network_id, &self.x_user_id);
        match &self.owner {
            Owner::Row(account_id) => format!("{object}/{account_id}"),
            Owner::Shared => object,
        }
    }
}

impl Inner {
    pub(super) fn pair(&self, owner: &Owner) -> Result<Option<Pair>> {
        let rows: Vec<Stored> = match owner {
            Owner::Row(account_id) => self.db.rows(
                "SELECT account_id, doc, sealed, session_id, x_user_id FROM pairs WHERE account_id = ?",
                vec![account_id.as_str().into()],
            )?,
            Owner::Shared => {
                let query = "SELECT NULL AS account_id, doc, sealed, session_id, x_user_id FROM pair";
                self.db.rows(query, Vec::new())?
            }
        };
        rows.into_iter().next().map(Pair::try_from).transpose()
    }

    /// All of them.
    pub(super) fn all_pairs(&self) -> Result<Vec<Pair>> {
        let query = "SELECT account_id, doc, sealed, session_id, x_user_id FROM pairs
            UNION ALL SELECT NULL AS account_id, doc, sealed, session_id, x_user_id FROM pair";
        self.db.rows::<Stored>(query, Vec::new())?.into_iter().map(Pair::try_from).collect()
    }

    /// A row's own pair; for a row without an own pair (not connected since version 2), the shared pair.
    pub(super) fn own_pair(&self, account_id: &AccountId) -> Result<Option<Pair>> {
        self.kept.own_pair(&self.db, account_id, || {
            let own = self.pair(&Owner::Row(account_id.clone()))?;
            own.map_or_else(|| self.pair(&Owner::Shared), |own| Ok(Some(own)))
        })
    }

    /// The pair that a row uses. Usually the row's own pair. If the own pair is lost at X: another row's pair of the
    /// same X user and app, with scopes that include the row's own scopes.
    pub(super) fn pair_in_use(&self, own: Pair) -> Result<Pair> {
        if !own.grant.needs_substitute() {
            return Ok(own);
        }
        Ok(self.substitute(&own)?.unwrap_or(own))
    }

    fn substitute(&self, own: &Pair) -> Result<Option<Pair>> {
        let query = "SELECT min(account_id) AS account_id, scopes FROM pairs WHERE is_live = 1 AND client_id = ?
            GROUP BY scopes";
        let kinds: Vec<Alike> = self.db.rows(query, vec![own.grant.client().client_id.as_str().into()])?;
        let alike =
            kinds.into_iter().map(|kind| Ok((kind.account_id, Scopes::parse(&kind.scopes).map_err(Error::fault)?)));
        if let Some(id) = own.grant.substitute(alike.collect::<Result<Vec<_>>>()?) {
            return self.pair(&Owner::Row(AccountId::parse(&id).map_err(Error::fault)?));
        }
        Ok(self.pair(&Owner::Shared)?.filter(|pair| pair.grant.does_for(&own.grant)))
    }

    /// Any of them, for what is the same of all: the app and the X user.
    pub(super) fn any_pair(&self) -> Result<Option<Pair>> {
        self.kept.any_pair(&self.db, || {
            let query = "SELECT account_id, doc, sealed, session_id, x_user_id FROM pairs LIMIT 1";
            let rows: Vec<Stored> = self.db.rows(query, Vec::new())?;
            let own = rows.into_iter().next().map(Pair::try_from).transpose()?;
            own.map_or_else(|| self.pair(&Owner::Shared), |own| Ok(Some(own)))
        })
    }

    pub(super) fn x_user_id(&self) -> Result<XUserId> {
        let pair = self.any_pair()?.ok_or_else(|| Error::fault("an account without tokens was to call X"))?;
        XUserId::parse(&pair.x_user_id).map_err(Error::fault)
    }

    /// Whether a session's tokens have been taken over already.
    pub(super) fn knows_session(&self, session_id: &str) -> Result<bool> {
        let query = "SELECT (SELECT count(*) FROM pairs WHERE session_id = ?1)
            + (SELECT count(*) FROM pair WHERE session_id = ?1) AS count";
        Ok(self.db.count(query, vec![session_id.into()])? > 0)
    }

    /// Stores a pair. Rows that use another row's pair depend on that pair: when such a pair comes or goes, the
    /// workspace is told about the dependent rows again.
    pub(super) fn save_pair(&self, pair: &Pair) -> Result<()> {
        self.kept.pairs_changed();
        let was_live = self.pair(&pair.owner)?.map(|before| before.grant.is_live());
        match &pair.owner {
            Owner::Row(account_id) => self.save_own_pair(account_id, pair)?,
            Owner::Shared => self.db.run(
                "INSERT OR REPLACE INTO pair (id, doc, sealed, session_id, x_user_id, is_told) VALUES (1, ?, ?, ?, ?, 0)",
                vec![
                    doc(&pair.grant)?,
                    pair.sealed.as_str().into(),
                    pair.session_id.as_str().into(),
                    pair.x_user_id.as_str().into(),
                ],
            )?,
        }
        if was_live == Some(pair.grant.is_live()) { Ok(()) } else { self.tell_ended_anew() }
    }

    fn save_own_pair(&self, account_id: &AccountId, pair: &Pair) -> Result<()> {
        self.db.run(
            "INSERT OR REPLACE INTO pairs (account_id, doc, sealed, session_id, x_user_id, client_id, scopes, is_live, is_told)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
            vec![
                account_id.as_str().into(),
                doc(&pair.grant)?,
                pair.sealed.as_str().into(),
                pair.session_id.as_str().into(),
                pair.x_user_id.as_str().into(),
                pair.grant.client().client_id.as_str().into(),
                pair.grant.scopes().to_string().into(),
                i32::from(pair.grant.is_live()).into(),
            ],
        )
    }

    /// What is known of a pair changes, if the pair is still there.
    pub(super) fn update_grant(&self, owner: &Owner, change: impl FnOnce(&mut Grant)) -> Result<()> {
        let Some(mut pair) = self.pair(owner)? else { return Ok(()) };
        let before = pair.grant.clone();
        change(&mut pair.grant);
        if pair.grant == before { Ok(()) } else { self.save_pair(&pair) }
    }

    pub(super) fn delete_pair(&self, owner: &Owner) -> Result<()> {
        self.kept.pairs_changed();
        match owner {
            Owner::Row(id) => self.db.run("DELETE FROM pairs WHERE account_id = ?", vec![id.as_str().into()])?,
            Owner::Shared => self.db.run("DELETE FROM pair", Vec::new())?,
        }
        self.tell_ended_anew()
    }

    fn tell_ended_anew(&self) -> Result<()> {
        self.db.run("UPDATE pairs SET is_told = 0 WHERE is_live = 0", Vec::new())?;
        let shared = "UPDATE pair SET is_told = 0 WHERE json_extract(doc, '$.ended') IS NOT NULL";
        self.db.run(shared, Vec::new())
    }

    /// The number of `rows` without a pair of their own.
    pub(super) fn count_without_own_pair(&self, rows: &[AccountId]) -> Result<u64> {
        let query = "SELECT count(*) AS count FROM json_each(?) WHERE value NOT IN (SELECT account_id FROM pairs)";
        self.db.count(query, vec![serde_json::to_string(rows)?.into()])
    }

    /// One page of the pairs that the workspace has not acknowledged. The page is marked as under way (2), so that a
    /// change in the meantime is reported again.
    pub(super) fn unacknowledged_grants(&self) -> Result<Vec<GrantReport>> {
        let unacknowledged = "SELECT (SELECT count(*) FROM pairs WHERE is_told <> 1)
            + (SELECT count(*) FROM pair WHERE is_told <> 1) AS count";
        if self.db.count(unacknowledged, Vec::new())? == 0 {
            return Ok(Vec::new());
        }
        self.db.run(
            "UPDATE pairs SET is_told = 2 WHERE account_id IN (SELECT account_id FROM pairs WHERE is_told <> 1 LIMIT +?)",
            vec![i64::from(REPORT_ROWS).into()],
        )?;
        self.db.run("UPDATE pair SET is_told = 2 WHERE is_told <> 1", Vec::new())?;
        let query = "SELECT account_id, doc, sealed, session_id, x_user_id FROM pairs WHERE is_told = 2
            UNION ALL SELECT NULL AS account_id, doc, sealed, session_id, x_user_id FROM pair WHERE is_told = 2";
        let pairs: Vec<Stored> = self.db.rows(query, Vec::new())?;
        pairs.into_iter().map(|stored| self.grant_report(Pair::try_from(stored)?)).collect()
    }

    pub(super) fn grants_acknowledged(&self) -> Result<()> {
        self.db.run("UPDATE pairs SET is_told = 1 WHERE is_told = 2", Vec::new())?;
        self.db.run("UPDATE pair SET is_told = 1 WHERE is_told = 2", Vec::new())
    }

    /// A row whose own pair is lost goes on as long as another row's will do.
    fn grant_report(&self, own: Pair) -> Result<GrantReport> {
        let rows = match &own.owner {
            Owner::Row(id) => Rows::One(id.clone()),
            Owner::Shared => Rows::AllBut(self.rows_with_own_pair()?),
        };
        let scopes = own.grant.scopes().clone();
        let used = self.pair_in_use(own)?;
        let ended = used.grant.ended();
        Ok(GrantReport {
            network_id: used.grant.client().network_id.clone(),
            x_user_id: used.x_user_id,
            rows,
            scopes,
            token_expires_at: used.grant.expires_at(),
            ended,
        })
    }

    fn rows_with_own_pair(&self) -> Result<Vec<AccountId>> {
        let ids = self.db.names("SELECT account_id AS name FROM pairs", Vec::new())?;
        ids.iter().map(|id| AccountId::parse(id).map_err(Error::fault)).collect()
    }
}
