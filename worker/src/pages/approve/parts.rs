//! What is published: each part of a thread with its text, its media and its options.

use latchkey_core::approval::{ContainerShown, MediaShown, SubtitlesShown};
use latchkey_core::media::Class;
use latchkey_core::messages::approval::Approval;

use super::super::escape::escape;
use super::super::text::{has_marks, mark, name, shown};
use super::choices;

const RIGHT_TO_LEFT_OVERRIDE: char = '\u{202E}';

/// The parts in their order. A mark is explained once, before the first of them.
pub fn list(containers: &[ContainerShown], messages: &Approval) -> String {
    let count = containers.len();
    let items: String =
        containers.iter().enumerate().map(|(n, container)| item(container, n, count, messages)).collect();
    format!("{}<ol class=parts>{items}</ol>", legend(containers, messages))
}

fn legend(containers: &[ContainerShown], messages: &Approval) -> String {
    let alt_texts = |container: &ContainerShown| {
        container.media.iter().any(|medium| medium.alt_text.as_deref().is_some_and(has_marks))
    };
    if containers.iter().any(|container| has_marks(&container.text) || alt_texts(container)) {
        let example = mark(RIGHT_TO_LEFT_OVERRIDE);
        format!("<p class=notice>{}</p>", messages.hidden.replace("{mark}", &example))
    } else {
        String::new()
    }
}

fn item(container: &ContainerShown, n: usize, count: usize, messages: &Approval) -> String {
    let place = messages.part.replace("{n}", &(n + 1).to_string()).replace("{count}", &count.to_string());
    let place = if count > 1 { format!("<h3>{place}</h3>") } else { String::new() };
    let text = match container.text.as_str() {
        "" => format!("<p class=faint>{}</p>", messages.no_text),
        text => format!("<p class=text dir=auto>{}</p>", shown(text)),
    };
    let options = choices::list(&container.options, messages);
    format!("<li>{place}{text}{}{options}</li>", media(&container.media, messages))
}

fn media(media: &[MediaShown], messages: &Approval) -> String {
    let figures: String = media.iter().map(|medium| figure(medium, messages)).collect();
    if figures.is_empty() { figures } else { format!("<div class=media>{figures}</div>") }
}

/// The picture or player in a place of a fixed shape, its kind, and what is read out to people who cannot see it.
fn figure(medium: &MediaShown, messages: &Approval) -> String {
    let address = escape(&medium.url);
    let (kind, view) = match medium.kind.class() {
        Class::Video => {
            let player = format!("<video controls playsinline preload=metadata src=\"{address}\" aria-label=");
            (messages.video, player)
        }
        Class::Gif => (messages.gif, format!("<img src=\"{address}\" alt=")),
        Class::Photo | Class::Subtitles => (messages.photo, format!("<img src=\"{address}\" alt=")),
    };
    let end = if medium.kind.class() == Class::Video { "</video>" } else { "" };
    format!("<figure>{view}\"{kind}\">{end}<figcaption>{}</figcaption></figure>", caption(medium, kind, messages))
}

fn caption(medium: &MediaShown, kind: &str, messages: &Approval) -> String {
    let described = match medium.alt_text.as_deref() {
        Some(text) => format!("<b>{}</b> <span class=text dir=auto>{}</span>", messages.alt_text, shown(text)),
        // A video is listened to, or has subtitles.
        None if medium.kind.class() == Class::Video => String::new(),
        None => format!("<span class=faint>{}</span>", messages.no_alt_text),
    };
    let names: Vec<String> = medium.subtitles.iter().map(subtitles_file).collect();
    let subtitles = if names.is_empty() {
        String::new()
    } else {
        format!("<br>{}", messages.subtitles.replace("{names}", &names.join(", ")))
    };
    format!("<span class=kind>{kind}</span> {described}{subtitles}")
}

/// The file, to be read: its words leave with the video.
fn subtitles_file(subtitles: &SubtitlesShown) -> String {
    format!("<a href=\"{}\" download>{}</a>", escape(&subtitles.url), name(&subtitles.language))
}
