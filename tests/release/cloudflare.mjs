/**
 * A stand-in for the part of Cloudflare's API that wrangler asks for one Worker: its namespace, bucket, secrets, upload,
 * domain and deployments. It keeps what it is given, and every request, so that tests can say what left the machine.
 */

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

export const ACCOUNT = "0123456789abcdef0123456789abcdef";
const NO_WORKER = { code: 10007, message: "This Worker does not exist on your account." };
const NO_BUCKET = { code: 10006, message: "The specified bucket does not exist." };

export async function startCloudflare() {
  const state = { namespaces: [], buckets: [], secrets: new Map(), scripts: [], deployments: [], domains: [], requests: [], unmatched: [] };
  state.subdomain = { enabled: false, previews_enabled: false };
  const server = createServer((request, response) => void serve(state, request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    ...state,
    /** A Worker that was deployed before, with its secrets. Each message is that of a deployment, null a change of a secret. */
    has({ secrets, messages }) {
      for (const [name, value] of Object.entries(secrets)) state.secrets.set(name, value);
      state.buckets.push("shop-media");
      state.scripts.push({ metadata: { bindings: [] } });
      for (const message of messages) deploy(state, message ? { "workers/message": message } : { "workers/triggered_by": "secret" });
    },
    /** From now on, what is asked at a path that ends so is refused. */
    fail: (end, status) => Object.assign(state, { failing: { end, status } }),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function serve(state, request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { pathname } = new URL(request.url, "http://cloudflare");
  const body = Buffer.concat(chunks).toString("latin1");
  state.requests.push({ method: request.method, path: pathname, body });
  const path = pathname.replace(`/accounts/${ACCOUNT}`, "");
  const { end, status: refusal } = state.failing ?? {};
  const isFailing = end && pathname.endsWith(end);
  const found = !isFailing && ROUTES.find(([method, pattern]) => method === request.method && pattern.test(path));
  if (!found && !isFailing) state.unmatched.push(`${request.method} ${path}`);
  const answer = found ? found[2](state, path.match(found[1]), body) : refuse(refusal ?? 404, { code: 7003, message: "Refused, or no route for that URI" });
  const { status = 200, result, errors = [], ...more } = answer;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ success: status < 400, result: result ?? null, errors, messages: [], ...more }));
}

const refuse = (status, error) => ({ status, errors: [error] });
const all = (result) => ({ result, result_info: { page: 1, per_page: 100, count: result.length, total_count: result.length, total_pages: 1 } });
const jsonOf = (body) => JSON.parse(Buffer.from(body, "latin1").toString("utf8"));
const ifWorker = (work) => (state, match, body) => (state.scripts.length > 0 ? work(state, match, body) : refuse(404, NO_WORKER));

/** An upload, or a change of a secret, is a version that is deployed at once. */
function deploy(state, annotations) {
  const id = randomUUID();
  const created_on = new Date(Date.UTC(2026, 0, 1, 0, state.deployments.length)).toISOString();
  const versions = [{ version_id: id, percentage: 100 }];
  const deployment = { id: randomUUID(), source: "wrangler", strategy: "percentage", author_email: "operator@example.com", created_on, annotations, versions };
  state.deployments.unshift(deployment);
  return deployment;
}

/** The part of a multipart form that describes the Worker. */
const metadataOf = (body) => JSON.parse(body.match(/name="metadata"[^]*?\r\n\r\n(\{[^]*?\})\r\n--/)[1]);

const ROUTES = [
  ["GET", /^\/storage\/kv\/namespaces$/, ({ namespaces }) => all(namespaces)],
  ["POST", /^\/storage\/kv\/namespaces$/, ({ namespaces }, _, body) => {
    const made = { id: "fedcba9876543210fedcba9876543210", title: jsonOf(body).title };
    namespaces.push(made);
    return { result: made };
  }],
  ["GET", /^\/r2\/buckets\/([^/]+)$/, ({ buckets }, [, name]) => (buckets.includes(name) ? { result: { name } } : refuse(404, NO_BUCKET))],
  ["POST", /^\/r2\/buckets$/, ({ buckets }, _, body) => {
    buckets.push(jsonOf(body).name);
    return { result: jsonOf(body) };
  }],
  ["GET", /^\/workers\/scripts\/[^/]+\/secrets$/, ifWorker(({ secrets }) => ({ result: [...secrets.keys()].map((name) => ({ name, type: "secret_text" })) }))],
  ["PATCH", /^\/workers\/scripts\/[^/]+\/secrets-bulk$/, ifWorker((state, _, body) => {
    for (const [name, { text }] of Object.entries(jsonOf(body).secrets)) state.secrets.set(name, text);
    deploy(state, { "workers/triggered_by": "secret" });
    return { result: [] };
  })],
  ["GET", /^\/workers\/scripts\/[^/]+\/settings$/, ifWorker(({ scripts }) => ({ result: { bindings: scripts.at(-1).metadata.bindings } }))],
  ["GET", /^\/workers\/services\/[^/]+$/, ifWorker(({ tag }) => ({ result: { default_environment: { environment: "production", script: { tag } } } }))],
  ["PUT", /^\/workers\/scripts\/[^/]+$/, (state, _, body) => {
    const metadata = metadataOf(body);
    state.scripts.push({ metadata, body });
    deploy(state, metadata.annotations ?? {});
    return { result: { id: "shop", etag: "e", deployment_id: state.deployments[0].versions[0].version_id, startup_time_ms: 1 } };
  }],
  ["POST", /^\/workers\/scripts\/[^/]+\/assets-upload-session$/, () => ({ result: { jwt: "assets", buckets: [] } })],
  ["POST", /^\/workers\/scripts\/[^/]+\/domains\/changeset$/, () => ({ result: { added: [], removed: [], updated: [], conflicting: [] } })],
  ["PUT", /^\/workers\/scripts\/[^/]+\/domains\/records$/, (state, _, body) => ({ result: (state.domains.push(...jsonOf(body).origins), []) })],
  ["GET", /^\/workers\/workers\/[^/]+$/, ({ subdomain }) => ({ result: { subdomain } })],
  ["POST", /^\/workers\/scripts\/[^/]+\/subdomain$/, (state, _, body) => ({ result: (state.subdomain = jsonOf(body)) })],
  // Figures of use, for which the token has no permission.
  ["POST", /^\/graphql$/, () => refuse(403, { code: 10000, message: "Authentication error" })],
  ["GET", /^\/workers\/scripts\/[^/]+\/versions\/([^/]+)$/, ({ deployments }, [, id]) => {
    const { annotations, created_on } = deployments.find(({ versions }) => versions[0].version_id === id);
    return { result: { id, annotations, metadata: { created_on, author_email: "operator@example.com", source: "wrangler" }, resources: { bindings: [], script: {}, script_runtime: {} } } };
  }],
  ["POST", /^\/workers\/scripts\/[^/]+\/deployments$/, (state, _, body) => {
    const { versions, annotations } = jsonOf(body);
    const deployment = Object.assign(deploy(state, annotations), { versions });
    return { result: deployment };
  }],
  ["GET", /^\/workers\/scripts\/[^/]+\/deployments$/, ifWorker(({ deployments }) => ({ result: { deployments } }))],
];
