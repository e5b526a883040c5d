//! Media in the ledger: announced, confirmed, shown, and closed when nobody needs them any more.

use latchkey_core::media::Media;

use super::Inner;
use crate::error::Result;

impl Inner {
    #[allow(dead_code, reason = "the routes that use it are being built")]
    pub(super) fn media_named(&self, id: &str) -> Result<Option<Media>> {
        self.db()?.doc("SELECT doc FROM media WHERE id = ?", vec![id.into()])
    }
}
