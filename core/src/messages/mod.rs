//! The messages of the Worker's pages, in the language of the person.

pub mod access;
pub mod approval;
mod de;
mod en;
mod es;
mod fr;
mod ja;
mod pt;

use self::access::Access;
use self::approval::Approval;
use crate::refusal::Code;

/// One language. `{site}`, `{label}`, `{handle}` stand for what the page puts in, already escaped.
#[derive(Debug)]
pub struct Messages {
    /// The value of `lang` (BCP 47).
    pub lang: &'static str,
    pub asks: &'static str,
    pub asks_for: &'static str,
    pub start_title: &'static str,
    pub start_button: &'static str,
    pub start_warning: &'static str,
    pub connected_title: &'static str,
    pub connected: &'static str,
    pub done_title: &'static str,
    pub done: &'static str,
    pub ended_title: &'static str,
    pub ended: &'static str,
    pub elsewhere_title: &'static str,
    pub elsewhere: &'static str,
    pub waiting_title: &'static str,
    pub waiting: &'static str,
    pub code_title: &'static str,
    pub signed_in_as: &'static str,
    pub code: &'static str,
    pub code_only_at: &'static str,
    pub button_title: &'static str,
    pub button: &'static str,
    /// For whoever did not start it.
    pub not_me: &'static str,
    pub failure_title: &'static str,
    pub failure: &'static str,
    pub reasons: Reasons,
    pub access: Access,
    pub approval: Approval,
}

/// Why it did not work, as far as the person can do something about it. Programs read the code.
#[derive(Debug)]
pub struct Reasons {
    pub declined: &'static str,
    pub other_account: &'static str,
    pub wrong_code: &'static str,
    pub expired: &'static str,
    pub cancelled: &'static str,
    pub used: &'static str,
    pub unknown: &'static str,
    pub not_allowed: &'static str,
    pub again: &'static str,
    pub x_is_down: &'static str,
    pub app_refused: &'static str,
    pub locked: &'static str,
    pub broken: &'static str,
}

/// The first is for everybody whose language is not here.
const ALL: [&Messages; 6] = [&en::MESSAGES, &es::MESSAGES, &pt::MESSAGES, &fr::MESSAGES, &de::MESSAGES, &ja::MESSAGES];

impl Messages {
    /// RFC 9110 §12.5.4: the language of the highest weight that is here; of two alike, the one named first.
    /// A range is matched by its primary language (RFC 4647 §3.4), so `pt-BR` reads Portuguese.
    pub fn accepted(header: &str) -> &'static Self {
        let mut best: Option<(u16, &'static Self)> = None;
        for (weight, range) in header.split(',').filter_map(weighted_range) {
            let primary = range.split('-').next().unwrap_or_default();
            let found = ALL.into_iter().find(|messages| messages.lang.eq_ignore_ascii_case(primary) || primary == "*");
            if let Some(messages) = found.filter(|_| weight > best.map_or(0, |(weight, _)| weight)) {
                best = Some((weight, messages));
            }
        }
        best.map_or(ALL[0], |(_, messages)| messages)
    }

    pub const fn reason(&self, code: Code) -> &'static str {
        let reasons = &self.reasons;
        match code {
            Code::AccessDenied => reasons.declined,
            Code::AccountMismatch => reasons.other_account,
            Code::ConfirmationFailed => reasons.wrong_code,
            Code::SessionExpired => reasons.expired,
            Code::SessionSpent => reasons.used,
            Code::StateUnknown | Code::NotFound | Code::InvalidSessionToken => reasons.unknown,
            Code::OriginNotAllowed => reasons.not_allowed,
            Code::InvalidGrant | Code::InFlight => reasons.again,
            Code::XUnavailable | Code::XTimeout | Code::XInvalidResponse | Code::RateLimited => reasons.x_is_down,
            Code::InvalidClientId
            | Code::InvalidClientSecret
            | Code::RedirectUriMismatch
            | Code::AppNotEnrolled
            | Code::InsufficientPermissions
            | Code::ClientChanged => reasons.app_refused,
            Code::AccountLocked => reasons.locked,
            _ => reasons.broken,
        }
    }
}

