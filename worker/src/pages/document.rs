//! The document of the dashboard and of the page of consent, under the operator's name: approvers and those who let an assistant in
//! sign in there, and know the operator alone. What the document says of the brand is there before anybody is signed in.

use latchkey_core::brand::{Brand, Color};
use serde_json::{Value, json};

use super::escape::escape;

/// What the built document has in the places that are filled here.
const BRAND: &str = "<meta name=\"brand\" content=\"{}\">";
const TITLE: &str = "<title>Dashboard</title>";
/// `--sheet` of the dashboard in the dark.
const DARK: Color = Color::gray(0x1b);

/// `title` is what the page is; the dashboard itself goes by the operator's name.
pub fn dressed(html: &str, title: Option<&str>, brand: &Brand) -> String {
    let parts: Vec<&str> = title.into_iter().chain(brand.name.as_deref()).collect();
    let title = if parts.is_empty() { "Dashboard".to_owned() } else { parts.join(" · ") };
    let brand = format!("<meta name=\"brand\" content=\"{}\">", escape(&view(brand).to_string()));
    html.replacen(TITLE, &format!("<title>{}</title>", escape(&title)), 1).replacen(BRAND, &brand, 1)
}

/// The colour comes with the text colour that can be read on it, and says where a control in it needs an edge.
fn view(brand: &Brand) -> Value {
    let color = brand.color.map(|color| {
        json!({
            "ground": color, "text": color.text(),
            "has_edge": !color.stands_out_on(Color::WHITE), "has_edge_in_the_dark": !color.stands_out_on(DARK),
        })
    });
    let logo = brand.logo.as_ref().map(|logo| format!("/connect/logo/{}", logo.digest));
    json!({ "name": brand.name, "logo": logo, "color": color })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use latchkey_core::brand::Logo;
    use latchkey_core::media::Kind;

    use super::*;

    const HTML: &str = include_str!("../../dashboard/page.html");

    #[test]
    fn the_document_has_the_places_and_no_name_of_ours() {
        assert!(HTML.contains(BRAND) && HTML.contains(TITLE));
        assert!(!HTML.to_ascii_lowercase().contains("latchkey"));
        let plain = dressed(HTML, None, &Brand::default());
        assert!(plain.contains("<title>Dashboard</title>") && plain.contains("&quot;name&quot;:null"));
    }

    #[test]
    fn the_document_wears_the_brand_as_text() {
        let logo = Logo { url: "https://acme.example/logo.png".into(), digest: "d1".into(), kind: Kind::Png };
        let name = Some("\"><script>".to_owned());
        let brand = Brand { name, color: Some(Color::parse("#ffe600").unwrap()), logo: Some(logo) };
        let html = dressed(HTML, Some("Connect an assistant"), &brand);
        assert!(html.contains("<title>Connect an assistant · &quot;&gt;&lt;script&gt;</title>"));
        assert!(!html.contains("\"><script>"));
        assert!(html.contains("&quot;logo&quot;:&quot;/connect/logo/d1&quot;"));
        assert!(!html.contains("acme.example"), "the address at the operator's is nobody's business");
        let color = json!({ "ground": "#ffe600", "text": "#000000", "has_edge": true, "has_edge_in_the_dark": false });
        assert_eq!(view(&brand).get("color"), Some(&color));
    }
}
