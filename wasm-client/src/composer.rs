//! The answer of `POST /v1/posts` with `dryRun` (docs/API.md, section 5), computed in the page: the same code reads,
//! weighs, checks and prices a post. The page knows from the API the accounts and their lengths. Only the API knows
//! whether the named media exist.

use std::collections::BTreeMap;
use std::ops::Range;

use latchkey_core::api::input::read_value;
use latchkey_core::api::post::{CreatePost, IGNORED, estimate};
use latchkey_core::api::refused::Refused;
use latchkey_core::id::PostId;
use latchkey_core::post::{Draft, Post};
use latchkey_core::text::weigh;
use latchkey_core::time::UnixMillis;
use latchkey_core::x::options::Options;
use latchkey_core::x::price::{Micros, Prices};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
#[cfg(target_family = "wasm")]
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[cfg(target_family = "wasm")]
use crate::given::value_of;
use crate::media_url::judge;

/// X's limit for an account without Premium (X docs, fundamentals/counting-characters).
const PLAIN_LIMIT: u32 = 280;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The body of `POST /v1/posts`, with or without `accounts`.
    post: Map<String, Value>,
    #[serde(default)]
    accounts: Vec<Writer>,
    /// US dollars by the price's name, as `GET /v1/settings` has them.
    #[serde(default)]
    prices: Map<String, Value>,
}

/// The two fields of an account's row that count.
#[derive(Clone, Debug, Deserialize)]
struct Writer {
    username: String,
    max_post_length: u32,
}

/// The answer. The page divides the cost by a million: its own engine writes and reads fractions.
#[derive(Debug, Default, Serialize)]
struct Preview {
    containers: Vec<Counted>,
    cost: Option<Cost>,
    error: Option<Said>,
}

#[derive(Debug, Serialize)]
struct Counted {
    weighted_length: u32,
    remaining: i64,
    urls: Vec<Span>,
}

/// JavaScript's strings are UTF-16: these are indices for `slice`.
#[derive(Debug, Serialize)]
struct Span {
    start: usize,
    end: usize,
}

#[derive(Debug, Serialize)]
struct Cost {
    estimate_micros: u64,
    reasons: Vec<String>,
}

/// A refusal, of which the page shows the Worker's code, message and details.
#[derive(Debug, Serialize)]
struct Said {
    code: &'static str,
    message: String,
    details: BTreeMap<String, Vec<String>>,
}

/// Answers JSON.
#[cfg(target_family = "wasm")]
#[wasm_bindgen]
pub fn preview(question: &JsValue) -> String {
    answer_to(value_of(question))
}

/// The preview that answers a question, or the refusal of one that is not JSON, as JSON.
pub fn answer_to(question: Result<Value, Refused>) -> String {
    let refusal = |refused| Preview { error: Some(said(refused)), ..Preview::default() };
    serde_json::to_string(&question.and_then(answer).unwrap_or_else(refusal)).unwrap_or_default()
}

fn answer(question: Value) -> Result<Preview, Refused> {
    let question: Question = read_value(question, &[])?.value;
    let prices = prices(&question.prices)?;
    let mut wanted = create_post(question.post)?;
    let draft = wanted.draft(&judge)?;
    let strictest = question.accounts.iter().min_by_key(|writer| writer.max_post_length);
    let limit = strictest.map_or(PLAIN_LIMIT, |writer| writer.max_post_length);
    let (post, refused) = checked(&mut wanted, &draft, strictest);
    let (Micros(estimate_micros), reasons) = estimate(&post, question.accounts.len().max(1), &prices);
    let texts = draft.parts.iter().map(|part| part.content.as_deref().unwrap_or_default());
    Ok(Preview {
        containers: texts.map(|text| counted(text, limit)).collect(),
        cost: Some(Cost { estimate_micros, reasons }),
        error: refused.map(said),
    })
}

/// During writing a post has no accounts yet. The missing accounts are not the author's mistake.
fn create_post(mut post: Map<String, Value>) -> Result<CreatePost, Refused> {
    post.insert("accounts".into(), json!(["x"]));
    Ok(read_value(Value::Object(post), IGNORED)?.value)
}

