//! Time zones, by the platform's own tables (ECMA-402, `Intl.DateTimeFormat`).

use js_sys::{Object, Reflect, wasm_bindgen};
use latchkey_core::time::{Span, UnixMillis};
use wasm_bindgen::prelude::*;

/// A zone of the IANA's list, which the platform knows.
pub struct Zone(Format);

impl Zone {
    /// None for a name that the platform does not know.
    pub fn find(name: &str) -> Option<Self> {
        // The platform also takes offsets, which are no zones.
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return None;
        }
        let options = Object::new();
        for (option, value) in [("timeZone", name), ("timeZoneName", "longOffset")] {
            Reflect::set(&options, &option.into(), &value.into()).ok()?;
        }
        Format::new("en-US", &options).ok().map(Self)
    }

    /// By how much the zone's clocks are ahead of UTC.
    pub fn offset_at(&self, time: UnixMillis) -> Span {
        #[expect(clippy::cast_precision_loss, reason = "JavaScript's times are below 2^53")]
        let text = self.0.format(time.0 as f64);
        offset_in(&text).unwrap_or(Span::millis(0))
    }
}

/// `11/30/2026, GMT+05:30`; of UTC `GMT` alone. Seconds follow where a zone once had some.
fn offset_in(text: &str) -> Option<Span> {
    let (_, offset) = text.rsplit_once("GMT")?;
    let (sign, digits) = match offset.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, offset.strip_prefix('+').unwrap_or(offset)),
    };
    let units = [Span::hours(1), Span::mins(1), Span::secs(1)];
    let millis = digits.split(':').zip(units).filter_map(|(digits, unit)| Some(unit.times(digits.parse().ok()?)));
    Some(Span::millis(sign * millis.map(Span::as_millis).sum::<i64>()))
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = DateTimeFormat)]
    type Format;
    /// `js_sys` has the constructor as one that does not fail.
    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locale: &str, options: &Object) -> Result<Format, JsValue>;
    #[wasm_bindgen(method)]
    fn format(this: &Format, time: f64) -> String;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_read_as_the_platform_writes_it() {
        let read = |text| offset_in(text).map(Span::as_secs);
        assert_eq!((read("11/30/2026, GMT"), read("11/30/2026, GMT+05:30")), (Some(0), Some(19_800)));
        assert_eq!((read("1/1/1880, GMT-04:56:02"), read("11/30/2026")), (Some(-17_762), None));
    }
}
