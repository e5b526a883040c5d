/**
 * What the world outside does and no documentation says: X's refusals of an app in their other words, outages that last,
 * resets that are no seconds, hosts that ask who calls, addresses that expire, keys in quotation marks.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CREATE_CALL } from "../support/calls.mjs";
import {
  connect,
  createPost,
  faultAtX,
  fromNow,
  newAccount,
  newUser,
  ownApp,
  postIn,
  postWhen,
  publishPost,
  startBench,
  textsAt,
} from "../support/client.mjs";
import { assertRefused } from "../support/expect.mjs";
import { file, startFileServer } from "../support/file-server.mjs";
import { PNG } from "../support/files.mjs";
import { INITIALIZE, uploadMedia, withMedia } from "../support/publish-media.mjs";

/** In place of a minute: an outage is waited out for 1440 of these, 14.4 seconds. */
const UNIT_MS = 10;
const DAY_MS = 1440 * UNIT_MS;
const MINUTE = 60_000;

let bench;
let site;

before(async () => {
  bench = await startBench({ vars: { ALLOW_LOOPBACK: "true", BACKOFF_MS: String(UNIT_MS) } });
  site = await startFileServer();
});
after(() => Promise.all([bench?.stop(), site?.close()]));

/** An account of an app of its own: what concerns the app concerns no other test. */
async function ownAccount(tenant_id) {
  const { network } = await ownApp(bench, tenant_id);
  const account = await connect(bench, { username: newUser(bench).username, tenant_id });
  return { account, network };
}

const deliveryIn = async (id, state, within) => (await postIn(bench, id, state, within)).socialAccounts[0];
const pauseOf = async ({ id }) => (await bench.api.get(`/v1/social-networks/${id}`)).body.data.paused;
const resume = ({ id }) => bench.api.post(`/v1/social-networks/${id}/resume`);

const CANNOT_WRITE = "Application cannot perform write actions. Contact X Platform Operations through https://help.x.com/forms/platform.";
const SUBSET =
  "You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, oauth) only. If you need access to this endpoint, you may need a different access level.";
const flat = (detail, more = {}) => ({ title: "Forbidden", detail, type: "about:blank", status: 403, ...more });

const REFUSALS_OF_THE_APP = [
  ["code 261", { errors: [{ code: 261, message: CANNOT_WRITE }] }, "app_read_only"],
  ["the words of 261", flat(CANNOT_WRITE), "app_read_only"],
  ["code 453", { errors: [{ code: 453, message: SUBSET }] }, "app_not_enrolled"],
  ["the words of 453", flat(SUBSET), "app_not_enrolled"],
  ["453 in a flat problem", flat("Forbidden", { errors: [{ code: 453, message: "No." }] }), "app_not_enrolled"],
  ["code 416", { errors: [{ code: 416, message: "Invalid / suspended application" }] }, "app_not_enrolled"],
];

for (const [n, [what, body, code]] of REFUSALS_OF_THE_APP.entries()) {
  test(`an app that X refuses by ${what} is paused, and its posts and uploads are held`, async () => {
    const { account, network } = await ownAccount(`refused-${n}`);
    const { id } = await uploadMedia(bench, PNG, { tenant_id: `refused-${n}` });
    const refusal = { kind: "answer", status: 403, body };
    bench.x.fault({ ...INITIALIZE, ...refusal });
    const photo = await createPost(bench, account, withMedia("a picture", { id }));
    assert.equal((await deliveryIn(photo.id, "held")).error_code, code);
    assert.equal((await pauseOf(network)).reason, code);
    // A text is tried by the resumption, or has the refusal as its own first answer.
    faultAtX(bench, refusal);
    await resume(network);
    const text = await createPost(bench, account, { content: "a text" });
    await postWhen(bench, text.id, ({ state, error_code }) => state === "held" && error_code === code);
    assert.equal((await pauseOf(network)).reason, code);
    await resume(network);
    for (const post of [photo, text]) await postIn(bench, post.id, "published");
  });
}

test("an outage of more than eight answers is waited out, in order, and each post goes out once", async () => {
  const account = await newAccount(bench);
  const outage = [{ preset: "unavailable", times: 8 }, { preset: "edge-forbidden", times: 3 }, { status: 500, body: "", times: 3 }];
  for (const fault of outage) faultAtX(bench, { kind: "answer", ...fault });
  const first = await createPost(bench, account, { content: "through the outage" });
  const second = await createPost(bench, account, { content: "behind it" });
  assert.equal((await deliveryIn(first.id, "published", 30_000)).attempts, 15);
  await postIn(bench, second.id, "published");
  assert.deepEqual(textsAt(bench, account), ["through the outage", "behind it"]);
});

test("an upload waits an outage out too", async () => {
  const account = await newAccount(bench);
  const { id } = await uploadMedia(bench, PNG);
  bench.x.fault({ ...INITIALIZE, kind: "answer", preset: "unavailable", times: 10 });
  bench.x.fault({ ...INITIALIZE, kind: "close", times: 2 });
  const post = await createPost(bench, account, withMedia("a picture through it", { id }));
  await postIn(bench, post.id, "published", 30_000);
});