/// In the order of `POST /v1/posts`. What is refused is counted all the same.
fn checked(wanted: &mut CreatePost, draft: &Draft, strictest: Option<&Writer>) -> (Post, Option<Refused>) {
    let planned = |options| Post::planned(PostId::from_entropy([0; 16]), options, false, UnixMillis(0));
    let mut post = match wanted.options() {
        Ok(options) => planned(options),
        Err(refused) => return (planned(Options::default()), Some(refused)),
    };
    let mut check = || {
        post.say(draft)?;
        post.check(draft.wording)?;
        strictest.map_or(Ok(()), |Writer { username, max_post_length }| {
            post.check_length_for(draft.wording, username, *max_post_length)
        })
    };
    let refused = check().err();
    (post, refused)
}

fn counted(text: &str, limit: u32) -> Counted {
    let weighed = weigh(text);
    Counted {
        weighted_length: weighed.weighted_length,
        remaining: i64::from(limit) - i64::from(weighed.weighted_length),
        urls: weighed.urls.iter().map(|span| utf16(text, span)).collect(),
    }
}

fn utf16(text: &str, bytes: &Range<usize>) -> Span {
    let units = |end: usize| text.get(..end).unwrap_or_default().encode_utf16().count();
    Span { start: units(bytes.start), end: units(bytes.end) }
}

fn prices(named: &Map<String, Value>) -> Result<Prices, Refused> {
    let mut prices = Prices::default();
    for (name, usd) in named {
        let path = format!("prices.{name}");
        let usd = usd.as_f64().ok_or_else(|| Refused::field(&path, "expected a number"))?;
        *prices.named(name).ok_or_else(|| Refused::field(&path, "unknown price"))? = Micros::from_usd(usd, &path)?;
    }
    Ok(prices)
}

fn said(refused: Refused) -> Said {
    Said { code: refused.code.as_str(), message: refused.message, details: refused.details }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
    use super::*;

    fn preview_of(question: &Value) -> Value {
        serde_json::from_str(&answer_to(Ok(question.clone()))).unwrap()
    }

    #[test]
    fn a_text_is_counted_with_what_remains_and_where_its_urls_are() {
        let text = "🦀 see https://example.com/a now";
        let found = preview_of(&json!({ "post": { "content": text } }));
        assert_eq!(
            found["containers"],
            json!([{ "weighted_length": 34, "remaining": 246, "urls": [{ "start": 7, "end": 28 }] }])
        );
        assert_eq!(found["cost"], json!({ "estimate_micros": 200_000, "reasons": ["1 post with a URL at $0.200"] }));
        assert_eq!(found["error"], Value::Null);
    }

    #[test]
    fn the_account_with_the_shortest_limit_decides_and_each_one_is_paid_for() {
        let writers = json!([
            { "username": "ada", "max_post_length": 280 }, { "username": "grace", "max_post_length": 25_000 }
        ]);
        let found = preview_of(&json!({ "post": { "content": "a".repeat(281) }, "accounts": writers }));
        assert_eq!(found["containers"][0]["remaining"], json!(-1));
        assert_eq!(found["error"]["code"], "text_too_long");
        assert_eq!(found["error"]["message"], "1 too many: X counts 281, and @ada may write 280.");
        assert_eq!(found["cost"]["estimate_micros"], json!(30_000));
    }

    #[test]
    fn what_the_worker_refuses_is_refused_in_its_words() {
        let content = |content: Value| preview_of(&json!({ "post": content }))["error"]["code"].clone();
        assert_eq!(content(json!({ "content": "a\u{feff}" })), "invalid_payload");
        assert_eq!(content(json!({ "content": "a", "x": { "reply_settings": "me" } })), "invalid_payload");
        assert_eq!(content(json!({ "content": "a", "colour": "red" })), "invalid_payload");
        assert_eq!(content(json!({ "content": " " })), "invalid_payload");
    }

    #[test]
    fn an_operators_own_prices_count() {
        let found = preview_of(&json!({ "post": { "content": "a" }, "prices": { "post": 0.5 } }));
        assert_eq!(found["cost"]["estimate_micros"], json!(500_000));
        let found = preview_of(&json!({ "post": { "content": "a" }, "prices": { "like": 0.5 } }));
        assert_eq!(found["error"]["message"], "`prices.like`: unknown price");
    }
}
