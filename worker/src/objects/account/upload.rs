//! The media of a delivery, from R2 to X: one step at a time, and never more than one segment in flight.

use std::rc::Rc;

use latchkey_core::delivery::{Delivery, FailureCode, File, Place, State, UploadOutcome, UploadStep};
use latchkey_core::media::Limits;
use latchkey_core::seal::base64url;
use latchkey_core::x::XError;
use latchkey_core::x::media::{MediaCall, Range};
use latchkey_core::x::problem::Refusal;

use super::Inner;
use super::fetch::{Source, unusable};
use super::tokens::Access;
use crate::error::Result;
use crate::outbound::{Asked, PATIENT};
use crate::runtime::{entropy, now};

impl Inner {
    pub(super) async fn upload(
        self: &Rc<Self>,
        delivery: Delivery,
        place: Place,
        step: &UploadStep,
        (access, limits): (&Access, &Limits),
    ) -> Result<()> {
        let outcome = match step {
            UploadStep::Fetch { url, filename, key } => {
                self.fetch_media(&Source { url, filename: filename.as_deref(), key }, limits).await?
            }
            UploadStep::Call { call, file } => self.media_call(&delivery, call, file, access).await?,
        };
        if let UploadOutcome::Refused(XError::Refused { refusal: Refusal::TokenRejected, .. }) = &outcome {
            self.access_token_rejected(access)?;
        }
        let Some(mut delivery) = self.unchanged(&delivery)? else { return Ok(()) };
        let spent = delivery.spent_copies();
        delivery.upload_effect(place, outcome, now(), self.pace()?);
        self.save_delivery(&delivery)?;
        if delivery.state() != State::Publishing {
            self.probing.borrow_mut().take_if(|post_id| *post_id == delivery.post_id);
        }
        // A copy that a crash leaves here is swept by the workspace.
        for key in delivery.spent_copies().iter().filter(|key| !spent.contains(key)) {
            self.app()?.media()?.delete(key).await?;
        }
        Ok(())
    }

    async fn media_call(
        &self,
        delivery: &Delivery,
        call: &MediaCall,
        file: &File,
        access: &Access,
    ) -> Result<UploadOutcome> {
        let app = self.app()?;
        let asked = match (call, call.request(app.endpoints(), &access.token)) {
            (_, Some(request)) => app.x().send(request, PATIENT).await?,
            (MediaCall::Append(range), None) => match self.append(delivery, range, file, access).await? {
                Some(asked) => asked,
                None => return Ok(gone()),
            },
            (_, None) => return Ok(UploadOutcome::Lost),
        };
        let Ok(answer) = asked else { return Ok(UploadOutcome::Lost) };
        self.note_windows(call.endpoint(), &answer)?;
        Ok(call.response(&answer).map_or_else(UploadOutcome::Refused, UploadOutcome::Done))
    }

    /// One segment, streamed; `None` when its bytes are gone, or when something has happened to the delivery while they
    /// were looked up: its account may have been removed.
    async fn append(&self, delivery: &Delivery, range: &Range, file: &File, access: &Access) -> Result<Option<Asked>> {
        let app = self.app()?;
        let bytes = app.media()?.range(&file.key, range.offset, range.len).await?;
        let (Some(bytes), Some(_)) = (bytes, self.unchanged(delivery)?) else { return Ok(None) };
        let multipart = range.request(app.endpoints(), &access.token, &base64url(&entropy::<16>()?));
        app.x().send_segment(multipart, &bytes, range.len).await.map(Some)
    }
}

fn gone() -> UploadOutcome {
    unusable(FailureCode::MediaFailed, "The bytes of the media are gone.".to_owned())
}
