//! The messages of the page on which a person approves a post.

pub mod date;
mod de;
mod en;
mod es;
mod fr;
mod ja;
mod pt;

pub use self::date::Times;
pub(super) use self::{
    de::APPROVAL as DE, en::APPROVAL as EN, es::APPROVAL as ES, fr::APPROVAL as FR, ja::APPROVAL as JA,
    pt::APPROVAL as PT,
};
use crate::refusal::Code;

/// One language. `{who}`, `{time}` and the like stand for what the page puts in, already escaped.
#[derive(Debug)]
pub struct Approval {
    pub ask_title: &'static str,
    pub asks: &'static str,
    /// For whoever expected nothing of the kind.
    pub unexpected: &'static str,
    pub accounts: &'static str,
    pub account_count: &'static str,
    pub when: &'static str,
    pub at_once: &'static str,
    pub after_approval: &'static str,
    pub price: &'static str,
    pub price_text: &'static str,
    pub link: &'static str,
    pub link_text: &'static str,
    pub content: &'static str,
    pub part: &'static str,
    pub no_text: &'static str,
    pub hidden: &'static str,
    pub options: &'static str,
    pub photo: &'static str,
    pub gif: &'static str,
    pub video: &'static str,
    pub alt_text: &'static str,
    pub no_alt_text: &'static str,
    pub subtitles: &'static str,
    pub decision: &'static str,
    pub note_field: &'static str,
    pub approve: &'static str,
    pub reject: &'static str,
    pub approved_title: &'static str,
    pub approved: &'static str,
    pub leaves_at: &'static str,
    pub rejected_title: &'static str,
    pub rejected: &'static str,
    pub note: &'static str,
    pub nothing_leaves: &'static str,
    pub expired_title: &'static str,
    pub expired: &'static str,
    pub stale_title: &'static str,
    pub stale: &'static str,
    pub late_title: &'static str,
    pub late: &'static str,
    pub back: &'static str,
    pub undecided: Undecided,
    pub choices: Choices,
    pub times: Times,
}

/// Why a link or a decision was refused, as far as the person can do something about it.
#[derive(Debug)]
pub struct Undecided {
    pub unknown: &'static str,
    pub late: &'static str,
    pub approved: &'static str,
    pub frozen: &'static str,
    pub budget: &'static str,
    pub account: &'static str,
    pub foreign: &'static str,
    pub note: &'static str,
    pub broken: &'static str,
}

/// The options of a post, in words.
#[derive(Debug)]
pub struct Choices {
    pub following_reply: &'static str,
    pub mentioned_reply: &'static str,
    pub subscribers_reply: &'static str,
    pub verified_reply: &'static str,
    pub answers: &'static str,
    pub leaves_out: &'static str,
    pub quotes: &'static str,
    pub poll: &'static str,
    pub community: &'static str,
    pub shared: &'static str,
    pub not_shared: &'static str,
    pub place: &'static str,
    pub tags: &'static str,
    pub made_with_ai: &'static str,
    pub not_made_with_ai: &'static str,
    pub paid_partnership: &'static str,
    pub no_paid_partnership: &'static str,
    pub super_followers: &'static str,
    pub not_super_followers: &'static str,
    pub other: &'static str,
}

impl Approval {
    /// Why a link or a decision was refused.
    pub const fn reason(&self, code: Code) -> &'static str {
        let undecided = &self.undecided;
        match code {
            Code::NotFound => undecided.unknown,
            Code::ApprovalLate => undecided.late,
            Code::AlreadyPublished => undecided.approved,
            Code::InFlight => undecided.frozen,
            Code::BudgetExceeded | Code::CostExceeded => undecided.budget,
            Code::UnknownAccount | Code::MissingScope | Code::InvalidGrant => undecided.account,
            Code::OriginNotAllowed => undecided.foreign,
            Code::InvalidPayload => undecided.note,
            _ => undecided.broken,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Every sentence of a language, in the order of the struct. A new field does not compile before it stands here.
    pub(in super::super) fn sentences(approval: &Approval) -> Vec<&'static str> {
        let Approval {
            ask_title,
            asks,
            unexpected,
            accounts: _,
            account_count,
            when: _,
            at_once,
            after_approval,
            price: _,
            price_text,
            link: _,
            link_text,
            content: _,
            part,
            no_text,
            hidden,
            options: _,
            photo: _,
            gif: _,
            video: _,
            alt_text: _,
            no_alt_text,
            subtitles,
            decision,
            note_field,
            approve,
            reject,
            approved_title,
            approved,
            leaves_at,
            rejected_title,
            rejected,
            note: _,
            nothing_leaves,
            expired_title,
            expired,
            stale_title,
            stale,
            late_title,
            late,
            back,
            undecided,
            choices,
            times: _,
        } = approval;
        let pages = [
            ask_title,
            asks,
            unexpected,
            account_count,
            at_once,
            after_approval,
            price_text,
            link_text,
            part,
            no_text,
            hidden,
            no_alt_text,
            subtitles,
            decision,
            note_field,
            approve,
            reject,
            approved_title,
            approved,
            leaves_at,
            rejected_title,
            rejected,
            nothing_leaves,
            expired_title,
            expired,
            stale_title,
            stale,
            late_title,
            late,
            back,
        ];
        pages.into_iter().copied().chain(reasons(undecided)).chain(words(choices)).collect()
    }

    fn reasons(undecided: &Undecided) -> [&'static str; 9] {
        let Undecided { unknown, late, approved, frozen, budget, account, foreign, note, broken } = undecided;
        [unknown, late, approved, frozen, budget, account, foreign, note, broken]
    }

    fn words(choices: &Choices) -> [&'static str; 20] {
        let Choices {
            following_reply,
            mentioned_reply,
            subscribers_reply,
            verified_reply,
            answers,
            leaves_out,
            quotes,
            poll,
            community,
            shared,
            not_shared,
            place,
            tags,
            made_with_ai,
            not_made_with_ai,
            paid_partnership,
            no_paid_partnership,
            super_followers,
            not_super_followers,
            other,
        } = choices;
        [
            following_reply,
            mentioned_reply,
            subscribers_reply,
            verified_reply,
            answers,
            leaves_out,
            quotes,
            poll,
            community,
            shared,
            not_shared,
            place,
            tags,
            made_with_ai,
            not_made_with_ai,
            paid_partnership,
            no_paid_partnership,
            super_followers,
            not_super_followers,
            other,
        ]
    }

    #[test]
    fn every_short_word_is_there_in_every_language() {
        for approval in [&EN, &ES, &PT, &FR, &DE, &JA] {
            let words = [
                approval.accounts,
                approval.when,
                approval.price,
                approval.link,
                approval.content,
                approval.options,
                approval.photo,
                approval.gif,
                approval.video,
                approval.alt_text,
                approval.note,
            ];
            assert!(words.iter().all(|word| !word.is_empty()), "{words:?}");
        }
    }

    #[test]
    fn a_refusal_says_what_the_person_can_do() {
        assert_eq!(EN.reason(Code::BudgetExceeded), EN.undecided.budget);
        assert_eq!(EN.reason(Code::MissingScope), EN.undecided.account);
        assert_eq!(EN.reason(Code::Internal), EN.undecided.broken);
    }
}
