//! The bytes of media, in R2. They stream through: nothing here holds more than a file's first bytes.
#![allow(dead_code, reason = "the routes and the engine that use it are being built")]

use futures_util::future::join;
use js_sys::BigInt;
use worker::wasm_bindgen_futures::JsFuture;
use worker::web_sys::ReadableStream;
use worker::worker_sys::FixedLengthStream;
use worker::{Bucket, Object, ObjectBody, Range, ResponseBody};

use crate::error::{Doing, Result};

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
