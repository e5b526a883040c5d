// multipart/form-data (RFC 7578), from bytes that are all there.

const CRLF = "\r\n";

export const isMultipart = (contentType = "") => /^multipart\/form-data\b/i.test(contentType);

/** The parts by name, as bytes; null where the body is not well formed or a name comes twice. */
export function partsOf(contentType, bytes) {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (!boundary) return null;
  const delimiter = Buffer.from(`${CRLF}--${boundary}`);
  const first = bytes.indexOf(delimiter.subarray(CRLF.length));
  if (first < 0) return null;
  const parts = new Map();
  let at = first + delimiter.length - CRLF.length;
  while (bytes.toString("latin1", at, at + 2) !== "--") {
    const part = partAt(bytes, at, delimiter);
    if (!part || parts.has(part.name)) return null;
    parts.set(part.name, part.content);
    at = part.end;
  }
  return parts;
}

/** One part: its headers from the end of the delimiter before it, its content up to the one after it. */
function partAt(bytes, from, delimiter) {
  const headersEnd = bytes.indexOf(CRLF + CRLF, from);
  if (headersEnd < 0) return null;
  const start = headersEnd + 2 * CRLF.length;
  const end = bytes.indexOf(delimiter, start);
  const headers = bytes.toString("utf8", from, headersEnd);
  const [, name] = /^content-disposition:\s*form-data\b.*?;\s*name="([^"]*)"/im.exec(headers) ?? [];
  if (end < 0 || name === undefined) return null;
  return { name, content: bytes.subarray(start, end), end: end + delimiter.length };
}
