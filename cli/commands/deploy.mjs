/** `latchkey deploy`: makes what is missing at Cloudflare, uploads the Worker, and says what is left to do. */

import { lookup } from "node:dns/promises";
import { release, VERSION } from "../package.mjs";
import { ensureBucket, ensureNamespace, messageOf, putSecrets, secretNames } from "../cloudflare.mjs";
import { openDeployment, otherDeployments } from "../folder.mjs";
import { ask, confirm, options } from "../options.mjs";
import { fileOf, missingSecrets } from "../secrets.mjs";
import { mustWrangler, withConfiguration } from "../wrangler.mjs";
import { diagnose, health } from "../diagnosis.mjs";
import { requireReadable } from "../versions.mjs";

const OWN = {
  name: { type: "string" },
  origin: { type: "string" },
  account: { type: "string" },
  "dry-run": { type: "boolean", default: false },
  "new-secrets": { type: "boolean", default: false },
  "replace-address": { type: "boolean", default: false },
};
const NAME = /^[a-z0-9][a-z0-9-]{0,53}$/;

const NEEDS = `What the Cloudflare account needs:
  - Workers Paid (5 USD a month): a backup takes more processor time than the free plan gives a request. A trial runs without
  - R2, switched on once in Cloudflare's dashboard (it asks for a payment method; 10 GB are free)
  - the domain of the address, as a zone of the same account`;

export async function run(args) {
  const values = options(args, OWN);
  const deployment = await openDeployment(values.env);
  const settings = await complete(deployment.settings, values);
  await requireOwnName(deployment, settings);
  console.log(`${NEEDS}\n\n${planOf(settings)}\n`);
  if (values["dry-run"]) return dryRun(settings);
  await requireNewAddress(deployment, settings, values);
  await requireReadableData(deployment);
  await confirm("Go on?", values);
  await deployment.save(settings);
  const secrets = await withConfiguration(settings, (config) => prepare(config, deployment, values));
  await withConfiguration(deployment.settings, (config) => upload(config, secrets));
  for (const name of Object.keys(secrets)) console.log(`${name}: new, in ${await fileOf(values.env, name)}. Keep a copy elsewhere`);
  await report(deployment);
}

/** The settings of before, those of the options, and answers for the rest. */
async function complete(kept, { name, origin, account }) {
  const settings = { ...kept, ...(name && { name }), ...(origin && { origin }), ...(account && { account_id: account }) };
  settings.name ??= await ask("Name of the Worker at Cloudflare (your users never see it):", "--name");
  settings.origin ??= await ask("Address that users see and X calls back, such as https://connect.example.com:", "--origin");
  if (!NAME.test(settings.name)) throw new Error(`\`${settings.name}\` is no name of a Worker: small letters, digits and hyphens`);
  settings.origin = originOf(settings.origin);
  if (kept.name && kept.name !== settings.name) {
    throw new Error(`this folder deploys ${kept.name}. Another Worker has another folder, or another --env`);
  }
  return { bucket: `${settings.name}-media`, ...settings };
}

/** Two deployments of a folder with one name would be one Worker, which has the settings of the last upload. */
async function requireOwnName({ file }, { name }) {
  for (const [other, settings] of await otherDeployments(file)) {
    if (settings.name === name) throw new Error(`${other} deploys ${name} already: another --env has another name, another address and an X app of its own`);
  }
}

function originOf(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" || url.pathname !== "/" || url.search) {
    throw new Error(`\`${text}\` is no address of https without a path, such as https://connect.example.com`);
  }
  return url.origin;
}

/** Without a terminal wrangler asks nobody, and takes a name from whatever has it: a record of the DNS, or another Worker. */
async function requireNewAddress(deployment, { origin }, values) {
  const { hostname } = new URL(origin);
  const isNew = deployment.settings.origin !== origin && !hostname.endsWith(".workers.dev");
  if (!isNew || values["replace-address"]) return;
  const found = await lookup(hostname).catch(() => undefined);
  if (found) throw new Error(`${hostname} exists already (${found.address}), and a deployment would take its place. If that is wanted, add --replace-address`);
}

/** Older code than the data allows would open nothing. Where nobody answers yet, there is nothing to ask. */
async function requireReadableData({ settings: { origin, backup } }) {
  const running = origin && (await health(origin).catch(() => undefined));
  if (running?.schema) requireReadable({ version: VERSION, schema: release().schema.version }, running.schema, backup);
}

const planOf = ({ name, origin, bucket }) => `What is deployed:
  Worker      ${name} (version ${VERSION}), with three kinds of Durable Objects
  address     ${origin}${origin.endsWith(".workers.dev") ? "" : ", as a custom domain; the workers.dev address is off"}
  KV          ${namespaceOf(name)}
  R2          ${bucket}
  secrets     ADMIN_KEY and MASTER_KEYS: made if missing, never replaced`;

const namespaceOf = (name) => `${name}-secrets`;

/** Nothing is made, neither here nor at Cloudflare. */
async function dryRun(settings) {
  await withConfiguration(settings, (config) =>
    mustWrangler("the dry run", ["deploy", "--dry-run", "--config", config], { show: true }),
  );
  console.log("A dry run: nothing was uploaded, and no secret was made.");
}

/** What has to be there before the upload. The secrets that Cloudflare lacks come back, from files of this folder. */
async function prepare(config, deployment, values) {
  const { settings } = deployment;
  const existing = await secretNames(config);
  const secrets = await missingSecrets(values.env, existing, values["new-secrets"]);
  await deployment.save({ kv: settings.kv ?? (await ensureNamespace(config, namespaceOf(settings.name))) });
  await ensureBucket(config, settings.bucket);
  return secrets;
}

async function upload(config, secrets) {
  await mustWrangler("the upload", ["deploy", "--config", config, "--message", messageOf(VERSION, release())], { show: true });
  if (Object.keys(secrets).length > 0) await putSecrets(config, secrets);
}

async function report(deployment) {
  const { origin } = deployment.settings;
  const problems = await diagnose(deployment);
  for (const problem of problems) console.log(`- ${problem}`);
  console.log(`
deployed: ${origin}
  dashboard      ${origin}/   sign in with ADMIN_KEY
  callback URL   ${origin}/connect/callback/x   enter it at X, to the letter
  settings       ${deployment.file}   commit this file
  look           npx --no-install latchkey doctor`);
}
