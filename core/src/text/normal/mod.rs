//! The form in which X counts and stores a text: every line ends with a line feed, and the characters are in
//! normalization form C (UAX #15).
//!
//! The tables are our own, since the tables of the usual crates are as large as all of this module.

mod compatibility;
mod hangul;
mod table;

use std::ops::Range;

use self::table::TABLES;

/// Nothing below combines with what stands before it.
const FIRST_COMBINING: char = '\u{300}';

/// A text's normal form, and where in the text each of its characters begins.
pub(super) struct Normal {
    pub(super) chars: Vec<char>,
    offsets: Vec<usize>,
    length: usize,
}

#[derive(Clone, Copy)]
struct Unit {
    c: char,
    class: u32,
    offset: usize,
}

impl Normal {
    pub(super) fn of(text: &str) -> Self {
        let is_normal = text.chars().all(|c| c < FIRST_COMBINING);
        let mut units = if is_normal { plain(text) } else { compose(reordered(decompose(text))) };
        end_lines(&mut units);
        let (chars, offsets) = units.into_iter().map(|unit| (unit.c, unit.offset)).unzip();
        Self { chars, offsets, length: text.len() }
    }

    /// Where in the text the characters of `span` are.
    pub(super) fn bytes(&self, span: &Range<usize>) -> Range<usize> {
        let offset = |at: usize| self.offsets.get(at).copied().unwrap_or(self.length);
        offset(span.start)..offset(span.end)
    }
}

/// A carriage return, with or without its line feed, is a line feed. Neither takes part in composition.
fn end_lines(units: &mut Vec<Unit>) {
    let mut is_after_return = false;
    units.retain_mut(|unit| {
        let is_second_half = is_after_return && unit.c == '\n';
        is_after_return = unit.c == '\r';
        if is_after_return {
            unit.c = '\n';
        }
        !is_second_half
    });
}

fn plain(text: &str) -> Vec<Unit> {
    text.char_indices().map(|(offset, c)| Unit { c, class: 0, offset }).collect()
}

fn decompose(text: &str) -> Vec<Unit> {
    let mut units = Vec::with_capacity(text.len());
    for (offset, c) in text.char_indices() {
        for_each_part(c, &mut |c| units.push(Unit { c, class: class(c), offset }));
    }
    units
}

fn for_each_part(c: char, part: &mut dyn FnMut(char)) {
    if let Some((first, second)) = hangul::decompose(c).or_else(|| composed_of(c)) {
        for_each_part(first, part);
        part(second);
    } else if let Some(other) = compatibility::unified(c) {
        part(other);
    } else if let Some((_, parts)) = find(&TABLES.expanded, |row| row.0.cmp(&c)) {
        parts.iter().copied().filter(|&part| part != '\0').for_each(part);
    } else {
        part(c);
    }
}

fn composed_of(c: char) -> Option<(char, char)> {
    find(&TABLES.pairs, |row| row.0.cmp(&c)).map(|row| row.1)
}

/// `Canonical_Combining_Class`: marks of different classes do not touch each other, so their order means nothing.
fn class(c: char) -> u32 {
    let run = TABLES.runs.get(TABLES.runs.partition_point(|run| run.1 < c));
    run.filter(|run| run.0 <= c).map_or(0, |run| run.2)
}

/// Each run of marks in the order of the marks' classes. The offsets stay in place, so that offsets keep ascending.
fn reordered(mut units: Vec<Unit>) -> Vec<Unit> {
    let offsets: Vec<usize> = units.iter().map(|unit| unit.offset).collect();
    for run in units.chunk_by_mut(|_, next| next.class != 0) {
        let skip = usize::from(run.first().is_some_and(|first| first.class == 0));
        if let Some(marks) = run.get_mut(skip..) {
            marks.sort_by_key(|mark| mark.class);
        }
    }
    for (unit, offset) in units.iter_mut().zip(offsets) {
        unit.offset = offset;
    }
    units
}

/// Each character joins the last starter, unless a mark in between blocks it.
fn compose(units: Vec<Unit>) -> Vec<Unit> {
    let mut done: Vec<Unit> = Vec::with_capacity(units.len());
    let mut starter = 0;
    for unit in units {
        let is_blocked = done.len() > starter + 1 && done.last().is_some_and(|last| last.class >= unit.class);
        let first = done.get_mut(starter).filter(|_| !is_blocked);
        if let Some((first, c)) = first.and_then(|first| composed(first.c, unit.c).map(|c| (first, c))) {
            first.c = c;
            continue;
        }
        if unit.class == 0 {
            starter = done.len();
        }
        done.push(unit);
    }
    done
}

fn composed(first: char, second: char) -> Option<char> {
    if second < FIRST_COMBINING {
        return None;
    }
    let pair = || find(&TABLES.composed, |row| row.0.cmp(&(first, second))).map(|row| row.1);
    hangul::compose(first, second).or_else(pair)
}

fn find<T>(table: &[T], order: impl FnMut(&T) -> std::cmp::Ordering) -> Option<&T> {
    table.binary_search_by(order).ok().and_then(|at| table.get(at))
}

#[cfg(test)]
mod tests;
