//! The URLs that X turns into links: `extractUrlsWithIndices` of twitter-text, written out by hand. The regular
//! expression of twitter-text would need an engine larger than the Worker may be.
//!
//! All positions are in characters. The time taken grows with the text's length, not with its square.

mod class;
mod host;
mod tail;
mod tld;

use std::ops::Range;

use host::Hosts;

/// In UTF-16 units, with the scheme.
const LONGEST_URL: usize = 4096;
const DEFAULT_SCHEME: &str = "https://";

/// t.co's own names are shorter; a longer one is not X's link, nor anybody's.
const LONGEST_TCO_NAME: usize = 40;

pub(super) fn find(text: &[char]) -> Vec<Range<usize>> {
    let hosts = Hosts::of(text);
    let mut urls = Vec::new();
    let mut from = 0;
    while let Some(candidate) = (from..text.len()).find_map(|at| Candidate::at(text, &hosts, at)) {
        from = candidate.end;
        urls.extend(candidate.urls(text));
    }
    urls
}

/// A possible URL, passed over as a whole even if it turns out to be none.
struct Candidate {
    before: Option<char>,
    start: usize,
    host: Range<usize>,
    has_path: bool,
    end: usize,
}

impl Candidate {
    /// A URL begins after a character that may precede one, or with the text.
    fn at(text: &[char], hosts: &Hosts, at: usize) -> Option<Self> {
        let before = text.get(at).copied().filter(|&c| class::may_precede(c));
        let after = before.and_then(|_| Self::starting(text, hosts, at + 1, before));
        after.or_else(|| if at == 0 { Self::starting(text, hosts, 0, None) } else { None })
    }

    fn starting(text: &[char], hosts: &Hosts, start: usize, before: Option<char>) -> Option<Self> {
        let host_start = start + tail::scheme(text.get(start..)?);
        let host = host_start..hosts.end(text, host_start)?;
        let rest = |at: usize| text.get(at..).unwrap_or_default();
        let port_end = host.end + tail::port(rest(host.end));
        let path_end = port_end + tail::path(rest(port_end));
        let end = path_end + tail::query(rest(path_end));
        Some(Self { before, start, host, has_path: path_end > port_end, end })
    }

    fn urls(&self, text: &[char]) -> Vec<Range<usize>> {
        if !self.is_plausible(text) {
            Vec::new()
        } else if self.host.start > self.start {
            self.with_scheme(text).into_iter().collect()
        } else {
            self.without_scheme(text)
        }
    }

    fn is_plausible(&self, text: &[char]) -> bool {
        let units = |span: Range<usize>| slice(text, span).iter().map(|c| c.len_utf16()).sum::<usize>();
        let scheme = units(self.start..self.host.start);
        let scheme = if scheme == 0 { DEFAULT_SCHEME.len() } else { scheme };
        host::is_encodable(slice(text, self.host.clone())) && scheme + units(self.start..self.end) <= LONGEST_URL
    }

    /// X's own short links end with name and query; later characters do not belong to the link.
    fn with_scheme(&self, text: &[char]) -> Option<Range<usize>> {
        match tail::tco(text.get(self.host.start..)?) {
            Some(tco) if tco.name > LONGEST_TCO_NAME => None,
            Some(tco) => Some(self.start..self.host.start + tco.length),
            None => Some(self.start..self.end),
        }
    }

    /// Only ASCII and accented Latin names, so that a sentence in another script does not become a part of a URL. Port
    /// and query are a part of it if there is a path.
    fn without_scheme(&self, text: &[char]) -> Vec<Range<usize>> {
        if self.before.is_some_and(|before| "-_./".contains(before)) {
            return Vec::new();
        }
        let in_text = |name: Range<usize>| self.start + name.start..self.start + name.end;
        let mut urls: Vec<_> = host::latin_names(slice(text, self.host.clone())).into_iter().map(in_text).collect();
        if let Some(last) = urls.last_mut().filter(|_| self.has_path) {
            last.end = self.end;
        }
        urls
    }
}

fn slice(text: &[char], span: Range<usize>) -> &[char] {
    text.get(span).unwrap_or_default()
}
