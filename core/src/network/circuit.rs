//! The circuit breaker of an X app. What X refuses for the app's sake pauses all its accounts; a delivery that X takes, a
//! probe or a person resumes them.

use serde::{Deserialize, Serialize};

use super::Network;
use crate::delivery::{Delivery, Failure, FailureCode, State};
use crate::media::Limits;
use crate::refusal::{Code, Refused};
use crate::settings::{OnUnknown, Settings};
use crate::time::{Span, UnixMillis};
use crate::x::price::Micros;
use crate::x::rate::{Window, WindowKind, app_day_end};

/// What is wrong with the app holds its deliveries until it is mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub reason: String,
    #[serde(with = "crate::time::iso")]
    pub since: UnixMillis,
}

/// Whether an account's object may call X now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    /// Why not, in the words of the delivery that was refused first.
    pub paused: Option<Failure>,
    pub closed_until: Option<UnixMillis>,
    /// How much the limit allows that is spent until then, if that is known.
    pub closed_limit: Option<i64>,
    /// The operator's policy on lost answers.
    pub may_resend: bool,
    /// The client id that the app has by now, none (`""`) once the app was deleted. Absent where nobody has said it.
    #[serde(default)]
    pub client_id: Option<String>,
    /// What X charges for each post that a read returns.
    pub post_read: Micros,
    /// Of files that posts name by URL.
    pub allowed_media: Limits,
}

/// The breaker as an account's object knows it. An open one counts for a moment, so that the word that comes
/// with a new delivery serves for its call; what stands in the way is asked about each time.
#[derive(Debug, Default)]
pub struct LastKnown {
    breaker: Option<(UnixMillis, Breaker)>,
    /// How often it was forgotten.
    forgotten: u32,
}

/// What the report of a delivery says of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// X refused the delivery for the app's sake.
    Broken(Pause),
    /// X took the delivery at that time.
    Took(UnixMillis),
    /// The delivery is held on our own word that the app is paused.
    HeldUnasked,
}

/// What evidence changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    Nothing,
    /// The app is paused from here on.
    Pauses(Pause),
    /// The app works again.
    Resumes,
    /// The delivery was held while the pause was lifted: its account goes on.
    ReleasesAccount,
}

/// How a paused app is asked whether it works again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// By its balance of credits.
    Credits,
    /// Only an attempt tells.
    Attempt,
}

/// What a probe says of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Works,
    Broken,
    /// Only an attempt tells.
    Unclear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterProbe {
    StaysPaused,
    Resumes,
    /// The delivery that has been held longest is tried.
    Tries,
}

impl LastKnown {
    const COUNTS_FOR: Span = Span::secs(5);

    /// What an answer to a question says that was asked when it had been forgotten so often: an answer from before says
    /// nothing any more.
    pub fn learn(&mut self, breaker: &Breaker, forgotten: u32, now: UnixMillis) {
        if forgotten == self.forgotten {
            self.breaker = breaker.is_open().then(|| (now, breaker.clone()));
        }
    }

    pub fn forget(&mut self) {
        self.breaker = None;
        self.forgotten = self.forgotten.wrapping_add(1);
    }

    pub const fn forgotten(&self) -> u32 {
        self.forgotten
    }

    pub fn counting(&self, now: UnixMillis) -> Option<&Breaker> {
        let counts = |at: UnixMillis| at <= now && now < at + Self::COUNTS_FOR;
        self.breaker.as_ref().filter(|(at, _)| counts(*at)).map(|(_, breaker)| breaker)
    }
}

impl Breaker {
    const fn is_open(&self) -> bool {
        self.paused.is_none() && self.closed_until.is_none()
    }

    /// Whether tokens of a client may be used still.
    pub fn admits_client(&self, client_id: &str) -> bool {
        self.client_id.as_deref().is_none_or(|current| current == client_id)
    }

