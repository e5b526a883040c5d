import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  browse,
  complete,
  connect,
  consent,
  cookieOf,
  createSession,
  newVerifier,
  readAccount,
  SITE,
  startBench,
  startSession,
} from "../support/client.mjs";
import { eventually } from "../support/eventually.mjs";
import { INTERRUPTIONS } from "../support/interruptions.mjs";
import { createLink, exchangesOf, newPerson, openLink } from "../support/sign-in.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** Ways through connecting, a step at a time. Each keeps what it learns in `on` and ends with the account's id. */
const WAYS = {
  popup: [
    async (on) => (on.session = await createSession(bench)),
    async (on) => follow(on, await startSession(bench, form(on))),
    (on) => browse(bench, on.callback, on.cookie),
    async (on) => {
      const { body } = await complete(bench, on.session, on.verifier);
      on.accountId = body.data?.account.id;
    },
    async (on) => {
      const { body } = await complete(bench, on.session, on.verifier);
      assert.equal(body.data.account.id, on.accountId, "the stored result");
    },
  ],
  page: [
    async (on) => (on.session = await createSession(bench, { redirect_uri: `${SITE}/done` })),
    async (on) => follow(on, await startSession(bench, form(on, { display: "page", code_verifier: on.verifier }))),
    (on) => browse(bench, on.callback, on.cookie),
    async (on) => {
      const { body } = await bench.api.get(`/v1/connect-sessions/${on.session.id}`);
      on.accountId = body.data.account?.id;
    },
  ],
  link: [
    async (on) => (on.link = await createLink(bench, { redirect_uri: SITE })),
    async (on) => follow(on, await openLink(bench, on.link)),
    async (on) => {
      const { headers } = await browse(bench, on.callback, on.cookie);
      on.accountId = new URL(headers.get("location")).searchParams.get("account_id");
    },
    async (on) => {
      const { headers } = await browse(bench, on.callback, on.cookie);
      assert.equal(new URL(headers.get("location")).searchParams.get("account_id"), on.accountId, "a reload");
    },
  ],
};

const form = ({ session, challenge }, fields) => ({ token: session.token, challenge, ...fields });

function follow(on, left) {
  on.cookie = left.cookie ?? cookieOf(left);
  on.callback = consent(bench, left.location ?? left.headers.get("location"), on.username);
}

const delivery = async (id) => (await bench.api.get(`/v1/posts/${id}`)).body.post.socialAccounts[0];

for (const [name, interrupt] of Object.entries(INTERRUPTIONS)) {
  test(`${name} between any two steps of connecting is not noticed, and X sees one exchange`, async () => {
    const walks = Object.values(WAYS).map((steps) => ({ steps, on: { ...newVerifier(), username: newPerson(bench) } }));
    for (let step = 0; walks.some(({ steps }) => step < steps.length); step++) {
      if (step > 0) await interrupt(bench);
      await Promise.all(walks.map(({ steps, on }) => steps[step]?.(on)));
    }
    for (const { on } of walks) {
      assert.equal((await readAccount(bench, { id: on.accountId })).username, on.username);
      assert.equal(exchangesOf(bench, on.callback), 1);
    }
  });

  test(`${name} between any two steps of publishing is not noticed, and X gets one post`, async () => {
    const { id } = await connect(bench, { username: newPerson(bench) });
    await interrupt(bench);
    const body = { content: `hello after ${name}`, accounts: [id] };
    const key = { "idempotency-key": `key-of-${name}` };
    const created = await bench.api.post("/v1/posts", body, key);
    await eventually(() => delivery(created.body.post.id), ({ status }) => status === "published");
    await interrupt(bench);
    assert.equal((await delivery(created.body.post.id)).status, "published");
    assert.equal((await bench.api.post("/v1/posts", body, key)).text, created.text);
    assert.equal((await bench.api.get(`/v1/social-accounts/${id}/health`)).body.data.healthy, true);
    assert.equal(bench.x.posts({ text: body.content }).length, 1);
  });
}
