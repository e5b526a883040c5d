//! Which deliveries the list of posts is asked for: by one of the original's four words, by an exact state, or by both.

use crate::api::query::Query;
use crate::delivery::State;
use crate::refusal::Refused;

const ALL: [State; 8] = [
    State::Queued,
    State::Publishing,
    State::Held,
    State::Unknown,
    State::Published,
    State::Failed,
    State::Deleted,
    State::Cancelled,
];

/// States, and the name under which the posts in several of them are counted (the table `post_statuses`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct States {
    pub name: String,
    pub states: Vec<State>,
}

impl States {
    /// Of any post.
    pub fn any() -> Self {
        Self { name: "any".to_owned(), states: ALL.to_vec() }
    }

    /// Of posts that wait for somebody to do something.
    pub fn needing_attention() -> Self {
        Self { name: "attention".to_owned(), states: vec![State::Held, State::Unknown, State::Failed] }
    }

    pub fn only(state: State) -> Self {
        // `deleted` alone is a status of two states.
        let prefix = if state == State::Deleted { "=" } else { "" };
        Self { name: format!("{prefix}{}", state.as_str()), states: vec![state] }
    }

    /// `status` and `state`: a delivery has both.
    pub(super) fn from_query(query: &mut Query) -> Result<Option<Self>, Refused> {
        let status = query.take(&["status"]).map(|word| Self::of_status(&word)).transpose()?;
        let state = query.take(&["state"]).map(|word| Self::of_state(&word)).transpose()?;
        Ok(match (status, state) {
            (Some(status), Some(state)) => Some(status.and(state)),
            (status, state) => status.or(state),
        })
    }

    /// One of the four words, or an exact state.
    fn of_status(word: &str) -> Result<Self, Refused> {
        let states = match word {
            "pending" => vec![State::Queued, State::Publishing, State::Held, State::Unknown],
            "deleted" => vec![State::Deleted, State::Cancelled],
            exact => ALL.into_iter().filter(|state| state.as_str() == exact).collect(),
        };
        if states.is_empty() {
            return Err(Refused::field("status", "expected pending, published, failed or deleted"));
        }
        Ok(Self { name: word.to_owned(), states })
    }

    fn of_state(word: &str) -> Result<Self, Refused> {
        let words = ALL.map(State::as_str).join(", ");
        let found = ALL.into_iter().find(|state| state.as_str() == word);
        found.map(Self::only).ok_or_else(|| Refused::field("state", format!("expected one of {words}")))
    }

    fn and(self, mut one: Self) -> Self {
        one.states.retain(|state| self.states.contains(state));
        one
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn asked(query: &str) -> Option<(String, Vec<&'static str>)> {
        let states = States::from_query(&mut Query::parse(query)).unwrap()?;
        Some((states.name, states.states.into_iter().map(State::as_str).collect()))
    }

    fn named(name: &str, states: &[&'static str]) -> (String, Vec<&'static str>) {
        (name.to_owned(), states.to_vec())
    }

    /// The table `post_statuses` says the same.
    #[test]
    fn a_status_means_its_states_and_a_state_itself() {
        assert_eq!(asked("status=pending"), Some(named("pending", &["queued", "publishing", "held", "unknown"])));
        assert_eq!(asked("status=deleted"), Some(named("deleted", &["deleted", "cancelled"])));
        assert_eq!(asked("state=deleted"), Some(named("=deleted", &["deleted"])));
        assert_eq!(
            (asked("status=held"), asked("state=held")),
            (Some(named("held", &["held"])), Some(named("held", &["held"])))
        );
        assert_eq!((asked(""), States::any().states.len()), (None, 8));
    }

    #[test]
    fn a_status_and_a_state_are_what_both_mean() {
        assert_eq!(asked("status=pending&state=held"), Some(named("held", &["held"])));
        assert_eq!(asked("status=deleted&state=deleted"), Some(named("=deleted", &["deleted"])));
        assert_eq!(asked("status=published&state=held"), Some(named("held", &[])));
    }

    #[test]
    fn other_words_are_refused_by_name() {
        for (query, name) in [("status=draft", "status"), ("state=pending", "state"), ("state=", "state")] {
            let refused = States::from_query(&mut Query::parse(query)).unwrap_err();
            assert_eq!(refused.details.keys().collect::<Vec<_>>(), [name], "{query}");
        }
    }
}
