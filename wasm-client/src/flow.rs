//! What the page does next: the session's statuses (docs/API.md, section 3b) turned into steps.
//!
//! Pure. The clock, the network and the window belong to JavaScript, which asks after every answer.

#![expect(clippy::float_cmp, reason = "wasm-bindgen's own check, in its macro, that a number names a Step")]

use wasm_bindgen::prelude::wasm_bindgen;

/// X's authorization code lives 30 s: 0.5 + 1 + 2 + 4 + 8 + 15 s of pauses outlast it, so more tries exchange nothing.
const COMPLETE_TRIES: u32 = 6;
/// A poll waits for a person, and a laptop may change networks meanwhile: 30.5 s as above, then 6 × 15 s more.
const POLL_TRIES: u32 = 12;
const LONGEST_PAUSE_MS: u32 = 15_000;
const SHORTEST_PAUSE_MS: u32 = 500;

/// What the page does next.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask for the session's status.
    Poll,
    /// Hand over the verifier.
    Complete,
    /// Send the code that the other browser shows, once the person has typed it; meanwhile ask for news.
    Confirm,
    /// Over: the last answer holds the account.
    Connected,
    /// Over: the person, or the session's owner, said no. [`Flow::code`] says which.
    Cancelled,
    /// Over: [`Flow::code`] says why.
    Failed,
}

/// An answer of the session's endpoints. `code` is the error's, empty when there is none.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    pub http: u16,
    pub status: &'a str,
    pub code: &'a str,
}

/// What the other browser's code has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Confirmation {
    /// Nor has the server the verifier.
    NotAsked,
    Asked,
    Wrong,
}

/// One attempt, from the submitted form to its end.
#[derive(Debug)]
pub struct Flow {
    step: Step,
    since: &'static str,
    pause: u32,
    setbacks: u32,
    confirmation: Confirmation,
    is_left: bool,
    code: String,
    leaves_session_open: bool,
}

impl Default for Flow {
    fn default() -> Self {
        Self {
            step: Step::Poll,
            since: "pending",
            pause: 0,
            setbacks: 0,
            confirmation: Confirmation::NotAsked,
            is_left: false,
            code: String::new(),
            leaves_session_open: false,
        }
    }
}

impl Flow {
    pub fn since(&self) -> &str {
        self.since
    }

    pub fn pause(&self) -> u32 {
        self.pause
    }

    pub fn code(&self) -> &str {
        &self.code
    }

    pub fn leaves_session_open(&self) -> bool {
        self.leaves_session_open
    }

    /// Whether the code that was typed last is not the other browser's.
    pub fn is_code_wrong(&self) -> bool {
        self.confirmation == Confirmation::Wrong
    }

    /// The person is back on the page without having answered X, or at X again. A session that runs out while they are
    /// back was given up by them, and is nothing to complain of.
    pub fn set_left(&mut self, is_left: bool) {
        self.is_left = is_left;
    }

    /// An answer that blames the moment is asked for again; one that blames the request ends the attempt.
    pub fn answered(&mut self, answer: &Answer<'_>) -> Step {
        match answer.http {
            200..=299 => self.read(answer),
            408 | 429 | 500..=599 => self.set_back(answer.code),
            // The first of two `complete` calls is still at work: its answer was lost, and this one waits for the result.
            409 if answer.code == "in_flight" => self.set_back(answer.code),
            403 if answer.code == "confirmation_failed" => self.wrong_code(),
            410 => self.expired(),
            _ => self.end(Step::Failed, answer.code),
        }
    }

    /// No answer at all: offline, a dropped connection, or something between that spoke no JSON.
    pub fn unreachable(&mut self) -> Step {
        self.set_back("unreachable")
    }

    fn read(&mut self, answer: &Answer<'_>) -> Step {
        self.setbacks = 0;
        match answer.status {
            "pending" => self.wait("pending"),
            "authorizing" => self.wait("authorizing"),
            "needs_confirmation" if self.has_completed() => self.confirm(),
            "authorized" | "needs_confirmation" => self.complete(),
            "connected" => self.end(Step::Connected, ""),
            "cancelled" => self.end(Step::Cancelled, "cancelled"),
            "expired" => self.expired(),
            // RFC 6749 §4.1.2.1: the person pressed Cancel at X.
            "failed" if answer.code == "access_denied" => self.end(Step::Cancelled, answer.code),
            "failed" => self.end(Step::Failed, answer.code),
            _ => self.end(Step::Failed, "unexpected_answer"),
        }
    }

