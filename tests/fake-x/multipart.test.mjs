import assert from "node:assert/strict";
import { test } from "node:test";
import { isMultipart, partsOf } from "./multipart.mjs";

/** What Node's own `FormData` puts on the wire. */
async function encoded(fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const response = new Response(form);
  return [response.headers.get("content-type"), Buffer.from(await response.arrayBuffer())];
}

test("text and bytes come back as they were sent", async () => {
  const bytes = Buffer.from([0, 13, 10, 45, 45, 255, 13, 10, 13, 10]);
  const [type, body] = await encoded({ segment_index: "3", media: new Blob([bytes]), empty: "" });
  const parts = partsOf(type, body);
  assert.deepEqual([...parts.keys()], ["segment_index", "media", "empty"]);
  assert.equal(parts.get("segment_index").toString(), "3");
  assert.deepEqual(parts.get("media"), bytes);
  assert.equal(parts.get("empty").length, 0);
});

test("a boundary may be quoted and text may stand before the first", () => {
  const body = Buffer.from('preamble\r\n--a b\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n--a b--\r\n');
  assert.equal(partsOf('multipart/form-data; boundary="a b"', body).get("x").toString(), "1");
});

test("what is cut short or names a part twice is not well formed", async () => {
  const [type, body] = await encoded({ media: new Blob(["bytes"]) });
  const cuts = Array.from({ length: body.length - 4 }, (_, length) => body.subarray(0, length));
  for (const cut of cuts) assert.equal(partsOf(type, cut), null);
  const part = '--b\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n';
  assert.equal(partsOf("multipart/form-data; boundary=b", Buffer.from(`${part}${part}--b--`)), null);
  assert.equal(partsOf("multipart/form-data", body), null);
  assert.equal(partsOf("multipart/form-data; boundary=b", Buffer.from("--b\r\n\r\n1\r\n--b--")), null);
});

test("only form-data is multipart here", () => {
  assert.ok(isMultipart("Multipart/Form-Data; boundary=b"));
  assert.ok(!isMultipart("multipart/mixed; boundary=b") && !isMultipart(undefined));
});
