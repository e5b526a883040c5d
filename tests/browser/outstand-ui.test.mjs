/**
 * The npm package `@outstand-so/ui` 0.1.13, as it is, in a page of another site: docs/API.md promises that clients of
 * Outstand's API work here for X. It sends back rows as it got them, `{id, url, filename}`, and what the browser says of a file.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { newAccount, startBench, textsAt } from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { MP4, PNG } from "../support/files.mjs";
import { sha256 } from "../support/media.mjs";
import { mediaAtX } from "../support/publish-media.mjs";
import { setUp } from "../support/set-up.mjs";
import { startSite } from "../support/site.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { launchBrowser, PATIENCE_MS } from "./chromium.mjs";
import { Complaints } from "./complaints.mjs";

/** What a customer of Outstand's writes, and a row of buttons for the hook that no component of the package calls. */
const PAGE = `
  import { createRoot } from "react-dom/client";
  import { AccountsList, CreatePostForm, MediaList, PostsWithMetrics, usePosts } from "@outstand-so/ui";
  const tell = (what) => (value) => globalThis.told.push([what, value?.message ?? value?.id ?? value]);
  const api = globalThis.settings;
  function Deletions() {
    const { posts, deletePost } = usePosts(api);
    const remove = async (id) => tell("deletion")((await deletePost(id)).success);
    return posts.map(({ id }) => <button key={id} onClick={() => remove(id)}>{"Delete " + id}</button>);
  }
  const pages = {
    write: () => <CreatePostForm {...api} onPostCreated={tell("created")} onError={tell("error")} />,
    media: () => <MediaList {...api} onMediaDelete={tell("deleted")} />,
    posts: () => <><PostsWithMetrics {...api} /><Deletions /></>,
    accounts: () => <AccountsList {...api} onAccountDisconnect={tell("disconnected")} />,
  };
  const Page = pages[location.pathname.slice(1)];
  createRoot(document.getElementById("root")).render(<Page />);
`;

let site;
let bench;
let browser;
let account;

const PARTS = ["write", "media", "posts", "accounts"];

async function startCustomer() {
  const { outputFiles: [script] } = await build({
    stdin: { contents: PAGE, loader: "jsx", resolveDir: fileURLToPath(new URL("../..", import.meta.url)) },
    bundle: true, write: false, format: "iife", jsx: "automatic", logLevel: "silent",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const body = '<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script src="/page.js"></script>';
  const pages = PARTS.map((part) => [`/${part}`, { headers: { "content-type": "text/html" }, body }]);
  return startSite({ ...Object.fromEntries(pages), "/page.js": { headers: { "content-type": "text/javascript" }, body: script.text } });
}

const startAll = () =>
  setUp(async (opened) => {
    const site = opened(await startCustomer(), "stop");
    const bench = opened(await startBench({ vars: { API_ALLOWED_ORIGINS: site.origin } }), "stop");
    return { site, bench, browser: opened(await launchBrowser(), "close") };
  });

before(async () => {
  ({ site, bench, browser } = await startAll());
  bench.x.set({ media_pending_ms: 0, media_processing_ms: 0 });
  account = await newAccount(bench);
});
after(async () => {
  await browser?.close();
  await bench?.stop();
  await site?.stop();
});

/** One of the page's parts. What the package or the browser complains of fails the test. */
async function open(t, part) {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints = await Complaints.of(context);
  await context.addInitScript((settings) => Object.assign(globalThis, { settings, told: [] }), {
    apiKey: ADMIN_KEY,
    baseUrl: `${bench.worker.origin}/v1`,
  });
  t.after(async () => {
    await context.close();
    complaints.assertNone();
  });
  const page = await context.newPage();
  await page.goto(`${site.origin}/${part}`);
  return page;
}

/** What the page was told next. */
async function told(page, count = 1) {
  await page.waitForFunction((wanted) => globalThis.told.length >= wanted, count);
  return page.evaluate(() => globalThis.told.at(-1));
}

/** A file as a browser has it that knows no type for its name. */
const choose = (page, { bytes, filename }) =>
  page.locator("input[type=file]").evaluate(
    (input, { base64, name }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], name));
      input.files = transfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },
    { base64: bytes.toString("base64"), name: filename },
  );

