/** The exact tools that made the bytes: the same tools and the same sources make the same bytes. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./contents.mjs";
import { versionOf } from "./locked.mjs";

const ask = (program, args) => {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], cwd: REPOSITORY }).trim();
  } catch {
    return undefined;
  }
};

const crate = (name) => readFileSync(join(REPOSITORY, "Cargo.lock"), "utf8").match(new RegExp(`name = "${name}"\nversion = "([^"]+)"`))?.[1];

export const toolVersions = () => ({
  commit: ask("git", ["rev-parse", "HEAD"]),
  changed: Boolean(ask("git", ["status", "--porcelain", "--untracked-files=no"])),
  // As `cargo xtask release` has chosen it: rustup's or Debian's.
  rustc: process.env.RUST_FOR_WASM || ask("rustc", ["--version"]),
  "worker-build": crate("worker"),
  "wasm-bindgen": crate("wasm-bindgen"),
  binaryen: versionOf("binaryen"),
  esbuild: versionOf("esbuild"),
  wrangler: versionOf("wrangler"),
  node: process.version,
  npm: ask("npm", ["--version"]),
});
