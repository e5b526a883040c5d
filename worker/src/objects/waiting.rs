//! Callers that wait for news, each of one thing. The list lives in memory only: after a restart the callers ask again.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use futures_channel::oneshot;

pub struct Waiting<K>(RefCell<BTreeMap<K, Vec<oneshot::Sender<()>>>>);

impl<K> Default for Waiting<K> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Clone + Ord> Waiting<K> {
    /// Ends at the next news of `thing`. The caller brings its own time limit: a client that goes away is not seen.
    pub async fn news(&self, thing: K) {
        let (tell, told) = oneshot::channel();
        self.0.borrow_mut().entry(thing.clone()).or_default().push(tell);
        let _leaving = Leaving { waiting: self, thing };
        // A dropped sender is news as well: whoever waited reads the state again.
        let _ = told.await;
    }

    pub fn tell(&self, thing: &K) {
        let waiters = self.0.borrow_mut().remove(thing);
        for waiter in waiters.into_iter().flatten() {
            // Who has stopped waiting does not mind.
            let _ = waiter.send(());
        }
    }

    /// News of everything.
    pub fn tell_all(&self) {
        let all = std::mem::take(&mut *self.0.borrow_mut());
        for waiter in all.into_values().flatten() {
            let _ = waiter.send(());
        }
    }

    /// How many callers wait.
    pub fn len(&self) -> usize {
        self.0.borrow().values().map(Vec::len).sum()
    }

    /// How many callers wait for news of `thing`.
    pub fn len_of<Q: Ord + ?Sized>(&self, thing: &Q) -> usize
    where
        K: Borrow<Q>,
    {
        self.0.borrow().get(thing).map_or(0, Vec::len)
    }

    fn forget_gone(&self, thing: &K) {
        let mut waiting = self.0.borrow_mut();
        let Some(waiters) = waiting.get_mut(thing) else { return };
        waiters.retain(|waiter| !waiter.is_canceled());
        if waiters.is_empty() {
            waiting.remove(thing);
        }
    }
}

/// A wait that ends, by news or by its time limit, leaves nothing behind.
struct Leaving<'a, K: Clone + Ord> {
    waiting: &'a Waiting<K>,
    thing: K,
}

impl<K: Clone + Ord> Drop for Leaving<'_, K> {
    fn drop(&mut self) {
        self.waiting.forget_gone(&self.thing);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::poll_immediate;

    use super::Waiting;

    #[test]
    fn news_wakes_those_who_wait_for_the_thing_and_no_other() {
        let waiting = Waiting::default();
        let [mut first, mut second, mut other] = [1, 1, 2].map(|thing| Box::pin(waiting.news(thing)));
        let is_woken = |future: &mut std::pin::Pin<Box<_>>| poll_immediate(future).now_or_never().flatten().is_some();
        assert!(![&mut first, &mut second, &mut other].into_iter().any(is_woken));
        waiting.tell(&1);
        assert_eq!([is_woken(&mut first), is_woken(&mut second), is_woken(&mut other)], [true, true, false]);
    }

    #[test]
    fn news_of_everything_wakes_everybody() {
        let waiting = Waiting::default();
        let mut all = [1, 1, 2].map(|thing| Box::pin(waiting.news(thing)));
        assert!(all.iter_mut().all(|wait| poll_immediate(wait).now_or_never().flatten().is_none()));
        assert_eq!((waiting.len(), waiting.len_of(&1)), (3, 2));
        waiting.tell_all();
        assert!(all.iter_mut().all(|wait| poll_immediate(wait).now_or_never().flatten().is_some()));
        assert_eq!(waiting.len(), 0);
    }

    #[test]
    fn a_wait_that_is_given_up_leaves_nothing_behind() {
        let waiting = Waiting::default();
        let (mut stays, mut goes) = (Box::pin(waiting.news(1)), Box::pin(waiting.news(1)));
        assert!(poll_immediate(&mut stays).now_or_never().flatten().is_none());
        assert!(poll_immediate(&mut goes).now_or_never().flatten().is_none());
        drop(goes);
        assert_eq!(waiting.0.borrow().get(&1).map(Vec::len), Some(1));
        drop(stays);
        assert!(waiting.0.borrow().is_empty());
    }
}
