//! The browser half. The crate becomes two modules, one for each feature:
//!
//! - `connect` (docs/API.md, section 3b): the code verifier, which stays in the module's memory until the exchange, and
//!   the decisions of the flow;
//! - `composer` (section 5): the Worker's verdict on a post while a person writes the post.
//!
//! Out of scope: the DOM, windows and HTTP. JavaScript does those and passes plain values, because visitors of other
//! people's sites download every byte here.

#[cfg(feature = "connect")]
pub mod attempt;
#[cfg(feature = "composer")]
pub mod composer;
#[cfg(feature = "connect")]
pub mod flow;
#[cfg(all(feature = "composer", target_family = "wasm"))]
mod given;
#[cfg(feature = "composer")]
mod media_url;
