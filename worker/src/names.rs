//! Names that two floors must agree on.

/// One deployment is one workspace. Sealed values are bound to this name.
pub const WORKSPACE: &str = "main";
/// What Outstand's API calls the organisation.
pub const ORG_ID: &str = "org_main";

/// Below the public origin.
pub const CALLBACK_PATH: &str = "/connect/callback/x";

/// The page on which a person approves a post, as the table of routes has it.
pub const APPROVAL_PATH: &str = "/approve/{token}";

/// Our callback, as X has to know it.
pub fn callback_url(public_origin: &str) -> String {
    format!("{public_origin}{CALLBACK_PATH}")
}
