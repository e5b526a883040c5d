/** docs/API.md, sections 2 and 3: an X app that was deleted or replaced connects nobody, however far the sign-in is. */

import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { after, before, test } from "node:test";
import { ME_CALL, REVOKE_CALL, TOKEN_CALL } from "../support/calls.mjs";
import {
  browse,
  callbackOf,
  callUnderWay,
  complete,
  connect,
  consent,
  cookieOf,
  ownApp,
  registerNetwork,
  request,
  startBench,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import {
  authorized,
  confirm,
  confirmationCode,
  createLink,
  followLink,
  inOtherBrowser,
  liveTokens,
  newPerson,
  openLink,
} from "../support/sign-in.mjs";
import { inObject } from "../support/stored.mjs";

let bench;
before(async () => (bench = await startBench({ vars: { REVOKE_MS: "150" } })));
after(() => bench?.stop());

/** A tenant with an X app of its own. */
let tenants = 0;
async function tenantWithApp(at = bench) {
  const tenant_id = `gone-${++tenants}`;
  return { tenant_id, ...(await ownApp(at, tenant_id)) };
}

const HOW = {
  deleted: {
    refusal: [400, "network_not_configured"],
    account: ["disconnected", "network_deleted"],
    end: async ({ network }, at = bench) => assert.equal((await at.api.delete(`/v1/social-networks/${network.id}`)).status, 200),
  },
  replaced: {
    refusal: [409, "client_changed"],
    account: ["reconnect_required", "client_changed"],
    end: ({ tenant_id }, at = bench) =>
      registerNetwork(at, { app: at.x.addApp({ callbacks: [callbackOf(at.worker)] }), tenant_id, force: true }),
  },
};

const accept = ({ connect_id }) => bench.api.post(`/v1/connect-sessions/${connect_id}/accept`);
const session = async (id) => (await bench.api.get(`/v1/connect-sessions/${id}`)).body.data;
const accountsOf = async ({ tenant_id }) => (await bench.api.get(`/v1/social-accounts?tenant_id=${tenant_id}`)).body.data;
const nothingAlive = (username, at = bench) => eventually(async () => liveTokens(at, username), (live) => live.length === 0, 15_000);

/** Nobody is connected, the session says why, and X honours nothing of it. */
async function connectsNobody(id, username, tenant, [, code]) {
  const { status, error } = await session(id);
  assert.deepEqual([status, error.code], ["failed", code]);
  assert.deepEqual(await accountsOf(tenant), []);
  await nothingAlive(username);
}

for (const [what, { refusal, account: ended, end }] of Object.entries(HOW)) {
  test(`an account that waits for its acceptance is not there when the app was ${what}`, async () => {
    const tenant = await tenantWithApp();
    const link = await createLink(bench, { accept: "manual", tenant_id: tenant.tenant_id });
    const { username } = await followLink(bench, link);
    await end(tenant);
    for (const _ of [1, 2]) {
      const { status, body } = await accept(link);
      assert.deepEqual([status, body.code], refusal);
    }
    await connectsNobody(link.connect_id, username, tenant, refusal);
  });

  test(`the button of a link in another browser connects nobody when the app was ${what}`, async () => {
    const tenant = await tenantWithApp();
    const link = await createLink(bench, { tenant_id: tenant.tenant_id });
    const { location } = await openLink(bench, link);
    const username = newPerson(bench);
    const arrived = await browse(bench, consent(bench, location, username));
    const [other, result] = [cookieOf(arrived), new URL(arrived.headers.get("location"), bench.worker.origin).pathname];
    await end(tenant);
    const pressed = await request(bench.worker, "POST", result, { headers: { origin: bench.worker.origin, cookie: other } });
    assert.ok(pressed.status < 500, pressed.text);
    await connectsNobody(link.connect_id, username, tenant, refusal);
  });

  test(`the six digits connect nobody when the app was ${what}`, async () => {
    const tenant = await tenantWithApp();
    const attempt = await inOtherBrowser(bench, { tenant_id: tenant.tenant_id });
    assert.equal((await complete(bench, attempt.session, attempt.verifier)).status, 202);
    const code = confirmationCode((await attempt.reload()).text);
    await end(tenant);
    const { status, body } = await confirm(bench, attempt.session, code);
    assert.deepEqual([status, body.code], refusal);
    await connectsNobody(attempt.session.id, attempt.username, tenant, refusal);
  });

  for (const [when, call] of Object.entries({ "X exchanges its code": TOKEN_CALL, "X says who it is": ME_CALL })) {
    test(`a sign-in fails and is revoked when the app was ${what} while ${when}`, async () => {
      const tenant = await tenantWithApp();
      const username = newPerson(bench);
      const attempt = await authorized(bench, { tenant_id: tenant.tenant_id, username });
      bench.x.fault({ ...call, kind: "hold" });
      const completed = complete(bench, attempt.session, attempt.verifier);
      await callUnderWay(bench, call);
      await end(tenant);
      bench.x.release();
      const { status, body } = await completed;
      assert.deepEqual([status, body.code], refusal);
      await connectsNobody(attempt.session.id, username, tenant, refusal);
    });
  }

  test(`an account that is connected anew stays what it became when the app was ${what}`, async () => {
    const tenant = await tenantWithApp();
    const first = await connect(bench, { tenant_id: tenant.tenant_id, username: newPerson(bench) });
    const link = await createLink(bench, { accept: "manual", tenant_id: tenant.tenant_id });
    await followLink(bench, link, first.username);
    await end(tenant);
    assert.deepEqual((await accept(link)).body.code, refusal[1]);
    await nothingAlive(first.username);
    const [{ id, status, status_reason }] = await accountsOf(tenant);
    assert.deepEqual([id, status, status_reason], [first.id, ...ended]);
  });

  test(`tokens that the account has already, while the app was ${what}, are discarded there as well`, async (t) => {
    const folder = await mkdtemp(path(tmpdir(), "app-gone-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const own = await startBench({ persist: folder, vars: { REVOKE_MS: "150" }, register: false });
    t.after(() => own.stop());
    const tenant = await tenantWithApp(own);
    const link = await createLink(own, { accept: "manual", tenant_id: tenant.tenant_id });
    const { username } = await followLink(own, link);
    const [home, aside] = [path(folder, "do", "worker-ConnectObject"), path(folder, "aside")];
    await own.worker.kill();
    await cp(home, aside, { recursive: true });
    await own.worker.restart();
    const accepted = () => own.api.post(`/v1/connect-sessions/${link.connect_id}/accept`);
    assert.equal((await accepted()).status, 200);
    await own.worker.kill();
    // As a power cut leaves it between the two: the account has the tokens, its row is reserved, the session hands over.
    await rm(home, { recursive: true });
    await cp(aside, home, { recursive: true });
    inObject(folder, "Workspace", (db) =>
      db.exec(`UPDATE accounts SET is_deleted = 1,
        doc = json_remove(json_set(doc, '$.status', 'disconnected'), '$.session_id')`));
    await own.worker.restart();
    await end(tenant, own);
    const { status, body } = await accepted();
    assert.deepEqual([status, body.code], refusal);
    await nothingAlive(username, own);
    // The session asks once for each token, and the account's object for itself.
    await eventually(async () => own.x.requests(REVOKE_CALL).length, (asked) => asked >= 4, 15_000);
    await own.worker.kill();
    const left = inObject(folder, "Account", (db) => db.prepare("SELECT count(*) AS count FROM pairs").get().count);
    assert.equal(left, 0n);
  });
}

test("an account whose app is gone opens no door to X, from the moment that the row says so", async () => {
  const tenant = await tenantWithApp();
  const account = await connect(bench, { tenant_id: tenant.tenant_id, username: newPerson(bench) });
  await HOW.replaced.end(tenant);
  const asked = bench.x.requests(ME_CALL).length;
  const { status, body } = await bench.api.get(`/v1/social-accounts/${account.id}/x/2/users/me`);
  assert.deepEqual([status, body.code, bench.x.requests(ME_CALL).length], [422, "invalid_grant", asked]);
});
