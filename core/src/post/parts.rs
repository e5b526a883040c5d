//! X's rules for the texts of a post or thread, for every account.

use std::collections::BTreeMap;

use super::{Container, Wording};
use crate::refusal::Refused;
use crate::text::{cashtags, normalized};

/// X docs, changelog of 2026-02-23: self-serve apps. What kind of app it is X does not tell.
const MAX_CASHTAGS: usize = 1;

pub(super) fn check(containers: &[Container], wording: Wording) -> Result<(), Refused> {
    let mut texts = BTreeMap::new();
    for (n, container) in containers.iter().enumerate() {
        let refused = |why: String| Err(Refused::field(&wording.text_path(n), why));
        let count = cashtags(&container.content);
        if count > MAX_CASHTAGS {
            return refused(format!("has {count} cashtags, and X takes {MAX_CASHTAGS} in a post"));
        }
        if let Some(text) = text_alone(container)
            && let Some(same) = texts.insert(text, n + 1)
        {
            return refused(format!("says the same as part {same}, and X refuses the second one as a duplicate"));
        }
    }
    Ok(())
}

/// The text by which X knows a duplicate. X compares texts alone; that it takes posts with media for duplicates is not known.
fn text_alone(container: &Container) -> Option<String> {
    let text = container.content.trim();
    (container.media.is_empty() && !text.is_empty()).then(|| normalized(text))
}
