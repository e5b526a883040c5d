//! X's rules for the texts of a post or thread, for every account.

use super::{Container, Wording};
use crate::refusal::Refused;
use crate::text::{cashtags, normalized};

/// X docs, changelog of 2026-02-23: self-serve apps. What kind of app it is X does not tell.
const MAX_CASHTAGS: usize = 1;

pub(super) fn check(containers: &[Container], wording: Wording) -> Result<(), Refused> {
    for (n, container) in containers.iter().enumerate() {
        let refused = |why: String| Err(Refused::field(&wording.text_path(n), why));
        let count = cashtags(&container.content);
        if count > MAX_CASHTAGS {
            return refused(format!("has {count} cashtags, and X takes {MAX_CASHTAGS} in a post"));
        }
        let earlier = containers.get(..n).unwrap_or_default();
        if let Some(same) = earlier.iter().position(|earlier| is_duplicate(earlier, container)) {
            return refused(format!("says the same as part {}, and X refuses the second one as a duplicate", same + 1));
        }
    }
    Ok(())
}

/// X compares texts alone; that it takes posts with media for duplicates is not known.
fn is_duplicate(one: &Container, other: &Container) -> bool {
    let key = |container: &Container| normalized(container.content.trim());
    let is_text_alone = one.media.is_empty() && other.media.is_empty() && !other.content.trim().is_empty();
    is_text_alone && key(one) == key(other)
}
