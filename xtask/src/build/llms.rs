//! `llms.txt` and `llms-full.txt`, for assistants that read documents (llmstxt.org): which documents there are, and all of them in
//! one file.
//!
//! There are two pairs. `build/` has the one of this repository, which the release carries. A deployment serves the other: what its
//! callers need, under nobody's name, and each document by itself at the address that the index names.

use std::path::Path;

use crate::paths;
use crate::run::Result;

const README: &str = "README.md";
const GUIDE: &str = "docs/guide";
const API: &str = "docs/API.md";
const REFERENCE: [&str; 7] = [
    API,
    "docs/ARCHITECTURE.md",
    "docs/SECURITY.md",
    "docs/STORAGE.md",
    "docs/SCALE.md",
    "docs/TEXT.md",
    "docs/BUILD.md",
];
/// For callers of a deployment.
const SERVED: [&str; 4] = [API, "docs/guide/agents.md", "docs/guide/approval.md", "docs/guide/costs-and-rules.md"];
/// The folder of the served documents, at the same address.
const FOLDER: &str = "llms";
/// What names us in the API's document, each by its beginning and by what follows it: packages, and the operator's counts.
const LEFT_OUT: [[&str; 2]; 2] = [["\n### Two clients\n", "\n### "], ["\n**Metrics** are counts ", "\n```json\n"]];

const SERVED_INTRO: &str = "# Publishing to X

> Connects X accounts and publishes posts for them, by an HTTP API, or by tools for agents.

## Addresses

- [/openapi.json](/openapi.json): every call, for programs (OpenAPI 3.1)
- [/mcp](/mcp): the endpoint for agents (Model Context Protocol, `POST`)
- [/llms-full.txt](/llms-full.txt): the documents below in one file

## Documents
";

struct Document {
    path: String,
    title: String,
    about: String,
    text: String,
}

/// Writes both pairs: into the folder of served files, and beside it.
pub(super) fn write(served: &Path) -> Result {
    let readme = Document::read(README)?;
    let guide = guide()?;
    let reference = REFERENCE.into_iter().map(Document::read).collect::<Result<Vec<_>>>()?;
    let index = format!(
        "# {}\n\n> {}\n\n## Guide\n\n{}\n## Reference\n\n{}",
        readme.title,
        readme.about,
        list(&guide, Document::link),
        list(&reference, Document::link)
    );
    let all: Vec<Document> = [readme].into_iter().chain(guide).chain(reference).collect();
    std::fs::write(served.with_file_name("llms.txt"), index)?;
    std::fs::write(served.with_file_name("llms-full.txt"), list(&all, Document::whole))?;
    let public = SERVED.into_iter().map(Document::served).collect::<Result<Vec<_>>>()?;
    std::fs::write(served.join("llms.txt"), format!("{SERVED_INTRO}\n{}", list(&public, Document::link)))?;
    std::fs::create_dir_all(served.join(FOLDER))?;
    for document in &public {
        std::fs::write(served.join(document.path.trim_start_matches('/')), &document.text)?;
    }
    Ok(std::fs::write(served.join("llms-full.txt"), list(&public, |document| format!("{}\n", document.text)))?)
}

/// Where a deployment serves a document of this repository: `/llms/api.md`; nothing of one that is not served.
fn address(path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    SERVED.contains(&path).then(|| format!("/{FOLDER}/{name}"))
}

/// The text with links that hold at any address: to a served document, and of any other file the words alone.
fn relinked(text: &str, path: &str) -> String {
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut done, part| {
        let (target, rest) = part.split_once(')').unwrap_or((part, ""));
        let (file, fragment) = target.find('#').map_or((target, ""), |at| target.split_at(at));
        let target = match address(&beside(path, file)) {
            _ if file.is_empty() || file.starts_with('/') || target.contains("://") => target.to_owned(),
            Some(address) => address + fragment,
            None => {
                if let Some(at) = done.rfind('[') {
                    done.remove(at);
                }
                return done + rest;
            }
        };
        format!("{done}]({target}){rest}")
    })
}

