//! Compares a text in X's answer with a text that was sent.
//!
//! X shows texts changed. Line ends and characters are normalized. `&`, `<` and `>` are escaped. Links are t.co links,
//! and X adds their addresses. Attached media and quoted posts add a t.co link at the end. A reply is shown behind the
//! names of the answered people. White space is compared loosely: X documents no rule for white space besides line
//! ends.

use std::cmp::Reverse;
use std::iter::successors;
use std::ops::Range;

use idna::punycode;
use url::{Position, Url};

use crate::id::XPostId;
use crate::text::{normalized, weigh};

/// A post as it was sent, with the parts that decide X's display.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    pub text: &'a str,
    pub reply_to: Option<&'a XPostId>,
    /// Media or a quoted post: X adds a link of its own.
    pub has_attachment: bool,
}

/// One of X's links.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Link {
    /// `https://t.co/…`, as it stands in the text.
    pub(super) short: String,
    pub(super) expanded: String,
}

/// The sent text in the form for comparison, with the places of its URLs.
struct Written<'a> {
    text: String,
    urls: Vec<Range<usize>>,
    links: &'a [Link],
    has_attachment: bool,
}

impl Sent<'_> {
    pub(super) fn is_shown_as(&self, shown: &str, links: &[Link]) -> bool {
        let text = folded(self.text);
        let urls = weigh(&text).urls;
        let written = Written { text, urls, links, has_attachment: self.has_attachment };
        let shown = folded(shown);
        let without_names = successors(Some(shown.as_str()), |shown| self.reply_to.and(after_mention(shown)));
        without_names.into_iter().any(|shown| written.goes_on_as(0, shown))
    }
}

impl Written<'_> {
    /// Compares piece by piece: whether the text from `at` on is what X shows from here on.
    fn goes_on_as(&self, at: usize, shown: &str) -> bool {
        let text = self.text.get(at..).unwrap_or_default();
        let Some((before, link, after)) = next_link(self.links, shown) else { return text == shown };
        if self.has_attachment && after.is_empty() && text.trim_end() == before.trim_end() {
            return true;
        }
        let begins = text.starts_with(before);
        begins && self.ends_of(at + before.len(), link).into_iter().any(|end| self.goes_on_as(end, after))
    }

    /// The possible ends of the sent text that became `link`, if that text begins at `start`.
    fn ends_of(&self, start: usize, link: &Link) -> Vec<usize> {
        let text = self.text.get(start..).unwrap_or_default();
        let expanded = unescaped(&link.expanded);
        let spelled = spellings(&expanded).chain([link.short.as_str()]);
        let mut ends: Vec<usize> =
            spelled.filter(|spelling| begins_with(text, spelling)).map(|spelling| start + spelling.len()).collect();
        let span = self.urls.iter().find(|span| span.start == start);
        let url = span.and_then(|span| self.text.get(span.clone()));
        if url.and_then(canonical).is_some_and(|url| canonical(&expanded) == Some(url)) {
            ends.extend(span.map(|span| span.end));
        }
        ends.sort_unstable();
        ends.dedup();
        ends
    }
}

/// X's first link in a text, with the text before and after the link.
pub(super) fn next_link<'t, 'l>(links: &'l [Link], shown: &'t str) -> Option<(&'t str, &'l Link, &'t str)> {
    let places = links.iter().filter_map(|link| Some((shown.find(&link.short)?, link)));
    let (at, link) = places.min_by_key(|(at, link)| (*at, Reverse(link.short.len())))?;
    let (before, rest) = shown.split_at_checked(at)?;
    Some((before, link, rest.strip_prefix(link.short.as_str())?))
}

/// The form in which texts are compared. Whether X reads an escape that somebody typed as the character is not known, so
/// both are the same here.
fn folded(text: &str) -> String {
    let plain = normalized(&unescaped(text));
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without escapes, however often a character was escaped.
pub(super) fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    loop {
        let plain = unescaped_once(&text);
        if plain == text {
            return plain;
        }
        text = plain;
    }
}

pub(super) fn unescaped_once(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// What stands behind a leading `@name`.
fn after_mention(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    name.starts_with('@').then_some(rest)
}

/// X completes an address: `example.com` is expanded to `http://example.com`, sometimes with a slash at its end.
fn spellings(expanded: &str) -> impl Iterator<Item = &str> {
    let bare = expanded.strip_prefix("https://").or_else(|| expanded.strip_prefix("http://")).unwrap_or(expanded);
    [expanded, bare].into_iter().flat_map(|url| [url, url.strip_suffix('/').unwrap_or(url)])
}

fn begins_with(text: &str, spelling: &str) -> bool {
    !spelling.is_empty() && text.get(..spelling.len()).is_some_and(|head| head.eq_ignore_ascii_case(spelling))
}

/// The same for every spelling of one address: the scheme, the default port, the alphabet of a host, escapes and a slash
/// at the end make no difference.
fn canonical(url: &str) -> Option<String> {
    let bare = ["https://", "http://"]
        .into_iter()
        .find(|scheme| begins_with(url, scheme))
        .map_or(url, |scheme| url.get(scheme.len()..).unwrap_or_default());
    let (host, rest) = bare.split_at_checked(bare.find([':', '/', '?', '#']).unwrap_or(bare.len()))?;
    // The default port is the scheme's.
    let scheme = if begins_with(url, "https://") { "https" } else { "http" };
    let labels: Option<Vec<String>> = host.split('.').map(in_ascii).collect();
    let url = Url::parse(&format!("{scheme}://{}{rest}", labels?.join("."))).ok()?;
    Some(percent_decoded(&url[Position::BeforeHost..]).trim_end_matches('/').to_owned())
}

/// A label of a host as the DNS has it. The URL parser is built without Unicode tables.
fn in_ascii(label: &str) -> Option<String> {
    let label = label.to_lowercase();
    if label.is_ascii() { Some(label) } else { punycode::encode_str(&label).map(|code| format!("xn--{code}")) }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escape = after.first_chunk::<2>().filter(|_| *first == b'%');
        let byte = escape.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = after.get(if byte.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
