//! The few pages that end users see: in the user's language, under the operator's name, without a request to another
//! host.

mod approve;
mod brand;
mod escape;
mod frame;
mod kept;

use latchkey_core::api::code::Code;
use latchkey_core::brand::Brand;
use latchkey_core::connect::page::{Asking, Ending};
use latchkey_core::messages::Messages;
use latchkey_core::secret::Secret;
use url::Url;

use self::escape::escape;
use self::frame::Frame;
pub use self::kept::{brand, forget_brand, kept_brand};
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
}

impl Theme {
    pub fn plain(messages: &'static Messages) -> Self {
        Self { messages, brand: Brand::default() }
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

    /// The page sends no message: the first page learns the result from its own poll.
    pub fn done(&self) -> Result<Reply> {
        let messages = self.messages;
        self.frame(messages.done_title).text(messages.done).script(CLOSE).page(200)
    }

    pub fn ended(&self, ending: Ending) -> Result<Reply> {
        let messages = self.messages;
        let reason = match ending {
            Ending::Failed(code) => messages.reason(code),
            Ending::Cancelled => messages.reasons.cancelled,
            Ending::Expired => messages.reasons.expired,
        };
        self.frame(messages.ended_title).text(reason).text(messages.ended).script(CLOSE).page(200)
    }

    /// For another browser than the one that began. This browser can do nothing.
    pub fn elsewhere(&self, asking: &Asking) -> Result<Reply> {
        let messages = self.messages;
        self.frame(messages.elsewhere_title).asking(asking).text(messages.elsewhere).page(200)
    }

    /// For the second browser: X sent this browser back, and another browser began. The code appears once the first
    /// page has sent its verifier.
    pub fn waiting(&self, asking: &Asking) -> Result<Reply> {
        let messages = self.messages;
        let frame = self.frame(messages.waiting_title).asking(asking).text(messages.waiting).text(messages.not_me);
        Ok(frame.page(200)?.with("Refresh", AGAIN_AFTER.into()))
    }

    /// Whoever consented reads who asks, and where alone the code may be typed.
    pub fn code(&self, asking: &Asking, username: &str, code: &Secret<String>) -> Result<Reply> {
        let messages = self.messages;
        // EXPOSE: to the person in whose browser X has just said who they are.
        let (first, last) = code.expose().split_at_checked(3).unwrap_or_default();
        let site = bold(asking.site.as_deref().unwrap_or_default());
        self.frame(messages.code_title)
            .asking(asking)
            .text(&messages.signed_in_as.replace("{handle}", &handle(username)))
            .text(messages.code)
            .html(&format!("<p class=code>{} {}</p>", escape(first), escape(last)))
            .text(&messages.code_only_at.replace("{site}", &site))
            .text(messages.not_me)
            .page(200)
    }

    /// A link in another browser than opened it. `redirect_target` is where the site wants the browser afterwards: Chromium checks
    /// that redirect against `form-action` too.
    pub fn button(
        &self,
        asking: &Asking,
        username: &str,
        action: &str,
        redirect_target: Option<&str>,
    ) -> Result<Reply> {
        let messages = self.messages;
        let label = messages.button.replace("{handle}", &handle(username));
        let page = self
            .frame(messages.button_title)
            .asking(asking)
            .text(&messages.signed_in_as.replace("{handle}", &handle(username)))
            .form(action, &[], &label, redirect_target)
            .text(messages.not_me)
            .page(200)?;
        Ok(page.naming_itself_to_us())
    }

    /// Asked of a browser that hides where it comes from.
    pub fn start(&self, asking: &Asking, fields: &[(&str, &str)], authorize: &Url) -> Result<Reply> {
        let (messages, to_x) = (self.messages, authorize.origin().ascii_serialization());
        let page = self
            .frame(messages.start_title)
            .asking(asking)
            .form("/connect/start/confirmed", fields, messages.start_button, Some(&to_x))
            .text(messages.start_warning)
            .page(200)?;
        Ok(page.naming_itself_to_us())
    }

    /// A refusal or fault for people. Developers get the remedy in JSON. This page shows the code and the request id,
    /// so that the site's own people can find the entry in the log.
    pub fn failure(&self, code: Code, request_id: &str) -> Reply {
        let messages = self.messages;
        let note = format!("<p><small>{} · {}</small></p>", code.as_str(), escape(request_id));
        let frame = self.frame(messages.failure_title).text(messages.reason(code)).text(messages.failure).html(&note);
        frame.page(code.status()).unwrap_or_else(|_| Reply::empty(500))
    }

    const fn frame(&self, title: &'static str) -> Frame<'_> {
        Frame::new(self, title)
    }
}

fn bold(text: &str) -> String {
    format!("<b>{}</b>", escape(text))
}

fn handle(username: &str) -> String {
    bold(&format!("@{username}"))
}
