/** docs/guide/deploy.md, "A release": what the package holds, and that it runs where there is no Rust. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { freePort } from "../support/ports.mjs";
import { REPOSITORY, installPackage, latchkey, start } from "./package.mjs";

let installed;
before(async () => (installed = await installPackage()));
after(() => installed?.stop());

const inPackage = (path) => join(installed.operator, "node_modules/@latchkey/latchkey", path);
const sumsOf = (text) => text.trim().split("\n").map((line) => line.split("  "));
const digest = async (file) => createHash("sha256").update(await readFile(file)).digest("hex");

test("neither cargo nor rustc is on the PATH of these tests", async () => {
  for (const program of ["cargo", "rustc"]) {
    for (const folder of installed.env.PATH.split(delimiter)) await assert.rejects(access(join(folder, program)));
  }
});

test("the Worker and the files are byte for byte those that the tests of this repository run", async () => {
  for (const path of ["build/worker/index.js", "build/worker/index_bg.wasm", "build/assets/embed.js", "build/assets/openapi.json"]) {
    assert.equal(await digest(inPackage(path)), await digest(join(REPOSITORY, path)), path);
  }
});

test("llms.txt leads to documents of the package, and llms-full.txt holds them", async () => {
  const index = await readFile(inPackage("build/llms.txt"), "utf8");
  const links = [...index.matchAll(/^- \[.+\]\((.+\.md)\): ./gm)].map(([, path]) => path);
  assert.ok(links.includes("docs/API.md") && links.includes("docs/guide/agents.md"), index);
  const full = await readFile(inPackage("build/llms-full.txt"), "utf8");
  for (const path of links) assert.ok(full.includes(await readFile(inPackage(path), "utf8")), path);
});

test("the checksums are right, of the files beside the package and of those within", async () => {
  const beside = sumsOf(await readFile(join(installed.dist, "SHA256SUMS"), "utf8"));
  for (const [sum, file] of beside) assert.equal(await digest(join(installed.dist, file)), sum, file);
  const within = sumsOf(await readFile(inPackage("SHA256SUMS"), "utf8"));
  assert.ok(within.length > 50);
  for (const [sum, file] of within) assert.equal(await digest(inPackage(file)), sum, file);
});

test("the bill of materials lists the crates of the Worker and the packages of the program", async () => {
  const { bomFormat, specVersion, components } = JSON.parse(await readFile(join(installed.dist, "sbom.cdx.json"), "utf8"));
  assert.deepEqual([bomFormat, specVersion], ["CycloneDX", "1.6"]);
  const names = components.map(({ purl }) => purl.split("@")[0].replace("%40", "@"));
  for (const name of ["pkg:cargo/aes-gcm", "pkg:cargo/worker", "pkg:npm/wrangler", "pkg:npm/workerd"]) assert.ok(names.includes(name), name);
  for (const name of ["pkg:cargo/proptest", "pkg:npm/playwright-core"]) assert.ok(!names.includes(name), `${name} is a tool`);
});

test("the configuration has no step that builds", async () => {
  const config = JSON.parse(await readFile(inPackage("wrangler.jsonc"), "utf8"));
  assert.equal(config.build, undefined);
  assert.deepEqual(config.durable_objects.bindings.map(({ name }) => name), ["WORKSPACE", "ACCOUNT", "CONNECT"]);
});

test("a wrong command, and a port that is taken, are named before anything starts", async () => {
  const wrong = await latchkey(installed, ["launch"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /no command `launch`[^]*usage:/);
  const port = await latchkey(installed, ["dev", "--port", "eighty"]);
  assert.match(port.stderr, /--port takes a port, and not `eighty`/);
  const twice = await latchkey(installed, ["dev", "--port", "9400", "--site-port", "9400"]);
  assert.deepEqual([twice.code, twice.stderr], [1, "error: --site-port and --port are the same port, 9400\n"]);
  for (const asked of ["-h", "--help"]) assert.match((await latchkey(installed, ["dev", asked])).stdout, /^usage: npx --no-install latchkey/);
  assert.equal((await latchkey(installed, ["--version"])).stdout, `${JSON.parse(await readFile(inPackage("package.json"), "utf8")).version}\n`);
});

test("settings that are no settings of a deployment are named with their file", async () => {
  const file = join(installed.operator, "latchkey.odd.json");
  for (const [text, said] of [["null", /latchkey\.odd\.json cannot be read: expected an object/], ['{"name":"acme"}', /latchkey\.odd\.json has no `origin`/]]) {
    await writeFile(file, text);
    const { code, stderr } = await latchkey(installed, ["doctor", "--env", "odd"]);
    assert.deepEqual([code, said.test(stderr)], [1, true], stderr);
  }
  await rm(file);
});

test("`docs` shows the guide and the reference, and nothing but them, under a policy without scripts", async () => {
  const child = start(installed, "node", [inPackage("cli/latchkey.mjs"), "docs", "--port", "0"]);
  try {
    const [line] = await once(createInterface(child.stdout), "line");
    const [, origin] = line.match(/^the documents of this version: (http:\/\/127\.0\.0\.1:\d+)$/);
    const first = await fetch(`${origin}/`);
    assert.match(await first.text(), /href="guide\/deploy\.html"[^]*href="reference\/posts\.html"/);
    assert.match(first.headers.get("content-security-policy"), /^default-src 'none'; style-src 'self';/);
    for (const path of ["/guide/", "/guide/deploy.html", "/reference/posts.html", "/reference/types.html", "/API.html"]) {
      assert.equal((await fetch(origin + path)).status, 200, path);
    }
    for (const path of ["/../package.json", "/%2e%2e/package.json", "/nothing"]) assert.equal((await fetch(origin + path)).status, 404, path);
    assert.equal((await fetch(origin, { method: "POST" })).status, 405);
  } finally {
    child.kill("SIGTERM");
    await once(child, "close");
  }
});

test("`dev` runs the Worker, the stand-in and the demo site from an empty folder, and prints addresses and key", async () => {
  const [port, x, site] = [await freePort(), await freePort(), await freePort()];
  const cli = inPackage("cli/latchkey.mjs");
  const child = start(installed, "node", [cli, "dev", "--port", port, "--x-port", x, "--site-port", site].map(String));
  const said = [];
  try {
    for await (const line of createInterface(child.stdout)) {
      said.push(line);
      if (/^ +key /.test(line)) break;
    }
    const key = said.at(-1).match(/(dev_\S+)/)[1];
    const answer = await fetch(`http://127.0.0.1:${port}/v1/social-networks`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal((await answer.json()).count, 1);
    const second = await latchkey(installed, ["dev", "--port", await freePort(), "--x-port", await freePort(), "--site-port", await freePort()].map(String));
    assert.match(second.stderr, /^error: process \d+ runs `dev` in this folder already/);
    assert.equal((await fetch(`http://127.0.0.1:${port}/v1/social-networks`, { headers: { authorization: `Bearer ${key}` } })).status, 200);
    assert.match(said.join("\n"), new RegExp(`ready\n +open this +http://acme\\.localhost:${site}`));
  } finally {
    child.kill("SIGTERM");
    await once(child, "close");
  }
});
