/** docs/API.md: each example runs, by curl, in TypeScript and in Python. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { connect, createPost, newUser, startBench } from "../support/client.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { checkPython, makeClients, runPython, runShell, runTypeScript } from "./run.mjs";

const API_MD = await readFile(new URL("../../docs/API.md", import.meta.url), "utf8");
const blocks = (language) => [...API_MD.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(([, text]) => text);
/** The calls; the blocks that make `api` are those with the import. */
const [shell, typescript, python] = ["sh", "ts", "python"].map(blocks);

let bench;
let env;
before(async () => {
  makeClients();
  bench = await startBench();
  const account = await connect(bench, { username: "ada" });
  await createPost(bench, account, { content: "A draft", isDraft: true });
  env = { API: bench.worker.api, KEY: ADMIN_KEY };
});
after(() => bench?.stop());

/** New keys and texts for each language: the same key gives the answer of the language before, and X takes no text twice. */
const ofLanguage = (text, language) => text.replaceAll("thread-1", `thread-${language}`).replaceAll("One, for", `One (${language}), for`);
const PUBLISHED = /https:\/\/x\.com\/ada\/status\/\d+/;

test("the calls of README.md run, also beside accounts of several tenants", async () => {
  const account = await connect(bench, { username: newUser(bench).username, tenant_id: "another" });
  assert.ok(account.id);
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const commands = [...readme.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text]) => text).filter((text) => text.includes("$API/v1/posts"));
  assert.ok(commands.length >= 4);
  // The address and the key are those that `dev` prints.
  const script = commands.join("\n").replace(/^export API=.*$/m, "");
  const { code, stdout, stderr } = await runShell(script, env);
  assert.equal(code, 0, stderr);
  const answers = stdout.split(/(?<=\})(?=\{)/).map((text) => JSON.parse(text));
  assert.equal(answers.length, commands.length);
  for (const { success, message } of answers) assert.equal(success, true, message);
  assert.match(answers[0].post.socialAccounts[0].platformPostUrl, /^https:\/\/x\.com\//);
});

test("every example of curl is there in TypeScript and in Python too", () => {
  assert.ok(shell.length >= 4);
  assert.deepEqual([typescript.length, python.length], [shell.length + 1, shell.length + 1]);
});

test("the examples of curl run, one command after the other", async () => {
  const known = { ...env, AFTER: "", POST: "" };
  for (const command of shell.flatMap((block) => block.replaceAll(/^#.*\n/gm, "").split(/\n(?=curl)|\n\n/)).filter((text) => text.trim())) {
    if (command.includes("$AFTER") && !known.AFTER) continue;
    const { code, stdout, stderr } = await runShell(ofLanguage(command, "curl"), known);
    assert.equal(code, 0, stderr);
    const body = JSON.parse(stdout);
    assert.equal(body.success, true, `${command}\n${stdout}`);
    known.POST = body.post?.id ?? known.POST;
    known.AFTER = body.pagination?.after ?? "";
  }
});

test("the examples in TypeScript are of the right types, and run", async () => {
  // Each answer is a success: the client answers an error without throwing it.
  const guard = 'api.use({ onResponse({ response }) { if (!response.ok) throw new Error(`${response.status} ${response.url}`); } });\n';
  const [opening, ...calls] = [...typescript].sort((one, other) => other.includes("import") - one.includes("import"));
  const { code, stdout, stderr } = await runTypeScript(opening + guard + calls.map((text) => `{\n${ofLanguage(text, "ts")}}\n`).join(""), env);
  assert.equal(code, 0, stderr);
  assert.match(stdout, PUBLISHED);
});

test("the examples in Python, and the client, are of the right types", async () => {
  const [opening, ...calls] = [...python].sort((one, other) => other.includes("import") - one.includes("import"));
  const { code, stdout, stderr } = await checkPython(calls.map((text) => opening + text));
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /Success: no issues found/);
});

test("the examples in Python run", async () => {
  const [opening, ...calls] = [...python].sort((one, other) => other.includes("import") - one.includes("import"));
  const { code, stdout, stderr } = await runPython(opening + ofLanguage(calls.join(""), "python"), env);
  assert.equal(code, 0, stderr);
  assert.match(stdout, PUBLISHED);
});
