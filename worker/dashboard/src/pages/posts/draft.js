/** A post that is being written: kept in this browser until it is sent, so that neither a reload nor a lost answer takes it. */

import { useLayoutEffect, useState } from "preact/hooks";
import { isPast, newPart, withFilesThatAreThere } from "../../../../../wasm-client/js/posting/post.js";
import { meant, meantToCome, toLocal } from "./time.js";

const KEPT_AS = "post-being-written";

const empty = () => ({ parts: [newPart()], accounts: undefined, replies: "", poll: undefined, when: "now", at: "", intent: crypto.randomUUID() });

/** A post of the API as the composer has it. What the composer has no field for stays beside its fields, and goes back with them. */
const draftOf = (post) => ({
  ...empty(),
  stored: post,
  parts: post.containers.map(partOf),
  replies: post.x?.reply_settings ?? "",
  poll: post.x?.poll,
  when: post.isDraft ? "draft" : post.scheduledAt ? "later" : "now",
  at: post.scheduledAt ? toLocal(post.scheduledAt) : "",
});

const partOf = ({ id: _, weighted_length: __, content, media, ...others }) => ({ ...newPart(content), others, media: media.map(fileOf) });

/** Of an upload the address is one to read it by, for an hour. */
function fileOf({ url, altText, ...others }) {
  const named = others.id ? others : { ...others, url };
  return { key: crypto.randomUUID(), others: named, name: others.filename ?? "file", alt: altText ?? "", state: "ready" };
}

/**
 * `[draft, change, forget]` of a stored post, or of the new one that is being written. `change(fields)` or `change(draft => fields)`. Each change is another intent: sending again
 * what did not change is the same call under the same key (docs/API.md, section 1), and posts once.
 */
export function useDraft(stored, session) {
  const owner = ownerOf(session);
  const [draft, setDraft] = useState(() => (stored ? draftOf(stored) : (kept(owner) ?? empty())));
  // Before the next frame: a page that is left at once has kept it.
  useLayoutEffect(() => {
    if (!stored) keep(draft, owner);
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
    const parts = withFilesThatAreThere(draft.parts);
    const accounts = draft.accounts?.every(({ id }) => id) ? draft.accounts : undefined;
    return { ...empty(), ...draft, parts, accounts };
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
function timeOf({ when, at, stored }) {
  if (when === "now" || !at) return null;
  if (when === "later") return meantToCome(at, stored?.scheduledAt);
  const time = meant(at, stored?.scheduledAt);
  return isPast(time) ? null : time;
}

/** What it says, as the API has it. */
export function contentOf({ parts, replies, poll, stored }) {
  const { reply_settings: _, poll: __, ...others } = stored?.x ?? {};
  const containers = parts.map(({ text, media, others }) => ({ ...others, content: text, ...(media.length > 0 && { media: media.map(mediumOf) }) }));
  return { containers, x: { ...others, ...(replies && { reply_settings: replies }), ...(poll && { poll }) } };
}

const mediumOf = ({ id, others, alt }) => ({ ...(others ?? { id }), ...(alt && { altText: alt }) });

/** The body of `POST /v1/posts`. */
export function bodyOf(draft) {
  const { containers, x } = contentOf(draft);
  return {
    accounts: draft.accounts ?? [],
    containers,
    ...(Object.keys(x).length > 0 && { x }),
    ...(draft.when !== "now" && { scheduledAt: timeOf(draft), isDraft: draft.when === "draft" }),
  };
}

/** The body of `PATCH /v1/posts/{id}`: the fields that are others than those of the stored post. Absent fields stay. */
export function changeOf(draft) {
  const { stored } = draft;
  const before = { ...contentOf(draftOf(stored)), scheduledAt: stored.scheduledAt, isDraft: stored.isDraft };
  const after = { ...contentOf(draft), scheduledAt: timeOf(draft), isDraft: draft.when === "draft" };
  const isOther = ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]);
  return Object.fromEntries(Object.entries(after).filter(isOther));
}