    /// The server holds a poll until the status differs from `since`, so a new status is followed up at once. The
    /// pause after an unchanged one keeps a server that does not hold from being asked in a tight loop.
    fn wait(&mut self, status: &'static str) -> Step {
        self.pause = if status == self.since { SHORTEST_PAUSE_MS } else { 0 };
        self.since = status;
        // The browser that began may take over from the other one, with a code of X's that has to be completed anew.
        self.confirmation = Confirmation::NotAsked;
        self.step = Step::Poll;
        self.step
    }

    fn complete(&mut self) -> Step {
        self.pause = 0;
        self.step = Step::Complete;
        self.step
    }

    /// What is left to confirm is not completed again.
    fn has_completed(&self) -> bool {
        self.step == Step::Complete || self.confirmation != Confirmation::NotAsked
    }

    fn confirm(&mut self) -> Step {
        self.pause = if self.step == Step::Confirm { SHORTEST_PAUSE_MS } else { 0 };
        if self.confirmation == Confirmation::NotAsked {
            self.confirmation = Confirmation::Asked;
        }
        self.step = Step::Confirm;
        self.step
    }

    /// Whether it may be typed again is for the session to say: `since` is another status, so it answers at once.
    fn wrong_code(&mut self) -> Step {
        self.confirmation = Confirmation::Wrong;
        self.pause = 0;
        self.step = Step::Poll;
        self.step
    }

    fn expired(&mut self) -> Step {
        if self.is_left {
            self.end(Step::Cancelled, "window_closed")
        } else {
            self.end(Step::Failed, "session_expired")
        }
    }

    /// Repeats the step after a doubling pause: polling changes nothing, and `complete` is idempotent. A code is not sent
    /// again: the session says whether it was the right one.
    fn set_back(&mut self, code: &str) -> Step {
        let tries = if self.step == Step::Complete { COMPLETE_TRIES } else { POLL_TRIES };
        if self.setbacks >= tries {
            return self.abandon(if code.is_empty() { "unreachable" } else { code });
        }
        self.pause = (SHORTEST_PAUSE_MS << self.setbacks).min(LONGEST_PAUSE_MS);
        self.setbacks += 1;
        if self.step == Step::Confirm {
            self.step = Step::Poll;
        }
        self.step
    }

    /// Ends the attempt while the session goes on without anybody to complete it.
    fn abandon(&mut self, code: &str) -> Step {
        self.leaves_session_open = true;
        self.end(Step::Failed, code)
    }

    fn end(&mut self, step: Step, code: &str) -> Step {
        code.clone_into(&mut self.code);
        self.step = step;
        step
    }
}

