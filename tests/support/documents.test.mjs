/** Links between the documents of this repository lead to a file, and to a heading of that file if they name one. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The template of docs/BENCH.md links from where its text goes. */
const DOCUMENTS = execFileSync("git", ["ls-files", "*.md", ":!tests/bench/report"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
const LINK = /(?<!`)\[[^\]]*\]\(([^)\s]+)\)/g;

const textOf = (path) => readFileSync(join(ROOT, path), "utf8").replaceAll(/^```[^]*?^```$/gm, "");

/** As GitHub makes the address of a heading. */
const anchorOf = (heading) => heading.toLowerCase().replaceAll(/[^\p{Letter}\p{Number} _-]/gu, "").replaceAll(" ", "-");
const anchors = (path) => [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading));

function problem(document, link) {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file, anchor] = link.split("#");
  const target = file ? join(dirname(document), file) : document;
  if (!existsSync(join(ROOT, target))) return `${document}: ${link} leads to no file`;
  if (anchor && target.endsWith(".md") && !anchors(target).includes(anchor)) return `${document}: ${link} leads to no heading`;
}

test("every link between documents leads somewhere", () => {
  const links = DOCUMENTS.flatMap((document) => [...textOf(document).matchAll(LINK)].map(([, link]) => [document, link]));
  assert.ok(links.length > 50);
  assert.deepEqual(links.map(([document, link]) => problem(document, link)).filter(Boolean), []);
});
