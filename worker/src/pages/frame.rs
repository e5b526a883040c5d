//! One page: heading, paragraphs, at most one form and one script.
//!
//! Text from outside is escaped at the place of insertion. Script and style are allowed by a nonce of their own.

use latchkey_core::connect::page::Asking;
use latchkey_core::seal::base64url;

use super::escape::escape;
use super::{Theme, bold, brand, isolated};
use crate::error::Result;
use crate::response::Reply;
use crate::runtime::entropy;

const STYLE: &str = include_str!("page.css");
/// A page that is read from its beginning to its end: wider, and not in the middle of the window.
const SHEET: &str = include_str!("sheet.css");

pub struct Frame<'a> {
    theme: &'a Theme,
    title: &'static str,
    above: String,
    body: String,
    script: Option<&'static str>,
    form_action: String,
    is_sheet: bool,
}

impl<'a> Frame<'a> {
    pub const fn new(theme: &'a Theme, title: &'static str) -> Self {
        Self {
            theme,
            title,
            above: String::new(),
            body: String::new(),
            script: None,
            form_action: String::new(),
            is_sheet: false,
        }
    }

    /// A paragraph of ours; what is put into it is escaped already.
    pub fn text(self, text: &str) -> Self {
        self.html(&format!("<p>{text}</p>"))
    }

    /// A paragraph that is read last.
    pub fn note(self, text: &str) -> Self {
        self.html(&format!("<p class=note>{text}</p>"))
    }

    pub fn html(mut self, html: &str) -> Self {
        self.body.push_str(html);
        self
    }

    /// What stands above the heading.
    pub fn above(mut self, html: &str) -> Self {
        self.above.push_str(html);
        self
    }

    /// The asking site and the label. A link has no site; its label stands alone.
    pub fn asking(self, asking: &Asking) -> Self {
        let messages = self.theme.messages;
        let label = asking.label.as_deref().map(isolated);
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
        let html = self.html_with(&nonce);
        // A sample shows what the page is, and does nothing.
        if self.theme.sample.is_some() {
            let policy = self.policy(&nonce, "'self'");
            return Ok(Reply::framed_page(html, format!("{policy}; sandbox allow-same-origin")));
        }
        Ok(Reply::page(status, html, self.policy(&nonce, "'none'")))
    }

    fn html_with(&self, nonce: &str) -> String {
        let (lang, title, above, body) = (self.theme.messages.lang, self.title, &self.above, &self.body);
        let script = self.code().map_or_else(String::new, |code| format!("<script nonce={nonce}>{code}</script>"));
        let head = brand::head(&self.theme.brand);
        let (sheet, class) = if self.is_sheet { (SHEET, "sheet") } else { ("", "card") };
        let style = self.theme.in_scheme(&format!("{STYLE}{sheet}{}", brand::style(&self.theme.brand)));
        format!(
            "<!doctype html><html lang={lang}><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
             <meta name=robots content=noindex><link rel=icon href=data:,><title>{title}</title>\
             <style nonce={nonce}>{style}</style>\
             <main class={class}>{head}{above}<h1>{title}</h1>{body}</main>{script}</html>"
        )
    }

    fn policy(&self, nonce: &str, ancestors: &str) -> String {
        let scripts = self.code().map_or_else(String::new, |_| format!(" script-src 'nonce-{nonce}';"));
        let has_pictures = self.theme.brand.logo.is_some()
            || self.is_sheet
            || self.above.contains("<img ")
            || self.body.contains("<img ");
        let pictures = if has_pictures { "'self' data:" } else { "data:" };
        let players = if self.is_sheet { " media-src 'self';" } else { "" };
        let is_still = self.form_action.is_empty() || self.theme.sample.is_some();
        let form_action = if is_still { "'none'" } else { &self.form_action };
        format!(
            "default-src 'none'; style-src 'nonce-{nonce}';{scripts} img-src {pictures};{players} \
             form-action {form_action}; base-uri 'none'; frame-ancestors {ancestors}"
        )
    }

    fn code(&self) -> Option<&'static str> {
        self.script.filter(|_| self.theme.sample.is_none())
    }
}
