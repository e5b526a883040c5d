//! Assistants' clients that ask for a person's consent: who they are, where they may be answered, and what they ask
//! (docs/API.md, section 12, "Connecting an assistant").

mod client;
mod place;
mod request;

pub use self::client::{Document, NewClient, NotAClient, Registered, url_of_document};
pub use self::place::{is_place, matches};
pub use self::request::{Answered, AuthorizationRequest, Wanted};
