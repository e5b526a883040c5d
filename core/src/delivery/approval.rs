//! Deliveries of a post that waits for approval: no account has them.

use super::{Delivery, Failure, FailureCode, State};

impl Delivery {
    /// The same version, for nobody to send before somebody has approved its post.
    #[must_use]
    pub fn held_for_approval(self) -> Self {
        let message = "The post waits until somebody has approved it.".to_owned();
        let error = Some(Failure { code: FailureCode::ApprovalRequired, message });
        Self { state: State::Held, error, ..self }
    }

    pub const fn awaits_approval(&self) -> bool {
        matches!(self.error, Some(Failure { code: FailureCode::ApprovalRequired, .. }))
    }
}
