//! The elements beside the button: `elements.js`, which registers them, and what each of them loads on demand. A bundle above
//! its budget fails the build.

use std::path::Path;

use super::bundle::{ALSO_CLASSIC, bundle, point};
use super::keep_budget;
use crate::run::Result;

const SCRIPT: &str = "elements.js";
const FAILURE: &str = "elements-failure.js";
/// The account of a button with a page session: the button's second part asks for it.
pub(super) const OF_BUTTON: &str = "elements-button.js";
const BUTTON_BUDGET: u64 = 6_000;
/// Each element, and how many bytes of gzip it may be together with `elements.js`.
const BUDGETS: [(&str, u64); 3] =
    [("elements-accounts.js", 8_000), ("elements-posts.js", 8_000), ("elements-composer.js", 16_000)];
/// As the sources import it, and as it is served. Not by its content: the page may have the button already, and once.
const BUTTON: [&str; 2] = ["connect-x-define.js", "embed.js"];
/// The module that counts a post, which has a script of its own.
const COMPOSER: &str = "composer.js";

pub(super) fn build(folder: &Path) -> Result {
    let script = folder.join(SCRIPT);
    let own = folder.join(OF_BUTTON);
    let parts: Vec<&str> = BUDGETS.map(|(name, _)| name).into_iter().chain([FAILURE]).collect();
    bundle(OF_BUTTON, &own, &[FAILURE], &[])?;
    bundle(SCRIPT, &script, &parts, ALSO_CLASSIC)?;
    let [imported, served] = BUTTON;
    for name in parts {
        let file = folder.join(name);
        bundle(name, &file, &[imported, COMPOSER], &[])?;
        std::fs::write(&file, std::fs::read_to_string(&file)?.replace(imported, served))?;
        point(&script, name, &file)?;
    }
    point(&own, FAILURE, &folder.join(FAILURE))?;
    keep_budget(OF_BUTTON, &[&own], BUTTON_BUDGET)?;
    for (name, budget) in BUDGETS {
        keep_budget(&format!("{name} with {SCRIPT}"), &[&script, &folder.join(name)], budget)?;
    }
    Ok(())
}
