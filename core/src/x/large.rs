//! Answers of X that may be large, and how much memory one takes.

use serde_json::Value;

use crate::json::value_of;

/// A page of a hundred posts with every field has some ten thousand values.
const MOST_VALUES: usize = 200_000;

/// A large answer of X. A value takes up to a hundred times the memory of its bytes (`[],[],…`), so that one with more
/// values than any list of X's has is not read.
pub fn json(body: &[u8]) -> Option<Value> {
    if values(body) > MOST_VALUES { None } else { value_of(body).ok() }
}

/// How many values a document has at the most: what stands after a `[`, `{` or `,` outside of texts.
fn values(body: &[u8]) -> usize {
    let (mut count, mut is_text, mut is_escaped) = (1, false, false);
    for byte in body {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b'[' | b'{' | b',' if !is_text => count += 1,
            _ => {}
        }
    }
    count
}

/// The bytes of all texts in an answer, as a measure of the memory that it takes.
pub fn text_bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(text_bytes).sum(),
        Value::Object(fields) => fields.values().map(text_bytes).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_more_values_than_any_of_xs_is_not_read() {
        let odd = format!(r#"{{"data":[],"x":[{}0]}}"#, "[],".repeat(MOST_VALUES));
        assert!(json(odd.as_bytes()).is_none());
        let long = serde_json::json!({ "data": [{ "text": r#"\",[{,"#.repeat(MOST_VALUES) }] });
        assert_eq!(json(long.to_string().as_bytes()), Some(long));
    }

    #[test]
    fn the_values_of_a_document_are_counted_outside_of_its_texts() {
        for (body, count) in [("{}", 2), ("[1,2]", 3), (r#"{"a":",[{","b":"\","}"#, 3), (r#"["\\",1]"#, 3)] {
            assert_eq!(values(body.as_bytes()), count, "{body}");
        }
    }
}
