//! The time limit of a call to the outside, body included.

use js_sys::{Function, Reflect};
use latchkey_core::time::Span;
use wasm_bindgen::JsCast;
use worker::web_sys::{AbortController, WorkerGlobalScope};
use worker::{AbortSignal, Result};

/// Breaks off a call that takes too long, or whose caller has gone. Dropping the value deletes the timer.
/// `AbortSignal.timeout` would keep its timer until the timer fires, and an object with 10,000 live timers hangs for
/// good.
pub struct TimeLimit {
    call: AbortController,
    timer: i32,
    is_kept: bool,
}

impl TimeLimit {
    /// Counts from now.
    pub fn new(limit: Span) -> Result<Self> {
        let call = AbortController::new()?;
        let abort: Function = Reflect::get(&call, &"abort".into())?.unchecked_into();
        let millis = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
        let timer = timers().set_timeout_with_callback_and_timeout_and_arguments_0(&abort.bind0(&call), millis)?;
        Ok(Self { call, timer, is_kept: false })
    }

    /// What the call is made with.
    pub fn signal(&self) -> AbortSignal {
        self.call.signal().into()
    }

    /// The call has ended within it: nothing is left to break off.
    pub fn keep(mut self) {
        self.is_kept = true;
    }

    /// Whether it was this that broke the call off.
    pub fn is_over(&self) -> bool {
        self.call.signal().aborted()
    }
}

impl Drop for TimeLimit {
    fn drop(&mut self) {
        timers().clear_timeout_with_handle(self.timer);
        // A body that nobody reads would hold its connection.
        if !self.is_kept {
            self.call.abort();
        }
    }
}

fn timers() -> WorkerGlobalScope {
    js_sys::global().unchecked_into()
}
