//! The failed tests and their files, from the output of the two test runners.

use std::iter;

/// Lines of an error that are shown again at the end: a log of thousands of tests may be cut.
const LINES: usize = 12;

/// Each as `file:line: name` and its error below, in the order in which they failed.
pub(crate) fn of_node(output: &str) -> Vec<String> {
    let mut lines = output.lines().map(str::trim_start);
    let mut failures = Vec::new();
    while let Some(line) = lines.next() {
        let Some((_, name)) = line.strip_prefix("not ok ").and_then(|rest| rest.split_once(" - ")) else { continue };
        let about: Vec<&str> = lines.by_ref().take_while(|line| *line != "...").collect();
        // A test or suite around others is named by those.
        if field(&about, "failureType") != Some("subtestsFailed") {
            let failed = located(field(&about, "location"), &unescaped(name));
            failures.push(iter::once(failed.as_str()).chain(error(&about)).collect::<Vec<_>>().join("\n    "));
        }
    }
    failures
}

/// The lines of the field `error`: one, or those of a block up to the next field.
fn error<'a>(about: &[&'a str]) -> Vec<&'a str> {
    let mut lines = about.iter().copied().skip_while(|line| !line.starts_with("error: "));
    let first = lines.next().and_then(|line| line.strip_prefix("error: "));
    let block = lines.take_while(|line| !line.starts_with("code: ") && !line.starts_with("stack: "));
    match first {
        Some("|-") => block.filter(|line| !line.is_empty()).take(LINES).collect(),
        Some(only) => vec![only.trim_matches(['\'', '"'])],
        None => vec![],
    }
}

/// libtest names the place of a panic. For a test that returned an error, cargo names only the binary.
pub(crate) fn of_cargo(output: &str) -> Vec<String> {
    let mut binary = None;
    let mut failures = Vec::new();
    for line in output.lines().map(str::trim) {
        if let Some(running) = line.strip_prefix("Running ") {
            binary = Some(running);
        }
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            failures.push(located(panicked_at(output, name).or(binary), name));
        }
    }
    failures
}

/// `thread 'name' (12) panicked at core/src/text.rs:3:5:`, of which the column says nothing here.
fn panicked_at<'a>(output: &'a str, name: &str) -> Option<&'a str> {
    let thread = format!("thread '{name}' ");
    let line = output.lines().find(|line| line.starts_with(&thread) && line.contains("panicked at "))?;
    let (_, place) = line.split_once("panicked at ")?;
    Some(place.trim_end_matches(':'))
}

/// A scalar of the YAML below a TAP line.
fn field<'a>(about: &[&'a str], name: &str) -> Option<&'a str> {
    let value = about.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))?;
    Some(value.trim_matches(['\'', '"']))
}

fn located(place: Option<&str>, name: &str) -> String {
    let root = format!("{}/", crate::paths::root().display());
    // The column says nothing to a reader of one line.
    let short =
        |place: &str| place.rsplit_once(':').map_or(place, |(line, _)| line).trim_start_matches(&root).to_owned();
    place.map_or_else(|| name.to_owned(), |place| format!("{}: {name}", short(place)))
}

/// TAP escapes what would be a directive.
fn unescaped(name: &str) -> String {
    name.replace("\\#", "#").replace("\\\\", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_node_test_is_named_with_its_file_and_a_parent_is_not() {
        let file = format!("{}/tests/worker/cors.test.mjs", crate::paths::root().display());
        let output = format!(
            "TAP version 13\nok 1 - fine\n  ---\n  duration_ms: 5\n  ...\n\
             # Subtest: group\n    # Subtest: issue \\#2\n    not ok 1 - issue \\#2\n      ---\n      type: 'test'\n\
             \x20     location: '{file}:34:3'\n      failureType: 'testCodeFailure'\n      stack: |-\n\
             \x20       not ok 9 - quoted\n      ...\n    1..1\nnot ok 2 - group\n  ---\n  location: '{file}:30:1'\n\
             \x20 failureType: 'subtestsFailed'\n  ...\n"
        );
        assert_eq!(of_node(&output), ["tests/worker/cors.test.mjs:34: issue #2"]);
    }

    #[test]
    fn a_file_that_took_too_long_or_did_not_load_is_named() {
        let output = "not ok 1 - a.test.mjs\n  ---\n  location: '/elsewhere/a.test.mjs:1:1'\n  failureType: 'testTimeoutFailure'\n  error: 'test timed out'\n  ...\n";
        assert_eq!(of_node(output), ["/elsewhere/a.test.mjs:1: a.test.mjs\n    test timed out"]);
    }

    #[test]
    fn the_first_lines_of_an_error_stand_below_its_test() {
        let many = (1..=40).fold(String::new(), |lines, n| format!("{lines}    line {n}\n    \n"));
        let output = format!(
            "not ok 1 - a\n  ---\n  location: '/a.test.mjs:1:1'\n  error: |-\n{many}  code: 'ERR_ASSERTION'\n  stack: |-\n    far\n  ...\n"
        );
        let told = of_node(&output).concat();
        assert!(told.starts_with("/a.test.mjs:1: a\n    line 1\n    line 2\n"), "{told}");
        assert!(told.ends_with("\n    line 12"), "{told}");
    }

    #[test]
    fn a_failed_native_test_is_named_with_its_place_or_its_binary() {
        let output = "     Running unittests src/lib.rs (target/debug/deps/core-1)\ntest text::tests::counts ... FAILED\n\
                      test text::tests::fine ... ok\ntest text::tests::returns ... FAILED\n---- text::tests::counts stdout ----\n\n\
                      thread 'text::tests::counts' (7) panicked at core/src/text.rs:3:5:\n";
        let binary = "unittests src/lib.rs (target/debug/deps/core-1): text::tests::returns";
        assert_eq!(of_cargo(output), ["core/src/text.rs:3: text::tests::counts", binary]);
    }
}
