//! Counts tests, from the output of the two test runners.

use crate::run::Result;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    pub(crate) fn total(self) -> u32 {
        self.passed + self.failed
    }

    /// Sums libtest's lines `test result: ok. 3 passed; 0 failed; 1 ignored; …`, one per test binary.
    pub(crate) fn of_cargo(output: &str) -> Self {
        let mut tally = Self::default();
        for line in output.lines().filter(|line| line.starts_with("test result: ")) {
            tally.passed += number_before(line, " passed");
            tally.failed += number_before(line, " failed");
            tally.skipped += number_before(line, " ignored");
        }
        tally
    }

    /// Reads the closing lines of node:test's TAP: `# pass 3`, `# fail 0`, `# cancelled 0`, `# skipped 1`.
    pub(crate) fn of_node(output: &str) -> Result<Self> {
        let count = |name: &str| -> Result<u32> {
            let line = output.lines().rev().find_map(|line| line.strip_prefix(&format!("# {name} ")));
            Ok(line.ok_or_else(|| format!("node:test did not say how many tests were `{name}`"))?.trim().parse()?)
        };
        Ok(Self {
            passed: count("pass")?,
            failed: count("fail")? + count("cancelled")?,
            skipped: count("skipped")? + count("todo")?,
        })
    }
}

fn number_before(line: &str, word: &str) -> u32 {
    let before = line.split_once(word).map_or("", |(before, _)| before);
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn cargo_binaries_add_up() {
        let output = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                      test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(Tally::of_cargo(output), Tally { passed: 14, failed: 3, skipped: 1 });
    }

    #[test]
    fn a_cancelled_node_test_is_a_failed_one() {
        let output = "# tests 6\n# suites 0\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0\n";
        assert_eq!(Tally::of_node(output).unwrap(), Tally { passed: 3, failed: 2, skipped: 1 });
    }

    #[test]
    fn a_node_run_without_a_summary_is_an_error() {
        assert!(Tally::of_node("SyntaxError: Unexpected token").is_err());
    }
}