/// A language range and its weight in thousandths; `None` for an unwanted or malformed range.
fn weighted_range(item: &str) -> Option<(u16, &str)> {
    let mut parts = item.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?;
    let weight = match parts.next() {
        None => 1.0,
        Some(q) => q.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).filter(|q| (0.0..=1.0).contains(q))?,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let thousandths = (weight * 1000.0) as u16;
    (thousandths > 0).then_some((thousandths, range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_wanted_most_that_is_here() {
        for (header, lang) in [
            ("", "en"),
            ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
            ("nl,de-AT;q=0.5,fr;q=0.7", "fr"),
            ("JA", "ja"),
            ("nl, sv", "en"),
            ("es;q=0, de;q=0.1", "de"),
            ("es , fr", "es"),
            ("*", "en"),
            ("fr;q=nonsense,de;q=2,;,es;q=0.001", "es"),
        ] {
            assert_eq!(Messages::accepted(header).lang, lang, "{header}");
        }
    }

    const GAPS: [&str; 15] = [
        "{site}", "{label}", "{handle}", "{who}", "{time}", "{count}", "{n}", "{price}", "{mark}", "{names}", "{post}",
        "{ids}", "{length}", "{id}", "{value}",
    ];

    /// Every sentence of a language, in the order of the struct.
    fn sentences(messages: &Messages) -> Vec<&'static str> {
        let debug = |reasons: &Reasons| {
            [
                reasons.declined,
                reasons.other_account,
                reasons.wrong_code,
                reasons.expired,
                reasons.cancelled,
                reasons.used,
                reasons.unknown,
                reasons.not_allowed,
                reasons.again,
                reasons.x_is_down,
                reasons.app_refused,
                reasons.broken,
            ]
        };
        let pages = [
            messages.asks,
            messages.asks_for,
            messages.start_title,
            messages.start_button,
            messages.start_warning,
            messages.connected_title,
            messages.connected,
            messages.done_title,
            messages.done,
            messages.ended_title,
            messages.ended,
            messages.elsewhere_title,
            messages.elsewhere,
            messages.waiting_title,
            messages.waiting,
            messages.code_title,
            messages.signed_in_as,
            messages.code,
            messages.code_only_at,
            messages.button_title,
            messages.button,
            messages.not_me,
            messages.failure_title,
            messages.failure,
        ];
        let access = |access: &Access| {
            [
                access.title,
                access.see,
                access.publish,
                access.media,
                access.dm_read,
                access.dm_write,
                access.stay,
                access.more,
                access.next,
                access.ends,
            ]
        };
        let approval = approval::tests::sentences(&messages.approval);
        pages.into_iter().chain(debug(&messages.reasons)).chain(access(&messages.access)).chain(approval).collect()
    }

    #[test]
    fn every_language_says_everything_with_the_same_gaps() {
        let gaps = |text: &str| GAPS.map(|gap| text.matches(gap).count());
        let english: Vec<_> = sentences(&en::MESSAGES).into_iter().map(gaps).collect();
        for messages in ALL {
            let sentences = sentences(messages);
            assert!(sentences.iter().all(|text| !text.is_empty()), "{}", messages.lang);
            assert_eq!(sentences.into_iter().map(gaps).collect::<Vec<_>>(), english, "{}", messages.lang);
        }
    }

    #[test]
    fn no_two_languages_say_the_same() {
        for (n, messages) in ALL.iter().enumerate() {
            for other in ALL.iter().skip(n + 1) {
                let same = sentences(messages).into_iter().zip(sentences(other)).filter(|(a, b)| a == b);
                assert_eq!(same.count(), 0, "{} and {}", messages.lang, other.lang);
            }
        }
    }

    #[test]
    fn what_a_person_reads_names_no_product() {
        for messages in ALL {
            assert!(
                sentences(messages).iter().all(|text| !text.to_lowercase().contains("latchkey")),
                "{}",
                messages.lang
            );
        }
    }
}
