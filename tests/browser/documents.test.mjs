/** docs/BUILD.md, "The documents as pages": each page in Chromium, under the policy that `latchkey docs` sends. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makePages } from "../../cli/pack/pages/make.mjs";
import { startPages } from "../../cli/pages.mjs";
import { assertAccessible } from "./accessible.mjs";
import { launchBrowser } from "./chromium.mjs";
import { Complaints } from "./complaints.mjs";

let folder;
let pages;
let browser;
/** Paths of all pages, such as `guide/deploy.html`. */
let paths;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "pages-"));
  await makePages(folder);
  paths = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".html"));
  pages = await startPages(folder, 0);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  pages?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test("every link leads to a page, and to a heading or a type of that page", async () => {
  const texts = new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")])));
  const ids = (path) => [...texts.get(path).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const problems = paths.flatMap((path) => {
    const links = [...texts.get(path).matchAll(/ href="([^"]+)"/g)].map(([, href]) => new URL(href, `http://pages/${path}`));
    return links.filter(({ host }) => host === "pages").flatMap(({ pathname, hash }) => {
      const target = pathname.slice(1);
      if (target.endsWith(".css")) return [];
      if (!texts.has(target)) return [`${path}: ${target} is no page`];
      return !hash || ids(target).includes(decodeURIComponent(hash.slice(1))) ? [] : [`${path}: ${target}${hash} is no heading`];
    });
  });
  assert.deepEqual(problems, []);
  for (const path of paths) assert.equal(new Set(ids(path)).size, ids(path).length, `${path} has an id twice`);
});

test("every call of the description is in the reference, and every type is defined", async () => {
  const { paths: calls, components, webhooks } = JSON.parse(await readFile(new URL("../../build/assets/openapi.json", import.meta.url), "utf8"));
  const reference = paths.filter((path) => path.startsWith("reference/"));
  const text = (await Promise.all(reference.map((path) => readFile(join(folder, path), "utf8")))).join("");
  const operations = [...Object.values(calls), ...Object.values(webhooks)].flatMap((item) => Object.values(item).map(({ operationId }) => operationId).filter(Boolean));
  for (const id of [...operations, ...Object.keys(components.schemas)]) assert.ok(text.includes(`id="${id}"`), id);
  assert.ok(!text.includes("undefined") && !text.includes("[object"), "a value without words");
});

/** One of each kind, for axe. */
const KINDS = ["index.html", "guide/deploy.html", "API.html", "TEXT.html", "reference/posts.html", "reference/events-of-webhooks.html"];

test("no page breaks its policy, asks another server, or is wider than a telephone; axe has nothing to say", async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const complaints = await Complaints.of(context);
  const asked = new Set();
  context.on("request", (request) => asked.add(new URL(request.url()).origin));
  const page = await context.newPage();
  for (const path of paths) {
    await page.goto(`${pages.origin}/${path}`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${path} is ${width} px wide`);
    if (KINDS.includes(path)) await assertAccessible(page, path);
  }
  assert.deepEqual([...asked], [pages.origin]);
  complaints.assertNone();
  await context.close();
});

test("a page is dark where the person's system is", async () => {
  const page = await browser.newPage();
  await page.goto(`${pages.origin}/guide/index.html`);
  const papers = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    papers.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
  }
  assert.deepEqual(papers, ["rgb(255, 255, 255)", "rgb(20, 23, 26)"]);
  await page.close();
});
