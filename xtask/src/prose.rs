//! How plain the documents are: vague pronouns in 100 words of prose.
//!
//! A vague pronoun is one that sends the reader back to look for its noun: `it`, `they`, `what`, `that` and `which` in
//! every form and every use, and `this` or `these` where no noun follows. The count is simple on purpose and errs on
//! the strict side: a conjunction (`says that …`) counts as well. Code blocks are left out, and a code span is one word.

use std::fmt;
use std::path::PathBuf;

use crate::paths;
use crate::run::Result;

/// Always counted, whatever follows.
const VAGUE: [&str; 9] = ["it", "its", "they", "them", "their", "what", "that", "which", "those"];
/// Counted unless a noun follows.
const POINTING: [&str; 2] = ["this", "these"];
/// Words after `this` and `these` that begin no noun.
const NO_NOUN: &str = "is are was were be been has have had does do did will would can could may might must should \
     shall and or but nor so in on at to of for from by with without as if when while until than not also \
     alone too only again always never holds means makes gives gets lets keeps goes leads ends costs says \
     shows works runs happens needs takes";

/// What stands for a code span.
const SPAN: &str = " Code ";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Figure {
    words: usize,
    vague: usize,
}

impl Figure {
    pub(crate) fn of(document: &str) -> Self {
        let prose = prose(document);
        let tokens = tokens(&prose);
        let following = tokens.iter().skip(1).copied().chain(["."]);
        let vague = tokens.iter().zip(following).filter(|(word, next)| is_vague(word, next)).count();
        Self { words: tokens.iter().filter(|token| **token != ".").count(), vague }
    }

    pub(crate) fn is_below(self, in_hundred: usize) -> bool {
        self.vague * 100 < self.words * in_hundred
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.vague * 10_000 / self.words.max(1);
        write!(f, "{}.{:02} in 100 ({} of {} words)", hundredths / 100, hundredths % 100, self.vague, self.words)
    }
}

/// `cargo xtask prose`: the figure of each document.
pub(crate) fn print() -> Result {
    for path in documents() {
        let figure = Figure::of(&std::fs::read_to_string(&path)?);
        let name = path.strip_prefix(paths::root()).unwrap_or(&path);
        println!("{:32} {figure}", name.display());
    }
    Ok(())
}

fn documents() -> Vec<PathBuf> {
    let single = ["README.md", "CONTRIBUTING.md"].map(paths::at);
    let packages = ["wasm-client/README.md", "worker/dashboard/README.md", "tests/fake-x/README.md"].map(paths::at);
    let folders = ["docs", "docs/guide"].map(|folder| paths::files_ending(folder, ".md"));
    single.into_iter().chain(folders.into_iter().flatten()).chain(packages).collect()
}

fn is_vague(word: &str, next: &str) -> bool {
    let is_in = |list: &[&str]| list.iter().any(|entry| word.eq_ignore_ascii_case(entry));
    let is_noun = next != "." && !NO_NOUN.split_whitespace().any(|entry| next.eq_ignore_ascii_case(entry));
    is_in(&VAGUE) || (is_in(&POINTING) && !is_noun)
}

/// The text without fenced blocks and link targets, each code span as one word.
fn prose(document: &str) -> String {
    let mut is_code = false;
    let mut text = String::new();
    for line in document.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            text.push_str(line);
            text.push('\n');
        }
    }
    replaced(&replaced(&text, "`", "`", SPAN), "](", ")", " ")
}

/// Whatever stands between `open` and `close`, both included, becomes `by`.
fn replaced(text: &str, open: &str, close: &str, by: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, (_, after))) =
        rest.split_once(open).and_then(|(before, inside)| Some((before, inside.split_once(close)?)))
    {
        result.push_str(before);
        result.push_str(by);
        rest = after;
    }
    result + rest
}

/// Words, and a full stop wherever a sentence or a part of one ends.
fn tokens(prose: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for chunk in prose.split_whitespace() {
        let words = chunk.split(|c: char| !c.is_alphabetic() && !matches!(c, '\'' | '’'));
        tokens.extend(words.filter(|word| !word.is_empty()));
        if chunk.ends_with(['.', ',', ';', ':', '!', '?', ')', '|', '–']) {
            tokens.push(".");
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(document: &str) -> (usize, usize) {
        let Figure { words, vague } = Figure::of(document);
        (vague, words)
    }

    #[test]
    fn a_pronoun_counts_in_every_form_and_case() {
        assert_eq!(figure("It waits for them. Whatever they send, that is theirs."), (4, 10));
        assert_eq!(figure("The worker stores the key, which is what it needs."), (3, 10));
    }

    #[test]
    fn this_counts_where_no_noun_follows() {
        assert_eq!(figure("This is stored."), (1, 3));
        assert_eq!(figure("The worker refuses this."), (1, 4));
        assert_eq!(figure("The worker refuses these, and this too"), (2, 7));
        assert_eq!(figure("This key opens these rows and this `table`."), (0, 8));
    }

    #[test]
    fn parts_of_words_do_not_count() {
        assert_eq!(figure("A commit waits; a thesis and whatnot wait."), (0, 8));
    }

    #[test]
    fn code_and_link_targets_are_no_prose() {
        let document = "Run `what it is` first.\n\n```sh\nit --that\n```\n\n   ```js\n   which(they)\n   ```\nSee [the page](it-that.md).\n";
        assert_eq!(figure(document), (0, 6));
    }

    #[test]
    fn the_limit_itself_is_not_below_it() {
        assert!(Figure { words: 100, vague: 4 }.is_below(5));
        assert!(!Figure { words: 100, vague: 5 }.is_below(5));
        assert_eq!(Figure { words: 300, vague: 14 }.to_string(), "4.66 in 100 (14 of 300 words)");
    }

    #[test]
    fn every_document_is_there() {
        let missing: Vec<PathBuf> = documents().into_iter().filter(|path| !path.is_file()).collect();
        assert_eq!(missing, Vec::<PathBuf>::new());
        assert!(documents().len() > 15);
    }
}
