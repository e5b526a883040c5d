//! The few pages that end users see: in the user's language, under the operator's name, without a request to another
//! host.

mod approve;
mod brand;
mod card;
mod document;
mod escape;
mod frame;
mod kept;
mod sample;
mod text;

use latchkey_core::api::code::Code;
use latchkey_core::api::sample::Scheme;
use latchkey_core::brand::Brand;
use latchkey_core::connect::page::{Asking, Ending, Person};
use latchkey_core::messages::Messages;
use latchkey_core::secret::Secret;
use url::Url;

use self::card::Sign;
pub use self::document::dressed;
use self::escape::escape;
use self::frame::Frame;
pub use self::kept::{brand, forget_brand, kept_brand};
pub use self::sample::sample;
use crate::app::App;
use crate::error::Result;
use crate::response::Reply;

/// The popup is not needed any more; it closes where the browser lets it.
const CLOSE: &str = "window.close()";
/// Seconds until a waiting page asks again, without a script.
const AGAIN_AFTER: &str = "2";

/// The theme of a page: the messages of a language, and the operator's brand.
pub struct Theme {
    messages: &'static Messages,
    brand: Brand,
    /// The page is a sample: nothing of it acts, and it is light or dark as asked.
    sample: Option<Scheme>,
}

impl Theme {
    pub fn plain(messages: &'static Messages) -> Self {
        Self { messages, brand: Brand::default(), sample: None }
    }

    pub async fn of(app: &App, messages: &'static Messages) -> Self {
        Self::plain(messages).branded(app).await
    }

    pub async fn branded(self, app: &App) -> Self {
        Self { brand: brand(app).await, ..self }
    }

    /// For a visitor without any proof of ours: the page uses the known brand, and no object is asked.
    pub fn with_known_brand(self) -> Self {
        Self { brand: kept_brand().unwrap_or_default(), ..self }
    }

    /// The page sends no message: the first page learns the result from its own poll. `place` is the
    /// path of the page, under which the person's picture is.
    pub fn done(&self, person: Option<&Person>, place: &str) -> Result<Reply> {
        let messages = self.messages;
        let Some(person) = person else {
            let frame = self.frame(messages.done_title).above(&card::sign(Sign::Good));
            return frame.text(messages.done).script(CLOSE).page(200);
        };
        let text = messages.connected.replace("{handle}", &handle(&person.username));
        self.frame(messages.connected_title)
            .above(&card::connected(person, place))
            .text(&text)
            .text(messages.done)
            .note(messages.access.ends)
            .script(CLOSE)
            .page(200)
    }

    pub fn ended(&self, ending: Ending) -> Result<Reply> {
        let messages = self.messages;
        let reason = match ending {
            Ending::Failed(code) => messages.reason(code),
            Ending::Cancelled => messages.reasons.cancelled,
            Ending::Expired => messages.reasons.expired,
        };
        let frame = self.frame(messages.ended_title).above(&card::sign(Sign::Bad));
        frame.text(reason).text(messages.ended).script(CLOSE).page(200)
    }

    /// For another browser than the one that began. This browser can do nothing.
    pub fn elsewhere(&self, asking: &Asking) -> Result<Reply> {
        let messages = self.messages;
        let frame = self.frame(messages.elsewhere_title).above(&card::sign(Sign::Away));
        frame.asking(asking).text(messages.elsewhere).page(200)
    }

    /// For the second browser: X sent this browser back, and another browser began. The code appears once the first
    /// page has sent its verifier.
    pub fn waiting(&self, asking: &Asking) -> Result<Reply> {
        let messages = self.messages;
        let frame = self.frame(messages.waiting_title).above(&card::sign(Sign::Waits));
        let page = frame.asking(asking).text(messages.waiting).note(messages.not_me).page(200)?;
        Ok(if self.sample.is_some() { page } else { page.with("Refresh", AGAIN_AFTER.into()) })
    }

