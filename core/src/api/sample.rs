//! The pages that customers see, shown to the operator with made-up data (docs/API.md, section 8, "Samples").

use std::str::FromStr;

use super::line::is_line;
use super::query::Query;
use crate::brand::{Brand, Color, NAME_CHARACTERS};
use crate::messages::Messages;
use crate::refusal::{Code, Refused};

/// One page in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    Start,
    Waiting,
    Code,
    Button,
    Connected,
    Done,
    Elsewhere,
    Declined,
    OtherAccount,
    Expired,
    Unknown,
    Approval,
    Approved,
    Rejected,
    ApprovalChanged,
}

impl Sample {
    pub const ALL: [Self; 15] = [
        Self::Start,
        Self::Waiting,
        Self::Code,
        Self::Button,
        Self::Connected,
        Self::Done,
        Self::Elsewhere,
        Self::Declined,
        Self::OtherAccount,
        Self::Expired,
        Self::Unknown,
        Self::Approval,
        Self::Approved,
        Self::Rejected,
        Self::ApprovalChanged,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Waiting => "waiting",
            Self::Code => "code",
            Self::Button => "button",
            Self::Connected => "connected",
            Self::Done => "done",
            Self::Elsewhere => "elsewhere",
            Self::Declined => "declined",
            Self::OtherAccount => "other_account",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
            Self::Approval => "approval",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::ApprovalChanged => "approval_changed",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    #[default]
    Light,
    Dark,
}

impl FromStr for Scheme {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "light" => Ok(Self::Light),
            "dark" => Ok(Self::Dark),
            _ => Err(()),
        }
    }
}

/// What is asked for: a page, and how it would look.
#[derive(Debug)]
#[expect(clippy::option_option, reason = "absent, empty and a value are three things to say")]
pub struct SampleAsked {
    pub page: Sample,
    pub scheme: Scheme,
    pub messages: &'static Messages,
    /// Empty: without a name. Absent: as it is saved.
    name: Option<String>,
    color: Option<Option<Color>>,
}

impl SampleAsked {
    pub fn read(page: &str, mut query: Query) -> Result<Self, Refused> {
        let unknown = || Refused::new(Code::NotFound, "There is no such page.");
        let page = Sample::ALL.into_iter().find(|sample| sample.name() == page).ok_or_else(unknown)?;
        let asked = Self {
            page,
            scheme: query.take_parsed(&["scheme"], "light or dark")?.unwrap_or_default(),
            messages: Messages::accepted(&query.take(&["lang"]).unwrap_or_default()),
            name: query.take(&["name"]),
            color: query.take(&["color"]).map(|text| color(&text)).transpose()?,
        };
        query.finish()?;
        let is_name = |name: &String| name.is_empty() || is_line(name, NAME_CHARACTERS);
        let problem = || Refused::field("name", "expected one line of at most 80 characters");
        asked.name.iter().all(is_name).then_some(asked).ok_or_else(problem)
    }

    /// The saved brand with what is tried out.
    #[must_use]
    pub fn worn(&self, saved: Brand) -> Brand {
        let name = match &self.name {
            Some(name) => Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
            None => saved.name,
        };
        Brand { name, color: self.color.unwrap_or(saved.color), logo: saved.logo }
    }
}

/// Empty: without a colour.
fn color(text: &str) -> Result<Option<Color>, Refused> {
    if text.is_empty() {
        return Ok(None);
    }
    Color::parse(text).map(Some).map_err(|error| Refused::field("color", error.to_string()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn asked(query: &str) -> Result<SampleAsked, Refused> {
        SampleAsked::read("code", Query::parse(query))
    }

    #[test]
    fn what_is_tried_out_stands_in_the_place_of_what_is_saved() {
        let saved = Brand { name: Some("Acme".into()), color: Color::parse("#123456").ok(), logo: None };
        assert_eq!(asked("").unwrap().worn(saved.clone()), saved);
        let tried = asked("name=Other&color=%23ffe600&scheme=dark&lang=ja").unwrap();
        assert_eq!((tried.scheme, tried.messages.lang), (Scheme::Dark, "ja"));
        let worn = tried.worn(saved.clone());
        assert_eq!((worn.name.as_deref(), worn.color), (Some("Other"), Color::parse("#ffe600").ok()));
        assert_eq!(asked("name=&color=").unwrap().worn(saved), Brand::default());
    }

    #[test]
    fn a_page_a_colour_or_a_scheme_that_is_none_is_refused() {
        assert_eq!(SampleAsked::read("settings", Query::parse("")).unwrap_err().code, Code::NotFound);
        for query in ["color=red", "scheme=sepia", "name=a%0Ab"] {
            assert_eq!(asked(query).unwrap_err().code, Code::InvalidPayload, "{query}");
        }
        let names: std::collections::BTreeSet<_> = Sample::ALL.map(Sample::name).into();
        assert_eq!(names.len(), Sample::ALL.len());
    }
}
