//! Host names: labels of almost any script, up to a top-level domain.

use std::ops::Range;

use idna::punycode;

use super::{class, tld};

/// In ASCII form, RFC 1035 §2.3.4.
const LONGEST_LABEL: usize = 63;

/// The end of every host in a text, found in one pass: a label's chain is the chain of the next label.
pub(super) struct Hosts {
    /// For each position, where the label ends that it is in.
    labels: Vec<usize>,
    /// The same if `_` ends a label too.
    names: Vec<usize>,
    /// For each dot: the end of the host with at least one more label before the top-level domain.
    beyond: Vec<Option<usize>>,
}

impl Hosts {
    pub(super) fn of(text: &[char]) -> Self {
        let labels = run_ends(text, class::is_label);
        let names = run_ends(text, |c| class::is_label(c) && c != '_');
        let mut hosts = Self { labels, names, beyond: vec![None; text.len()] };
        for dot in (0..text.len()).rev().filter(|&at| text.get(at) == Some(&'.')) {
            let end = hosts.end(text, dot + 1);
            if let Some(beyond) = hosts.beyond.get_mut(dot) {
                *beyond = end;
            }
        }
        hosts
    }

    /// Where the longest host ends that begins at `start`.
    pub(super) fn end(&self, text: &[char], start: usize) -> Option<usize> {
        let dot = *self.labels.get(start)?;
        let label = text.get(start..dot)?;
        let is_label = [label.first()?, label.last()?].into_iter().all(|&c| class::is_host_letter(c));
        if !is_label || text.get(dot) != Some(&'.') {
            return None;
        }
        let is_name = self.names.get(start) == Some(&dot);
        let here = || is_name.then(|| top_level_end(text, dot + 1)).flatten();
        self.beyond.get(dot).copied().flatten().or_else(here)
    }
}

fn top_level_end(text: &[char], start: usize) -> Option<usize> {
    Some(start + tld::length(text.get(start..)?)?)
}

/// For each position: the end of the run of characters that `belong`; outside a run the position itself.
fn run_ends(text: &[char], belongs: impl Fn(char) -> bool) -> Vec<usize> {
    let mut ends: Vec<usize> = (0..text.len()).collect();
    let mut end = text.len();
    for (at, &c) in text.iter().enumerate().rev() {
        if !belongs(c) {
            end = at;
        }
        if let Some(slot) = ends.get_mut(at) {
            *slot = end;
        }
    }
    ends
}

/// The names in a host that X links without a scheme: one name in each stretch of Latin labels with a top-level domain.
pub(super) fn latin_names(host: &[char]) -> Vec<Range<usize>> {
    let mut names = Vec::new();
    let mut at = 0;
    while at < host.len() {
        let stretch = host.iter().skip(at).take_while(|&&c| class::is_latin_label(c) || c == '.').count();
        let name = latin_name(host, at..at + stretch);
        at = name.as_ref().map_or(at + stretch.max(1), |name| name.end);
        names.extend(name);
    }
    names
}

fn latin_name(host: &[char], stretch: Range<usize>) -> Option<Range<usize>> {
    let start = stretch.start + usize::from(host.get(stretch.start) == Some(&'.'));
    let mut dots = (start..stretch.end).rev().filter(|&at| host.get(at) == Some(&'.'));
    dots.find_map(|dot| top_level_end(host, dot + 1)).map(|end| start..end)
}

/// Whether the DNS could have the host: no label is too long in its ASCII form, and no label claims the ASCII form
/// falsely.
pub(super) fn is_encodable(host: &[char]) -> bool {
    let claims_ascii = host.starts_with(&['x', 'n', '-', '-']);
    !(claims_ascii && latin_names(host).is_empty()) && host.split(|&c| c == '.').all(is_short)
}

/// punycode.js, which twitter-text measures with, takes three more dots for separators.
fn is_short(label: &[char]) -> bool {
    let parts = label.split(|c| matches!(c, '\u{3002}' | '\u{FF0E}' | '\u{FF61}'));
    let length = parts.map(ascii_length).try_fold(0, |sum, length| Some(sum + length? + 1));
    length.is_some_and(|with_last_dot| with_last_dot <= LONGEST_LABEL + 1)
}

fn ascii_length(label: &[char]) -> Option<usize> {
    if label.iter().all(char::is_ascii) {
        return Some(label.len());
    }
    punycode::encode(label).map(|code| "xn--".len() + code.len())
}
