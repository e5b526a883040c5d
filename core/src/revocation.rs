//! Unused token pairs that X still has to revoke (RFC 7009): replaced by a new consent, or of a disconnected account. X
//! is asked until X confirms, or says that the tokens are unknown. After 30 days the account's row says that X has not
//! confirmed.

use serde::{Deserialize, Serialize};

use crate::backoff;
use crate::grant::Grant;
use crate::id::account_object;
use crate::network::ClientRef;
use crate::time::{Span, UnixMillis};

/// How often X is asked, and how long. Tests shorten both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub first: Span,
    pub patience: Span,
}

impl Default for Pace {
    fn default() -> Self {
        Self { first: Span::secs(30), patience: Span::days(30) }
    }
}

impl Pace {
    /// By default an hour.
    pub const fn longest(self) -> Span {
        Span::millis(self.first.as_millis().saturating_mul(120))
    }
}

/// A discarded pair, beside its sealed tokens. Stored as JSON; its format is pinned by a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discarded {
    /// The client that the tokens were issued to. Only this client can revoke them.
    client: ClientRef,
    x_user_id: String,
    /// The connect session of the pair, and the number of the pair in that session.
    session_id: String,
    generation: u32,
    since: UnixMillis,
    tries: u32,
    /// The answer to a refresh is missing: X may have issued a pair that nobody holds.
    is_unconfirmed: bool,
    outcome: Option<Outcome>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Confirmed,
    NotConfirmed,
}

impl Discarded {
    pub fn new(grant: &Grant, x_user_id: &str, session_id: &str, now: UnixMillis) -> Self {
        Self {
            client: grant.client.clone(),
            x_user_id: x_user_id.to_owned(),
            session_id: session_id.to_owned(),
            generation: grant.generation,
            since: now,
            tries: 0,
            is_unconfirmed: grant.is_unconfirmed(),
            outcome: None,
        }
    }

    /// The row to which the sealed tokens are bound: the account's object, and the row whose pair was discarded.
    pub fn row(&self, account_id: &str) -> String {
        format!("{}/{account_id}", account_object(&self.client.network_id, &self.x_user_id))
    }

    pub const fn client(&self) -> &ClientRef {
        &self.client
    }

    /// The client as the app has it last: its credentials revoke the tokens.
    pub fn set_client(&mut self, client: ClientRef) {
        self.client = client;
    }

    pub const fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    pub const fn is_unconfirmed(&self) -> bool {
        self.is_unconfirmed
    }

    /// X knows the tokens no more.
    pub const fn confirmed(&mut self) {
        self.outcome = Some(Outcome::Confirmed);
    }

    /// No key of the ring opens the tokens: nothing can be revoked.
    pub const fn unreadable(&mut self) {
        self.outcome = Some(Outcome::NotConfirmed);
    }

    /// The missing answer to a refresh of this pair has come after all. Says whether it was this pair's.
    pub const fn refresh_answered(&mut self, generation: u32) -> bool {
        let is_own = self.generation == generation;
        if is_own {
            self.is_unconfirmed = false;
        }
        is_own
    }

    /// X was asked once more, and nothing of this pair is unconfirmed any more. Answers the row of the pair that X may
    /// have issued then.
    #[must_use]
    pub fn reconciled(&mut self) -> Self {
        self.is_unconfirmed = false;
        Self { generation: self.generation + 1, tries: 0, ..self.clone() }
    }

    /// A try begins. Answers when the next one is due if nothing is heard of this one; `None` ends the matter. To be
    /// durable before X is called.
    pub fn begin(&mut self, now: UnixMillis, pace: Pace) -> Option<UnixMillis> {
        if now - self.since >= pace.patience {
            self.outcome = Some(Outcome::NotConfirmed);
            return None;
        }
        self.tries = self.tries.saturating_add(1);
        Some(now + backoff::pause(pace.first, pace.longest(), self.tries))
    }
}

/// Whether a row was connected again since it was closed: its pair is of another session than the one that the release
/// names. Such a row is let be. A release of before sessions were kept names none.
pub fn is_connected_again(released: Option<&str>, current: Option<&str>) -> bool {
    matches!((released, current), (Some(released), Some(current)) if released != current)
}

