//! The bytes of media, in R2. The bytes stream through: nothing here holds more than a file's first bytes.

use futures_util::future::join;
use latchkey_core::media::upload::Part;
use latchkey_core::media::{Foreign, HEAD_BYTES, Kind, kind_of};
use latchkey_core::time::{Span, UnixMillis};
use worker::web_sys::ReadableStream;
use worker::{Bucket, HttpMetadata, MultipartUpload, Object, ObjectBody, Range, ResponseBody, UploadedPart};

use crate::error::{Doing, Error, Result};
use crate::rpc::workspace::PendingCleanup;
use crate::runtime::now;
use crate::stream::{Chunks, Peeked};

/// R2 takes parts of 5 MiB and more, all of one size but the last.
const PART: usize = 5 << 20;
/// Numbers that R2's errors end in (Cloudflare's docs, R2 "Error codes").
const NO_SUCH_UPLOAD: &str = "(10024)";
const INVALID_PART: &str = "(10025)";
/// workerd says in words only that a stream of a fixed length got more or fewer bytes.
const OTHER_LENGTH: &str = "FixedLengthStream";

pub struct MediaStore {
    bucket: Bucket,
}

/// What became of bytes that were to be a part.
pub enum Sent {
    Stored {
        etag: String,
    },
    /// More or fewer than were said.
    WrongLength,
    /// The upload has become an object, or nothing.
    Over,
}

/// What became of parts that were to be a file.
pub enum Assembled {
    Whole,
    /// One was replaced in the meantime.
    PartChanged,
    /// Nothing is there: not as an upload, not as an object.
    Lost,
}

/// A file as it is served.
pub struct Stored {
    pub size: u64,
    pub etag: String,
    pub content_type: Option<String>,
    pub disposition: Option<String>,
}

impl MediaStore {
    pub const fn new(bucket: Bucket) -> Self {
        Self { bucket }
    }

    /// Stores exactly `len` bytes. If there come more or fewer, what was under the key before stays.
    pub async fn put(&self, key: &str, body: Peeked, len: u64) -> Result<()> {
        let (exactly, filled) = body.exactly(len)?;
        let (stored, filled) = join(self.bucket.put(key, exactly).execute(), filled).await;
        filled.doing("read a file to store")?;
        stored.doing("store a file").map(drop)
    }

    /// Stores a body of unknown length, if the body has at most `limit` bytes. Returns whether the body was stored.
    pub async fn put_at_most(&self, key: &str, body: Peeked, limit: u64) -> Result<bool> {
        let upload = self.bucket.create_multipart_upload(key).execute().await.doing("begin to store a file")?;
        let stored = self.put_parts(&upload, body, limit).await;
        if let Ok(Some(parts)) = stored {
            upload.complete(parts).await.doing("store a file")?;
            return Ok(true);
        }
        // What is not completed is forgotten by R2 after a while.
        let _ = upload.abort().await;
        stored.map(|_| false)
    }

    async fn put_parts(&self, upload: &MultipartUpload, body: Peeked, limit: u64) -> Result<Option<Vec<UploadedPart>>> {
        let mut chunks = body.rest.as_ref().map(Chunks::of).transpose()?;
        let (mut parts, mut part, mut total) = (Vec::new(), body.head, 0);
        loop {
            let chunk = match &mut chunks {
                Some(chunks) => chunks.next().await?,
                None => None,
            };
            let is_last = chunk.is_none();
            part.extend(chunk.unwrap_or_default());
            while part.len() >= PART || (is_last && (!part.is_empty() || parts.is_empty())) {
                let rest = part.split_off(part.len().min(PART));
                total += part.len() as u64;
                let number = u16::try_from(parts.len() + 1).map_err(Error::fault)?;
                parts.push(upload.upload_part(number, part).await.doing("store a part of a file")?);
                part = rest;
            }
            if total + part.len() as u64 > limit {
                chunks.iter().for_each(Chunks::cancel);
                return Ok(None);
            }
            if is_last {
                return Ok(Some(parts));
            }
        }
    }

    /// An upload that can take parts. R2 gives up an unfinished upload after a week.
    pub async fn begin_upload(&self, key: &str, content_type: &str, disposition: String) -> Result<String> {
        let metadata = HttpMetadata {
            content_type: Some(content_type.to_owned()),
            content_disposition: Some(disposition),
            ..HttpMetadata::default()
        };
        let upload = self.bucket.create_multipart_upload(key).http_metadata(metadata).execute();
        Ok(upload.await.doing("begin an upload")?.upload_id().await)
    }

    /// Stores exactly `len` bytes as a part. If there come more or fewer, the part that was there before stays.
    pub async fn put_part(&self, key: &str, upload_id: &str, number: u16, body: Peeked, len: u64) -> Result<Sent> {
        if !body.may_have(len) {
            body.discard();
            return Ok(Sent::WrongLength);
        }
        let upload = self.bucket.resume_multipart_upload(key, upload_id)?;
        let (exactly, filled) = body.exactly(len)?;
        let failed = match join(upload.upload_part(number, exactly), filled).await {
            (Ok(part), Ok(())) => return Ok(Sent::Stored { etag: part.etag() }),
            (Err(error), _) | (_, Err(error)) => error,
        };
        match failed.to_string() {
            text if text.contains(NO_SUCH_UPLOAD) => Ok(Sent::Over),
            text if text.contains(OTHER_LENGTH) => Ok(Sent::WrongLength),
            _ => Err(failed).doing("store a part"),
        }
    }