async function write(page, text) {
  await page.getByRole("checkbox").filter({ hasText: `@${account.username}` }).click();
  await page.locator("textarea").fill(text);
}

const read = (path) => bench.api.get(path);

for (const [what, file, type] of [
  ["a picture", PNG, "image/png"],
  ["a video under another name", { ...MP4, filename: "clip.mov" }, "video/mp4"],
]) {
  test(`${what} is uploaded, and posted with a text`, async (t) => {
    const page = await open(t, "write");
    await choose(page, file);
    await page.getByRole("button", { name: /3 of 4 slots/ }).waitFor();
    await write(page, `look: ${what}`);
    await page.getByRole("button", { name: "Post Now" }).click();
    const [outcome, id] = await told(page);
    assert.equal(outcome, "created", id);
    const isOut = ({ body }) => body.post.socialAccounts[0].state === "published";
    await eventually(() => read(`/v1/posts/${id}`), isOut, PATIENCE_MS);
    const [medium] = mediaAtX(bench, account).at(-1);
    assert.deepEqual([medium.sha256, medium.media_type], [sha256(file.bytes), type]);
    assert.equal(textsAt(bench, account).at(-1), `look: ${what}`);
  });
}

test("a post with media is scheduled, listed, and deleted", async (t) => {
  const page = await open(t, "write");
  await choose(page, PNG);
  await page.getByRole("button", { name: /3 of 4 slots/ }).waitFor();
  await write(page, "not yet");
  await page.getByRole("checkbox", { name: "Schedule post for later" }).click();
  await page.getByRole("button", { name: /^Schedule for / }).click();
  const [outcome, id] = await told(page);
  assert.equal(outcome, "created", id);
  const { scheduledAt, socialAccounts } = (await read(`/v1/posts/${id}`)).body.post;
  assert.ok(Date.parse(scheduledAt) > Date.now());
  assert.equal(socialAccounts[0].state, "queued");

  const list = await open(t, "posts");
  await list.getByText("not yet").waitFor();
  await list.getByText(/Scheduled for/).first().waitFor();
  await list.getByRole("button", { name: `Delete ${id}` }).click();
  assert.deepEqual(await told(list), ["deletion", true]);
  const [delivery] = (await read(`/v1/posts/${id}`)).body.post.socialAccounts;
  assert.deepEqual([delivery.state, delivery.status], ["cancelled", "deleted"]);
  assert.ok(!textsAt(bench, account).includes("not yet"));
});

test("uploads are listed with their pictures, and deleted", async (t) => {
  const announced = await bench.api.post("/v1/media/upload", { filename: "gone.png", content_type: "" });
  const { id, upload_url } = announced.body.data;
  await fetch(bench.worker.api + new URL(upload_url).pathname + new URL(upload_url).search, { method: "PUT", body: PNG.bytes });
  await bench.api.post(`/v1/media/${id}/confirm`, {});
  const page = await open(t, "media");
  const picture = page.getByAltText("gone.png");
  await picture.waitFor();
  assert.ok(await picture.evaluate(async (image) => (await image.decode(), image.naturalWidth > 0)));
  const card = page.locator(".group", { has: picture }).last();
  await card.hover();
  await card.getByRole("button").click();
  assert.deepEqual(await told(page), ["deleted", id]);
  assert.equal((await read(`/v1/media/${id}`)).status, 404);
});

test("an account is listed, and disconnected", async (t) => {
  const other = await newAccount(bench);
  const page = await open(t, "accounts");
  const card = page.locator("div.bg-card", { hasText: `@${other.username}` });
  await card.getByRole("button", { name: "Disconnect" }).click();
  await card.getByRole("button", { name: "Confirm" }).click();
  assert.deepEqual(await told(page), ["disconnected", other.id]);
  assert.equal((await read(`/v1/social-accounts/${other.id}`)).status, 404);
});