test("an outage that does not end fails the post after a day, and a retry has a day of its own", async () => {
  const account = await newAccount(bench);
  faultAtX(bench, { kind: "answer", preset: "unavailable", times: 10_000 });
  const begun = Date.now();
  const { id } = await createPost(bench, account, { content: "never through" });
  const failed = await deliveryIn(id, "failed", 3 * DAY_MS);
  bench.x.clearFaults();
  assert.equal(failed.error_code, "x_unavailable");
  assert.ok(Date.now() - begun >= DAY_MS, `${Date.now() - begun} ms`);
  assert.ok(failed.attempts > 20, String(failed.attempts));
  faultAtX(bench, { kind: "answer", preset: "unavailable", times: 3 });
  assert.equal((await bench.api.post(`/v1/posts/${id}/retry`)).status, 200);
  await postIn(bench, id, "published");
});

for (const [what, fault] of [
  ["a 503", { status: 503, headers: { "retry-after": "600" } }],
  ["a 503 with a date", { status: 503, headers: () => ({ "retry-after": new Date(Date.now() + 601_000).toUTCString() }) }],
  ["a page of X's edge", { preset: "edge-forbidden", headers: { "retry-after": "600" } }],
  ["a 429 without a window", { preset: "edge-limit", headers: { "retry-after": "600" } }],
]) {
  test(`X is not called before the Retry-After of ${what}`, async () => {
    const account = await newAccount(bench);
    const headers = typeof fault.headers === "function" ? fault.headers() : fault.headers;
    const asked = Date.now();
    faultAtX(bench, { kind: "answer", ...fault, headers });
    const { id } = await createPost(bench, account, { content: `told when: ${what}` });
    const [{ state, next_attempt_at }] = (await postWhen(bench, id, ({ error_code }) => error_code !== null)).socialAccounts;
    const ahead = Date.parse(next_attempt_at) - asked;
    assert.ok(state === "queued" && ahead >= 600_000 - 1000 && ahead < 1.2 * 600_000 + 10_000, `${ahead} ms`);
    assert.equal((await bench.api.delete(`/v1/posts/${id}`)).status, 200);
  });
}

test("a Retry-After of a week is one of an hour", async () => {
  const account = await newAccount(bench);
  const asked = Date.now();
  faultAtX(bench, { kind: "answer", status: 503, headers: { "retry-after": "604800" } });
  const { id } = await createPost(bench, account, { content: "not next week" });
  const [{ next_attempt_at }] = (await postWhen(bench, id, ({ error_code }) => error_code !== null)).socialAccounts;
  const ahead = Date.parse(next_attempt_at) - asked;
  assert.ok(ahead >= 60 * MINUTE && ahead < 72 * MINUTE + 10_000, `${ahead} ms`);
  assert.equal((await bench.api.delete(`/v1/posts/${id}`)).status, 200);
});

/** What a path answers, and what was asked of it. */
function noted(path) {
  const asked = [];
  const url = site.serve(path, (response) => {
    asked.push(response.req.headers);
    file(PNG)(response);
  });
  return { url, asked };
}

