/** Pages that hold the elements beside the button, under a strict policy, and what their tests share. */

import assert from "node:assert/strict";
import { onePage } from "./stage.mjs";

const TRUSTED_TYPES = `<meta http-equiv="Content-Security-Policy" content="require-trusted-types-for 'script'; trusted-types 'none'">`;

/** Notes every event of the elements, as it reaches the document. A file of the site, since its policy takes no script in the page. */
const RECORDER = `
globalThis.told = [];
for (const type of ["ready", "error", "connected", "cancelled", "disconnected", "post-created", "post-cancelled", "post-retried"]) {
  addEventListener(type, ({ target, detail, bubbles, composed }) => {
    if (target.localName) told.push({ type, of: target.localName, detail, bubbles, composed });
  }, true);
}`;

/** A page of Acme with `body` in it. Its server gives page sessions at /api/x/page. */
export function elementsPage(body, { script = '<script type="module" src="{{worker}}/elements.js"></script>', head = "" } = {}) {
  return {
    ...onePage(body, { head: `${TRUSTED_TYPES}<meta name="viewport" content="width=device-width"><script src="/told.js"></script><link rel="stylesheet" href="/page.css">${head}`, script }),
    "/told.js": [RECORDER, "text/javascript"],
    "/page.css": [":root { color-scheme: light dark; background: Canvas } body { font: 16px system-ui; margin: 16px }", "text/css"],
  };
}

export const elementOf = (name, attributes = "") => `<${name} session-url="/api/x/page" ${attributes}></${name}>`;

/** The events so far of this type. */
export const toldOf = (page, type) => page.evaluate((type) => globalThis.told.filter((event) => event.type === type), type);

/** Resolves to the first event of this type, once it is there. */
export async function told(page, type, count = 1) {
  await page.waitForFunction(([type, count]) => globalThis.told.filter((event) => event.type === type).length >= count, [type, count]);
  return (await toldOf(page, type)).at(-1);
}

/** The page's element in its state, as a style sheet sees it. */
export const inStateOf = (page, name, state) => page.locator(`${name}:state(${state})`).first().waitFor();

/** The site answers page sessions with these scopes alone. */
export async function scopedPage({ api, acme, tenant, context }, scopes) {
  const answer = await api.post("/v1/page-sessions", { origin: acme.origin, tenant_id: tenant, scopes });
  await context.route("**/api/x/page", (route) => route.fulfill({ json: answer.body.data }));
  return answer.body.data;
}

/** Nothing is cut off at the side. With PICTURES=folder also a picture in light and in dark, to be looked at. */
export async function picture(page, name) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${name}: ${content} px in ${window}`);
  if (!process.env.PICTURES) return;
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${process.env.PICTURES}/${name}-${colorScheme}.png`, fullPage: true });
  }
}
