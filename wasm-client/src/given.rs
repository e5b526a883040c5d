//! Values that the page gives, without JSON in between: the browser has read the numbers, and a reader of JSON with its
//! tables of powers would be a twentieth of the module.

use latchkey_core::api::input::half_a_character;
use latchkey_core::refusal::{Code, Refused};
use serde_json::{Map, Number, Value};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// As deep as the Worker reads JSON.
const DEEPEST: usize = 127;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> bool;

    #[wasm_bindgen(js_namespace = Object)]
    fn keys(value: &JsValue) -> Vec<String>;

    #[wasm_bindgen(js_namespace = Object)]
    fn values(value: &JsValue) -> Vec<JsValue>;

    /// Throws at half a character.
    #[wasm_bindgen(catch, js_name = encodeURIComponent)]
    fn encode(text: &JsValue) -> Result<JsValue, JsValue>;
}

/// The value as JSON would carry it to the Worker.
pub(crate) fn value_of(given: &JsValue) -> Result<Value, Refused> {
    value_at(given, 0)
}

fn value_at(given: &JsValue, depth: usize) -> Result<Value, Refused> {
    if depth > DEEPEST {
        return Err(Refused::new(Code::InvalidJson, "The body is nested too deeply."));
    }
    let inside = || values(given).into_iter().map(|value| value_at(&value, depth + 1));
    Ok(if let Some(text) = given.as_string() {
        Value::String(whole(text, given)?)
    } else if let Some(number) = given.as_f64() {
        number_of(number)
    } else if let Some(flag) = given.as_bool() {
        Value::Bool(flag)
    } else if is_array(given) {
        Value::Array(inside().collect::<Result<_, _>>()?)
    } else if given.is_object() {
        let mut fields = Map::new();
        for (name, value) in keys(given).into_iter().zip(inside()) {
            fields.insert(name, value?);
        }
        Value::Object(fields)
    } else {
        Value::Null
    })
}

/// On the way here half a character becomes U+FFFD, which a text may also have itself.
fn whole(text: String, given: &JsValue) -> Result<String, Refused> {
    if text.contains('\u{FFFD}') && encode(given).is_err() {
        return Err(half_a_character(""));
    }
    Ok(text)
}

/// JavaScript writes whole numbers without a fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the ranges are checked")]
fn number_of(number: f64) -> Value {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    if number.fract() != 0.0 || !(-TWO_TO_63..2.0 * TWO_TO_63).contains(&number) {
        return Number::from_f64(number).map_or(Value::Null, Value::Number);
    }
    if number < 0.0 { Value::from(number as i64) } else { Value::from(number as u64) }
}
