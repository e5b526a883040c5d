//! One spelling for equal JSON values, so that a client that serialises a body anew repeats its call.

use std::collections::BTreeMap;

use serde_json::Value;

/// Members sorted by name, no white space, one way of escaping, numbers by the digits as sent. `None` for a body that
/// is no JSON, and for an object with a repeated name: the reader alone chooses which of the two members counts.
pub fn canonical(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    // The scanner may believe that this is JSON, and not deeper than serde_json reads.
    serde_json::from_str::<Value>(text).ok()?;
    Scanner { rest: text }.value()
}

/// Walks over JSON that is known to be well formed.
struct Scanner<'a> {
    rest: &'a str,
}

impl Scanner<'_> {
    fn value(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            '{' => self.object(),
            '[' => self.array(),
            '"' => self.string(),
            _ => self.scalar(),
        }
    }

    fn object(&mut self) -> Option<String> {
        let mut members = BTreeMap::new();
        self.takes('{');
        while !self.takes('}') {
            let name = self.string()?;
            self.takes(':');
            if members.insert(name, self.value()?).is_some() {
                return None;
            }
            self.takes(',');
        }
        let members: Vec<String> = members.into_iter().map(|(name, value)| format!("{name}:{value}")).collect();
        Some(format!("{{{}}}", members.join(",")))
    }

    fn array(&mut self) -> Option<String> {
        let mut values = Vec::new();
        self.takes('[');
        while !self.takes(']') {
            values.push(self.value()?);
            self.takes(',');
        }
        Some(format!("[{}]", values.join(",")))
    }

    /// Read and written again: an escape and the character that it means are the same.
    fn string(&mut self) -> Option<String> {
        let mut is_escaped = false;
        let ends = |c: char| {
            let ends = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        };
        self.rest = self.rest.trim_start();
        let length = self.rest.strip_prefix('"')?.find(ends)? + 2;
        let text: String = serde_json::from_str(self.cut(length)?).ok()?;
        serde_json::to_string(&text).ok()
    }

    fn scalar(&mut self) -> Option<String> {
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ']' | '}');
        self.cut(self.rest.find(is_end).unwrap_or(self.rest.len())).map(str::to_owned)
    }

    fn takes(&mut self, token: char) -> bool {
        let found = self.rest.trim_start().strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn cut(&mut self, length: usize) -> Option<&str> {
        let (token, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Option<String> {
        canonical(text.as_bytes())
    }

    #[test]
    fn order_white_space_and_escapes_are_no_difference() {
        let one = r#"{"a":[1,{"c":"é\"}","d":null}],"b":true}"#;
        for other in [
            r#"{"b":true,"a":[1,{"d":null,"c":"é\"}"}]}"#,
            "{ \"b\" : true ,\r\n\t\"a\" : [ 1 , { \"d\" : null , \"c\" : \"\\u00e9\\u0022}\" } ] } \n",
            r#"{"\u0061":[1,{"c":"\u00E9\"}","d":null}],"b":true}"#,
        ] {
            assert_eq!(of(other), of(one), "{other}");
        }
        assert_eq!(of(one).as_deref(), Some(one));
        assert_eq!((of("{ }"), of("[ ]"), of(" 7 ")), (of("{}"), of("[]"), of("7")));
    }

    #[test]
    fn whatever_says_something_else_is_another_spelling() {
        let texts = [
            "{}",
            "[]",
            "null",
            "\"\"",
            "0",
            r#"{"a":1}"#,
            r#"{"a":1.0}"#,
            r#"{"a":"1"}"#,
            r#"{"a":[1,2]}"#,
            r#"{"a":[2,1]}"#,
            r#"{"a":{"b":1},"c":2}"#,
            r#"{"a":{"b":1,"c":2}}"#,
            r#"{"a":"{\"b\":1}"}"#,
            r#"{"a":18446744073709551617}"#,
            r#"{"a":18446744073709551618}"#,
            r#"{"a b":1}"#,
            r#"{"a":" "}"#,
        ];
        let spellings: std::collections::BTreeSet<_> = texts.iter().map(|text| of(text).unwrap()).collect();
        assert_eq!(spellings.len(), texts.len());
    }

    #[test]
    fn what_is_no_json_or_says_a_member_twice_has_none() {
        let deep = "[".repeat(200_000);
        for text in ["", "{", "{'a':1}", "1 2", r#"{"a":1,"a":2}"#, r#"[{"a":1,"\u0061":1}]"#, &deep] {
            assert_eq!(of(text), None);
        }
        assert_eq!(canonical(b"\"\xff\""), None);
    }

    proptest! {
        #[test]
        fn the_spelling_reads_as_what_was_sent(text in r#"[\[\]{}",:\\ a1u0é]{0,24}"#) {
            if let Some(spelling) = of(&text) {
                let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
                prop_assert_eq!(read(&spelling), read(&text));
                prop_assert_eq!(of(&spelling), Some(spelling));
            }
        }
    }
}
