//! The bytes of media, in R2. They stream through: nothing here holds more than a file's first bytes.

use futures_util::future::join;
use js_sys::BigInt;
use worker::wasm_bindgen_futures::JsFuture;
use worker::web_sys::ReadableStream;
use worker::worker_sys::FixedLengthStream;
use worker::{Bucket, MultipartUpload, Object, ObjectBody, Range, ResponseBody, UploadedPart};

use crate::error::{Doing, Error, Result};
use crate::stream::Chunks;

/// R2 takes parts of 5 MiB and more, all of one size but the last.
const PART: usize = 5 << 20;

pub struct MediaStore {
    bucket: Bucket,
}

impl MediaStore {
    pub const fn new(bucket: Bucket) -> Self {
        Self { bucket }
    }

    /// Stores exactly `len` bytes. If there come more or fewer, what was under the key before stays.
    pub async fn put(&self, key: &str, body: ReadableStream, len: u64) -> Result<()> {
        let (exactly, piped) = exactly(&body, len)?;
        let (stored, piped) = join(self.bucket.put(key, exactly).execute(), piped).await;
        piped.map_err(worker::Error::from).doing("read a file to store")?;
        stored.doing("store a file").map(drop)
    }

    /// Stores what comes, whose length nobody said, if that is at most `limit` bytes. Says whether it was.
    pub async fn put_at_most(&self, key: &str, body: &ReadableStream, limit: u64) -> Result<bool> {
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

    async fn put_parts(
        &self,
        upload: &MultipartUpload,
        body: &ReadableStream,
        limit: u64,
    ) -> Result<Option<Vec<UploadedPart>>> {
        let mut chunks = Chunks::of(body)?;
        let (mut parts, mut part, mut total) = (Vec::new(), Vec::new(), 0);
        loop {
            let chunk = chunks.next().await?;
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
                chunks.cancel();
                return Ok(None);
            }
            if is_last {
                return Ok(Some(parts));
            }
        }
    }

    /// How large it is, if it is there.
    pub async fn size(&self, key: &str) -> Result<Option<u64>> {
        Ok(self.bucket.head(key).await.doing("look for a file")?.map(|object| object.size()))
    }

    pub async fn first_bytes(&self, key: &str, n: u64) -> Result<Option<Vec<u8>>> {
        let read = self.bucket.get(key).range(Range::Prefix { length: n });
        let object = read.execute().await.doing("read the beginning of a file")?;
        match object.as_ref().and_then(Object::body) {
            Some(body) => body.bytes().await.doing("read the beginning of a file").map(Some),
            None => Ok(None),
        }
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
}

/// The stream that R2 wants, whose length is known, and the end of filling it. It breaks when `body` is longer or shorter.
fn exactly(body: &ReadableStream, len: u64) -> Result<(ReadableStream, JsFuture)> {
    let fixed = FixedLengthStream::new_big_int(BigInt::from(len)).map_err(worker::Error::from)?;
    let piped = body.pipe_to(&fixed.writable());
    Ok((fixed.readable(), JsFuture::from(piped)))
}
