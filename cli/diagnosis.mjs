/** What is wrong with a deployment, in sentences. Each part asks the deployment itself, from outside. */

import { VERSION } from "./package.mjs";
import { keptSecret } from "./secrets.mjs";

const LIMIT_MS = 15_000;

/** @returns {Promise<string[]>} one sentence a problem, with its remedy */
export async function diagnose({ env, settings: { origin } }) {
  const health = await get(`${origin}/healthz`);
  if (health.failed) return [`${origin} does not answer: ${health.failed}. A new custom domain needs some minutes; then look at the domain in Cloudflare's dashboard.`];
  if (health.body?.ok !== true) return [`${origin}/healthz answers ${health.status}, and not as this Worker does: the address leads elsewhere.`];
  const parts = await Promise.all([ofVersion(health.body), ofPlainHttp(origin), ofFiles(origin), ofFreeze(origin, await apiKey(env)), ofKey(origin, await apiKey(env))]);
  return parts.flat();
}

/** `{version, schema}` of the code that runs at the address. */
export async function health(origin) {
  const { body, status, failed } = await get(`${origin}/healthz`);
  if (body?.ok === true) return body;
  throw new Error(`${origin} does not answer as a deployment does (${failed ?? status}): nothing was changed`);
}

/** The key in the environment, else the first one of the deployment. */
export const apiKey = async (env) => process.env.LATCHKEY_KEY ?? (await keptSecret(env, "ADMIN_KEY"));

export const authorized = (key, headers = {}) => ({ authorization: `Bearer ${key}`, ...headers });

function ofVersion({ version }) {
  return version === VERSION ? [] : [`Version ${version} is deployed, and this package is version ${VERSION}: run \`npx --no-install latchkey upgrade\`, or install the other version.`];
}

/** Static files are served by Cloudflare without the Worker, so a setting of the zone has to protect them. */
async function ofPlainHttp(origin) {
  const { status, failed } = await get(`${origin.replace("https:", "http:")}/embed.js`);
  const isSafe = failed || (status >= 300 && status < 400);
  return isSafe ? [] : ["Files are served over plain http: switch on Always Use HTTPS (SSL/TLS, Edge Certificates) in Cloudflare's dashboard."];
}

async function ofFiles(origin) {
  const { status, failed } = await get(`${origin}/embed.js`);
  return status === 200 ? [] : [`${origin}/embed.js answers ${failed ?? status}: the static files were not uploaded. Deploy again.`];
}

/** Only an admin key is told. */
async function ofFreeze(origin, key) {
  if (!key) return [];
  const { body } = await get(`${origin}/v1/freeze`, { headers: authorized(key) });
  const status = body?.data?.status ?? "running";
  const isFrozen = status !== "running" && status !== "resuming";
  return isFrozen ? [`The deployment is frozen (\`${status}\`) and sends nothing. If neither a backup nor a move is under way, call DELETE /v1/freeze.`] : [];
}

async function ofKey(origin, key) {
  if (!key) return ["No API key is known here: set LATCHKEY_KEY, so that the X app can be looked at."];
  const { status, body, failed } = await get(`${origin}/v1/social-networks/x/verify`, { method: "POST", headers: authorized(key) });
  if (failed) return [`The key doctor does not answer: ${failed}.`];
  if (body?.code === "not_found") return ["There is no X app yet: add it on the first page of the dashboard."];
  if (status !== 200) return [`${body?.message ?? `The key doctor answers ${status}.`} ${body?.hint ?? ""}`.trim()];
  return body.data.checks.filter(({ ok }) => !ok).map(({ message, hint }) => [message, hint].filter(Boolean).join(" "));
}

async function get(url, init) {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(LIMIT_MS), ...init });
    const text = await response.text();
    return { status: response.status, body: jsonOf(text) };
  } catch (error) {
    return { failed: error.cause?.code ?? error.cause?.message ?? error.message };
  }
}

function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
