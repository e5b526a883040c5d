/**
 * `cargo xtask bench cost`: what one call asks of the platform, which is what the platform charges for: statements, rows
 * read and written, messages between objects, alarms. Counted, not timed, so the figures are the same on every machine.
 */

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { newAccount, startBench } from "../support/client.mjs";
import { newKey } from "../support/keys.mjs";
import { watchPlatformCalls } from "../support/platform-calls.mjs";
import { liftLimits } from "./crowd.mjs";
import { round, table } from "./figures.mjs";
import { hand, OURS, short } from "./measurements.mjs";
import { readOptions } from "./options.mjs";
import { ALARMS_MS } from "./peer/sides.mjs";

const { times, statements } = readOptions({ times: 20, statements: null });

const bench = await startBench({ inspect: true });
try {
  liftLimits(bench);
  const account = await newAccount(bench);
  const own = await newKey(bench, { account_id: account.id, scopes: ["read", "publish"] });
  const accept = async (at) => {
    bench.x.clearRequests();
    const answer = await bench.api.post("/v1/posts", { content: `accepted ${at}`, accounts: [account.id] });
    assert.equal(answer.status, 200, answer.text);
    await bench.x.received({ method: "POST", path: "/2/tweets", status: 201 });
  };
  const publish = async (at) => {
    const answer = await bench.api.post("/v1/posts", { content: `post ${at}`, accounts: [account.id] }, { prefer: "wait=25" });
    assert.equal(answer.body.post.socialAccounts[0].state, "published", answer.text);
  };
  const pass = async () => {
    const answer = await fetch(`${bench.worker.api}/2/users/me`, { headers: { authorization: `Bearer ${own.key}` } });
    assert.equal(answer.status, 200, await answer.text());
  };
  const schedule = async (at) => {
    const scheduledAt = new Date(Date.now() + 86_400_000).toISOString();
    const answer = await bench.api.post("/v1/posts", { content: `later ${at}`, accounts: [account.id], scheduledAt });
    assert.equal(answer.status, 200, answer.text);
  };
  const list = async () => assert.equal((await bench.api.get("/v1/posts?limit=10")).status, 200);
  await publish("that warms up");
  await pass();
  const platform = await watchPlatformCalls(bench.worker);
  const measured = async (name, act) => [name, await perCall(platform, act)];
  report([
    await measured("a post, accepted", accept),
    await measured("a post, published", publish),
    await measured("a post, scheduled for tomorrow", schedule),
    await measured("GET /v1/posts", list),
    await measured("GET /2/users/me, passed through", pass),
  ]);
  platform.close();
} finally {
  await bench.stop();
}

/** What `times` calls asked, with all the work that they left behind, the last alarms too. */
async function perCall(platform, act) {
  const all = [];
  await platform.quiet();
  for (let at = 0; at < times; at++) {
    await act(at);
    all.push(...(await platform.quiet()));
  }
  await pause(ALARMS_MS);
  all.push(...(await platform.quiet()));
  return all;
}

function report(measured) {
  const rows = (name) => (taken) => taken.statements.reduce((sum, statement) => sum + statement[name], 0);
  const counted = {
    statements: (taken) => taken.statements.length,
    "rows read": rows("rowsRead"),
    "rows written": rows("rowsWritten"),
    messages: (taken) => taken.messages,
    "alarm calls": (taken) => taken.alarms,
    KV: (taken) => taken.kv,
  };
  const each = (all, of) => all.reduce((sum, taken) => sum + of(taken), 0) / times;
  if (statements) measured.forEach(([name, all]) => profile(name, all));
  const cells = measured.map(([name, all]) => [name, ...Object.values(counted).map((of) => round(each(all, of)))]);
  console.log(table([["per call", ...Object.keys(counted)], ...cells]));
  for (const [name, all] of measured) {
    hand(...Object.entries(counted).map(([what, of]) => ({ name: `${name}: ${what}`, unit: "a call", side: OURS, samples: [each(all, of)] })));
  }
}

/** The statements of a call, the most frequent first. */
function profile(name, all) {
  const counts = new Map();
  for (const { query, rowsRead, rowsWritten } of all.flatMap((taken) => taken.statements)) {
    const text = query.replace(/\s+/g, " ").trim();
    const { n, read, written } = counts.get(text) ?? { n: 0, read: 0, written: 0 };
    counts.set(text, { n: n + 1, read: read + rowsRead, written: written + rowsWritten });
  }
  const sorted = [...counts].toSorted(([, one], [, other]) => other.n - one.n).slice(0, statements);
  const rows = sorted.map(([text, { n, read, written }]) => [text, ...[n, read, written].map((count) => short(count / times))]);
  console.log(`${table([[name, "times", "read", "written"], ...rows.map(([text, ...figures]) => [text.slice(0, 120), ...figures])])}\n`);
  hand({ kind: "profile", call: name, rows });
}