/// Whether pressing the button again can end differently: the cause was the moment or the person's choice, and not
/// the site's set-up.
pub fn worth_another_attempt(code: &str) -> bool {
    matches!(
        code,
        "session_expired"
            | "session_spent"
            | "unreachable"
            | "confirmation_failed"
            | "account_mismatch"
            | "invalid_grant"
            | "rate_limited"
            | "x_unavailable"
            | "x_timeout"
            | "x_invalid_response"
            | "internal"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: &str) -> Answer<'_> {
        Answer { http: 200, status, code: "" }
    }

    fn refusal(http: u16, code: &str) -> Answer<'_> {
        Answer { http, status: "", code }
    }

    #[test]
    fn waits_then_completes_then_connects() {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&status("authorizing")), Step::Poll);
        assert_eq!((flow.since(), flow.pause()), ("authorizing", 0));
        assert_eq!(flow.answered(&status("authorized")), Step::Complete);
        assert_eq!(flow.answered(&status("connected")), Step::Connected);
    }

    #[test]
    fn unchanged_status_is_not_asked_for_in_a_tight_loop() {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&status("pending")), Step::Poll);
        assert_eq!(flow.pause(), SHORTEST_PAUSE_MS);
    }

    #[test]
    fn session_connected_by_a_lost_answer_is_connected() {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&status("connected")), Step::Connected);
    }

    #[test]
    fn denial_at_x_is_a_cancellation() {
        let mut flow = Flow::default();
        let denied = Answer { http: 200, status: "failed", code: "access_denied" };
        assert_eq!(flow.answered(&denied), Step::Cancelled);
        assert_eq!(flow.code(), "access_denied");
    }

    #[test]
    fn failed_session_ends_with_its_own_code() {
        let mut flow = Flow::default();
        let mismatch = Answer { http: 200, status: "failed", code: "account_mismatch" };
        assert_eq!(flow.answered(&mismatch), Step::Failed);
        assert_eq!(flow.code(), "account_mismatch");
        assert!(!flow.leaves_session_open());
    }

    #[test]
    fn ended_session_is_expired_whatever_its_body_says() {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&refusal(410, "")), Step::Failed);
        assert_eq!(flow.code(), "session_expired");
        assert!(worth_another_attempt(flow.code()));
    }

    #[test]
    fn network_blips_back_off_and_a_good_answer_forgets_them() {
        let mut flow = Flow::default();
        let pauses: Vec<u32> = (0..7).map(|_| (flow.unreachable(), flow.pause()).1).collect();
        assert_eq!(pauses, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
        flow.answered(&status("authorizing"));
        flow.unreachable();
        assert_eq!(flow.pause(), 500);
    }

    #[test]
    fn server_errors_are_retried_and_refusals_are_not() {
        for http in [408, 429, 500, 502, 504] {
            assert_eq!(Flow::default().answered(&refusal(http, "internal")), Step::Poll);
        }
        for http in [400, 401, 403, 404] {
            assert_eq!(Flow::default().answered(&refusal(http, "not_found")), Step::Failed);
        }
    }

    #[test]
    fn exchange_is_repeated_until_the_code_is_dead() {
        let mut flow = Flow::default();
        flow.answered(&status("authorized"));
        for _ in 0..COMPLETE_TRIES {
            assert_eq!(flow.answered(&refusal(502, "x_unavailable")), Step::Complete);
        }
        assert_eq!(flow.answered(&refusal(502, "x_unavailable")), Step::Failed);
        assert_eq!(flow.code(), "x_unavailable");
        assert!(flow.leaves_session_open());
    }

    #[test]
    fn exchange_in_flight_is_asked_for_again() {
        let mut flow = Flow::default();
        flow.answered(&status("authorized"));
        assert_eq!(flow.answered(&refusal(409, "in_flight")), Step::Complete);
        assert_eq!(Flow::default().answered(&refusal(409, "session_spent")), Step::Failed);
    }

    fn confirming() -> Flow {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&status("needs_confirmation")), Step::Complete);
        assert_eq!(flow.answered(&Answer { http: 202, status: "needs_confirmation", code: "" }), Step::Confirm);
        flow
    }

    #[test]
    fn another_browser_is_completed_once_and_then_confirmed() {
        let mut flow = confirming();
        assert_eq!(flow.answered(&status("needs_confirmation")), Step::Confirm);
        assert!(!flow.is_code_wrong());
        assert_eq!(flow.answered(&status("connected")), Step::Connected);
    }

    #[test]
    fn what_the_first_browser_brings_after_all_is_completed_anew() {
        let mut flow = confirming();
        assert_eq!(flow.answered(&status("authorizing")), Step::Poll);
        assert_eq!(flow.answered(&status("needs_confirmation")), Step::Complete);
        assert_eq!(confirming().answered(&status("authorized")), Step::Complete);
    }

    #[test]
    fn wrong_code_may_be_typed_again_for_as_long_as_the_session_says_so() {
        let mut flow = confirming();
        assert_eq!(flow.answered(&refusal(403, "confirmation_failed")), Step::Poll);
        assert_ne!(flow.since(), "needs_confirmation");
        assert_eq!(flow.answered(&status("needs_confirmation")), Step::Confirm);
        assert!(flow.is_code_wrong());
        flow.answered(&refusal(403, "confirmation_failed"));
        let failed = Answer { http: 200, status: "failed", code: "confirmation_failed" };
        assert_eq!(flow.answered(&failed), Step::Failed);
        assert!(worth_another_attempt(flow.code()));
    }

    #[test]
    fn a_code_whose_answer_was_lost_is_not_sent_again() {
        let mut flow = confirming();
        assert_eq!(flow.unreachable(), Step::Poll);
        assert_eq!(flow.answered(&status("connected")), Step::Connected);
    }

    #[test]
    fn session_that_runs_out_while_nobody_is_at_x_was_given_up() {
        let mut flow = Flow::default();
        flow.set_left(true);
        assert_eq!(flow.answered(&refusal(410, "session_expired")), Step::Cancelled);
        assert_eq!(flow.code(), "window_closed");
    }

    #[test]
    fn unknown_status_is_never_waited_on() {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&status("resting")), Step::Failed);
        assert_eq!(flow.code(), "unexpected_answer");
    }

    #[test]
    fn faults_of_the_set_up_are_not_worth_another_attempt() {
        for code in ["origin_not_allowed", "network_not_configured", "invalid_session_token", "misconfigured"] {
            assert!(!worth_another_attempt(code), "{code}");
        }
    }
}
