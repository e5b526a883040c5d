/** A post that is being written: kept in this browser until it is sent, so that neither a reload nor a lost answer takes it. */

import { useLayoutEffect, useState } from "preact/hooks";
import { fromLocal, isPast, toLocal } from "./words.js";

const KEPT_AS = "post-being-written";

export const newPart = (text = "") => ({ key: crypto.randomUUID(), text, media: [] });
const empty = () => ({ parts: [newPart()], accounts: undefined, replies: "", poll: undefined, when: "now", at: "", intent: crypto.randomUUID() });

/** A post of the API as the composer has it. */
export const draftOf = ({ containers, x, isDraft, scheduledAt }) => ({
  ...empty(),
  parts: containers.map(({ content, media }) => ({
    ...newPart(content),
    media: media.map(({ id, url, filename, altText }) => ({ key: crypto.randomUUID(), id, url, name: filename ?? "file", alt: altText ?? "", state: "ready" })),
  })),
  replies: x?.reply_settings ?? "",
  poll: x?.poll,
  when: isDraft ? "draft" : "later",
  at: scheduledAt ? toLocal(scheduledAt) : "",
  /** What the composer has no field for stays as it is. */
  x,
});

/**
 * `[draft, change, forget]`. `change(fields)` or `change(draft => fields)`. Each change is another intent: sending again
 * what did not change is the same call under the same key (docs/API.md, section 1), and posts once.
 */
export function useDraft(given, session) {
  const owner = ownerOf(session);
  const [draft, setDraft] = useState(() => given ?? kept(owner) ?? empty());
  // Before the next frame: a page that is left at once has kept it.
  useLayoutEffect(() => {
    if (!given) keep(draft, owner);
  }, [draft]);
  const change = (fields) =>
    setDraft((draft) => ({ ...draft, ...(typeof fields === "function" ? fields(draft) : fields), intent: crypto.randomUUID() }));
  const forget = () => {
    forgetDraft();
    setDraft(empty());
  };
  return [draft, change, forget];
}

/** Whoever signs out leaves nothing to the next person at this browser. */
export function forgetDraft() {
  try {
    localStorage.removeItem(KEPT_AS);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

/** A session may end without anybody signing out; the draft is then its writer's alone. */
const ownerOf = ({ key_id: key, tenant_id: tenant }) => [key, tenant].join();

/** Files that were still on their way are gone with the page. */
function kept(owner) {
  try {
    const { owner: writer, ...draft } = JSON.parse(localStorage.getItem(KEPT_AS)) ?? {};
    if (writer !== owner || !Array.isArray(draft.parts)) return undefined;
    const parts = draft.parts.map((part) => ({ ...part, media: part.media.filter(({ state }) => state === "ready") }));
    return { ...empty(), ...draft, parts };
  } catch {
    return undefined;
  }
}

function keep(draft, owner) {
  const parts = draft.parts.map((part) => ({ ...part, media: part.media.map(({ file, picture, ...rest }) => rest) }));
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify({ ...draft, parts, owner }));
  } catch {
    // A browser that keeps nothing still writes posts.
  }
}

/** When it leaves. A draft may have been given a time that has passed since: it has none then. */
const timeOf = ({ when, at }) => (when === "now" || !at || (when === "draft" && isPast(at)) ? null : fromLocal(at));

/** The body of `POST /v1/posts`, or with `isChange` of `PATCH`, which has no accounts. */
export function bodyOf({ parts, accounts, replies, poll, when, at, x }, { isChange = false } = {}) {
  const containers = parts.map(({ text, media }) => ({
    content: text,
    ...(media.length > 0 && { media: media.map(({ id, url, alt }) => ({ ...(id ? { id } : { url }), ...(alt && { altText: alt }) })) }),
  }));
  const { reply_settings: _, poll: __, ...others } = x ?? {};
  const options = { ...others, ...(replies && { reply_settings: replies }), ...(poll && { poll }) };
  return {
    ...(!isChange && { accounts: accounts ?? [] }),
    containers,
    ...((isChange || Object.keys(options).length > 0) && { x: options }),
    ...((isChange || when !== "now") && { scheduledAt: timeOf({ when, at }), isDraft: when === "draft" }),
  };
}
