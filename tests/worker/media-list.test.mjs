/** docs/API.md, section 6: media are listed, read and deleted, bytes and all. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { png } from "../fake-x/sample-files.mjs";
import { api, createPost, fromNow, newAccount, publishPost, startBench } from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { announce, confirm, download, put, upload } from "../support/media.mjs";

let bench;
/** Has an X app. */
let named;
const ids = {};

/** Five of three tenants, in this order. */
before(async () => {
  bench = await startBench({ register: false });
  named = await startBench();
  for (const [name, tenant_id] of [["a", "t1"], ["b", "t2"], ["c", "t1"], ["d", undefined]]) {
    ids[name] = (await upload(bench, png(), { filename: `${name}.png`, tenant_id })).id;
  }
  ids.e = (await announce(bench, { filename: "e.png", tenant_id: "t1" })).id;
});
after(() => Promise.all([bench?.stop(), named?.stop()]));

async function listed(query = "") {
  const { status, body, text } = await bench.api.get(`/v1/media${query}`);
  assert.equal(status, 200, text);
  return body;
}
const names = ({ data }) => data.map(({ filename }) => filename[0]).join("");

test("the newest comes first, and what is pending has no address", async () => {
  const { data, pagination, warnings } = await listed();
  assert.equal(names({ data }), "edcba");
  assert.deepEqual([pagination, warnings], [{ limit: 50, offset: 0, total: 5, after: null, count: 5 }, []]);
  assert.deepEqual(data.map(({ url }) => url !== null), [false, true, true, true, true]);
  assert.equal((await download(bench, data[1].url)).status, 200);
});

test("a list is of one tenant, by either spelling, or of one status", async () => {
  for (const query of ["?tenant_id=t1", "?tenantId=t1"]) {
    const page = await listed(query);
    assert.deepEqual([names(page), page.pagination.count], ["eca", 3]);
  }
  assert.equal(names(await listed("?status=pending")), "e");
  assert.equal(names(await listed("?tenant_id=t1&status=active")), "ca");
  assert.equal(names(await listed("?tenant_id=nobody")), "");
});

test("a list has pages", async () => {
  const page = await listed("?limit=2&offset=1");
  assert.deepEqual([names(page), page.pagination], ["dc", { ...page.pagination, limit: 2, offset: 1, total: 5, count: 5 }]);
  assert.equal(names(await listed("?limit=2&offset=4")), "a");
});

test("what is no filter is refused if it looks like one, and else warned of", async () => {
  for (const query of ["?tenant=t1", "?account=x", "?status=gone", "?limit=0", "?offset=-1"]) {
    assertRefused(await bench.api.get(`/v1/media${query}`), 400, "invalid_payload");
  }
  assert.match((await listed("?colour=red")).warnings[0], /colour/);
});

test("the name of a file is kept without what nobody sees in it", async () => {
  for (const [filename, kept] of [["cat\u202egnp.jpg", "catgnp.jpg"], ["\u2066a\u0000b\n\u2069.png", "ab.png"], [" \u200bé 👩\u200d💻.png", "é 👩\u200d💻.png"]]) {
    const { id } = await announce(bench, { filename, tenant_id: "cleaned" });
    assert.equal((await bench.api.get(`/v1/media/${id}`)).body.data.filename, kept);
  }
  assertRefused(await bench.api.post("/v1/media/upload", { filename: "\u202e\u200b" }), 400, "invalid_payload", "filename");
});

test("a row is read by its id", async () => {
  const { body } = await bench.api.get(`/v1/media/${ids.a}`);
  assert.deepEqual([body.success, body.data.id, body.data.tenant_id], [true, ids.a, "t1"]);
  for (const id of ["med_AAAAAAAAAAAAAAAAAAAAAA", "upload", "x"]) {
    assertRefused(await bench.api.get(`/v1/media/${id}`), 404, "not_found");
  }
});

test("a deleted medium is gone, row, address and bytes", async () => {
  const { id, url } = await upload(bench, png());
  const deleted = await bench.api.delete(`/v1/media/${id}`);
  assert.deepEqual([deleted.status, deleted.body], [200, { success: true, message: "Media deleted successfully" }]);
  assert.equal((await download(bench, url)).status, 404);
  for (const answer of [
    await bench.api.get(`/v1/media/${id}`),
    await bench.api.delete(`/v1/media/${id}`),
    await confirm(bench, id),
  ]) {
    assertRefused(answer, 404, "not_found");
  }
  assert.ok(!(await listed()).data.some((row) => row.id === id));
});

test("what a draft or a scheduled post names is not deleted, what a finished one names is", async () => {
  const account = await newAccount(named);
  const { id } = await upload(named, png());
  const containers = [{ content: "with it", media: [{ id }] }];
  for (const fields of [{ isDraft: true }, { scheduledAt: fromNow(60_000) }]) {
    const post = await createPost(named, account, { containers, ...fields });
    const refused = assertRefused(await named.api.delete(`/v1/media/${id}`), 409, "in_flight");
    assert.match(refused.message, new RegExp(post.id));
    assert.equal((await named.api.delete(`/v1/posts/${post.id}`)).status, 200);
  }
  await publishPost(named, account, { containers });
  assert.equal((await named.api.delete(`/v1/media/${id}`)).status, 200);
});

test("an upload that is deleted takes no more bytes", async () => {
  const { id, upload_url } = await announce(bench);
  await put(bench, upload_url, png());
  assert.equal((await bench.api.delete(`/v1/media/${id}`)).status, 200);
  assertRefused(await put(bench, upload_url, png()), 404, "not_found");
});

test("every call but those by address needs the key", async () => {
  const stranger = api(bench.worker, { key: null });
  for (const answer of [
    await stranger.get("/v1/media"),
    await stranger.get(`/v1/media/${ids.a}`),
    await stranger.delete(`/v1/media/${ids.a}`),
    await stranger.post("/v1/media/upload", { filename: "a.png" }),
    await stranger.post(`/v1/media/${ids.a}/confirm`),
  ]) {
    assertRefused(answer, 401, "invalid_api_key");
  }
});
