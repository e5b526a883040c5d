//! The page on which a person approves a post or rejects the post: everything on which the person decides, and two buttons.
//! The page has no script. Nothing of the post is a link but the posts that the post answers or quotes.

mod choices;
mod facts;
mod parts;

use latchkey_core::api::code::Code;
use latchkey_core::approval::{ApprovalShown, Status};
use latchkey_core::messages::approval::Approval;

use super::Theme;
use super::escape::escape;
use super::frame::Frame;
use super::text::{name, shown};
use crate::error::Result;
use crate::response::Reply;

/// Characters of a note, as docs/API.md has them.
const NOTE_CHARACTERS: usize = 500;

impl Theme {
    /// The request as it stands. A request that waits has the form.
    pub fn approval(&self, shown: &ApprovalShown) -> Result<Reply> {
        let messages = &self.messages.approval;
        match shown.status {
            Status::Pending if shown.is_late => self.sheet(messages.late_title, shown).page(200),
            Status::Pending => self.sheet(messages.ask_title, shown).page(200),
            Status::Approved => self.sheet(messages.approved_title, shown).page(200),
            Status::Rejected => self.sheet(messages.rejected_title, shown).page(200),
            Status::Expired => self.sheet(messages.expired_title, shown).page(200),
            Status::Withdrawn => self.approval_stale(),
        }
    }

    /// Of another version than the link's, or of a post that is gone: nothing of the post is shown.
    pub fn approval_stale(&self) -> Result<Reply> {
        let messages = &self.messages.approval;
        self.frame(messages.stale_title).text(messages.stale).sheet().page(Code::ApprovalStale.status())
    }

    /// A link or a decision that was refused. The way back is the address of the form, which is the page's own.
    pub fn undecided(&self, code: Code, request_id: &str) -> Reply {
        self.refusal(code, request_id).unwrap_or_else(|_| Reply::empty(500))
    }

    fn refusal(&self, code: Code, request_id: &str) -> Result<Reply> {
        let messages = &self.messages.approval;
        let back = match code {
            Code::ApprovalStale => return self.approval_stale(),
            Code::NotFound => String::new(),
            _ => format!("<p><a href=\"\">{}</a></p>", messages.back),
        };
        let note = format!("<p><small>{} · {}</small></p>", code.as_str(), escape(request_id));
        let frame = self.frame(self.messages.failure_title).text(messages.reason(code)).html(&back).html(&note);
        frame.sheet().page(code.status())
    }

    fn sheet(&self, title: &'static str, shown: &ApprovalShown) -> Frame<'_> {
        self.frame(title).html(&body(shown, &self.messages.approval)).sheet()
    }
}

/// Everything below the heading.
fn body(shown: &ApprovalShown, messages: &Approval) -> String {
    let form = if shown.status == Status::Pending { form(shown, messages) } else { String::new() };
    format!("{}{}{}{form}", state(shown, messages), facts::list(shown, messages), content(shown, messages))
}

/// How the request stands, in a sentence or two.
fn state(shown: &ApprovalShown, messages: &Approval) -> String {
    let who = format!("<b>{}</b>", name(&shown.requested_by));
    let at = |time| facts::instant(time, messages);
    let decided_at = at(shown.decided_at.unwrap_or(shown.requested_at));
    match (shown.status, shown.scheduled_at) {
        (Status::Pending, Some(time)) if shown.is_late => {
            notice(&messages.late.replace("{who}", &who).replace("{time}", &at(time)))
        }
        (Status::Pending, _) => {
            let asks = messages.asks.replace("{who}", &who).replace("{time}", &at(shown.requested_at));
            format!("<p>{asks}</p>")
        }
        (Status::Approved, time) => {
            let leaves = time.map(|time| messages.leaves_at.replace("{time}", &at(time))).unwrap_or_default();
            notice(&format!("{} {leaves}", messages.approved.replace("{time}", &decided_at)))
        }
        (Status::Rejected, _) => {
            let rejected = messages.rejected.replace("{time}", &decided_at);
            notice(&format!("{rejected} {}{}", messages.nothing_leaves, noted(shown, messages)))
        }
        (Status::Expired | Status::Withdrawn, _) => {
            notice(&messages.expired.replace("{who}", &who).replace("{time}", &at(shown.expires_at)))
        }
    }
}

fn notice(html: &str) -> String {
    format!("<div class=notice>{html}</div>")
}

fn noted(ApprovalShown { note, .. }: &ApprovalShown, messages: &Approval) -> String {
    let html = |note: &String| format!("<p class=text dir=auto><b>{}:</b> {}</p>", messages.note, shown(note));
    note.as_ref().map(html).unwrap_or_default()
}

fn content(shown: &ApprovalShown, messages: &Approval) -> String {
    let options = choices::list(&shown.options, messages);
    let heading = if options.is_empty() { String::new() } else { format!("<h2>{}</h2>", messages.options) };
    format!("<h2>{}</h2>{}{heading}{options}", messages.content, parts::list(&shown.containers, messages))
}

/// Two buttons, which post to the page's own address. What cannot be approved any more can be rejected.
fn form(shown: &ApprovalShown, messages: &Approval) -> String {
    let approve = format!("<button name=decision value=approve>{}</button>", messages.approve);
    let approve = if shown.is_late { "" } else { &approve };
    format!(
        "<h2>{}</h2><p>{}</p><form method=post>\
         <label for=note>{}</label><textarea id=note name=note rows=3 maxlength={NOTE_CHARACTERS} dir=auto></textarea>\
         <div class=buttons>{approve}<button class=plain name=decision value=reject>{}</button></div></form>",
        messages.decision, messages.unexpected, messages.note_field, messages.reject
    )
}

#[cfg(test)]
mod tests;
