/** What an element tells the page, and what it says of a problem: for the visitor, for the console, and for whoever listens. */

import { WORDS } from "./elements/words.js";

export const emit = (host, type, detail) => host.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));

/** The words of what has gone wrong: loaded once an element is ready, since whoever is offline loads nothing any more. */
export const failure = () => import("./elements-failure.js");

/** The visitor reads the sentence `message`; the console, and whoever listens, what was seen and what to do about it. */
export async function told(host, error, language) {
  const detail = await explained(error, language);
  console.error(`${host.localName}: ${detail.code}:`, detail.hint);
  emit(host, "error", detail);
  return detail;
}

/** `{code, message, retryable, hint}`. */
async function explained(error, language) {
  try {
    return await (await failure()).explain(error, language);
  } catch {
    return { code: "unreachable", message: WORDS[language].lost, retryable: true, hint: `${error.message}. Check the network.` };
  }
}
