//! A list of posts for a model, whose memory a thread of 25 long parts would fill: what is long is cut, and a sentence
//! says so. A post is whole in the answer that shows it alone.

use serde_json::Value;

/// Characters of a text.
const TEXT: usize = 280;
/// Rows of a list within a post: its parts, its accounts, its media.
const ROWS: usize = 10;
pub(super) const SAID: &str = "Shortened: texts end after 280 characters with “…”, and lists within a post after 10 rows. get_post shows a post whole.";

/// Whether something was cut. What the caller needs to go on, ids and addresses, is whole.
pub(super) fn shorten(body: &mut Value) -> bool {
    let Some(Value::Array(posts)) = body.get_mut("posts") else { return false };
    cut_all(posts.iter_mut())
}

fn cut_all<'a>(values: impl Iterator<Item = &'a mut Value>) -> bool {
    values.map(cut).filter(|was_cut| *was_cut).count() > 0
}

fn cut(value: &mut Value) -> bool {
    match value {
        Value::String(text) if text.chars().count() > TEXT && !is_address(text) => {
            *text = text.chars().take(TEXT).chain(['…']).collect();
            true
        }
        Value::Array(rows) => {
            let is_long = rows.len() > ROWS;
            rows.truncate(ROWS);
            cut_all(rows.iter_mut()) || is_long
        }
        Value::Object(fields) => cut_all(fields.values_mut()),
        _ => false,
    }
}

/// A text that only begins with one is a text.
fn is_address(text: &str) -> bool {
    text.starts_with("https://") && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn long_texts_and_lists_of_a_post_are_cut_and_nothing_else() {
        let address = format!("https://{}", "a".repeat(400));
        let post = |text: &str, rows: usize| json!({ "id": "post_1", "url": address, "containers": vec![json!({ "content": text }); rows] });
        let mut body =
            json!({ "posts": [post(&"é".repeat(281), 25), post(&"é".repeat(280), 10)], "after": "x".repeat(400) });
        assert!(shorten(&mut body));
        let short = json!({ "posts": [post(&format!("{}…", "é".repeat(280)), 10), post(&"é".repeat(280), 10)], "after": "x".repeat(400) });
        assert_eq!(body, short);
        let mut again = json!({ "posts": [post(&"é".repeat(280), 10)] });
        assert!(!shorten(&mut again));
        let begun = format!("https://example.com {}", "a".repeat(400));
        assert!(shorten(&mut json!({ "posts": [post(&begun, 1)] })), "a text that begins with an address");
        assert!(!shorten(&mut json!({ "post": post(&"é".repeat(281), 25) })), "one post is whole");
    }
}
