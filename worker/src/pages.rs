//! The few pages that an end user sees: plain, unbranded, without a request to anybody else.
//!
//! Text from outside is escaped where it is put in. Script and style are allowed by a nonce of their own.

use latchkey_core::api::refused::Refused;
use latchkey_core::seal::base64url;
use url::Url;

use crate::error::Result;
use crate::response::Reply;
use crate::runtime::entropy;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;\
background:Canvas;color:CanvasText}\
main{max-width:26rem;margin:2rem 1.5rem;text-align:center}\
h1{font-size:1.25rem;line-height:1.3;margin:0 0 .5rem;text-wrap:balance}\
p{margin:.5rem 0;opacity:.8}\
b,small{overflow-wrap:anywhere}\
button{font:inherit;font-weight:600;margin-top:1.25rem;padding:.65rem 1.5rem;border:0;border-radius:999px;\
background:CanvasText;color:Canvas;cursor:pointer}\
button:focus-visible{outline:3px solid Highlight;outline-offset:3px}";

/// The popup is not needed any more. It says nothing to anybody: the first page learns of it from its own poll.
pub fn done() -> Result<Reply> {
    let body = "<h1>Done</h1><p>You can close this window and go back to where you started.</p>";
    page(200, "Done", body, Some("window.close()"), "")
}

pub fn failed(message: &str) -> Result<Reply> {
    let body =
        format!("<h1>Not connected</h1><p>{}</p><p>You can close this window and try again.</p>", escape(message));
    page(200, "Not connected", &body, Some("window.close()"), "")
}

/// This browser is not the one that began: it can connect nothing by itself.
pub fn other_browser(site: Option<&str>, label: Option<&str>) -> Result<Reply> {
    let body = format!(
        "<h1>Continue where you started</h1>{}<p>This sign-in was started in another browser. Go back there to continue. \
         If you did not start it, close this window: nothing has been connected.</p>",
        asking(site, label)
    );
    page(200, "Continue where you started", &body, None, "")
}

/// Asked of a browser that hides where it comes from. Chromium checks the redirect to X against `form-action`.
pub fn start(site: Option<&str>, label: Option<&str>, fields: &[(&str, &str)], authorize: &Url) -> Result<Reply> {
    let input = |(name, value): &(&str, &str)| {
        format!("<input type=hidden name=\"{}\" value=\"{}\">", escape(name), escape(value))
    };
    let inputs = fields.iter().map(input).collect::<Vec<_>>().concat();
    let body = format!(
        "<h1>Connect your X account</h1>{}<form method=post action=/connect/start/confirmed>{inputs}\
         <button>Continue to X</button></form><p>If you did not ask for this, close this window.</p>",
        asking(site, label)
    );
    let form_action = format!("form-action 'self' {}", authorize.origin().ascii_serialization());
    page(200, "Connect your X account", &body, None, &form_action).map(Reply::naming_itself_to_us)
}

/// A refusal or fault as a person sees it. What to do about it is said to developers, in JSON; here stand the code and
/// the id by which the site's own people can find it.
pub fn failure(refused: &Refused, request_id: &str) -> Reply {
    let body = format!(
        "<h1>That did not work</h1><p>{}</p><p>Go back to where you started and try again.</p>\
         <p><small>{} · {}</small></p>",
        escape(&refused.message),
        refused.code.as_str(),
        escape(request_id)
    );
    page(refused.code.status(), "That did not work", &body, None, "").unwrap_or_else(|_| Reply::empty(500))
}

fn asking(site: Option<&str>, label: Option<&str>) -> String {
    match (site, label) {
        (Some(site), Some(label)) => format!("<p><b>{}</b> asks for: {}</p>", escape(site), escape(label)),
        (Some(site), None) => format!("<p><b>{}</b> asks to connect an X account.</p>", escape(site)),
        (None, Some(label)) => format!("<p><b>{}</b></p>", escape(label)),
        (None, None) => String::new(),
    }
}

fn page(status: u16, title: &str, body: &str, script: Option<&str>, form_action: &str) -> Result<Reply> {
    let nonce = base64url(&entropy::<16>()?);
    let script = script.map_or_else(String::new, |code| format!("<script nonce={nonce}>{code}</script>"));
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <meta name=robots content=noindex><link rel=icon href=data:,><title>{title}</title><style nonce={nonce}>{STYLE}</style>\
         <main>{body}</main>{script}</html>"
    );
    let form_action = if form_action.is_empty() { "form-action 'none'" } else { form_action };
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; {form_action}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    Ok(Reply::page(status, html, policy))
}

/// For element content and quoted attributes (HTML standard §13.1.2.3, §13.1.4).
fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn text_from_outside_cannot_become_markup() {
        assert_eq!(
            escape("<img src=x onerror=\"a('&')\">"),
            "&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt;"
        );
    }
}
