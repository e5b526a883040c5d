/** What an element tells the page, and what it says of a problem: for the visitor, for the console, and for whoever listens. */

import { WORDS } from "./elements/words.js";

export const emit = (host, type, detail) => host.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));

/** What is loaded once something has gone wrong. */
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
    return { code: error.code ?? "unreachable", message: WORDS[language].broken, retryable: true, hint: `${error.message}` };
  }
}
