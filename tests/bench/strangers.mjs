/** `cargo xtask bench strangers`: reads of a good caller, alone and while others post 1 MB without a good key. Nothing is asserted. */

import { randomBytes } from "node:crypto";
import { newAccount, startBench } from "../support/client.mjs";
import { percentile, round, table } from "./figures.mjs";
import { readOptions } from "./options.mjs";

const { seconds, width } = readOptions({ seconds: 5, width: 4 });
const BODY = JSON.stringify({ content: "x".repeat(1_000_000), accounts: ["x"] });
const KEYS = {
  "nobody else": null,
  "no key": () => undefined,
  "what is no key": () => "wrong",
  "a key that nobody has": () => `lk_${randomBytes(32).toString("base64url")}`,
};

const bench = await startBench();
const rows = [];
try {
  await newAccount(bench);
  for (const [name, key] of Object.entries(KEYS)) rows.push([name, ...(await measured(key))]);
  console.log(table([["while others send", "reads", "p50 ms", "p95 ms", "their posts"], ...rows]));
} finally {
  await bench.stop();
}

async function measured(key) {
  const until = performance.now() + seconds * 1000;
  let posts = 0;
  const stranger = async () => {
    while (performance.now() < until) {
      const given = key();
      const authorization = given ? { authorization: `Bearer ${given}` } : {};
      const headers = { "content-type": "application/json", ...authorization };
      // A server that does not read a body may close the connection on it.
      await fetch(`${bench.worker.api}/v1/posts`, { method: "POST", headers, body: BODY }).then((answer) => answer.text(), () => {});
      posts += 1;
    }
  };
  const strangers = key ? Array.from({ length: width }, stranger) : [];
  const millis = [];
  while (performance.now() < until) {
    const began = performance.now();
    await bench.api.get("/v1/social-accounts");
    millis.push(performance.now() - began);
  }
  await Promise.all(strangers);
  return [millis.length, round(percentile(millis, 0.5)), round(percentile(millis, 0.95)), posts];
}