    /// The app was deleted.
    pub fn of_no_app(settings: &Settings) -> Self {
        Self { client_id: Some(String::new()), ..Self::open(settings) }
    }

    /// Nothing is known against it.
    pub fn open(settings: &Settings) -> Self {
        let may_resend = settings.on_unknown == OnUnknown::Resend;
        Self {
            paused: None,
            closed_until: None,
            closed_limit: None,
            client_id: None,
            may_resend,
            post_read: settings.prices.post_read,
            allowed_media: settings.allowed_media.clone(),
        }
    }

    /// Whether a caller's own call may go through to X: the pause concerns whoever writes with the app, its window for
    /// posts whoever creates one.
    pub fn require_open(&self, creates_post: bool, now: UnixMillis) -> Result<(), Refused> {
        if let Some(failure) = &self.paused {
            let message = format!("The X app is paused: {}", failure.message);
            return Err(Refused::new(code_of(failure.code), message));
        }
        let Some(reset_at) = self.closed_until.filter(|_| creates_post) else { return Ok(()) };
        let spent = |limit| Window { limit, remaining: 0, reset_at, kind: WindowKind::AppDay };
        Err(Refused::new(Code::RateLimited, "X's limit for the app as a whole is reached.")
            .until(Some(reset_at), now)
            .with_windows(self.closed_limit.map(spent).into_iter().collect()))
    }
}

const fn code_of(code: FailureCode) -> Code {
    match code {
        FailureCode::CreditsDepleted => Code::CreditsDepleted,
        FailureCode::AppReadOnly => Code::AppReadOnly,
        FailureCode::AppNotEnrolled => Code::AppNotEnrolled,
        _ => Code::InvalidClientSecret,
    }
}

impl Pause {
    /// What a delivery that is held says of the app; nothing when it is held for another reason, or only because the
    /// workspace said so.
    pub fn reported_by(delivery: &Delivery, now: UnixMillis) -> Option<Self> {
        let failure = delivery.error.as_ref().filter(|_| delivery.state == State::Held && !delivery.is_unasked)?;
        let reason = match failure.code {
            FailureCode::CreditsDepleted => "credits_depleted",
            FailureCode::AppReadOnly => "app_read_only",
            FailureCode::AppNotEnrolled => "app_not_enrolled",
            FailureCode::XRefused => "invalid_client",
            _ => return None,
        };
        Some(Self { reason: reason.to_owned(), since: now })
    }

    /// What mends it is the hint of this code.
    pub fn code(&self) -> Code {
        code_of(self.failure().code)
    }

    /// What it says to the deliveries that come due meanwhile.
    pub fn failure(&self) -> Failure {
        let (code, message) = match self.reason.as_str() {
            "credits_depleted" => (FailureCode::CreditsDepleted, "The X app has no credits."),
            "app_read_only" => (FailureCode::AppReadOnly, "The X app may only read."),
            "app_not_enrolled" => (FailureCode::AppNotEnrolled, "The X app is in no project or package."),
            _ => (FailureCode::XRefused, "X refuses the app's client id or secret."),
        };
        Failure { code, message: message.to_owned() }
    }

    fn probe(&self) -> Probe {
        if self.reason == "credits_depleted" { Probe::Credits } else { Probe::Attempt }
    }
}

impl Evidence {
    /// What a delivery says of its app, if anything.
    pub fn of(delivery: &Delivery, now: UnixMillis) -> Option<Self> {
        match delivery.state {
            State::Held if delivery.is_unasked => Some(Self::HeldUnasked),
            State::Held => Pause::reported_by(delivery, now).map(Self::Broken),
            State::Published => delivery.published_at.map(Self::Took),
            _ => None,
        }
    }
}

impl Verdict {
    /// What X's answer about the credits says: the balance, or the code of X's refusal.
    pub const fn of_credits(answer: Result<Option<bool>, Code>) -> Self {
        match answer {
            Ok(Some(true)) => Self::Works,
            Ok(Some(false)) | Err(Code::CreditsDepleted) => Self::Broken,
            Ok(None) | Err(_) => Self::Unclear,
        }
    }

