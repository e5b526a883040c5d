/** Runs programs that use the two clients, as their users do. */

import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { node, python } from "../generators/generators.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ENTRY = join(ROOT, "clients/typescript/dist/index.js");
const STRICT = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--skipLibCheck"];

/** Makes the client for TypeScript of what was built. */
export const makeClients = () => execFileSync(process.execPath, [join(ROOT, "clients/make.mjs")], { stdio: ["ignore", "ignore", "inherit"] });

/** Checks the types of a program that imports `@latchkey/client`, bundles the program and runs it. */
export async function runTypeScript(source, env) {
  // Below the repository, so that the compiler finds the types of Node.
  const folder = await mkdtemp(join(ROOT, "tests/generators/node_modules/.program-"));
  const [program, bundle] = ["program.ts", "program.mjs"].map((name) => join(folder, name));
  await writeFile(program, source);
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { types: ["node"], paths: { "@latchkey/client": [join(ROOT, "clients/typescript/dist/index.d.ts")] } }, files: ["program.ts"] }),
  );
  const checked = await node("tsc", [...STRICT, "--project", folder]);
  if (checked.code !== 0) return { ...checked, stderr: checked.stdout };
  await build({
    entryPoints: [program], outfile: bundle, bundle: true, format: "esm", platform: "node", logLevel: "error",
    alias: { "@latchkey/client": ENTRY },
  });
  return node(process.execPath, [bundle], { env });
}

/** Runs a program that imports `latchkey`. Warnings are errors. */
export async function runPython(source, env) {
  const folder = await mkdtemp(join(tmpdir(), "program-"));
  await writeFile(join(folder, "program.py"), source);
  return python("python", ["-W", "error", join(folder, "program.py")], { env: { ...env, PYTHONPATH: join(ROOT, "clients/python"), PYTHONDONTWRITEBYTECODE: "1" } });
}

/** Checks the types of programs that import `latchkey`, and with that the client's own, as strictly as mypy can. */
export async function checkPython(sources) {
  const folder = await mkdtemp(join(tmpdir(), "types-"));
  const files = await Promise.all(sources.map(async (source, at) => {
    await writeFile(join(folder, `program_${at}.py`), source);
    return join(folder, `program_${at}.py`);
  }));
  const args = ["-m", "mypy", "--strict", "--cache-dir", join(folder, "cache"), ...files, ...(await modulesOfClient())];
  return python("python", args, { env: { MYPYPATH: join(ROOT, "clients/python") } });
}

const modulesOfClient = async () => (await readdir(join(ROOT, "clients/python/latchkey"))).filter((name) => name.endsWith(".py")).map((name) => join(ROOT, "clients/python/latchkey", name));

/** Runs a command of a shell. */
export const runShell = (source, env) =>
  new Promise((resolve) => {
    execFile("bash", ["-euo", "pipefail", "-c", source], { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? 1) : 0, stdout, stderr }),
    );
  });
