//! What stands on the card of a page: a sign, the person, and what is allowed. No picture of another origin.

use latchkey_core::connect::page::{Asking, Person};

use super::Theme;
use super::escape::escape;
use super::text::name;

/// A sign in a circle. What it stands beside says the same in words.
#[derive(Clone, Copy)]
pub enum Sign {
    Good,
    Bad,
    /// Something is under way.
    Waits,
    /// It goes on elsewhere.
    Away,
}

const CHECK: &str = "M5 12.5l4.5 4.5L19 7.5";

pub fn sign(sign: Sign) -> String {
    let (class, path) = match sign {
        Sign::Good => ("mark good", CHECK),
        Sign::Bad => ("mark", "M12 6v7.5M12 17.8v.2"),
        Sign::Waits => ("mark turn", "M12 3a9 9 0 1 0 9 9"),
        Sign::Away => ("mark", "M9 5H5v14h14v-4M13 5h6v6M19 5l-8.5 8.5"),
    };
    format!("<div class=\"{class}\" aria-hidden=true>{}</div>", drawing(path))
}

fn drawing(path: &str) -> String {
    format!("<svg viewBox=\"0 0 24 24\"><path d=\"{path}\"/></svg>")
}

/// Picture, name and handle. The picture is ours, under `place`, the path of the page. The first letter stands where a picture is not there or does not come; the place is as large.
pub fn person(person: &Person, place: &str) -> String {
    format!("<div class=person>{}{}</div>", face(person, place, ""), who(person))
}

/// The same, large, with a sign that it is done.
pub fn connected(person: &Person, place: &str) -> String {
    let done = format!("<span class=done>{}</span>", drawing(CHECK));
    format!("<div class=\"person big\">{}{}</div>", face(person, place, &done), who(person))
}

fn face(person: &Person, place: &str, over: &str) -> String {
    let letter: String =
        person.name.chars().chain(person.username.chars()).find(|c| c.is_alphanumeric()).into_iter().collect();
    let image = format!("<img src=\"{}/picture\" alt=\"\" width=96 height=96>", escape(place));
    let image = if person.picture.is_some() { image.as_str() } else { "" };
    format!("<span class=face aria-hidden=true>{}{image}{over}</span>", escape(&letter.to_uppercase()))
}

fn who(person: &Person) -> String {
    format!("<span class=who><b>{}</b><bdi dir=ltr>@{}</bdi></span>", name(&person.name), escape(&person.username))
}

/// What the scopes allow, in the words of the page's language.
pub fn allowed(theme: &Theme, asking: &Asking) -> String {
    let access = &theme.messages.access;
    let line = |line: &String| format!("<li>{}</li>", escape(line));
    let lines = access.lines(&asking.scopes).iter().map(line).collect::<Vec<_>>().concat();
    format!("<section class=allowed><h2>{}</h2><ul>{lines}</ul></section>", access.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada(name: &str, picture: Option<&str>) -> Person {
        Person { username: "ada".into(), name: name.into(), picture: picture.map(str::to_owned) }
    }

    #[test]
    fn a_name_of_others_is_text_that_keeps_its_direction() {
        let html = person(&ada("<img onerror=x>\u{202E}", None), "/connect/result/cs_1");
        assert!(html.contains("<bdi>&lt;img onerror=x&gt;<mark dir=ltr>U+202E</mark></bdi>"), "{html}");
        assert!(!html.contains("<img "), "without a picture nothing is asked for: {html}");
    }

    #[test]
    fn a_picture_is_asked_of_our_origin_alone_and_its_place_has_a_letter() {
        let html = person(&ada("\u{1F600} ada", Some("https://pbs.twimg.com/p.png")), "/connect/result/cs_1");
        assert!(
            html.contains("<span class=face aria-hidden=true>A<img src=\"/connect/result/cs_1/picture\""),
            "{html}"
        );
        assert!(!html.contains("twimg"), "{html}");
    }
}
