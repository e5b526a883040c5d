/**
 * `cargo xtask bench widget`: what a page downloads for a button, beside what others would have it download; and how long
 * after X's answer the page hears that the account is connected.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { startStage } from "../browser/stage.mjs";
import { percentile, round, table } from "./figures.mjs";
import { readOptions } from "./options.mjs";

const { connections } = readOptions({ connections: 40 });
const ASSETS = fileURLToPath(new URL("../../build/assets/", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../target/bench/widget/", import.meta.url));

/** What a page writes to let a visitor connect, in the words of each one's documentation. */
const PEERS = {
  "@nangohq/frontend": {
    version: "0.71.10",
    page: `import Nango from "@nangohq/frontend"; globalThis.connect = (connectSessionToken) => new Nango({ connectSessionToken }).auth("twitter-v2");`,
  },
  oauth4webapi: {
    version: "3.8.8",
    page: `import * as oauth from "oauth4webapi"; globalThis.connect = async () => {
      const verifier = oauth.generateRandomCodeVerifier(); return [verifier, await oauth.calculatePKCECodeChallenge(verifier),
      oauth.generateRandomState(), oauth.validateAuthResponse, oauth.authorizationCodeGrantRequest, oauth.processAuthorizationCodeResponse]; };`,
  },
  "@outstand-so/ui": {
    version: "0.1.13",
    page: `import { createElement } from "react"; import { createRoot } from "react-dom/client"; import { ConnectAccountButton } from "@outstand-so/ui";
      createRoot(document.body).render(createElement(ConnectAccountButton, { network: "x" }));`,
    beside: ["react@19.3.1", "react-dom@19.3.1"],
    external: ["react", "react-dom", "react-dom/client", "react/jsx-runtime"],
  },
  "@pipedream/sdk": {
    version: "3.1.6",
    page: `import { createFrontendClient } from "@pipedream/sdk/browser"; globalThis.connect = (tokenCallback, externalUserId) =>
      createFrontendClient({ tokenCallback, externalUserId }).connectAccount({ app: "twitter" });`,
  },
};

install();
const rows = [];
for (const [name, peer] of Object.entries(PEERS)) {
  rows.push([`${name} ${peer.version}`, ...(await sizes(peer.page))]);
  if (peer.external) rows.push([`the same, React not counted`, ...(await sizes(peer.page, peer.external))]);
}
console.log(table([["a page's download, gzip bytes", "before the click", "in all"], ...ours(), ...rows]));
console.log();
console.log(table([["from X's answer to `connected`, ms", "p50", "p95", "n"], await times()]));

function install() {
  const packages = Object.entries(PEERS).flatMap(([name, { version, beside = [] }]) => [`${name}@${version}`, ...beside]);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const options = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--save-exact"];
  const { status, error } = spawnSync("npm", [...options, ...packages], { cwd: FOLDER, stdio: "inherit" });
  if (status !== 0) throw new Error("npm could not install what is compared", { cause: error });
}

function ours() {
  const size = (name) => gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).length;
  const [script, attempt, module] = ["embed.js", "embed_attempt.js", "embed_bg.wasm"].map(size);
  return [["<connect-x>", round(script, 0), round(script + attempt + module, 0)]];
}

/** A peer's page loads all of it at once. */
async function sizes(page, external = []) {
  const { outputFiles } = await build({
    stdin: { contents: page, resolveDir: FOLDER },
    bundle: true, minify: true, format: "esm", target: "es2022", platform: "browser", write: false, external,
    define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error",
  });
  const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  return [round(bytes, 0), round(bytes, 0)];
}

/** From the browser asking for the callback to the event in the page: the exchange, who it is, the hand-over, the long poll. */
async function times() {
  const stage = await startStage();
  const samples = [];
  for (let n = 0; n < connections; n += 1) samples.push(await connect(stage));
  await stage.stop();
  return ["<connect-x>", round(percentile(samples, 0.5), 0), round(percentile(samples, 0.95), 0), connections];
}

async function connect(stage) {
  const ends = [];
  const visit = await stage.visit({ after: (end) => ends.push(end) });
  const popup = await visit.pressUntilX();
  const asked = new Promise((resolve) => {
    visit.context.on("request", (request) => {
      if (request.url().includes("/connect/callback/x")) resolve(performance.now());
    });
  });
  await visit.page.exposeFunction("tellTime", () => performance.now());
  const heard = visit.page.evaluate(() => new Promise((resolve) => addEventListener("connected", () => resolve(globalThis.tellTime()))));
  await visit.answer(popup, "authorize");
  const [from, to] = await Promise.all([asked, heard]);
  for (const end of ends) await end();
  return to - from;
}
