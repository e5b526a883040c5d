//! `Prefer` (RFC 7240): the time that a caller wants to wait.

/// Seconds of `wait` (§4.3). Its name is of any case, and its value may be quoted (§2); of two the first counts.
pub fn wait(header: &str) -> Option<u32> {
    parts(header).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("wait").then(|| unquoted(value.trim()).parse().ok())
    })?
}

/// What stands between the commas and semicolons that are not in quotes.
fn parts(header: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    header.split(move |c| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match c {
            '"' if !was_escaped => is_quoted = !is_quoted,
            '\\' if is_quoted && !was_escaped => is_escaped = true,
            _ => {}
        }
        !is_quoted && matches!(c, ',' | ';')
    })
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seconds_are_read_however_they_are_written() {
        let five = [
            "wait=5",
            "WAIT=5",
            "Wait=\"5\"",
            "wait = 5",
            "respond-async, wait=5",
            "respond-async;wait=5",
            "handling=\"a, wait=9\", wait=5",
            "note=\"a \\\" , wait=9\", wait=5",
            "wait=5, wait=9",
            "return=minimal,\twait=\"5\" ; x",
        ];
        for header in five {
            assert_eq!(wait(header), Some(5), "{header}");
        }
    }

    #[test]
    fn what_is_no_number_of_seconds_is_no_wait() {
        for header in
            ["", "wait", "wait=", "wait=soon", "wait=-1", "wait=\"5", "await=5", "x=wait=5", "note=\"wait=5\""]
        {
            assert_eq!(wait(header), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(header in "\\PC{0,40}") {
            let _ = wait(&header);
        }
    }
}
