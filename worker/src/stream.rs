//! Bytes that pass through without being held: JavaScript's streams, piped by the runtime and not by wasm.

use js_sys::{BigInt, Reflect, Uint8Array, wasm_bindgen};
use wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::JsFuture;
use worker::web_sys::{
    ReadableStream, ReadableStreamDefaultReader, Request, Response, StreamPipeOptions, WritableStream,
};
use worker::worker_sys::FixedLengthStream;
use worker::{ResponseBody, Result};

/// A body of known length, written while it is sent.
pub struct Framed {
    pub body: ReadableStream,
    writable: WritableStream,
}

impl Framed {
    /// A body with a length is sent with one; X and R2 refuse bodies of unknown length.
    pub fn new(len: u64) -> Result<Self> {
        let stream = FixedLengthStream::new_big_int(BigInt::from(len))?;
        Ok(Self { body: stream.readable(), writable: stream.writable() })
    }

    /// Writes `before`, all of `bytes`, and `after`. A stream that breaks off breaks the body off.
    pub async fn fill(&self, before: &[u8], bytes: &ReadableStream, after: &[u8]) -> Result<()> {
        self.write(before).await?;
        let options = StreamPipeOptions::new();
        options.set_prevent_close(true);
        JsFuture::from(bytes.pipe_to_with_options(&self.writable, &options)).await?;
        self.write(after).await?;
        JsFuture::from(self.writable.close()).await?;
        Ok(())
    }

    async fn write(&self, bytes: &[u8]) -> Result<()> {
        write(&self.writable, bytes).await
    }
}

async fn write(writable: &WritableStream, bytes: &[u8]) -> Result<()> {
    let writer = writable.get_writer()?;
    let written = JsFuture::from(writer.write_with_chunk(&Uint8Array::from(bytes))).await;
    writer.release_lock();
    written?;
    Ok(())
}

/// A body whose first bytes have been looked at. The rest passes by.
pub struct Peeked {
    pub head: Vec<u8>,
    /// `None` when the head is all there is.
    pub rest: Option<ReadableStream>,
}

impl Peeked {
    /// Not looked at.
    pub const fn unseen(body: ReadableStream) -> Self {
        Self { head: Vec::new(), rest: Some(body) }
    }

    /// Reads until there is enough, or no more.
    pub async fn until(is_enough: impl Fn(&[u8]) -> bool, body: ReadableStream) -> Result<Self> {
        let (mut chunks, mut head) = (Chunks::of(&body)?, Vec::new());
        while !is_enough(&head) {
            let Some(chunk) = chunks.next().await? else { return Ok(Self { head, rest: None }) };
            head.extend(chunk);
        }
        chunks.release();
        Ok(Self { head, rest: Some(body) })
    }

    /// Whether it may still turn out to have exactly so many bytes.
    pub fn may_have(&self, len: u64) -> bool {
        let seen = self.head.len() as u64;
        if self.rest.is_some() { seen <= len } else { seen == len }
    }

    /// A stream of exactly `len` bytes, and the work of filling it, which breaks when there are more or fewer.
    pub fn exactly(self, len: u64) -> Result<(ReadableStream, impl Future<Output = Result<()>>)> {
        let stream = FixedLengthStream::new_big_int(BigInt::from(len))?;
        let (readable, writable) = (stream.readable(), stream.writable());
        let fill = async move {
            if !self.head.is_empty() {
                write(&writable, &self.head).await?;
            }
            let end = self.rest.map_or_else(|| writable.close(), |rest| rest.pipe_to(&writable));
            JsFuture::from(end).await?;
            Ok(())
        };
        Ok((readable, fill))
    }

    /// Discards the body: an unread body would hold its connection.
    pub fn discard(self) {
        // Whether it closes well is the other side's matter.
        let _ = self.rest.map(|rest| rest.cancel());
    }
}

/// A body on its way through, and its end: the body has gone out, the body broke off, or the reader went away.
pub struct Passing {
    pub body: ReadableStream,
    pub end: JsFuture,
}

impl Passing {
    pub fn through(body: &ReadableStream) -> Result<Self> {
        let through = IdentityTransformStream::new()?;
        let end = JsFuture::from(body.pipe_to(&through.writable()));
        Ok(Self { body: through.readable(), end })
    }
}

/// A stream's bytes as they come, for the rare reader in wasm.
pub struct Chunks {
    reader: ReadableStreamDefaultReader,
}

impl Chunks {
    pub fn of(stream: &ReadableStream) -> Result<Self> {
        let reader = ReadableStreamDefaultReader::new(stream)?;
        Ok(Self { reader })
    }

    /// `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let read = JsFuture::from(self.reader.read()).await?;
        if Reflect::get(&read, &"done".into())?.is_truthy() {
            return Ok(None);
        }
        let chunk = Reflect::get(&read, &"value".into())?;
        Ok(Some(chunk.dyn_into::<Uint8Array>()?.to_vec()))
    }

    /// Somebody else reads the rest.
    fn release(self) {
        self.reader.release_lock();
    }

    /// The rest is not wanted.
    pub fn cancel(&self) {
        // Whether it closes well is the other side's matter.
        let _ = self.reader.cancel();
    }
}

/// All of a body, unless the body has more than `limit` bytes. A body of a stated `length` has exactly that length (RFC
/// 9112 §6.3), and the platform reads it at once. Any other is counted as it comes.
pub async fn whole(body: &ReadableStream, limit: usize, length: Option<usize>) -> Result<Option<Vec<u8>>> {
    match length {
        Some(length) if length <= limit => at_once(body).await.map(Some),
        _ => counted(body, limit).await,
    }
}

/// The text of an object's reply, which is ours and as long as it is. The platform reads it at once.
pub async fn text_of(reply: &worker::Response) -> Result<String> {
    let ResponseBody::Stream(body) = reply.body() else { return Ok(String::new()) };
    let reader = Response::new_with_opt_readable_stream(Some(body))?;
    let text = JsFuture::from(reader.text()?).await?;
    text.as_string().ok_or_else(|| worker::Error::RustError("a reply is no text".into()))
}

async fn at_once(body: &ReadableStream) -> Result<Vec<u8>> {
    let reader = Response::new_with_opt_readable_stream(Some(body))?;
    Ok(Uint8Array::new(&JsFuture::from(reader.array_buffer()?).await?).to_vec())
}

async fn counted(body: &ReadableStream, limit: usize) -> Result<Option<Vec<u8>>> {
    let mut chunks = Chunks::of(body)?;
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await? {
        bytes.extend(chunk);
        if bytes.len() > limit {
            chunks.cancel();
            return Ok(None);
        }
    }
    Ok(Some(bytes))
}

/// The whole body of a request, unless the body has more than `limit` bytes.
pub async fn body_of(request: &Request, limit: usize) -> Result<Option<Vec<u8>>> {
    let Some(body) = request.body() else { return Ok(Some(Vec::new())) };
    let length = request.headers().get("content-length")?.and_then(|length| length.parse().ok());
    whole(&body, limit, length).await
}

/// The whole body of a request of stated length, by the platform.
pub async fn bytes_of(request: &Request) -> Result<Uint8Array> {
    Ok(Uint8Array::new(&JsFuture::from(request.array_buffer()?).await?))
}

#[wasm_bindgen]
extern "C" {
    /// workerd's own, whose bytes do not pass through JavaScript; `worker` has no binding for it.
    type IdentityTransformStream;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> std::result::Result<IdentityTransformStream, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &IdentityTransformStream) -> ReadableStream;
    #[wasm_bindgen(method, getter)]
    fn writable(this: &IdentityTransformStream) -> WritableStream;
}
