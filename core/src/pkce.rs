//! pkce
