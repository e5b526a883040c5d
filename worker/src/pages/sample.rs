//! The pages with made-up data, for the operator who sets up the brand.

use latchkey_core::api::code::Code;
use latchkey_core::api::sample::{Sample, SampleAsked};
use latchkey_core::approval::{AccountShown, ApprovalShown, ContainerShown, Status};
use latchkey_core::brand::Brand;
use latchkey_core::connect::page::{Asking, Ending, Person};
use latchkey_core::oauth::Scopes;
use latchkey_core::secret::Secret;
use latchkey_core::time::{Span, UnixMillis};
use latchkey_core::x::options::Options;
use latchkey_core::x::price::Micros;
use url::Url;

use super::Theme;
use crate::error::{Error, Result};
use crate::response::Reply;

const SITE: &str = "app.example.com";
const SITE_ORIGIN: &str = "https://app.example.com";

/// `brand` is the saved one. `at` is the time on the pages.
pub fn sample(asked: &SampleAsked, brand: Brand, at: UnixMillis) -> Result<Reply> {
    let theme = Theme { messages: asked.messages, brand: asked.worn(brand), sample: Some(asked.scheme) };
    let (asking, person) = (asking(), person());
    match asked.page {
        Sample::Start => theme.start(&asking, &[], &Url::parse("https://x.com").map_err(Error::fault)?),
        Sample::Waiting => theme.waiting(&asking),
        Sample::Code => theme.code(&asking, &person, "", &Secret::new("123456".into())),
        Sample::Button => theme.button(&asking, &person, "", Some(SITE_ORIGIN)),
        Sample::Connected => theme.done(Some(&person), ""),
        Sample::Done => theme.done(None, ""),
        Sample::Elsewhere => theme.elsewhere(&asking),
        Sample::Declined => theme.ended(Ending::Failed(Code::AccessDenied)),
        Sample::OtherAccount => theme.ended(Ending::Failed(Code::AccountMismatch)),
        Sample::Expired => theme.ended(Ending::Expired),
        Sample::Unknown => Ok(theme.failure(Code::NotFound, "req_sample")),
        Sample::Approval => theme.approval(&approval(Status::Pending, at)),
        Sample::Approved => theme.approval(&approval(Status::Approved, at)),
        Sample::Rejected => theme.approval(&approval(Status::Rejected, at)),
        Sample::ApprovalChanged => theme.approval_stale(),
    }
}

fn asking() -> Asking {
    Asking { site: Some(SITE.into()), label: Some("Autumn campaign".into()), scopes: Scopes::publish_default() }
}

fn person() -> Person {
    Person { username: "ada".into(), name: "Ada Lovelace".into(), picture: None }
}

fn approval(status: Status, at: UnixMillis) -> ApprovalShown {
    let text = "Our autumn collection is here. Which colour is yours?";
    ApprovalShown {
        status,
        number: 1,
        containers: vec![ContainerShown { text: text.into(), media: Vec::new(), options: Options::default() }],
        options: Options::default(),
        answers: None,
        quotes: None,
        accounts: vec![AccountShown { handle: person().username, name: person().name, picture: None }],
        scheduled_at: Some(at + Span::days(2)),
        is_late: false,
        cost: Micros(15_000),
        cost_reasons: Vec::new(),
        requested_by: "Campaign team".into(),
        requested_at: at,
        expires_at: at + Span::days(7),
        decided_at: (status != Status::Pending).then_some(at),
        decided_by: None,
        note: (status == Status::Rejected).then(|| "Please say that it is limited.".into()),
    }
}
