//! Time and randomness: the parameters that core needs.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use js_sys::Date;
use latchkey_core::time::{Span, UnixMillis};
use worker::Delay;

use crate::error::{Error, Result};

#[allow(clippy::cast_possible_truncation, reason = "a time is a whole number of milliseconds (ECMA-262, Time Values)")]
pub fn now() -> UnixMillis {
    UnixMillis(Date::now() as i64)
}

/// The platform's CSPRNG.
pub fn entropy<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::fault(format!("no randomness: {error}")))?;
    Ok(bytes)
}

/// The result of `future`, or `None` after `limit`. Every wait in an object has a limit, because an object does not
/// notice that a client has gone.
pub async fn within<T>(limit: Span, future: impl Future<Output = T>) -> Option<T> {
    let delay = Delay::from(Duration::from_millis(u64::try_from(limit.as_millis()).unwrap_or(0)));
    match select(pin!(future), delay).await {
        Either::Left((value, _)) => Some(value),
        Either::Right(((), _)) => None,
    }
}
