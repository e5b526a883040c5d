/** Runs the generators of clients that read `/openapi.json`, each at its exact version, and keeps what they make. */

import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const ROOT = here("../..");
export const DESCRIPTION = join(ROOT, "build/assets/openapi.json");
/** What the generators make, for the smoke tests. */
export const MADE = join(ROOT, "target/generated");
const PROGRAMS = here("node_modules/.bin");
/** Made by set-up (xtask/src/setup/generators.rs). */
const PYTHON = join(ROOT, "target/tools/python/bin");

/**
 * Each makes its folder or file anew. A generator must say nothing on stderr, and what it says on stdout is the caller's to
 * judge.
 */
export const generators = {
  "openapi-typescript": () => node("openapi-typescript", [DESCRIPTION, "--output", join(MADE, "openapi-typescript.ts")]),
  "@hey-api/openapi-ts": () => node("openapi-ts", ["--input", DESCRIPTION, "--output", join(MADE, "hey"), "--no-log-file"]),
  "openapi-python-client": () =>
    python("openapi-python-client", ["generate", "--path", DESCRIPTION, "--output-path", join(MADE, "python-client"), "--fail-on-warning"]),
  "datamodel-codegen": () =>
    python("datamodel-codegen", [
      ...["--input", DESCRIPTION, "--input-file-type", "openapi", "--output", join(MADE, "models.py")],
      ...["--output-model-type", "pydantic_v2.BaseModel", "--formatters", "builtin", "--disable-timestamp"],
    ]),
};

/** Runs one into an empty place. Answers `{code, stdout, stderr}`. */
export async function generate(name) {
  await mkdir(MADE, { recursive: true });
  const places = { "@hey-api/openapi-ts": "hey", "openapi-python-client": "python-client" };
  if (places[name]) await rm(join(MADE, places[name]), { recursive: true, force: true });
  return generators[name]();
}

export const node = (program, args, options) => run(resolve(PROGRAMS, program), args, options);

export const python = (program, args, options) => run(join(PYTHON, program), args, options);

/** With the programs of both languages first on PATH: generators call formatters of their own. */
function run(program, args, { env, ...options } = {}) {
  const path = [PYTHON, PROGRAMS, process.env.PATH].join(delimiter);
  const quiet = { ...process.env, PATH: path, CI: "true", NO_COLOR: "1", ...env };
  return new Promise((done) => {
    execFile(program, args, { env: quiet, maxBuffer: 2 ** 26, ...options }, (error, stdout, stderr) =>
      done({ code: error ? (error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}