/// What an account's object says of the pairs that were discarded for an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many X still has to revoke, and since when.
    pub pending: u32,
    pub pending_since: Option<UnixMillis>,
    /// What became of the others, the worst of it.
    pub ended: Option<Outcome>,
}

impl Tally {
    /// Nothing is left at X, as far as X says.
    pub fn is_over_well(&self) -> bool {
        self.pending == 0 && self.ended != Some(Outcome::NotConfirmed)
    }

    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Discarded>) -> Self {
        rows.into_iter().fold(Self::default(), |mut tally, row| {
            match row.outcome {
                None => {
                    tally.pending += 1;
                    tally.pending_since = Some(tally.pending_since.map_or(row.since, |since| since.min(row.since)));
                }
                Some(Outcome::NotConfirmed) => tally.ended = Some(Outcome::NotConfirmed),
                Some(Outcome::Confirmed) => tally.ended = tally.ended.or(Some(Outcome::Confirmed)),
            }
            tally
        })
    }
}

/// The same, as the account's row keeps it. Stored as JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    pub pending_since: Option<UnixMillis>,
    pub ended: Option<Outcome>,
    pub ended_at: Option<UnixMillis>,
}

/// What a caller sees of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Pending,
    Confirmed,
    NotConfirmed,
}

impl Revocation {
    /// Tokens were discarded; what X says of them is not known yet.
    pub fn begin(&mut self, now: UnixMillis) {
        self.pending_since.get_or_insert(now);
    }

    /// A confirmed pair does not make up for another pair that X never confirmed.
    pub fn learn(&mut self, tally: &Tally, now: UnixMillis) {
        self.pending_since = tally.pending_since;
        let is_news = tally.ended.is_some() && self.ended != Some(Outcome::NotConfirmed);
        if is_news {
            self.ended = tally.ended;
            self.ended_at = Some(now);
        }
    }

    pub const fn is_pending(&self) -> bool {
        self.pending_since.is_some()
    }

