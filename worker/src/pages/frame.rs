//! One page: heading, paragraphs, at most one form and one script.
//!
//! Text from outside is escaped at the place of insertion. Script and style are allowed by a nonce of their own.

use latchkey_core::connect::page::Asking;
use latchkey_core::seal::base64url;

use super::escape::escape;
use super::{Theme, bold, brand};
use crate::error::Result;
use crate::response::Reply;
use crate::runtime::entropy;

const STYLE: &str = include_str!("page.css");
/// A page that is read from its beginning to its end: wider, and not in the middle of the window.
const SHEET: &str = include_str!("sheet.css");

pub struct Frame<'a> {
    theme: &'a Theme,
    title: &'static str,
    body: String,
    script: Option<&'static str>,
    form_action: String,
    is_sheet: bool,
}

impl<'a> Frame<'a> {
    pub const fn new(theme: &'a Theme, title: &'static str) -> Self {
        Self { theme, title, body: String::new(), script: None, form_action: String::new(), is_sheet: false }
    }

    /// A paragraph of ours; what is put into it is escaped already.
    pub fn text(self, text: &str) -> Self {
        self.html(&format!("<p>{text}</p>"))
    }

    pub fn html(mut self, html: &str) -> Self {
        self.body.push_str(html);
        self
    }

    /// The asking site and the label. A link has no site; its label stands alone.
    pub fn asking(self, asking: &Asking) -> Self {
        let messages = self.theme.messages;
        let label = asking.label.as_deref().map(escape);
        let text = match (&asking.site, label) {
            (Some(site), Some(label)) => messages.asks_for.replace("{site}", &bold(site)).replace("{label}", &label),
            (Some(site), None) => messages.asks.replace("{site}", &bold(site)),
            (None, Some(label)) => format!("<b>{label}</b>"),
            (None, None) => return self,
        };
        self.text(&text)
    }

    /// One button. `beyond` is the origin that the answer leads to: Chromium checks redirects against `form-action`.
    pub fn form(mut self, action: &str, fields: &[(&str, &str)], label: &str, beyond: Option<&str>) -> Self {
        let input = |(name, value): &(&str, &str)| {
            format!("<input type=hidden name=\"{}\" value=\"{}\">", escape(name), escape(value))
        };
        let inputs = fields.iter().map(input).collect::<Vec<_>>().concat();
        self.form_action = ["'self'"].into_iter().chain(beyond).collect::<Vec<_>>().join(" ");
        self.html(&format!("<form method=post action=\"{}\">{inputs}<button>{label}</button></form>", escape(action)))
    }

    /// A page with media of ours, and with forms that post to the page's own address.
    pub fn sheet(mut self) -> Self {
        self.is_sheet = true;
        "'self'".clone_into(&mut self.form_action);
        self
    }

    pub const fn script(mut self, code: &'static str) -> Self {
        self.script = Some(code);
        self
    }

    pub fn page(self, status: u16) -> Result<Reply> {
        let nonce = base64url(&entropy::<16>()?);
        let script = self.script.map_or_else(String::new, |code| format!("<script nonce={nonce}>{code}</script>"));
        let scripts = self.script.map_or_else(String::new, |_| format!(" script-src 'nonce-{nonce}';"));
        let (lang, title, body) = (self.theme.messages.lang, self.title, self.body);
        let (head, colors) = (brand::head(&self.theme.brand), brand::style(&self.theme.brand));
        let (style, class) = if self.is_sheet { (SHEET, " class=sheet") } else { ("", "") };
        let html = format!(
            "<!doctype html><html lang={lang}><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
             <meta name=robots content=noindex><link rel=icon href=data:,><title>{title}</title>\
             <style nonce={nonce}>{STYLE}{style}{colors}</style>\
             <main{class}>{head}<h1>{title}</h1>{body}</main>{script}</html>"
        );
        let pictures = if self.theme.brand.logo.is_some() || self.is_sheet { "'self' data:" } else { "data:" };
        let players = if self.is_sheet { " media-src 'self';" } else { "" };
        let form_action = if self.form_action.is_empty() { "'none'" } else { &self.form_action };
        let policy = format!(
            "default-src 'none'; style-src 'nonce-{nonce}';{scripts} img-src {pictures};{players} \
             form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
        );
        Ok(Reply::page(status, html, policy))
    }
}
