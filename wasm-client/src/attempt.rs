//! One attempt, in the form that JavaScript holds.

use latchkey_core::pkce::CodeVerifier;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use crate::flow::{self, Answer, Flow, Step};

/// One attempt to connect: an opaque handle. JavaScript frees the handle, and the verifier with it, when the attempt
/// ends.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Attempt {
    verifier: CodeVerifier,
    flow: Flow,
}

#[wasm_bindgen]
impl Attempt {
    /// RFC 7636 §7.1: 256 bits from the browser's generator.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Attempt, JsError> {
        let mut entropy = [0; 32];
        getrandom::fill(&mut entropy).map_err(|_| JsError::new("no_entropy"))?;
        Ok(Self { verifier: CodeVerifier::from_entropy(entropy), flow: Flow::default() })
    }

    /// Goes on with an attempt whose page went to X and is back. `None` when that is no verifier (RFC 7636 §4.1).
    pub fn resume(verifier: &str) -> Option<Attempt> {
        let verifier = CodeVerifier::parse(verifier).ok()?;
        Some(Self { verifier, flow: Flow::default() })
    }

    /// RFC 7636 §4.2, method S256.
    pub fn challenge(&self) -> String {
        self.verifier.challenge().as_str().to_owned()
    }

    /// For the exchange; and for this tab's storage, or the session's, while X has the page.
    pub fn verifier(&self) -> String {
        // EXPOSE: the session's `complete` call carries it, once X has answered (RFC 7636 §4.5), and where this page gives
        // way to X's, it outlives this module in the tab's sessionStorage.
        self.verifier.expose().to_owned()
    }

    /// The status to name in the next poll's `since`.
    pub fn since(&self) -> String {
        self.flow.since().to_owned()
    }

    /// Milliseconds to let pass before the next request.
    pub fn pause(&self) -> u32 {
        self.flow.pause()
    }

    /// Seconds for which the server may hold the next poll.
    pub fn hold(&self) -> u32 {
        self.flow.hold()
    }

    /// Milliseconds for which the next request is waited for.
    pub fn patience(&self, now: u32) -> u32 {
        self.flow.patience(now)
    }

    /// The session answered: `status` and `code` from the JSON, empty if absent.
    pub fn answered(&mut self, http: u16, status: &str, code: &str, now: u32) -> Step {
        self.flow.answered(&Answer { http, status, code }, now)
    }

    /// What was sent at `sent` brought no answer.
    pub fn unreachable(&mut self, sent: u32, now: u32) -> Step {
        self.flow.unreachable(sent, now)
    }

    /// The stable code of how a [`Step::Cancelled`] or [`Step::Failed`] attempt ended.
    pub fn code(&self) -> String {
        self.flow.code().to_owned()
    }

    /// Whether the code that was typed last was wrong.
    #[wasm_bindgen(js_name = isCodeWrong)]
    pub fn is_code_wrong(&self) -> bool {
        self.flow.is_code_wrong()
    }

    /// Whether the person is back here without having answered X.
    #[wasm_bindgen(js_name = setLeft)]
    pub fn set_left(&mut self, is_left: bool) {
        self.flow.set_left(is_left);
    }

    /// Whether the same button may be pressed again with hope.
    pub fn retryable(&self) -> bool {
        flow::worth_another_attempt(self.flow.code())
    }

    /// Whether the session outlives this attempt, so that it must be cancelled.
    #[wasm_bindgen(js_name = leavesSessionOpen)]
    pub fn leaves_session_open(&self) -> bool {
        self.flow.leaves_session_open()
    }
}
