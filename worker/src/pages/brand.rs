//! The operator's part of a page: the head, and the colour where people can see and read it.

use latchkey_core::brand::{Brand, Color};

use super::escape::escape;

/// What `Canvas` is in the dark, near enough for a contrast.
const DARK: Color = Color::gray(0x12);

/// Logo and name; nothing without either. Beside a name the logo is decoration.
pub fn head(brand: &Brand) -> String {
    let logo = brand.logo.as_ref().map(|logo| format!("<img src=/connect/logo/{} alt=\"\">", logo.digest));
    let name = brand.name.as_deref().map(|name| format!("<span>{}</span>", escape(name)));
    match (logo, name) {
        (None, None) => String::new(),
        (logo, name) => format!("<p class=brand>{}{}</p>", logo.unwrap_or_default(), name.unwrap_or_default()),
    }
}

/// The button in the operator's colour, its text in black or white, and an edge where the colour is close to the page's.
pub fn style(brand: &Brand) -> String {
    let Some(color) = brand.color else { return String::new() };
    let edge = |background| if color.stands_out_on(background) { "transparent" } else { "#767676" };
    format!(
        ":root{{--button:{};--on-button:{};--edge:{}}}@media (prefers-color-scheme:dark){{:root{{--edge:{}}}}}",
        String::from(color),
        String::from(color.text()),
        edge(Color::WHITE),
        edge(DARK),
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn style_of(color: &str) -> String {
        style(&Brand { color: Some(Color::parse(color).unwrap()), ..Brand::default() })
    }

    #[test]
    fn a_colour_close_to_the_page_gets_an_edge_there_and_only_there() {
        assert_eq!(
            style_of("#ffe600"),
            ":root{--button:#ffe600;--on-button:#000000;--edge:#767676}@media (prefers-color-scheme:dark){:root{--edge:transparent}}"
        );
        assert!(style_of("#101010").ends_with("{:root{--edge:#767676}}"));
    }

    #[test]
    fn a_name_is_text() {
        let brand = Brand { name: Some("<b>Acme</b>".into()), ..Brand::default() };
        assert_eq!(head(&brand), "<p class=brand><span>&lt;b&gt;Acme&lt;/b&gt;</span></p>");
        assert_eq!(head(&Brand::default()), "");
    }
}
