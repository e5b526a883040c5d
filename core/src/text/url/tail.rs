//! The parts around a host. Each function returns the number of characters of its part in `text`, 0 if the part is
//! absent.

use super::class;

/// X's short link: how long its name is, and how long it is from the host on.
pub(super) struct Tco {
    pub(super) name: usize,
    pub(super) length: usize,
}

pub(super) fn scheme(text: &[char]) -> usize {
    let schemes = ["https://", "http://"];
    schemes.into_iter().find(|scheme| starts_with(text, scheme)).map_or(0, str::len)
}

pub(super) fn port(text: &[char]) -> usize {
    match text {
        [':', rest @ ..] => match count(rest, |c| c.is_ascii_digit()) {
            0 => 0,
            digits => 1 + digits,
        },
        _ => 0,
    }
}

/// Up to the last character that may end a path, with the parentheses directly behind.
pub(super) fn path(text: &[char]) -> usize {
    if text.first() != Some(&'/') {
        return 0;
    }
    let (mut end, mut at) = (1, 1);
    while let Some(&c) = text.get(at) {
        let pair = parentheses(text.get(at..).unwrap_or_default());
        if pair.is_none() && !class::is_path(c) {
            break;
        }
        let is_end = if pair.is_some() { at == end } else { class::is_path_end(c) };
        at += pair.unwrap_or(1);
        if is_end {
            end = at;
        }
    }
    end
}

pub(super) fn query(text: &[char]) -> usize {
    match text {
        ['?', rest @ ..] => {
            let run = rest.iter().take_while(|c| class::is_query(**c));
            let ends = run.enumerate().filter(|(_, c)| class::is_query_end(**c));
            ends.last().map_or(0, |(at, _)| at + 2)
        }
        _ => 0,
    }
}

/// `t.co/`, a name, and perhaps a query.
pub(super) fn tco(text: &[char]) -> Option<Tco> {
    const HOST: &str = "t.co/";
    let rest = text.get(HOST.len()..).filter(|_| starts_with(text, HOST))?;
    let name = count(rest, |c| c.is_ascii_alphanumeric());
    let length = HOST.len() + name + query(rest.get(name..)?);
    (name > 0).then_some(Tco { name, length })
}

/// `(a)` or `(a(b)c)`, as Wikipedia has them in its URLs; not nested any deeper.
fn parentheses(text: &[char]) -> Option<usize> {
    let before = opened(text)?;
    let inner = text.get(before..).and_then(simple_parentheses);
    let after = inner
        .map_or(before, |inner| before + inner + count(text.get(before + inner..).unwrap_or_default(), class::is_path));
    (after > 1 && text.get(after) == Some(&')')).then_some(after + 1)
}

fn simple_parentheses(text: &[char]) -> Option<usize> {
    let end = opened(text)?;
    (end > 1 && text.get(end) == Some(&')')).then_some(end + 1)
}

/// An opening parenthesis and what follows it, up to the next of either kind.
fn opened(text: &[char]) -> Option<usize> {
    match text {
        ['(', rest @ ..] => Some(1 + count(rest, class::is_path)),
        _ => None,
    }
}

fn starts_with(text: &[char], prefix: &str) -> bool {
    text.len() >= prefix.len() && prefix.chars().zip(text).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

fn count(text: &[char], belongs: impl Fn(char) -> bool) -> usize {
    text.iter().take_while(|c| belongs(**c)).count()
}