    /// What follows. Where nothing is held there is nothing to try, and the next delivery tells.
    pub const fn follow_up(self, is_any_held: bool) -> AfterProbe {
        match self {
            Self::Broken => AfterProbe::StaysPaused,
            Self::Unclear if is_any_held => AfterProbe::Tries,
            Self::Works | Self::Unclear => AfterProbe::Resumes,
        }
    }
}

impl Network {
    pub const fn paused(&self) -> Option<&Pause> {
        self.paused.as_ref()
    }

    /// Learns from a delivery. A pause begins once, and ends with a delivery that X took after its beginning; reports
    /// that arrive late or twice change nothing.
    pub fn learn(&mut self, evidence: Evidence, probe_at: UnixMillis) -> Finding {
        match (evidence, &self.paused) {
            (Evidence::Broken(pause), None) => {
                self.paused = Some(pause.clone());
                self.probe_at = Some(probe_at);
                Finding::Pauses(pause)
            }
            (Evidence::Took(at), Some(paused)) if at > paused.since => Finding::Resumes,
            (Evidence::HeldUnasked, None) => Finding::ReleasesAccount,
            _ => Finding::Nothing,
        }
    }

    /// Nothing is held any more. Answers the pause that is lifted.
    pub const fn resume(&mut self) -> Option<Pause> {
        self.probe_at = None;
        self.paused.take()
    }

    /// An account's report that X's limit for the app as a whole is spent. Says whether that is news.
    pub fn close_until(&mut self, until: Option<UnixMillis>, limit: Option<i64>, now: UnixMillis) -> bool {
        let is_news = until > app_day_end(self.closed_until, now);
        if is_news {
            (self.closed_until, self.closed_limit) = (until, limit);
        }
        is_news
    }

    /// Begins a probe, if one is due. The next one is due `every` later, whatever becomes of this one.
    pub fn begin_probe(&mut self, now: UnixMillis, every: Span) -> Option<Probe> {
        self.probe_at.filter(|at| *at <= now)?;
        self.probe_at = Some(now + every);
        Some(self.paused.as_ref().map_or(Probe::Attempt, Pause::probe))
    }

