/**
 * The documents and the reference of the API as static pages, which need neither a script nor another server.
 *
 *   node cli/pack/pages/make.mjs target/pages
 */

import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { REPOSITORY } from "../contents.mjs";
import { documentPages } from "./documents.mjs";
import { from, wholePage } from "./html.mjs";
import { referencePages } from "./reference.mjs";

export async function makePages(folder) {
  const { version } = JSON.parse(await readFile(join(REPOSITORY, "build/release.json"), "utf8"));
  const [{ guide, others }, reference] = [await documentPages(), await referencePages()];
  const groups = [
    { name: "Guide", links: guide },
    { name: "Reference", links: reference },
    { name: "Documents", links: others },
  ];
  for (const page of [first(groups, version), ...guide, ...reference, ...others]) {
    const file = join(folder, page.path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, wholePage(page, { groups, version }));
  }
  await copyFile(fileURLToPath(new URL("pages.css", import.meta.url)), join(folder, "pages.css"));
}

/** Where a reader begins. */
function first(groups, version) {
  const path = "index.html";
  const [guide, reference, documents] = groups.map(({ links: [{ path: target }] }) => from(path, target));
  const body = `<h1>Latchkey ${version}</h1>
<p>Begin with <a href="${guide}">the guide</a>. <a href="${documents}">The API</a> has every promise in words, and
<a href="${reference}">the reference</a> has every call with its parameters, bodies and answers.</p>`;
  return { path, title: "Documents", body };
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1])).href) await makePages(resolve(process.argv[2]));
