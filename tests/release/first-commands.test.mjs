/**
 * README.md, "Try it": its commands as they stand there, and what they print, up to a connected account and a published post.
 * `npm i` and `npx` run in an empty folder without Rust, `cargo xtask dev` in this repository (`cargo xtask test` has built
 * what it runs; README's second command is what runs this test).
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { api, browse, complete, cookieOf, createSession, newVerifier, startSession } from "../support/client.mjs";
import { freePort } from "../support/ports.mjs";
import { REPOSITORY, installPackage } from "./package.mjs";

const README = await readFile(join(REPOSITORY, "README.md"), "utf8");
const blocks = [...README.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text]) => text);
/** The lines of the first block with these words, without their comments. */
const commandsWith = (words) => blocks.find((text) => text.includes(words)).trim().split("\n").map((line) => line.replace(/ +#.*$/, ""));

const OF_REPOSITORY = commandsWith("cargo xtask dev");
const OF_PACKAGE = commandsWith("latchkey dev");
const FIRST_POST = blocks.find((text) => text.includes("first-post"));

let installed;
before(async () => (installed = await installPackage()));
after(() => installed?.stop());

/** Runs a command of README in a folder. In a group of its own, so that all of it can be ended. */
function run(command, { cwd, env = process.env }) {
  const child = spawn("/bin/bash", ["-euo", "pipefail", "-c", command], { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const said = { stdout: [], stderr: [] };
  createInterface(child.stderr).on("line", (line) => said.stderr.push(line));
  return { child, said, lines: createInterface(child.stdout) };
}

async function ran(command, place) {
  const { child, said, lines } = run(command, place);
  lines.on("line", (line) => said.stdout.push(line));
  const [code] = await once(child, "close");
  assert.equal(code, 0, `${command}\n${said.stdout.join("\n")}\n${said.stderr.join("\n")}`);
  return said.stdout.join("\n");
}

/** `work` with what a `dev` has printed up to its key, its options being free ports; then ends the command. */
async function whileDevRuns(command, place, work) {
  const [port, x, site] = [await freePort(), await freePort(), await freePort()];
  const { child, said, lines } = run(`${command} --port ${port} --x-port ${x} --site-port ${site}`, place);
  const ended = once(child, "close");
  try {
    for await (const line of lines) {
      said.stdout.push(line);
      if (/^ +key /.test(line)) break;
    }
    const text = said.stdout.join("\n");
    const [, key] = text.match(/^ +key +(dev_[\w-]{32,}) /m) ?? assert.fail(`${text}\n${said.stderr.join("\n")}`);
    await work({ text, key, port, x, site });
  } finally {
    process.kill(-child.pid, "SIGTERM");
    await ended;
  }
}

/** What a person does on the demo site, and then README's first call, with what was printed. */
async function connectAndPost({ text, key, port, x, site }) {
  assert.match(text, new RegExp(`ready\\n +open this +http://acme\\.localhost:${site} .*\\n +dashboard +http://connect\\.localhost:${port} .*\\n +X +http://x\\.localhost:${x} `));
  assert.match(await (await fetch(`http://127.0.0.1:${site}/`, { redirect: "follow" })).text(), /<html/);
  const worker = { api: `http://127.0.0.1:${port}` };
  await connect({ worker, api: api(worker, { key }) }, x);
  const block = FIRST_POST.replace("http://127.0.0.1:8787", worker.api).replace(/dev_…/, key);
  assert.ok(block.includes(worker.api) && block.includes(key));
  const { post } = JSON.parse(await ran(block, { cwd: installed.operator }));
  assert.match(post.socialAccounts[0].platformPostUrl, /^https:\/\/x\.com\/ada\/status\/\d+$/);
}

/** From the button to the account, with the person's consent at the stand-in. */
async function connect(bench, x) {
  const { verifier, challenge } = newVerifier();
  const session = await createSession(bench);
  const started = await startSession(bench, { token: session.token, challenge });
  const asked = new URL(started.headers.get("location")).searchParams;
  const fields = Object.fromEntries(["client_id", "code_challenge", "redirect_uri"].map((name) => [name, asked.get(name)]));
  const body = JSON.stringify({ ...fields, username: "ada", scopes: asked.get("scope").split(" ") });
  const { code } = await (await fetch(`http://127.0.0.1:${x}/_control/grants`, { method: "POST", body })).json();
  await browse(bench, `${asked.get("redirect_uri")}?${new URLSearchParams({ state: asked.get("state"), code })}`, cookieOf(started));
  const { status, body: answer } = await complete(bench, session, verifier);
  assert.deepEqual([status, answer.data.account.username], [200, "ada"]);
}

test("the commands of the package lead from an empty folder to a connected account and a post, without Rust", async () => {
  const folder = join(installed.folder, "empty");
  await mkdir(folder);
  const tarball = (await readdir(installed.dist)).find((name) => name.endsWith(".tgz"));
  await copyFile(join(installed.dist, tarball), join(folder, tarball));
  const place = { cwd: folder, env: installed.env };
  const [install, dev] = OF_PACKAGE;
  assert.match(await ran(install, place), /added \d+ packages/);
  await whileDevRuns(dev, place, connectAndPost);
  assert.deepEqual((await readdir(folder)).sort(), [".latchkey", tarball, "node_modules", "package-lock.json", "package.json"].sort());
});

test("`cargo xtask dev` announces its steps, marks nothing as wrong, and leads to a connected account and a post", async () => {
  const [dev, tests] = OF_REPOSITORY;
  assert.deepEqual([dev, tests], ["cargo xtask dev", "cargo xtask test"]);
  await whileDevRuns(dev, { cwd: REPOSITORY }, async (started) => {
    const steps = [...started.text.matchAll(/^step (\d+) of (\d+): (.+)$/gm)].map(([, at, all]) => [Number(at), Number(all)]);
    assert.ok(steps.length >= 4, started.text);
    assert.deepEqual(steps, steps.map((_, at) => [at + 1, steps.length]));
    assert.doesNotMatch(started.text, /✗/);
    await connectAndPost(started);
  });
});

test("`cargo xtask dev --help` answers at once, and a wrong option is named before the build", async () => {
  assert.match(await ran("cargo xtask dev --help", { cwd: REPOSITORY }), /^usage: cargo xtask <command>\n[^]*  dev \[--real\] \[--port N\]/);
  const { child, said } = run("cargo xtask dev --prot 1", { cwd: REPOSITORY });
  const [code] = await once(child, "close");
  assert.notEqual(code, 0);
  assert.match(said.stderr.join("\n"), /`--prot` is no option of dev/);
});