/// The path of a file that a document names from its own place.
fn beside(path: &str, file: &str) -> String {
    let mut steps: Vec<&str> = path.split('/').collect();
    steps.pop();
    for step in file.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "." => {}
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// The pages of the guide, in the order of its contents.
fn guide() -> Result<Vec<Document>> {
    let contents = std::fs::read_to_string(paths::at(GUIDE).join(README))?;
    let names = contents.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    let links = names.filter_map(|line| line.split_once("](")?.1.split_once(')'));
    links.map(|(name, _)| Document::read(&format!("{GUIDE}/{name}"))).collect()
}

impl Document {
    fn read(path: &str) -> Result<Self> {
        let text = std::fs::read_to_string(paths::at(path))?;
        let (heading, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let title = heading.strip_prefix("# ").ok_or_else(|| format!("{path} does not begin with its title"))?;
        Ok(Self { path: path.to_owned(), title: title.to_owned(), about: first_sentence(rest), text: text.clone() })
    }

    /// As a deployment serves it.
    fn served(path: &str) -> Result<Self> {
        let document = Self::read(path)?;
        let parts = LEFT_OUT.into_iter().filter(|_| path == API);
        let text = parts.into_iter().try_fold(document.text, |text, part| without(&text, part))?;
        let address = address(path).ok_or_else(|| format!("{path} is not served"))?;
        Ok(Self { path: address, text: relinked(&text, path), ..document })
    }

    fn link(&self) -> String {
        format!("- [{}]({}): {}\n", self.title, self.path, self.about)
    }

    fn whole(&self) -> String {
        format!("<!-- {} -->\n\n{}\n", self.path, self.text)
    }
}

fn list(documents: &[Document], view: impl Fn(&Document) -> String) -> String {
    documents.iter().map(view).collect()
}

/// Of the first paragraph below the headings.
fn first_sentence(text: &str) -> String {
    let lines = text.lines().skip_while(|line| line.is_empty() || line.starts_with('#'));
    let paragraph = lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let (first, _) = paragraph.split_once(". ").unwrap_or((&paragraph, ""));
    format!("{}.", first.trim_matches(['*', '.', ':']))
}

/// Without the part that begins like this and ends before that.
fn without(text: &str, [start, end]: [&str; 2]) -> Result<String> {
    let missing = || format!("there is no part {start:?} to leave out");
    let (before, part) = text.split_once(start).ok_or_else(missing)?;
    let (_, after) = part.split_once(end).ok_or_else(missing)?;
    Ok(format!("{before}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_told_by_the_first_sentence_below_its_headings() {
        assert_eq!(first_sentence("\n## What\n\nA first. A\nsecond.\n\nMore."), "A first.");
        assert_eq!(first_sentence("\nBefore it:\n\n- one"), "Before it.");
        assert_eq!(first_sentence("\n*One, over\ntwo lines.*\n"), "One, over two lines.");
    }

    #[test]
    fn a_link_of_a_served_document_leads_to_a_served_document_or_is_words() {
        for (link, expected) in [
            ("See [the API](../API.md).", "See [the API](/llms/api.md)."),
            ("[a](../API.md#12-agents) and [b](agents.md)", "[a](/llms/api.md#12-agents) and [b](/llms/agents.md)"),
            ("the [scale](../SCALE.md), twice: [two](deploy.md)", "the scale, twice: two"),
            (
                "[x](https://docs.x.com/a) [here](#below) [all](/llms.txt)",
                "[x](https://docs.x.com/a) [here](#below) [all](/llms.txt)",
            ),
            ("a list [1, 2](../../README.md) (in brackets)", "a list 1, 2 (in brackets)"),
        ] {
            assert_eq!(relinked(link, "docs/guide/approval.md"), expected);
        }
    }

    #[test]
    fn a_part_is_left_out_up_to_what_follows_and_has_to_be_there() {
        let text = "# A\n\n## B\nb\n### C\nc\n### D\nd\n";
        assert_eq!(without(text, ["\n### C\n", "\n### "]).ok().as_deref(), Some("# A\n\n## B\nb\n### D\nd\n"));
        assert!(without(text, ["\n### E\n", "\n### "]).is_err());
    }
}
