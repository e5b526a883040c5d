//! A colour, and the text colour that can be read on it (WCAG 2.2, success criteria 1.4.3 and 1.4.11).

use serde::{Deserialize, Serialize};

/// The least contrast of a control with what is around it (1.4.11).
const CONTROL: f64 = 3.0;

/// sRGB, without transparency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Color([u8; 3]);

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("expected a colour such as #1d9bf0")]
pub struct NotAColor;

impl Color {
    pub const WHITE: Self = Self([255; 3]);
    pub const BLACK: Self = Self([0; 3]);

    pub const fn gray(level: u8) -> Self {
        Self([level; 3])
    }

    /// CSS Color 4 §5.2, without the alpha channel: `#1d9bf0`, or `#19f` for `#1199ff`.
    pub fn parse(text: &str) -> Result<Self, NotAColor> {
        let hex = text.strip_prefix('#').filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let value = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()).ok_or(NotAColor)?;
        let [_, r, g, b] = value.to_be_bytes();
        match text.len() {
            7 => Ok(Self([r, g, b])),
            4 => Ok(Self([g % 16, b / 16, b % 16].map(|digit| digit * 17))),
            _ => Err(NotAColor),
        }
    }

    /// Black or white, whichever is easier to read: the better of the two has a contrast of 4.58 at least, and text
    /// needs 4.5.
    #[must_use]
    pub fn text(self) -> Self {
        if self.contrast(Self::WHITE) > self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }

    /// Whether a control of this colour is seen on that background without an edge.
    pub fn stands_out_on(self, background: Self) -> bool {
        self.contrast(background) >= CONTROL
    }

    /// WCAG 2.2, "contrast ratio".
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

impl From<Color> for String {
    fn from(Color([r, g, b]): Color) -> Self {
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

impl TryFrom<String> for Color {
    type Error = NotAColor;

    fn try_from(text: String) -> Result<Self, NotAColor> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_colour_is_six_or_three_digits() {
        assert_eq!(String::from(Color::parse("#1D9bF0").unwrap()), "#1d9bf0");
        assert_eq!(String::from(Color::parse("#19f").unwrap()), "#1199ff");
        for text in ["", "#", "red", "1d9bf0", "#1d9bf", "#1d9bf0ff", "#1d9bg0", "#٠٠٠", "#fff;}"] {
            assert!(Color::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_recommendation() {
        assert!((Color::WHITE.contrast(Color::BLACK) - 21.0).abs() < 1e-9);
        assert!((Color::parse("#767676").unwrap().contrast(Color::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_colour_close_to_the_page_needs_an_edge() {
        assert!(!Color::parse("#ffe600").unwrap().stands_out_on(Color::WHITE));
        assert!(Color::parse("#ffe600").unwrap().stands_out_on(Color::BLACK));
    }

    proptest! {
        #[test]
        fn text_can_be_read_on_every_colour(rgb: [u8; 3]) {
            let color = Color(rgb);
            prop_assert!(color.contrast(color.text()) >= 4.5);
        }
    }
}
