//! The messages about bytes of media: before and after the bytes are stored.

use latchkey_core::api::refused::Refused;
use latchkey_core::id::MediaId;
use latchkey_core::media::Kind;
use latchkey_core::media::upload::{Part, Reservation};
use serde::{Deserialize, Serialize};

use super::{Message, WorkspaceStub};
use crate::error::{Error, Result};
use crate::rpc::wire::ask;

#[derive(Serialize, Deserialize)]
pub enum UploadMessage {
    Reserve { id: MediaId, attempt: Try },
    Begun { id: MediaId, upload_id: String },
    Received { id: MediaId, arrival: Arrival },
    Release { reservation: i64 },
}

/// Bytes that want to be stored: of the whole file, or of a part.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Try {
    pub part: Option<u16>,
    /// As the request says.
    pub length: Option<u64>,
    /// What they say the file is.
    pub seen: Option<Kind>,
}

/// Bytes that are stored.
#[derive(Serialize, Deserialize)]
pub struct Arrival {
    pub reservation: Option<i64>,
    pub upload_id: String,
    pub part: Part,
    pub is_whole: bool,
}

/// A refusal that has an effect, which a rolled back transaction would not have.
pub type Decided<T> = std::result::Result<T, Box<Refused>>;

impl WorkspaceStub {
    /// Room for bytes, or why there is none.
    pub async fn reserve(&self, id: MediaId, attempt: Try) -> Result<Reservation> {
        let message = Message::Upload(UploadMessage::Reserve { id, attempt });
        ask::<Decided<Reservation>>(&self.stub, &message).await?.map_err(Error::Refused)
    }

    /// An upload of R2 was begun for the parts to come. Answers the one that all of them use.
    pub async fn upload_begun(&self, id: MediaId, upload_id: String) -> Result<String> {
        ask(&self.stub, &Message::Upload(UploadMessage::Begun { id, upload_id })).await
    }

    /// A part is stored; as the whole file it takes the place of whatever was there. Answers how many bytes there are.
    pub async fn received(&self, id: MediaId, arrival: Arrival) -> Result<u64> {
        let message = Message::Upload(UploadMessage::Received { id, arrival });
        ask::<Decided<u64>>(&self.stub, &message).await?.map_err(Error::Refused)
    }

    /// The bytes broke off: others may have the room.
    pub async fn release(&self, reservation: Option<i64>) -> Result<()> {
        match reservation {
            Some(reservation) => ask(&self.stub, &Message::Upload(UploadMessage::Release { reservation })).await,
            None => Ok(()),
        }
    }
}
