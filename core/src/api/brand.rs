//! The `brand` of `/v1/settings` (docs/API.md, section 8).

use serde::Deserialize;
use serde_json::{Value, json};

use super::input::given;
use super::line::is_line;
use crate::brand::{Brand, Color, LOGO_BYTES, Logo, NAME_CHARACTERS};
use crate::refusal::Code;
use crate::refusal::Refused;

/// What is not given stays as it is; what is null goes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::option_option, reason = "absent, null and a value are three things to say")]
pub struct ChangeBrand {
    #[serde(deserialize_with = "given")]
    name: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    color: Option<Option<Color>>,
    #[serde(deserialize_with = "given")]
    logo_url: Option<Option<String>>,
}

impl ChangeBrand {
    /// The logo that has to be fetched before [`Self::apply`].
    pub fn logo_url(&self) -> Option<&str> {
        self.logo_url.as_ref()?.as_deref()
    }

    /// Before anything is fetched.
    pub fn check(&self) -> Result<(), Refused> {
        let is_name = |name: &String| !name.trim().is_empty() && is_line(name, NAME_CHARACTERS);
        let is_good = self.name.iter().flatten().all(is_name);
        is_good.then_some(()).ok_or_else(|| Refused::field("brand.name", "expected one line of at most 80 characters"))
    }

    /// `logo` is what [`Self::logo_url`] led to.
    pub fn apply(self, brand: &mut Brand, logo: Option<Logo>) {
        if let Some(name) = self.name {
            brand.name = name;
        }
        if let Some(color) = self.color {
            brand.color = color;
        }
        if self.logo_url.is_some() {
            brand.logo = logo;
        }
    }
}

pub fn brand_view(brand: &Brand) -> Value {
    let logo_url = brand.logo.as_ref().map(|logo| &logo.url);
    json!({ "name": brand.name, "logo_url": logo_url, "color": brand.color })
}

/// The URL was not asked, or did not answer with a picture.
pub fn logo_not_fetched(why: impl std::fmt::Display) -> Refused {
    let refused = logo_refused(Code::MediaUrlRefused, why.to_string());
    refused.with_hint("Give a public https URL that answers with the picture itself.")
}

pub fn logo_not_a_picture() -> Refused {
    let refused = logo_refused(Code::UnsupportedMedia, "is not a PNG, JPEG, WEBP or GIF".into());
    refused.with_hint("Use a PNG, JPEG, WEBP or GIF.")
}

pub fn logo_too_large() -> Refused {
    let kib = LOGO_BYTES / 1024;
    logo_refused(Code::MediaTooLarge, format!("is larger than {kib} KiB")).with_hint("Use a smaller picture.")
}

fn logo_refused(code: Code, problem: String) -> Refused {
    Refused::new(code, format!("`brand.logo_url`: {problem}")).with_detail("brand.logo_url", problem)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::api::input::read;
    use crate::media::Kind;

    fn change(body: &str) -> Result<ChangeBrand, Refused> {
        let change = read::<ChangeBrand>(body.as_bytes(), &[])?.value;
        change.check().map(|()| change)
    }

    fn logo() -> Logo {
        Logo { url: "https://acme.example/logo.png".into(), digest: "d".into(), kind: Kind::Png }
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name_and_takes_away_what_is_null() {
        let mut brand = Brand::default();
        let named = change(r##"{"name":"Acme","color":"#19f","logo_url":"https://acme.example/logo.png"}"##).unwrap();
        assert_eq!(named.logo_url(), Some("https://acme.example/logo.png"));
        named.apply(&mut brand, Some(logo()));
        change(r#"{"name":"Acme Social"}"#).unwrap().apply(&mut brand, None);
        let view = json!({ "name": "Acme Social", "logo_url": "https://acme.example/logo.png", "color": "#1199ff" });
        assert_eq!(brand_view(&brand), view);
        change(r#"{"name":null,"color":null,"logo_url":null}"#).unwrap().apply(&mut brand, None);
        assert_eq!(brand, Brand::default());
    }

    #[test]
    fn a_name_is_one_short_line_and_a_colour_is_a_colour() {
        let field = |body: &str| change(body).unwrap_err().details.into_keys().collect::<Vec<_>>();
        for name in ["", "  ", "a\\nb", &"x".repeat(81)] {
            assert_eq!(field(&format!(r#"{{"name":"{name}"}}"#)), ["brand.name"]);
        }
        assert_eq!(field(r#"{"color":"red"}"#), ["color"]);
        assert_eq!(field(r#"{"colour":"red"}"#), ["colour"]);
    }
}