    pub fn breaker(&self, settings: &Settings, now: UnixMillis) -> Breaker {
        Breaker {
            paused: self.paused.as_ref().map(Pause::failure),
            closed_until: app_day_end(self.closed_until, now),
            closed_limit: self.closed_limit,
            client_id: Some(self.client_id.clone()),
            ..Breaker::open(settings)
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::delivery::{Outcome, Pace};
    use crate::fixtures::{T0, delivery, network};
    use crate::id::XPostId;

    const LATER: UnixMillis = UnixMillis(T0.0 + 60_000);
    const EVERY: Span = Span::mins(15);

    /// A delivery that X, or our own breaker, has refused for its app's sake.
    fn held(code: FailureCode, is_unasked: bool) -> Delivery {
        let mut delivery = delivery(2);
        delivery.effect(Outcome::Paused(Failure { code, message: "X's words".into() }), T0, Pace::default());
        delivery.is_unasked = is_unasked;
        delivery
    }

    fn published(at: UnixMillis) -> Delivery {
        let mut delivery = delivery(2);
        delivery.begin(at).unwrap();
        delivery.effect(Outcome::Published(XPostId::parse("7").unwrap()), at, Pace::default());
        delivery
    }

    fn paused() -> Network {
        let mut network = network();
        let evidence = Evidence::of(&held(FailureCode::CreditsDepleted, false), T0).unwrap();
        assert!(matches!(network.learn(evidence, T0 + EVERY), Finding::Pauses(_)));
        network
    }

    #[test]
    fn an_open_breaker_counts_for_five_seconds_and_a_closed_one_for_no_time() {
        let (open, mut known) = (Breaker::open(&Settings::default()), LastKnown::default());
        assert_eq!(known.counting(T0), None);
        known.learn(&open, 0, T0);
        assert_eq!(known.counting(UnixMillis(T0.0 + 4_999)), Some(&open));
        for at in [UnixMillis(T0.0 + 5_000), UnixMillis(T0.0 - 1)] {
            assert_eq!(known.counting(at), None, "{at:?}");
        }
        let why = held(FailureCode::CreditsDepleted, false).error;
        for closed in [Breaker { paused: why, ..open.clone() }, Breaker { closed_until: Some(LATER), ..open.clone() }] {
            known.learn(&open, 0, T0);
            known.learn(&closed, 0, T0);
            assert_eq!(known.counting(T0), None, "what stands in the way is asked about each time");
        }
        known.learn(&open, 0, T0);
        known.forget();
        assert_eq!(known.counting(T0), None);
        known.learn(&open, 0, T0);
        assert_eq!(known.counting(T0), None, "the question is from before");
        known.learn(&open, known.forgotten(), T0);
        assert_eq!(known.counting(T0), Some(&open));
    }

    #[test]
    fn what_x_refuses_for_the_apps_sake_pauses_it_once() {
        for (code, reason) in [
            (FailureCode::CreditsDepleted, "credits_depleted"),
            (FailureCode::AppReadOnly, "app_read_only"),
            (FailureCode::AppNotEnrolled, "app_not_enrolled"),
            (FailureCode::XRefused, "invalid_client"),
        ] {
            let mut network = network();
            let evidence = Evidence::of(&held(code, false), T0).unwrap();
            let pause = Pause { reason: reason.into(), since: T0 };
            assert_eq!(network.learn(evidence.clone(), LATER), Finding::Pauses(pause.clone()));
            assert_eq!(network.learn(evidence, LATER), Finding::Nothing, "the second report is no news");
            assert_eq!((network.paused(), network.probe_at), (Some(&pause), Some(LATER)));
        }
    }

    #[test]
    fn what_is_wrong_with_an_account_says_nothing_of_the_app() {
        for code in [FailureCode::AccountLocked, FailureCode::MissingScope, FailureCode::ReconnectRequired] {
            assert_eq!(Evidence::of(&held(code, false), T0), None, "{code:?}");
        }
        assert_eq!(Evidence::of(&delivery(2), T0), None, "nor does what waits");
    }

    #[test]
    fn only_a_delivery_that_x_took_after_the_pause_began_ends_it() {
        let mut network = paused();
        let learn = |network: &mut Network, at| network.learn(Evidence::of(&published(at), at).unwrap(), LATER);
        assert_eq!(learn(&mut network, T0), Finding::Nothing, "it was on its way when the pause began");
        assert_eq!(learn(&mut network, LATER), Finding::Resumes);
        assert_eq!(network.resume().map(|pause| pause.reason), Some("credits_depleted".into()));
        assert_eq!((network.paused(), network.probe_at), (None, None));
        assert_eq!(learn(&mut network, LATER), Finding::Nothing, "of an app that works it is no news");
        assert_eq!(network.resume(), None, "nothing is lifted twice");
    }

    #[test]
    fn what_was_held_while_the_pause_was_lifted_goes_on() {
        let evidence = Evidence::of(&held(FailureCode::CreditsDepleted, true), T0).unwrap();
        assert_eq!(network().learn(evidence.clone(), LATER), Finding::ReleasesAccount);
        assert_eq!(paused().learn(evidence, LATER), Finding::Nothing, "it waits with the others");
    }

    #[test]
    fn a_spent_window_of_the_app_counts_until_its_latest_end() {
        let mut network = network();
        assert!(!network.close_until(None, None, T0));
        assert!(network.close_until(Some(LATER), Some(10), T0));
        assert!(!network.close_until(Some(T0), Some(99), T0), "an earlier end is no news");
        let breaker = |now| network.breaker(&Settings::default(), now);
        assert_eq!((breaker(T0).closed_until, breaker(T0).closed_limit), (Some(LATER), Some(10)));
        assert_eq!(breaker(LATER).closed_until, None);
        let mut misled = self::network();
        assert!(misled.close_until(Some(T0 + Span::days(9)), None, T0));
        assert_eq!(misled.breaker(&Settings::default(), T0).closed_until, None, "older code took X at its word");
        assert!(misled.close_until(Some(LATER), None, T0), "and hides no end that can be");
    }

    #[test]
    fn a_probe_is_made_when_it_is_due_and_not_again_before_the_next() {
        let mut network = paused();
        assert_eq!(network.begin_probe(T0, EVERY), None);
        let due = T0 + EVERY;
        assert_eq!(network.begin_probe(due, EVERY), Some(Probe::Credits));
        assert_eq!(network.begin_probe(due, EVERY), None, "one that is not heard of is made anew a quarter later");
        assert_eq!(network.begin_probe(due + EVERY, EVERY), Some(Probe::Credits));
        network.resume();
        assert_eq!(network.begin_probe(due + EVERY + EVERY, EVERY), None, "an app that works is not probed");
    }

    #[test]
    fn only_credits_can_be_asked_for_anything_else_has_to_be_tried() {
        for reason in ["app_read_only", "app_not_enrolled", "invalid_client"] {
            assert_eq!(Pause { reason: reason.into(), since: T0 }.probe(), Probe::Attempt);
        }
    }

    #[test]
    fn credits_or_their_lack_decide_and_any_other_answer_leaves_it_open() {
        assert_eq!(Verdict::of_credits(Ok(Some(true))), Verdict::Works);
        assert_eq!(Verdict::of_credits(Ok(Some(false))), Verdict::Broken);
        assert_eq!(Verdict::of_credits(Err(Code::CreditsDepleted)), Verdict::Broken);
        assert_eq!(Verdict::of_credits(Ok(None)), Verdict::Unclear);
        assert_eq!(Verdict::of_credits(Err(Code::RateLimited)), Verdict::Unclear);
    }

    #[test]
    fn an_unclear_probe_tries_what_is_held_and_resumes_where_nothing_is() {
        use AfterProbe::{Resumes, StaysPaused, Tries};
        assert_eq!([true, false].map(|held| Verdict::Unclear.follow_up(held)), [Tries, Resumes]);
        assert_eq!([true, false].map(|held| Verdict::Works.follow_up(held)), [Resumes, Resumes]);
        assert_eq!([true, false].map(|held| Verdict::Broken.follow_up(held)), [StaysPaused, StaysPaused]);
    }

    #[test]
    fn a_paused_app_refuses_whoever_writes_with_it_and_says_what_is_wrong() {
        let refused = paused().breaker(&Settings::default(), T0).require_open(false, T0).unwrap_err();
        assert_eq!(refused.code, Code::CreditsDepleted);
        assert_eq!(refused.message, "The X app is paused: The X app has no credits.");
    }

    #[test]
    fn a_spent_window_of_the_app_refuses_new_posts_alone_and_says_until_when() {
        let mut network = network();
        network.close_until(Some(LATER), Some(10), T0);
        let breaker = network.breaker(&Settings::default(), T0);
        assert!(breaker.require_open(false, T0).is_ok());
        let refused = breaker.require_open(true, T0).unwrap_err();
        assert_eq!((refused.code, refused.retry_after), (Code::RateLimited, Some(60)));
        let spent = Window { limit: 10, remaining: 0, reset_at: LATER, kind: WindowKind::AppDay };
        assert_eq!(refused.windows, [spent]);
        let unknown = Breaker { closed_limit: None, ..breaker };
        assert!(unknown.require_open(true, T0).unwrap_err().windows.is_empty());
    }
}
