/**
 * Three sites in one browser: Acme, whose page has the button; the Worker; the stand-in for X. A test visits Acme as
 * somebody of whom no other test knows, so that a file can share one browser and one Worker.
 */

import assert from "node:assert/strict";
import { startAcme } from "../acme/server.mjs";
import { newUser, startBench } from "../support/client.mjs";
import { setUp } from "../support/set-up.mjs";
import { ADMIN_KEY } from "../support/worker.mjs";
import { launchBrowser, PATIENCE_MS } from "./chromium.mjs";
import { Traffic } from "./traffic.mjs";

export const startStage = () => setUp(openStage);

async function openStage(opened) {
  const bench = opened(await startBench(), "stop");
  const browser = opened(await launchBrowser(), "close");
  return {
    ...bench,
    browser,
    /** Acme's page as a new visitor sees it. The visit ends with the test, and then must have been a clean one. */
    async visit(t, options) {
      const visit = await Visit.begin({ ...bench, browser }, options);
      t.after(() => visit.end());
      return visit;
    },
    async stop() {
      await browser.close();
      await bench.stop();
    },
  };
}

let visits = 0;

class Visit {
  /**
   * `files` are pages in place of Acme's own, which another server has at `publicOrigin`; `prepare` gets the visit before its page
   * is there, which is there with the element `shows`; the rest is for the browser.
   */
  static async begin({ api, worker, x, browser }, { files, publicOrigin, prepare, shows = "connect-x:defined", ...options } = {}) {
    const tenant = `tenant_${++visits}`;
    const acme = await startAcme({
      port: 0,
      workerOrigin: worker.origin,
      workerApi: worker.api,
      apiKey: ADMIN_KEY,
      xOrigin: x.site,
      userId: tenant,
      publicOrigin,
      files,
    });
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    const traffic = await Traffic.of(context, [acme.origin, worker.origin, x.site], worker.origin);
    const visit = Object.assign(new Visit(), { api, x, acme, tenant, shows, context, traffic, user: newUser({ x }) });
    await prepare?.(visit);
    visit.page = await visit.open();
    return visit;
  }

  /** Another tab of the same browser, with Acme in it. */
  async open() {
    const page = await this.context.newPage();
    await page.addInitScript(recordEvents);
    await page.goto(this.acme.origin);
    await page.locator(this.shows).first().waitFor();
    return page;
  }

  /** The window that the press opens. */
  async press(page = this.page, button = buttonOf(page)) {
    const [popup] = await Promise.all([page.waitForEvent("popup"), button.click()]);
    return popup;
  }

  /** The same, as far as X's question. */
  async pressUntilX(page = this.page, button = buttonOf(page)) {
    const popup = await this.press(page, button);
    await popup.locator("button[value=authorize]").waitFor();
    return popup;
  }

  /** What the person answers at X. */
  async answer(popup, decision, { username } = this.user) {
    await popup.locator(`input[name=user][value="${username}"]`).check();
    await popup.locator(`button[value=${decision}]`).click({ noWaitAfter: true });
  }

  /** Changes attributes of the button; null removes one. */
  async configure(attributes, page = this.page) {
    await page.locator("connect-x").evaluate((element, given) => {
      for (const [name, value] of Object.entries(given)) {
        if (value === null) element.removeAttribute(name);
        else element.setAttribute(name, value);
      }
    }, attributes);
  }

  /** Resolves to the route of the page's next request that fits, which nobody answers meanwhile. */
  hold(pattern) {
    return new Promise((resolve) => this.page.route(pattern, resolve, { times: 1 }));
  }

  /** The page itself leaves for X: pressed, and at X's question. */
  async leaveForX(page = this.page) {
    await buttonOf(page).click();
    await page.locator("button[value=authorize]").waitFor();
  }

  /** The events of the page so far, once there are `count`: never fewer, and more fail the test. */
  async events(count = 1, page = this.page) {
    // A press has 20 s to end, by the contract.
    await page.waitForFunction((wanted) => globalThis.ended.length >= wanted, count, { timeout: 20_000 + PATIENCE_MS });
    const events = await page.evaluate(() => globalThis.ended);
    assert.equal(events.length, count, JSON.stringify(events));
    return events;
  }

  async onlyEvent(page) {
    const [event] = await this.events(1, page);
    return event;
  }

  /** The next press connects the visitor, and nothing else has ended before. */
  async connects() {
    await this.answer(await this.pressUntilX(), "authorize");
    assert.equal((await this.onlyEvent()).type, "connected");
  }

  /** What the API says about this visitor. */
  async accounts() {
    return (await this.api.get(`/v1/social-accounts?tenant_id=${this.tenant}`)).body.data;
  }

  async end() {
    try {
      await this.traffic.assertClean();
    } finally {
      await this.context.close();
      await this.acme.close();
    }
    await this.traffic.assertDescribed();
  }
}

/** The files of a site that has one page, with the button in it. `{{worker}}` is the Worker's origin in both. */
export const onePage = (body, { head = "", script = '<script type="module" src="{{worker}}/embed.js"></script>' } = {}) => ({
  "/": [`<!doctype html><html lang="en"><title>Page</title>${head}${script}<main><h1>Page</h1>${body}</main>`, "text/html; charset=utf-8"],
});

export const BUTTON = '<connect-x session-url="/api/x/session"></connect-x>';

export const buttonOf = (page) => page.locator("connect-x [part=button]").first();
export const cancelOf = (page) => page.locator("connect-x [part=cancel]").first();
export const statusOf = (page) => page.locator("connect-x [part=status]").first();

/** A browser that lets no page open a window. */
export const blockWindows = (page) => page.evaluate(() => (globalThis.open = () => null));

/** The person is at X's window, or back at the page: however long this machine takes to move the focus. */
export const lookAtX = (page) => page.evaluate(() => dispatchEvent(new Event("blur")));
export const comeBack = (page) => page.evaluate(() => dispatchEvent(new Event("focus")));

/** A window that stays open after its work, so that it can be looked at. */
export const keepOpen = (popup) => popup.addInitScript(() => (globalThis.close = () => {}));

/** Resolves once the button is in this state, as a style sheet sees it. */
export const inState = (page, state) => page.locator(`connect-x:state(${state})`).first().waitFor();

/** Runs in the page: notes each event as it reaches the document, those that end an attempt by themselves. */
function recordEvents() {
  globalThis.ended = [];
  globalThis.heard = [];
  const ends = ["connected", "error", "cancelled"];
  for (const type of ["ready", "open", "authorizing", ...ends]) {
    addEventListener(type, (event) => {
      if (!(event instanceof CustomEvent)) return;
      const { detail, bubbles, composed, target } = event;
      const noted = { type, detail, bubbles, composed, target: target.localName, id: target.id };
      globalThis.heard.push(noted);
      if (ends.includes(type)) globalThis.ended.push(noted);
    });
  }
}

/** A page of the Worker's that does not load itself anew while it is looked at. */
export async function withoutRefresh(route) {
  const { port, pathname, search } = new URL(route.request().url());
  // Node does not know names under localhost, as browsers do.
  const response = await route.fetch({ url: `http://127.0.0.1:${port}${pathname}${search}` });
  const { refresh: _, ...headers } = response.headers();
  await route.fulfill({ response, headers });
}

/** Runs in the page: posts a start without saying where from. */
export function postHiddenStart({ action, ...fields }) {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  for (const [name, value] of Object.entries({ ...fields, code_challenge_method: "S256", display: "popup" })) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  const policy = Object.assign(document.createElement("meta"), { name: "referrer", content: "no-referrer" });
  document.head.append(policy);
  document.body.append(form);
  form.submit();
}
