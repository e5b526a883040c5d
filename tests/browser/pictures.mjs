/**
 * Makes the pictures of README.md anew, of the dashboard and of the button, with people and posts that are made up:
 *
 *   CHROMIUM="$(command -v chromium)" node tests/browser/pictures.mjs
 */

import { fileURLToPath } from "node:url";
import { startAcme } from "../acme/server.mjs";
import { connect, createPost, fromNow, newUser } from "../support/client.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { Desk, startOffice } from "./desk.mjs";

const picture = (name) => fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url));
const TEXTS = ["Our spring release is out.", "Office hours today at four.", "Three things we learned from a thousand imports."];

const bench = await startOffice({ register: true });
const site = await startAcme({ port: 0, workerOrigin: bench.worker.origin, workerApi: bench.worker.api, apiKey: ADMIN_KEY, xOrigin: bench.x.site });
try {
  for (const [at, username] of ["northwind", "fabrikam", "contoso"].entries()) {
    newUser(bench, { username });
    const account = await connect(bench, { username, tenant_id: `customer-${at + 1}` });
    for (const content of TEXTS) await bench.api.post("/v1/posts", { accounts: [account.id], content }, { prefer: "wait=20" });
    await createPost(bench, account, { content: "See you tomorrow.", scheduledAt: fromNow(86_400_000) });
  }
  const desk = await Desk.begin(bench, { viewport: { width: 1200, height: 760 } });
  await desk.page.goto(bench.worker.origin);
  await desk.signIn(ADMIN_KEY);
  await desk.open("posts", "Posts");
  await desk.isLoaded();
  await desk.page.screenshot({ path: picture("dashboard") });
  await desk.page.setViewportSize({ width: 720, height: 560 });
  await desk.page.goto(site.origin);
  await desk.page.locator("connect-x").first().waitFor();
  await desk.page.screenshot({ path: picture("button") });
} finally {
  await site.close();
  await bench.stop();
}
