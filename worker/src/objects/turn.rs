//! One commit for calls that arrive together.

use std::cell::RefCell;
use std::future::poll_fn;
use std::mem;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures_channel::oneshot;
use worker::Delay;
use worker::wasm_bindgen_futures::spawn_local;

/// The next turn of an object's event loop. The platform commits all that one turn has written in one transaction of
/// `SQLite`, so calls that wait here share a commit. Each call's own transaction is nested in that one, and is rolled back by
/// itself.
#[derive(Default)]
pub struct Turn(Rc<RefCell<Vec<oneshot::Sender<()>>>>);

impl Turn {
    /// Ends once the platform has handed over all that had arrived. Callers go on in the order in which they came.
    pub async fn next(&self) {
        let (tell, told) = oneshot::channel();
        let is_first = {
            let mut waiting = self.0.borrow_mut();
            waiting.push(tell);
            waiting.len() == 1
        };
        if is_first {
            let waiting = Rc::clone(&self.0);
            spawn_local(async move {
                Delay::from(Duration::ZERO).await;
                for caller in waiting.take() {
                    // Who has stopped waiting does not mind.
                    let _ = caller.send(());
                }
            });
        }
        let _ = told.await;
    }
}

/// Lets everybody else go on first who can go on in this turn.
pub async fn after_others() {
    let mut has_waited = false;
    poll_fn(|context| {
        if mem::replace(&mut has_waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
