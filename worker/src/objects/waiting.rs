//! Callers that wait for news of an object. The list lives in memory only: after a restart the callers ask again.

use std::cell::RefCell;

use futures_channel::oneshot;

#[derive(Default)]
pub struct Waiting(RefCell<Vec<oneshot::Sender<()>>>);

impl Waiting {
    /// Ends at the next news. The caller brings its own time limit: a client that goes away is not seen.
    pub async fn news(&self) {
        let (tell, told) = oneshot::channel();
        self.add(tell);
        // A dropped sender is news as well: whoever waited reads the state again.
        let _ = told.await;
    }

    pub fn tell(&self) {
        for waiter in self.0.take() {
            // Who has stopped waiting does not mind.
            let _ = waiter.send(());
        }
    }

    fn add(&self, waiter: oneshot::Sender<()>) {
        let mut waiting = self.0.borrow_mut();
        // A wait that timed out leaves its sender behind.
        waiting.retain(|other| !other.is_canceled());
        waiting.push(waiter);
    }
}
