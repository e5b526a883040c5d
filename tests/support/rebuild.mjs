/** Builds again when a source changes, and restarts the Worker with what came out. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { join } from "node:path";

const SOURCES = ["core/src", "worker", "wasm-client/src", "wasm-client/js"];
/** An editor saves a file in several steps. */
const SETTLE_MS = 200;

/** @returns {{close: () => void}} */
export function rebuildOnChange(root, worker) {
  let timer;
  let building = Promise.resolve();
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (building = building.then(() => rebuild(root, worker))), SETTLE_MS);
  };
  const watchers = SOURCES.map((folder) => watch(join(root, folder), { recursive: true }, changed));
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** A build that fails has shown why, and the Worker goes on as it was. */
async function rebuild(root, worker) {
  const [code] = await once(spawn("cargo", ["xtask", "build", "--quick"], { cwd: root, stdio: "inherit" }), "exit");
  if (code !== 0) return;
  await worker.restart();
  console.log("restarted with the new build");
}
