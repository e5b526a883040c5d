/** <x-posts>: what is scheduled, and what became of what was sent. */

import { confirmed } from "./confirm.js";
import { button, make } from "./make.js";
import { isCancellable, isRetriable, stateOf } from "../posting/state.js";
import { POSTS_WORDS } from "./posts-words.js";

export const css = `
[part=filter][aria-pressed=true] { background: var(--_accent); color: var(--_on); border-color: var(--_accent) }
[part=text] { white-space: pre-wrap; overflow-wrap: anywhere; }
`;

const PAGE = 20;
/** While something is on its way. */
const EVERY_MS = 5000;
const QUERIES = { all: "", scheduled: "&status=pending&sort=scheduledAt&order=asc", failed: "&state=failed" };

const SAID_AS = { publishing: "queued" };

export async function show(given) {
  const { view, session, signal, language, emit } = given;
  const texts = given.textsOf(POSTS_WORDS);
  const { scopes = ["publish"] } = await session.current();
  const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const filters = Object.keys(QUERIES).map((name) => button("filter", texts[name], () => choose(name)));
  const list = make("ul", { part: "list", "aria-label": texts.posts });
  const empty = make("p", { part: "empty", class: "muted" }, make("slot", { name: "empty" }, texts.empty));
  const more = button("more", texts.more, () => load(true).catch(tell));
  const status = make("p", { part: "status", role: "status", class: "unseen" });
  let filter = "all";
  let posts = [];
  let after;
  let timer;
  signal.addEventListener("abort", () => clearTimeout(timer));
  view.append(make("slot", { name: "heading" }), make("div", { class: "row", role: "group", "aria-label": texts.posts }, filters), list, empty, more, status);

  const say = (text, isProblem) => Object.assign(status, { className: isProblem ? "problem" : "unseen", textContent: text });
  async function tell(error) {
    const { message } = await given.explain(error);
    if (message) say(message, true);
  }

  function choose(name) {
    filter = name;
    posts = [];
    return load().catch(tell);
  }

  /** The next page; without, all posts that are shown are read anew, and new ones. */
  async function load(isNext) {
    const asked = filter;
    const limit = isNext ? PAGE : Math.min(Math.max(posts.length, PAGE), 100);
    const cursor = isNext ? `&after=${encodeURIComponent(after)}` : "";
    const answer = await session.call("GET", `/v1/posts?limit=${limit}${QUERIES[asked]}${cursor}`, { signal });
    if (asked !== filter) return;
    posts = isNext ? [...posts, ...answer.posts] : answer.posts;
    after = answer.pagination.after;
    draw();
  }

  function draw() {
    filters.forEach((each, at) => each.setAttribute("aria-pressed", Object.keys(QUERIES)[at] === filter));
    const before = new Map([...list.children].map((row) => [row.dataset.looks, row]));
    list.replaceChildren(...posts.map((post) => before.get(looksOf(post)) ?? drawn(post)));
    list.hidden = posts.length === 0;
    empty.hidden = posts.length > 0;
    more.hidden = !after;
    clearTimeout(timer);
    if (posts.some((post) => ["queued", "publishing"].includes(stateOf(post)))) timer = setTimeout(refresh, EVERY_MS);
  }

  function refresh() {
    // A question that is being asked stays; so does a page that nobody sees.
    if (document.hidden || list.querySelector("[part=question]")) return void (timer = setTimeout(refresh, EVERY_MS));
    return load().catch(tell);
  }

  function drawn(post) {
    const state = stateOf(post);
    const when = post.scheduledAt ?? post.publishedAt ?? post.createdAt;
    const accounts = post.socialAccounts.map(({ username, platformPostUrl: url }) =>
      url ? make("a", { part: "link", href: url, target: "_blank", rel: "noopener noreferrer", dir: "ltr" }, `@${username}`) : make("span", { dir: "ltr" }, `@${username}`));
    const problems = [...new Set(post.socialAccounts.map(({ error }) => error).filter(Boolean))];
    return make("li", { part: "post", class: "card stack", "data-looks": looksOf(post), "data-state": state },
      make("p", { class: "row" }, make("b", { part: "state", class: ["failed", "partial", "held", "unknown"].includes(state) && "problem" }, texts[SAID_AS[state] ?? state] ?? state), make("time", { part: "time", class: "muted", datetime: when }, time.format(new Date(when)))),
      make("p", { part: "text", dir: "auto" }, post.containers.map(({ content }) => content).join("\n\n") || "…"),
      make("p", { part: "accounts", class: "row muted" }, accounts),
      problems.map((said) => make("p", { part: "reason", class: "problem", dir: "auto" }, said)),
      scopes.some((scope) => scope !== "accounts") && actionsOf(post));
  }

  function actionsOf(post) {
    const mayPublish = scopes.includes("publish");
    const cancel = isCancellable(post, mayPublish) && button("cancel", texts.cancel, () =>
      confirmed({ pressed: cancel, question: texts.sure, yes: texts.cancel, no: texts.keep, act: () => act(post, "DELETE", "", "post-cancelled", texts.deleted) }));
    const retry = mayPublish && isRetriable(post) && button("retry", texts.retry, () => {
      retry.disabled = true;
      return act(post, "POST", "/retry", "post-retried", texts.queued).finally(() => (retry.disabled = false));
    });
    return (cancel || retry) && make("p", { class: "row" }, retry, cancel);
  }

  /** A key for each press: a repeated one is the same call. */
  async function act(post, method, path, event, said) {
    try {
      const answer = await session.call(method, `/v1/posts/${post.id}${path}`, { key: method === "POST" ? crypto.randomUUID() : undefined });
      say(said);
      emit(event, { post: answer.post ?? post });
      await load();
      (list.querySelector("button") ?? filters[0]).focus();
    } catch (error) {
      await tell(error);
    }
  }

  await load();
  return refresh;
}

/** What of a post can be seen. */
const looksOf = ({ id, isDraft, scheduled, scheduledAt, approval, containers, socialAccounts }) =>
  JSON.stringify([id, isDraft, scheduled, scheduledAt, approval?.status, containers.map(({ content }) => content), socialAccounts.map(({ state, error, username }) => [state, error, username])]);
