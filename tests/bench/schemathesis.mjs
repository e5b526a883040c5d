/**
 * `cargo xtask bench schemathesis`: thousands of calls made up from `/openapi.json`, good and bad ones, against the Worker
 * in workerd with an X app and an account behind it. Nothing may be a 5xx, and every answer has to be as described.
 *
 *   --examples 20    how many for each call and kind of data (default)
 *   --seed 1         the same calls again
 */

import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createPost, createSession, fromNow, newAccount, startBench } from "../support/client.mjs";
import { announce } from "../support/media.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { readOptions } from "./options.mjs";

const VERSION = "4.32.5";
const HOME = fileURLToPath(new URL(`../../target/schemathesis-${VERSION}`, import.meta.url));
const PROGRAM = `${HOME}/bin/schemathesis`;
/** Made-up calls for X would be calls that the stand-in does not have; pages are for people. */
const LEFT_OUT = "^(/2/|/v1/social-accounts/\\{id\\}/x/|/connect/|/$)";
const CHECKS =
  "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance," +
  "response_schema_conformance,ignored_auth";

const { examples, seed } = readOptions({ examples: 20, seed: 1 });

install();
const bench = await startBench();
writeFileSync(`${HOME}/schemathesis.toml`, ids(await rows(bench)));
const run = spawnSync(
  PROGRAM,
  [
    ...["--config-file", `${HOME}/schemathesis.toml`],
    ...["run", `${bench.worker.api}/openapi.json`, "--url", bench.worker.api],
    ...["--header", `Authorization: Bearer ${ADMIN_KEY}`],
    ...["--checks", CHECKS, "--exclude-path-regex", LEFT_OUT],
    ...["--phases", "examples,coverage,fuzzing", "--max-examples", `${examples}`, "--seed", `${seed}`],
    ...["--request-timeout", "40", "--workers", "2", "--no-color", "--continue-on-failure"],
  ],
  { stdio: "inherit", cwd: HOME },
);
await Promise.all([bench.worker.stop(), bench.x.close()]);
process.exitCode = run.status ?? 1;

/** Something behind each kind of path; the post is far in the future, so that it stays what it is. */
async function rows(bench) {
  const account = await newAccount(bench);
  const hook = { name: "schemathesis", url: `${bench.x.origin}/hook`, events: ["test"] };
  const webhook = await bench.api.post("/v1/webhooks", hook);
  return {
    "social-networks": bench.network.id,
    "social-accounts": account.id,
    posts: (await createPost(bench, account, { content: "later", scheduledAt: fromNow(86_400_000) })).id,
    media: (await announce(bench)).id,
    webhooks: webhook.body.data.id,
    "connect-sessions": (await createSession(bench)).id,
  };
}

/** Those that are really there, except where a call would end them. */
function ids(rows) {
  const area = ([name, id]) =>
    `[[operations]]\ninclude-path-regex = "^/v1/${name}/"\nexclude-method = "DELETE"\nparameters = { "path.id" = "${id}" }\n`;
  return Object.entries(rows).map(area).join("\n");
}

/** Into a Python environment of its own under target. */
function install() {
  if (existsSync(PROGRAM)) return;
  console.log(`installing schemathesis ${VERSION} into ${HOME}`);
  must("python3", ["-m", "venv", HOME]);
  must(`${HOME}/bin/pip`, ["install", "--quiet", `schemathesis==${VERSION}`]);
}

function must(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (status !== 0) throw error ?? new Error(`${program} ${args.join(" ")} failed`);
}
