//! `GET /v1/metrics` (docs/API.md, section 8): counts of the whole deployment, without tenant data, in the text format of
//! `OpenMetrics` 1.0. A sample's labels are words of this code, so no value needs an escape.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::account;
use crate::delivery::State;
use crate::schema;
use crate::time::Span;
use crate::x::price::Micros;

/// `OpenMetrics` 1.0, "Protocol Negotiation".
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const STAGES: [&str; 5] = ["draft", "awaiting_approval", "scheduled", "published", "failed"];
const MEDIA: [&str; 2] = ["pending", "active"];
const ACCOUNTS: [&str; 2] = [account::Status::Active.as_str(), account::Status::ReconnectRequired.as_str()];
const STATES: [&str; 8] = [
    State::Queued.as_str(),
    State::Publishing.as_str(),
    State::Held.as_str(),
    State::Unknown.as_str(),
    State::Published.as_str(),
    State::Failed.as_str(),
    State::Deleted.as_str(),
    State::Cancelled.as_str(),
];

/// How many rows there are, by a word.
pub type ByWord = BTreeMap<String, u64>;

/// What is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    pub version: &'static str,
    pub is_frozen: bool,
    pub accounts: ByWord,
    pub stages: ByWord,
    pub deliveries: ByWord,
    pub media: ByWord,
    pub charged_posts: u64,
    pub paused_apps: u64,
    pub failing_webhooks: u64,
    /// How long the first work of a kind is due.
    pub overdue: Vec<(&'static str, Span)>,
    pub spent: Micros,
    /// What is spent, and what is still to be spent in the month.
    pub committed: Micros,
    pub budget: Option<Micros>,
}

/// A metric family with its samples.
struct Family {
    name: &'static str,
    kind: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    samples: Vec<Sample>,
}

/// What follows the family's name, and the value.
type Sample = (String, String);

impl Metrics {
    pub fn text(&self) -> String {
        let families = [self.deployment(), self.rows(), self.work(), self.money()];
        let mut text = String::new();
        for family in families.iter().flatten() {
            family.write(&mut text);
        }
        text + "# EOF\n"
    }

    fn deployment(&self) -> Vec<Family> {
        let labels = format!("_info{{version=\"{}\",schema=\"{}\"}}", self.version, schema::CURRENT);
        let build = Family { kind: "info", ..gauge("latchkey_build", "The code that answers.", vec![one(labels, 1)]) };
        let frozen = gauge("latchkey_frozen", "Whether the deployment is frozen.", whole(u64::from(self.is_frozen)));
        vec![build, frozen]
    }

    fn rows(&self) -> Vec<Family> {
        vec![
            gauge("latchkey_accounts", "Connected accounts.", by("status", &ACCOUNTS, &self.accounts)),
            gauge("latchkey_posts", "Posts, by where they stand.", by("stage", &STAGES, &self.stages)),
            gauge("latchkey_deliveries", "Posts to one account each.", by("state", &STATES, &self.deliveries)),
            gauge("latchkey_media", "Media files.", by("status", &MEDIA, &self.media)),
        ]
    }

    fn work(&self) -> Vec<Family> {
        let charged = vec![one("_total".to_owned(), self.charged_posts)];
        let overdue = self.overdue.iter().map(|(work, span)| (label("work", work), seconds(*span))).collect();
        let overdue = gauge("latchkey_overdue_seconds", "How long the first work of a kind is due.", overdue);
        vec![
            Family { kind: "counter", ..gauge("latchkey_charged_posts", "Posts that X has charged for.", charged) },
            gauge("latchkey_paused_apps", "X apps whose posts wait.", whole(self.paused_apps)),
            gauge("latchkey_failing_webhooks", "Webhooks whose last try failed.", whole(self.failing_webhooks)),
            Family { unit: Some("seconds"), ..overdue },
        ]
    }

    fn money(&self) -> Vec<Family> {
        let dollars = |name, help, amount: Option<Micros>| {
            let samples = amount.into_iter().map(|micros| (String::new(), micros.to_string())).collect();
            Family { unit: Some("dollars"), ..gauge(name, help, samples) }
        };
        vec![
            dollars("latchkey_month_spent_dollars", "X's charges of this month, estimated.", Some(self.spent)),
            dollars("latchkey_month_committed_dollars", "The same, and what is to come.", Some(self.committed)),
            dollars("latchkey_month_budget_dollars", "The month's budget, if there is one.", self.budget),
        ]
    }
}

impl Family {
    /// A family without a sample is left out.
    fn write(&self, text: &mut String) {
        let Self { name, kind, unit, help, samples } = self;
        if samples.is_empty() {
            return;
        }
        // Writing to a String does not fail.
        let _ = writeln!(text, "# TYPE {name} {kind}");
        if let Some(unit) = unit {
            let _ = writeln!(text, "# UNIT {name} {unit}");
        }
        let _ = writeln!(text, "# HELP {name} {help}");
        for (labels, value) in samples {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    }
}

const fn gauge(name: &'static str, help: &'static str, samples: Vec<Sample>) -> Family {
    Family { name, kind: "gauge", unit: None, help, samples }
}

fn one(behind_name: String, value: u64) -> Sample {
    (behind_name, value.to_string())
}

fn whole(value: u64) -> Vec<Sample> {
    vec![one(String::new(), value)]
}

/// Each word has a sample, so that a series does not end when its last row goes.
fn by(name: &str, words: &[&str], counts: &ByWord) -> Vec<Sample> {
    words.iter().map(|word| one(label(name, word), counts.get(*word).copied().unwrap_or_default())).collect()
}

fn label(name: &str, word: &str) -> String {
    format!("{{{name}=\"{word}\"}}")
}

fn seconds(span: Span) -> String {
    let millis = span.as_millis().max(0);
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_written_as_openmetrics() {
        let metrics = Metrics {
            version: "0.1.0",
            stages: ByWord::from([("draft".to_owned(), 2), ("made up".to_owned(), 1)]),
            charged_posts: 4,
            overdue: vec![("outbox", Span::millis(1_050)), ("webhooks", Span::millis(-3))],
            spent: Micros(255_000),
            committed: Micros(300_000),
            ..Metrics::default()
        };
        let text = metrics.text();
        let schema = schema::CURRENT;
        for lines in [
            &*format!(
                "# TYPE latchkey_build info\n# HELP latchkey_build The code that answers.\nlatchkey_build_info{{version=\"0.1.0\",schema=\"{schema}\"}} 1\n"
            ),
            "latchkey_posts{stage=\"draft\"} 2\nlatchkey_posts{stage=\"awaiting_approval\"} 0\n",
            "# TYPE latchkey_charged_posts counter\n# HELP latchkey_charged_posts Posts that X has charged for.\nlatchkey_charged_posts_total 4\n",
            "# UNIT latchkey_overdue_seconds seconds\n",
            "{work=\"outbox\"} 1.050\nlatchkey_overdue_seconds{work=\"webhooks\"} 0.000\n",
            "latchkey_month_spent_dollars 0.255\n",
        ] {
            assert!(text.contains(lines), "{lines} in {text}");
        }
        assert!(text.ends_with("\n# EOF\n") && !text.contains("made up") && !text.contains("budget"));
    }
}
