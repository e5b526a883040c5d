//! The page's next step: the session's statuses (docs/API.md, section 3b) turned into steps.
//!
//! Pure. The clock, the network and the window belong to JavaScript. JavaScript asks after every answer and passes the
//! time in milliseconds of the page's own clock.

#![expect(clippy::float_cmp, reason = "wasm-bindgen's own check, in its macro, that a number names a Step")]

use wasm_bindgen::prelude::wasm_bindgen;

/// Whatever goes wrong is told within 20 s: no try begins, and none is waited for, longer than this after the first
/// request that failed was sent.
const PATIENCE_MS: u32 = 18_000;
const LONGEST_PAUSE_MS: u32 = 4_000;
const SHORTEST_PAUSE_MS: u32 = 500;
/// The time for which the server may hold a poll. A dead connection is then noticed soon enough for another try.
const HOLD_SECS: u32 = 10;
/// A poll without an answer so long after its hold has lost its connection.
const ANSWER_MS: u32 = 4_000;
/// So much is left after the longest wait that one more try can be made.
const LONGEST_WAIT_MS: u32 = HOLD_SECS * 1000 + ANSWER_MS;
/// The start form is posted with the first poll, so the session cannot stay `pending` for long.
const START_HOLD_SECS: u32 = 5;

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
    /// When the first of the requests was sent that have failed since the last good answer.
    troubled_since: Option<u32>,
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
            troubled_since: None,
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

    /// Seconds for which the server may hold the next poll.
    pub fn hold(&self) -> u32 {
        match (self.troubled_since, self.since) {
            (Some(_), _) => 0,
            (None, "pending") => START_HOLD_SECS,
            (None, _) => HOLD_SECS,
        }
    }

    /// Milliseconds for which the next request is waited for.
    pub fn patience(&self, now: u32) -> u32 {
        let left = self.troubled_since.map_or(PATIENCE_MS, |since| PATIENCE_MS.saturating_sub(now.wrapping_sub(since)));
        let usual = if self.step == Step::Poll { self.hold() * 1000 + ANSWER_MS } else { LONGEST_WAIT_MS };
        usual.min(left.max(SHORTEST_PAUSE_MS))
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

    /// A temporary error leads to another question; an error of the request ends the attempt.
    pub fn answered(&mut self, answer: &Answer<'_>, now: u32) -> Step {
        match answer.http {
            200..=299 => self.read(answer),
            408 | 429 | 500..=599 => self.set_back(answer.code, now, now),
            // The first of two `complete` calls is still at work: its answer was lost, and this one waits for the result.
            409 if answer.code == "in_flight" => self.set_back(answer.code, now, now),
            403 if answer.code == "confirmation_failed" => self.wrong_code(),
            410 => self.expired(),
            _ => self.end(Step::Failed, answer.code),
        }
    }

    /// No answer at all to what was sent at `sent`: offline, a dropped connection, or something between that spoke no JSON.
    pub fn unreachable(&mut self, sent: u32, now: u32) -> Step {
        self.set_back("unreachable", sent, now)
    }

    fn read(&mut self, answer: &Answer<'_>) -> Step {
        self.setbacks = 0;
        self.troubled_since = None;
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
    fn set_back(&mut self, code: &str, sent: u32, now: u32) -> Step {
        let waited = now.wrapping_sub(sent);
        if waited > 2 * LONGEST_WAIT_MS {
            // Nobody waits that long: the page slept, and whatever was wrong before may be over.
            self.troubled_since = None;
        }
        let since = *self.troubled_since.get_or_insert(now.wrapping_sub(waited.min(LONGEST_WAIT_MS)));
        self.pause = (SHORTEST_PAUSE_MS << self.setbacks.min(8)).min(LONGEST_PAUSE_MS);
        self.setbacks += 1;
        if now.wrapping_sub(since) + self.pause >= PATIENCE_MS {
            return self.abandon(if code.is_empty() { "unreachable" } else { code });
        }
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
            | "in_flight"
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
        assert_eq!(flow.answered(&status("authorizing"), 0), Step::Poll);
        assert_eq!((flow.since(), flow.pause()), ("authorizing", 0));
        assert_eq!(flow.answered(&status("authorized"), 0), Step::Complete);
        assert_eq!(flow.answered(&status("connected"), 0), Step::Connected);
    }

    #[test]
    fn unchanged_status_is_not_asked_for_in_a_tight_loop() {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&status("pending"), 0), Step::Poll);
        assert_eq!(flow.pause(), SHORTEST_PAUSE_MS);
    }

    #[test]
    fn session_connected_by_a_lost_answer_is_connected() {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&status("connected"), 0), Step::Connected);
    }

    #[test]
    fn denial_at_x_is_a_cancellation() {
        let mut flow = Flow::default();
        let denied = Answer { http: 200, status: "failed", code: "access_denied" };
        assert_eq!(flow.answered(&denied, 0), Step::Cancelled);
        assert_eq!(flow.code(), "access_denied");
    }

    #[test]
    fn failed_session_ends_with_its_own_code() {
        let mut flow = Flow::default();
        let mismatch = Answer { http: 200, status: "failed", code: "account_mismatch" };
        assert_eq!(flow.answered(&mismatch, 0), Step::Failed);
        assert_eq!(flow.code(), "account_mismatch");
        assert!(!flow.leaves_session_open());
    }

    #[test]
    fn ended_session_is_expired_whatever_its_body_says() {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&refusal(410, ""), 0), Step::Failed);
        assert_eq!(flow.code(), "session_expired");
        assert!(worth_another_attempt(flow.code()));
    }

    /// Fails at once each time: the pauses, until the flow gives up.
    fn pauses(flow: &mut Flow, mut fail: impl FnMut(&mut Flow, u32) -> Step) -> Vec<u32> {
        let (mut now, mut pauses) = (1000, Vec::new());
        while !matches!(fail(flow, now), Step::Failed) {
            pauses.push(flow.pause());
            now += flow.pause();
        }
        pauses
    }

    #[test]
    fn a_lost_network_is_told_within_20_seconds() {
        let mut flow = Flow::default();
        let waited = pauses(&mut flow, |flow, now| flow.unreachable(now, now));
        assert_eq!(waited, [500, 1_000, 2_000, 4_000, 4_000, 4_000]);
        assert_eq!((flow.code(), flow.leaves_session_open()), ("unreachable", true));
    }

    #[test]
    fn a_good_answer_forgets_the_trouble_before_it() {
        let mut flow = Flow::default();
        for now in [0, 500, 1_500] {
            assert_eq!(flow.unreachable(now, now), Step::Poll);
        }
        assert_eq!(flow.hold(), 0);
        flow.answered(&status("authorizing"), 4_000);
        assert_eq!((flow.hold(), flow.patience(60_000)), (10, 14_000));
        flow.unreachable(60_000, 60_000);
        assert_eq!(flow.pause(), 500);
    }

    #[test]
    fn a_connection_that_dies_in_silence_is_told_within_20_seconds_of_the_last_request() {
        let mut flow = Flow::default();
        flow.answered(&status("authorizing"), 0);
        let waited = flow.patience(0);
        assert_eq!(flow.unreachable(0, waited), Step::Poll);
        let now = waited + flow.pause();
        let again = flow.patience(now);
        assert!(now + again <= 18_000, "{waited} {again}");
        assert_eq!(flow.unreachable(now, now + again), Step::Failed);
    }

    #[test]
    fn an_exchange_without_an_answer_is_asked_for_once_more() {
        let mut flow = Flow::default();
        flow.answered(&status("authorized"), 0);
        assert_eq!(flow.unreachable(0, flow.patience(0)), Step::Complete);
        assert_eq!(flow.patience(14_500), 3_500);
        assert_eq!(flow.unreachable(14_500, 18_000), Step::Failed);
    }

    #[test]
    fn a_page_that_slept_tries_again_before_it_gives_up() {
        let mut flow = Flow::default();
        flow.answered(&status("authorizing"), 0);
        assert_eq!(flow.unreachable(0, 3_600_000), Step::Poll);
        assert_eq!((flow.pause(), flow.patience(3_600_500)), (500, 3_500));
        flow.answered(&status("authorizing"), 3_601_000);
        assert_eq!(flow.unreachable(3_601_000, 3_601_000), Step::Poll);
        assert_eq!(flow.unreachable(3_601_500, 9_000_000), Step::Poll);
    }

    #[test]
    fn a_form_that_never_arrives_is_noticed_soon() {
        let mut flow = Flow::default();
        flow.answered(&status("pending"), 5_000);
        assert_eq!((flow.hold(), flow.patience(5_000)), (5, 9_000));
    }

    #[test]
    fn server_errors_are_retried_and_refusals_are_not() {
        for http in [408, 429, 500, 502, 504] {
            assert_eq!(Flow::default().answered(&refusal(http, "internal"), 0), Step::Poll);
        }
        for http in [400, 401, 403, 404] {
            assert_eq!(Flow::default().answered(&refusal(http, "not_found"), 0), Step::Failed);
        }
    }

    #[test]
    fn an_exchange_that_x_cannot_do_is_repeated_for_a_while() {
        let mut flow = Flow::default();
        flow.answered(&status("authorized"), 0);
        let waited = pauses(&mut flow, |flow, now| flow.answered(&refusal(502, "x_unavailable"), now));
        assert_eq!(waited.len(), 6);
        assert_eq!(flow.code(), "x_unavailable");
        assert!(flow.leaves_session_open());
    }

    #[test]
    fn exchange_in_flight_is_asked_for_again() {
        let mut flow = Flow::default();
        flow.answered(&status("authorized"), 0);
        assert_eq!(flow.answered(&refusal(409, "in_flight"), 0), Step::Complete);
        assert_eq!(Flow::default().answered(&refusal(409, "session_spent"), 0), Step::Failed);
    }

    fn confirming() -> Flow {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&status("needs_confirmation"), 0), Step::Complete);
        assert_eq!(flow.answered(&Answer { http: 202, status: "needs_confirmation", code: "" }, 0), Step::Confirm);
        flow
    }

    #[test]
    fn another_browser_is_completed_once_and_then_confirmed() {
        let mut flow = confirming();
        assert_eq!(flow.answered(&status("needs_confirmation"), 0), Step::Confirm);
        assert!(!flow.is_code_wrong());
        assert_eq!(flow.answered(&status("connected"), 0), Step::Connected);
    }

    #[test]
    fn what_the_first_browser_brings_after_all_is_completed_anew() {
        let mut flow = confirming();
        assert_eq!(flow.answered(&status("authorizing"), 0), Step::Poll);
        assert_eq!(flow.answered(&status("needs_confirmation"), 0), Step::Complete);
        assert_eq!(confirming().answered(&status("authorized"), 0), Step::Complete);
    }

    #[test]
    fn wrong_code_may_be_typed_again_for_as_long_as_the_session_says_so() {
        let mut flow = confirming();
        assert_eq!(flow.answered(&refusal(403, "confirmation_failed"), 0), Step::Poll);
        assert_ne!(flow.since(), "needs_confirmation");
        assert_eq!(flow.answered(&status("needs_confirmation"), 0), Step::Confirm);
        assert!(flow.is_code_wrong());
        flow.answered(&refusal(403, "confirmation_failed"), 0);
        let failed = Answer { http: 200, status: "failed", code: "confirmation_failed" };
        assert_eq!(flow.answered(&failed, 0), Step::Failed);
        assert!(worth_another_attempt(flow.code()));
    }

    #[test]
    fn a_code_whose_answer_was_lost_is_not_sent_again() {
        let mut flow = confirming();
        assert_eq!(flow.unreachable(0, 0), Step::Poll);
        assert_eq!(flow.answered(&status("connected"), 0), Step::Connected);
    }

    #[test]
    fn session_that_runs_out_while_nobody_is_at_x_was_given_up() {
        let mut flow = Flow::default();
        flow.set_left(true);
        assert_eq!(flow.answered(&refusal(410, "session_expired"), 0), Step::Cancelled);
        assert_eq!(flow.code(), "window_closed");
    }

    #[test]
    fn unknown_status_is_never_waited_on() {
        let mut flow = Flow::default();
        assert_eq!(flow.answered(&status("resting"), 0), Step::Failed);
        assert_eq!(flow.code(), "unexpected_answer");
    }

    #[test]
    fn faults_of_the_set_up_are_not_worth_another_attempt() {
        for code in ["origin_not_allowed", "network_not_configured", "invalid_session_token", "misconfigured"] {
            assert!(!worth_another_attempt(code), "{code}");
        }
    }
}
