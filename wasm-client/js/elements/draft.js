/**
 * A post that is being written: kept in this tab until it is sent, so that neither a reload nor a lost answer takes it. Each
 * change is another intent: sending again what did not change is the same call under the same key, and posts once.
 */

import { isPast, isSending, newPart, withFilesThatAreThere } from "../posting/post.js";

const empty = () => ({ parts: [newPart()], accounts: undefined, replies: "", poll: undefined, when: "now", at: "", intent: crypto.randomUUID() });

/** The draft of this tenant and element. `onChange` hears of each change. */
export class Draft {
  #key;
  #onChange;

  constructor(key, onChange) {
    this.#key = key;
    this.#onChange = onChange;
    Object.assign(this, empty(), kept(key));
  }

  /** Called after each change of a field, or of what is in one. */
  changed(fields) {
    Object.assign(this, fields, { intent: crypto.randomUUID() });
    keep(this.#key, this);
    this.#onChange();
  }

  /** The next one. */
  forget() {
    Object.assign(this, empty());
    keep(this.#key, this);
    this.#onChange();
  }

  /** Nothing is refused yet of what is not there yet. */
  get isUnfinished() {
    return this.parts.some(({ text, media }) => !text.trim() && media.length === 0) || isSending(this) || this.poll?.options.some((option) => !option.trim());
  }

  /** What it says, as the API has it. */
  get content() {
    const containers = this.parts.map(({ text, media }) => ({ content: text, ...(media.length > 0 && { media: media.map(({ id, alt }) => ({ id, ...(alt && { altText: alt }) })) }) }));
    const x = { ...(this.replies && { reply_settings: this.replies }), ...(this.poll && { poll: this.poll }) };
    return { containers, ...(Object.keys(x).length > 0 && { x }) };
  }

  /** The body of `POST /v1/posts`. */
  bodyFor(accounts) {
    const time = this.when !== "now" && this.at && { scheduledAt: new Date(this.at).toISOString() };
    return { accounts, ...this.content, ...time, ...(this.when === "draft" && { isDraft: true }) };
  }

  /** A post that is given a time waits for it: a time that has passed is a slip. */
  get isPast() {
    return this.when === "later" && this.at !== "" && isPast(this.at);
  }
}

/** Files that were still on their way are gone with the page. */
function kept(key) {
  try {
    const draft = JSON.parse(sessionStorage.getItem(key));
    return { ...draft, parts: withFilesThatAreThere(draft.parts) };
  } catch {
    return undefined;
  }
}

function keep(key, { parts, accounts, replies, poll, when, at, intent }) {
  const files = (media) => media.map(({ id, key, name, alt, state }) => ({ id, key, name, alt, state }));
  try {
    sessionStorage.setItem(key, JSON.stringify({ parts: parts.map((part) => ({ ...part, media: files(part.media) })), accounts, replies, poll, when, at, intent }));
  } catch {
    // A page that may keep nothing still writes posts.
  }
}