test("every call to the outside says that a client makes it, one and the same, and none names the product", async () => {
  const account = await newAccount(bench);
  const { url, asked } = noted("/asked-by-whom.png");
  bench.x.clearRequests();
  const { id } = await createPost(bench, account, withMedia("who asks?", { url }));
  await postIn(bench, id, "published", 30_000);
  await bench.api.get(`/v1/social-accounts/${account.id}/health`);
  assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}/x/2/users/me`)).status, 200);
  const agents = [...asked, ...bench.x.requests().map(({ headers }) => headers)].map((headers) => headers["user-agent"]);
  assert.ok(agents.length >= 5, String(agents.length));
  const [agent, ...others] = new Set(agents);
  assert.deepEqual(others, []);
  assert.match(agent, /^Mozilla\/5\.0 \(compatible; [\w/.]+\)$/);
  assert.doesNotMatch(agent, /latchkey|cloudflare|worker/i);
});

test("a host that can choose is told which types X takes", async () => {
  const account = await newAccount(bench);
  const { url, asked } = noted("/negotiated");
  const { id } = await createPost(bench, account, withMedia("negotiated", { url }));
  await postIn(bench, id, "published", 30_000);
  const [{ accept }] = asked;
  for (const type of ["image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "video/quicktime"]) {
    assert.ok(accept.split(/, ?/).includes(type), accept);
  }
  assert.doesNotMatch(accept, /avif|image\/\*/);
});

const RESETS = {
  milliseconds: () => Date.now() + 15 * MINUTE,
  microseconds: () => (Date.now() + 15 * MINUTE) * 1000,
  "a year": () => Math.ceil(Date.now() / 1000) + 365 * 86_400,
};

for (const [prefix, longest] of [["x-rate-limit", 15 * MINUTE], ["x-user-limit-24hour", 1440 * MINUTE], ["x-app-limit-24hour", 1440 * MINUTE]]) {
  for (const [what, reset] of Object.entries(RESETS)) {
    test(`a reset of ${prefix} in ${what} closes its window no longer than it lasts`, async () => {
      const { account } = await ownAccount(`reset-${prefix}-${what.replaceAll(" ", "-")}`);
      const headers = { [`${prefix}-limit`]: "100", [`${prefix}-remaining`]: "0", [`${prefix}-reset`]: String(reset()) };
      faultAtX(bench, { kind: "answer", status: 429, headers });
      const first = await createPost(bench, account, { content: "one" });
      const second = await createPost(bench, account, { content: "two" });
      for (const { id } of [first, second]) {
        if (id === second.id) assert.equal((await bench.api.delete(`/v1/posts/${first.id}`)).status, 200);
        const limited = await postWhen(bench, id, ({ error_code }) => error_code === "rate_limited");
        const ahead = Date.parse(limited.socialAccounts[0].next_attempt_at) - Date.now();
        assert.ok(ahead > longest - MINUTE && ahead <= longest + MINUTE, `${ahead} ms`);
      }
      for (const call of ["limits", "health"]) {
        assert.equal((await bench.api.get(`/v1/social-accounts/${account.id}/${call}`)).status, 200, call);
      }
    });
  }
}

test("an Idempotency-Key in quotation marks is the same key as without", async () => {
  const account = await newAccount(bench);
  const create = (key) => bench.api.post("/v1/posts", { content: "said once", accounts: [account.id] }, { "idempotency-key": key });
  const first = await create('"quoted-1"');
  const second = await create("quoted-1");
  assert.deepEqual([second.text, second.headers.get("idempotency-replayed")], [first.text, "true"]);
  await postIn(bench, first.body.post.id, "published");
  assert.deepEqual(textsAt(bench, account), ["said once"]);
  assertRefused(await create('""'), 400, "invalid_payload", "Idempotency-Key");
  assert.notEqual((await create('quoted"-1')).body.post.id, first.body.post.id, "that is no quoted string");
});

const basic = (ms) => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, "");
const seconds = (ms) => String(Math.floor(ms / 1000));
const SIGNED = {
  "S3 or R2": (end) => ({ "X-Amz-Date": basic(end - 3_600_000), "X-Amz-Expires": "3600", "X-Amz-Signature": "0" }),
  Google: (end) => ({ "X-Goog-Date": basic(end - 3_600_000), "X-Goog-Expires": "3600", "X-Goog-Signature": "0" }),
  CloudFront: (end) => ({ Expires: seconds(end), Signature: "0" }),
  Azure: (end) => ({ se: new Date(end).toISOString(), sig: "0" }),
};

for (const [host, query] of Object.entries(SIGNED)) {
  test(`a URL of ${host} that expires before its post is a warning on creation and on a change, and a later one is none`, async () => {
    const account = await newAccount(bench);
    const urlUntil = (ms) => `https://files.example.com/photo.jpg?${new URLSearchParams(query(Date.now() + ms))}`;
    const fields = (ms) => ({ accounts: [account.id], scheduledAt: fromNow(3 * 3_600_000), ...withMedia("later", { url: urlUntil(ms) }) });
    const soon = await bench.api.post("/v1/posts", fields(3_600_000));
    assert.equal(soon.status, 200, soon.text);
    assert.match(soon.body.warnings.join(), /^The URL of "photo\.jpg" expires at 20[^,]+Z, and the file is fetched when the post goes out/);
    const dry = await bench.api.post("/v1/posts", { ...fields(3_600_000), dryRun: true });
    assert.equal(dry.body.warnings.length, 1);
    assert.deepEqual((await bench.api.post("/v1/posts", { ...fields(4 * 3_600_000), dryRun: true })).body.warnings, []);
    const { id } = soon.body.post;
    const sooner = await bench.api.patch(`/v1/posts/${id}`, { scheduledAt: fromNow(30 * MINUTE) });
    assert.deepEqual(sooner.body.warnings, []);
    const later = await bench.api.patch(`/v1/posts/${id}`, { scheduledAt: fromNow(5 * 3_600_000) });
    assert.equal(later.body.warnings.length, 1);
    assert.equal((await bench.api.delete(`/v1/posts/${id}`)).status, 200);
  });
}

test("a post that goes out now warns of a URL that has expired", async () => {
  const account = await newAccount(bench);
  const url = `https://files.example.com/a.png?expires=${seconds(Date.now() - MINUTE)}`;
  const { body } = await bench.api.post("/v1/posts", { accounts: [account.id], dryRun: true, ...withMedia("gone", { url }) });
  assert.match(body.warnings.join(), /"a\.png" expires at/);
});