    /// Makes one object of the parts. If an earlier call made the object and then broke off, the size of the object
    /// shows the earlier success.
    pub async fn assemble(&self, key: &str, upload_id: &str, parts: Vec<Part>, size: u64) -> Result<Assembled> {
        let upload = self.bucket.resume_multipart_upload(key, upload_id)?;
        let parts: Vec<_> = parts.into_iter().map(|part| UploadedPart::new(part.number, part.etag)).collect();
        match upload.complete(parts).await {
            Ok(_) => Ok(Assembled::Whole),
            Err(error) if error.to_string().contains(INVALID_PART) => Ok(Assembled::PartChanged),
            Err(error) if error.to_string().contains(NO_SUCH_UPLOAD) => match self.size(key).await? {
                Some(stored) if stored == size => Ok(Assembled::Whole),
                _ => Ok(Assembled::Lost),
            },
            Err(error) => Err(error).doing("put a file together"),
        }
    }

    /// Gives up an upload that nobody will complete. An upload that is over counts as given up.
    pub async fn abandon_upload(&self, key: &str, upload_id: &str) -> Result<()> {
        match self.bucket.resume_multipart_upload(key, upload_id)?.abort().await {
            Err(error) if !error.to_string().contains(NO_SUCH_UPLOAD) => Err(error).doing("give up an upload"),
            _ => Ok(()),
        }
    }

    /// Removes everything of a closed medium. The order matters: an object completed before the abandonment is deleted,
    /// and afterwards no call can complete the upload.
    pub async fn remove(&self, cleanup: &PendingCleanup) -> Result<()> {
        if let Some(upload_id) = &cleanup.upload_id {
            self.abandon_upload(&cleanup.key, upload_id).await?;
        }
        self.delete(&cleanup.key).await
    }

    /// The size of the file, if the file exists.
    pub async fn size(&self, key: &str) -> Result<Option<u64>> {
        Ok(self.bucket.head(key).await.doing("look for a file")?.map(|object| object.size()))
    }

    /// The stored file with its type. The first bytes decide the type: when R2 got a type, the first bytes may not have
    /// arrived yet.
    pub async fn stored(&self, key: &str) -> Result<Option<Stored>> {
        let Some((object, head)) = self.beginning(key).await? else { return Ok(None) };
        let HttpMetadata { content_type, content_disposition: disposition, .. } = object.http_metadata();
        let content_type = Kind::sniff(&head).map(|kind| kind.mime().to_owned()).or(content_type);
        Ok(Some(Stored { size: object.size(), etag: object.http_etag(), content_type, disposition }))
    }

    /// The kind by the first bytes, or what the file is instead.
    pub async fn kind(&self, key: &str) -> Result<Result<Kind, Foreign>> {
        Ok(self.beginning(key).await?.map_or(Err(Foreign::Unknown), |(_, head)| kind_of(&head)))
    }

    async fn beginning(&self, key: &str) -> Result<Option<(Object, Vec<u8>)>> {
        let read = self.bucket.get(key).range(Range::Prefix { length: HEAD_BYTES });
        let Some(object) = read.execute().await.doing("read the beginning of a file")? else { return Ok(None) };
        let Some(body) = object.body() else { return Ok(None) };
        let head = body.bytes().await.doing("read the beginning of a file")?;
        Ok(Some((object, head)))
    }

    /// Some of a file; nothing if it is gone.
    pub async fn range(&self, key: &str, offset: u64, len: u64) -> Result<Option<ReadableStream>> {
        let read = self.bucket.get(key).range(Range::OffsetWithLength { offset, length: len });
        let object = read.execute().await.doing("read a file")?;
        match object.as_ref().and_then(Object::body).map(ObjectBody::response_body).transpose()? {
            Some(ResponseBody::Stream(stream)) => Ok(Some(stream)),
            _ => Ok(None),
        }
    }

    /// What is not there counts as deleted.
    pub async fn delete(&self, key: &str) -> Result<()> {
        self.bucket.delete(key).await.doing("delete a file")
    }

    /// Deletes what was stored under a prefix longer ago than `age`.
    pub async fn sweep(&self, prefix: &str, age: Span) -> Result<()> {
        let mut cursor = None;
        loop {
            let mut list = self.bucket.list().prefix(prefix);
            if let Some(cursor) = cursor.take() {
                list = list.cursor(cursor);
            }
            let page = list.execute().await.doing("list files")?;
            let old: Vec<String> =
                page.objects().iter().filter(|object| is_older(object, age)).map(Object::key).collect();
            if !old.is_empty() {
                self.bucket.delete_multiple(old).await.doing("delete files")?;
            }
            cursor = page.cursor();
            if cursor.is_none() {
                return Ok(());
            }
        }
    }
}

fn is_older(object: &Object, age: Span) -> bool {
    let uploaded = i64::try_from(object.uploaded().as_millis()).unwrap_or(i64::MAX);
    now() - UnixMillis(uploaded) > age
}