    /// Whoever consented reads who asks, and where alone the code may be typed.
    pub fn code(&self, asking: &Asking, person: &Person, place: &str, code: &Secret<String>) -> Result<Reply> {
        let messages = self.messages;
        // EXPOSE: to the person in whose browser X has just said who they are.
        let (first, last) = code.expose().split_at_checked(3).unwrap_or_default();
        let site = bold(asking.site.as_deref().unwrap_or_default());
        self.frame(messages.code_title)
            .asking(asking)
            .text(&messages.signed_in_as.replace("{handle}", &handle(&person.username)))
            .html(&card::person(person, place))
            .text(messages.code)
            .html(&format!("<p class=code>{} {}</p>", escape(first), escape(last)))
            .text(&messages.code_only_at.replace("{site}", &site))
            .html(&card::allowed(self, asking))
            .note(messages.not_me)
            .page(200)
    }

    /// A link in another browser than opened it. `redirect_target` is where the site wants the browser afterwards: Chromium checks
    /// that redirect against `form-action` too.
    pub fn button(
        &self,
        asking: &Asking,
        person: &Person,
        place: &str,
        redirect_target: Option<&str>,
    ) -> Result<Reply> {
        let messages = self.messages;
        let label = messages.button.replace("{handle}", &handle(&person.username));
        let page = self
            .frame(messages.button_title)
            .asking(asking)
            .text(&messages.signed_in_as.replace("{handle}", &handle(&person.username)))
            .html(&card::person(person, place))
            .html(&card::allowed(self, asking))
            .form(place, &[], &label, redirect_target)
            .note(messages.access.ends)
            .note(messages.not_me)
            .page(200)?;
        Ok(page.naming_itself_to_us())
    }

    /// Asked of a browser that hides where it comes from.
    pub fn start(&self, asking: &Asking, fields: &[(&str, &str)], authorize: &Url) -> Result<Reply> {
        let (messages, to_x) = (self.messages, authorize.origin().ascii_serialization());
        let page = self
            .frame(messages.start_title)
            .asking(asking)
            .html(&card::allowed(self, asking))
            .form("/connect/start/confirmed", fields, messages.start_button, Some(&to_x))
            .note(messages.access.next)
            .note(messages.access.ends)
            .note(messages.start_warning)
            .page(200)?;
        Ok(page.naming_itself_to_us())
    }

    /// A refusal or fault for people. Developers get the remedy in JSON. This page shows the code and the request id,
    /// so that the site's own people can find the entry in the log.
    pub fn failure(&self, code: Code, request_id: &str) -> Reply {
        let messages = self.messages;
        let note = format!("<small>{} · {}</small>", code.as_str(), escape(request_id));
        let frame = self.frame(messages.failure_title).above(&card::sign(Sign::Bad));
        let frame = frame.text(messages.reason(code)).text(messages.failure).note(&note);
        frame.page(code.status()).unwrap_or_else(|_| Reply::empty(500))
    }

    const fn frame(&self, title: &'static str) -> Frame<'_> {
        Frame::new(self, title)
    }

    /// A sample is light or dark whatever the browser wants.
    fn in_scheme(&self, style: &str) -> String {
        let Some(scheme) = self.sample else { return style.to_owned() };
        let (is_dark, only) = match scheme {
            Scheme::Light => ("not all", "light"),
            Scheme::Dark => ("all", "dark"),
        };
        let forced = style.replace("(prefers-color-scheme: dark)", is_dark);
        forced.replace("(prefers-color-scheme:dark)", is_dark) + &format!(":root{{color-scheme:{only}}}")
    }
}

fn bold(text: &str) -> String {
    format!("<b>{}</b>", isolated(text))
}

/// A text of others beside words of ours: its direction is its own (HTML standard §4.5.24).
fn isolated(text: &str) -> String {
    format!("<bdi>{}</bdi>", escape(text))
}

fn handle(username: &str) -> String {
    bold(&format!("@{username}"))
}
