// HTML with every value escaped, and the one shell that all pages share. No script anywhere.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as reply from "./reply.mjs";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
export const escapeHtml = (value) => String(value).replace(/[&<>"']/g, (found) => ESCAPES[found]);

/** Text that is HTML already, made only by the `html` tag below. */
class Markup {
  constructor(text) {
    this.text = text;
  }
}

const markup = (value) => {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(markup).join("");
  return value === null || value === undefined || value === false ? "" : escapeHtml(value);
};

export const html = (strings, ...values) =>
  new Markup(strings.reduce((text, part, index) => text + markup(values[index - 1]) + part));

/** The tint follows the id, so that one user looks the same everywhere. */
const TINTS = ["#7a4fd0", "#1f7a6d", "#b4552d", "#2b62b8", "#a13670", "#5d6b1d"];
const tintNumber = (user) => Number(user.id.at(-1)) % TINTS.length;
export const tint = (user) => TINTS[tintNumber(user)];

const STYLE =
  readFileSync(new URL("./style.css", import.meta.url), "utf8") +
  TINTS.map((colour, number) => `.tint${number} { background: ${colour}; }\n`).join("");
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/**
 * `form-action` is left open: Chromium applies it to the whole chain of redirects after a form, and the consent form
 * leads to the app's callback and wherever that leads.
 */
const CSP = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "img-src data:",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** X's pages cut `window.opener`: a popup that came here cannot talk to the page that opened it. */
const HEADERS = {
  "content-security-policy": CSP,
  "cross-origin-opener-policy": "same-origin-allow-popups",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

export function page(status, title, body) {
  const text = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header class="top"><a class="mark" href="/">X stand-in</a></header>
<main>${body}</main>
<footer>A stand-in for tests and local development. Nothing here reaches X.</footer>
</body>
</html>
`.text;
  return reply.html(status, text, HEADERS);
}

/** A disc with the user's initial. */
export const avatar = (user) =>
  html`<span class="avatar tint${tintNumber(user)}" aria-hidden="true">${[...user.name][0]}</span>`;
