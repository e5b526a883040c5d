/** A folder that one process uses at a time: what begins there anew would take the state of another from under it. */

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Fails with a sentence if another process has the folder. A process that has ended without a word has nothing. */
export async function lockFolder(folder) {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "dev.pid");
  const holder = Number(await readFile(file, "utf8").catch(() => ""));
  if (holder && holder !== process.pid && isRunning(holder)) {
    throw new Error(`process ${holder} runs \`dev\` in this folder already: end that process first, or use another folder`);
  }
  await writeFile(file, String(process.pid));
  return { release: () => rm(file, { force: true }) };
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}