    /// The status, and since when; nothing if no tokens of the account were ever discarded.
    pub fn status(&self) -> Option<(Status, UnixMillis)> {
        if let Some(since) = self.pending_since {
            return Some((Status::Pending, since));
        }
        let status = match self.ended? {
            Outcome::Confirmed => Status::Confirmed,
            Outcome::NotConfirmed => Status::NotConfirmed,
        };
        self.ended_at.map(|at| (status, at))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::grant::RefreshFailure;
    use crate::id::NetworkId;
    use crate::oauth::Scopes;

    const T0: UnixMillis = UnixMillis(1_000_000_000);

    fn grant() -> Grant {
        let client =
            ClientRef { network_id: NetworkId::from_entropy([1; 16]), client_id: "c".into(), secret_version: 2 };
        Grant::new(client, T0 + Span::hours(2), Scopes::publish_default(), true)
    }

    fn discarded() -> Discarded {
        Discarded::new(&grant(), "7", "cs_1", T0)
    }

    fn over(outcome: Outcome) -> Discarded {
        Discarded { outcome: Some(outcome), ..discarded() }
    }

    #[test]
    fn x_is_asked_after_30_seconds_doubling_to_an_hour_for_30_days() {
        let (mut row, mut now, mut pauses) = (discarded(), T0, Vec::new());
        while let Some(next) = row.begin(now, Pace::default()) {
            pauses.push((next - now).as_secs());
            now = next;
        }
        assert_eq!(pauses.iter().take(9).copied().collect::<Vec<_>>(), [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert!(now - T0 >= Span::days(30) && now - T0 <= Span::mins(30 * 24 * 60 + 60));
        assert_eq!(row.outcome, Some(Outcome::NotConfirmed));
    }

    #[test]
    fn a_pair_whose_refresh_is_under_way_or_was_lost_is_unconfirmed() {
        assert!(!discarded().is_unconfirmed);
        let mut grant = grant();
        grant.begin_refresh(T0);
        assert!(Discarded::new(&grant, "7", "cs_1", T0).is_unconfirmed);
        grant.refresh_failed(1, &RefreshFailure::Lost, T0);
        assert!(Discarded::new(&grant, "7", "cs_1", T0).is_unconfirmed);
    }

    #[test]
    fn a_tally_counts_what_is_pending_and_says_the_worst_of_what_ended() {
        let later = Discarded { since: T0 + Span::secs(1), ..discarded() };
        let tally = Tally::of(&[later, discarded(), over(Outcome::NotConfirmed), over(Outcome::Confirmed)]);
        assert_eq!(tally, Tally { pending: 2, pending_since: Some(T0), ended: Some(Outcome::NotConfirmed) });
        assert_eq!(Tally::of([]), Tally::default());
    }

    #[test]
    fn a_row_says_pending_then_how_it_ended_and_keeps_what_was_never_confirmed() {
        let mut row = Revocation::default();
        assert_eq!(row.status(), None);
        row.begin(T0);
        row.begin(T0 + Span::secs(9));
        assert_eq!(row.status(), Some((Status::Pending, T0)));
        row.learn(&Tally::of(&[over(Outcome::Confirmed)]), T0 + Span::secs(1));
        assert_eq!(row.status(), Some((Status::Confirmed, T0 + Span::secs(1))));
        row.learn(&Tally::of(&[over(Outcome::NotConfirmed)]), T0 + Span::secs(2));
        row.learn(&Tally::of(&[over(Outcome::Confirmed)]), T0 + Span::secs(3));
        assert_eq!(row.status(), Some((Status::NotConfirmed, T0 + Span::secs(2))));
        row.learn(&Tally::of(&[discarded()]), T0 + Span::secs(4));
        assert_eq!(row.status(), Some((Status::Pending, T0)));
    }

    #[test]
    fn nothing_to_revoke_is_said_as_nothing() {
        let mut row = Revocation::default();
        row.begin(T0);
        row.learn(&Tally::default(), T0);
        assert_eq!(row, Revocation::default());
    }

    #[test]
    fn discarded_v1_format_unchanged() {
        let id = NetworkId::from_entropy([1; 16]);
        let json = serde_json::to_string(&over(Outcome::NotConfirmed)).unwrap();
        assert_eq!(
            json,
            format!(
                "{{\"client\":{{\"network_id\":\"{id}\",\"client_id\":\"c\",\"secret_version\":2}},\"x_user_id\":\"7\",\"session_id\":\"cs_1\",\
                 \"generation\":1,\"since\":1000000000,\"tries\":0,\"is_unconfirmed\":false,\"outcome\":\"not_confirmed\"}}"
            )
        );
    }

    #[test]
    fn a_release_lets_a_row_be_that_was_connected_again() {
        assert!(is_connected_again(Some("cs_1"), Some("cs_2")));
        for (released, current) in [(Some("cs_1"), Some("cs_1")), (Some("cs_1"), None), (None, Some("cs_2"))] {
            assert!(!is_connected_again(released, current), "{released:?} {current:?}");
        }
    }

    #[test]
    fn a_late_answer_settles_the_pair_that_it_is_of_and_no_other() {
        let mut pair = Discarded { is_unconfirmed: true, ..discarded() };
        assert!(!pair.refresh_answered(pair.generation + 1) && pair.is_unconfirmed());
        assert!(pair.refresh_answered(pair.generation) && !pair.is_unconfirmed());
    }

    #[test]
    fn a_pair_that_x_issues_upon_asking_again_is_the_next_of_its_session_and_has_its_own_tries() {
        let mut pair = Discarded { is_unconfirmed: true, tries: 3, ..discarded() };
        let issued = pair.reconciled();
        assert_eq!((issued.generation, issued.tries, issued.is_unconfirmed), (pair.generation + 1, 0, false));
        assert_eq!((pair.tries, pair.is_unconfirmed), (3, false));
    }

    #[test]
    fn what_is_confirmed_or_cannot_be_opened_is_over() {
        let (mut revoked, mut sealed) = (discarded(), discarded());
        assert!(revoked.is_open());
        revoked.confirmed();
        sealed.unreadable();
        assert!(!revoked.is_open() && !sealed.is_open());
        assert!(Tally::of([&revoked]).is_over_well() && !Tally::of([&revoked, &sealed]).is_over_well());
    }
}
