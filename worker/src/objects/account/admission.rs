//! Writing calls that wait for the workspace's word. While it is asked about some, others gather and are asked about
//! together, so a busy account sends one message for many calls. Each call has an answer of its own, before X is called.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::oneshot;
use latchkey_core::time::Span;
use latchkey_core::x::price::Micros;
use worker::wasm_bindgen_futures::spawn_local;

use super::Inner;
use crate::error::{Error, Result};
use crate::rpc::workspace::Admission;
use crate::runtime::within;

/// Calls that one message asks about.
const AT_ONCE: usize = 100;

/// A message that hangs must not keep all later calls of the account waiting.
const LIMIT: Span = Span::secs(30);

type Answer = Result<Micros>;

#[derive(Default)]
pub(super) struct Admissions {
    waiting: RefCell<Vec<(Admission, oneshot::Sender<Answer>)>>,
    is_asking: Cell<bool>,
}

impl Admissions {
    fn next(&self) -> (Vec<Admission>, Vec<oneshot::Sender<Answer>>) {
        let mut waiting = self.waiting.borrow_mut();
        let count = waiting.len().min(AT_ONCE);
        waiting.drain(..count).unzip()
    }
}

/// As long as it lives, the workspace is asked. A panic ends it too: whoever waits then has no answer, and later calls ask
/// anew.
struct Asking(Rc<Inner>);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.admissions.is_asking.set(false);
        self.0.admissions.waiting.take();
    }
}

impl Inner {
    /// The price that is taken for the call, or why the call may not be made.
    pub(super) async fn admission(self: &Rc<Self>, admission: Admission) -> Answer {
        let (tell, told) = oneshot::channel();
        self.admissions.waiting.borrow_mut().push((admission, tell));
        if !self.admissions.is_asking.replace(true) {
            spawn_local(ask(Asking(Rc::clone(self))));
        }
        told.await.unwrap_or_else(|_| Err(Error::fault("the workspace was not asked")))
    }

    async fn ask_workspace(&self, admissions: Vec<Admission>) -> Result<Vec<Answer>> {
        let answers = within(LIMIT, self.app()?.workspace()?.admit(admissions)).await;
        answers.unwrap_or_else(|| Err(Error::fault("the workspace does not answer")))
    }
}

async fn ask(asking: Asking) {
    loop {
        let (admissions, callers) = asking.0.admissions.next();
        if admissions.is_empty() {
            return;
        }
        let answers = asking.0.ask_workspace(admissions).await;
        let answers = answers.unwrap_or_else(|error| vec![Err(error); callers.len()]);
        for (caller, answer) in callers.into_iter().zip(answers) {
            // Who has stopped waiting does not mind: the price stays counted, as after a crash.
            let _ = caller.send(answer);
        }
    }
}
