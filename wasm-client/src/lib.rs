//! The browser half. Two modules are made of it, one for each feature:
//!
//! - `connect` (docs/API.md, section 3b): the code verifier, which stays in the module's memory until the exchange, and
//!   the decisions of the flow;
//! - `composer` (section 5): what the Worker would say of a post, while it is being written.
//!
//! Out of scope: the DOM, windows and HTTP. JavaScript does those and passes plain strings, because every byte here is
//! downloaded by somebody else's visitors.

#[cfg(feature = "connect")]
pub mod attempt;
#[cfg(feature = "composer")]
pub mod composer;
#[cfg(feature = "connect")]
pub mod flow;
