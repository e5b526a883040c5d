/** <x-posts>: what is scheduled, and what became of what was sent. */

import { stateOf } from "../posting/state.js";
import { button, make, place } from "./make.js";
import { postRow } from "./post-row.js";
import { POSTS_WORDS } from "./posts-words.js";

export const css = `
[part=filter][aria-pressed=true] { background: var(--_accent); color: var(--_on); border-color: var(--_accent) }
@media (forced-colors: active) { [aria-pressed=true] { border: 4px double } }
[part=text] { white-space: pre-wrap; overflow-wrap: anywhere; }
`;

const PAGE = 20;
/** How long until the list is read anew, while a post is in such a state. */
const EVERY_MS = { queued: 5000, publishing: 5000, waiting_for_approval: 20_000 };
const QUERIES = { all: "", scheduled: "&status=pending&sort=scheduledAt&order=asc", failed: "&state=failed" };

export async function show(given) {
  const { scopes = ["publish"] } = await given.session.current();
  const posts = new Posts(given, scopes);
  await posts.load();
  return () => posts.refresh();
}

class Posts {
  #given;
  /** What a row needs. */
  #context;
  #filters;
  #list;
  #empty;
  #more;
  #status = make("p", { part: "status", role: "status" });
  #filter = "all";
  #posts = [];
  #rows = new Map();
  #after;
  #timer;

  constructor(given, scopes) {
    const texts = given.textsOf(POSTS_WORDS);
    texts.publishing = texts.queued;
    const time = new Intl.DateTimeFormat(given.language, { dateStyle: "medium", timeStyle: "short" });
    this.#given = given;
    this.#context = { texts, time, scopes, act: (...action) => this.#act(...action) };
    this.#filters = Object.keys(QUERIES).map((name) => button("filter", texts[name], () => this.#choose(name), { value: name }));
    this.#list = make("ul", { part: "list", "aria-label": texts.posts });
    this.#empty = make("p", { part: "empty", class: "muted" }, make("slot", { name: "empty" }, texts.empty));
    this.#more = button("more", texts.more, () => this.#read(true));
    const filters = make("div", { class: "row", role: "group", "aria-label": texts.posts }, this.#filters);
    given.view.append(make("slot", { name: "heading" }), filters, this.#list, this.#empty, this.#more, this.#status);
    given.signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  #read(isNext) {
    return this.load(isNext).catch((error) => this.#tell(error));
  }

  async #tell(error) {
    const { message } = await this.#given.explain(error);
    if (message) this.#say(message, "problem");
  }

  #say(textContent, className = "unseen") {
    Object.assign(this.#status, { className, textContent });
  }

  #choose(name) {
    this.#filter = name;
    this.#posts = [];
    return this.#read();
  }

  /** The next page; without, all posts that are shown are read anew, and new ones. */
  async load(isNext) {
    const asked = this.#filter;
    const [posts, after] = await this.#pages(QUERIES[asked], isNext ? PAGE : Math.max(this.#posts.length, PAGE), isNext && this.#after);
    await this.#learn(posts);
    if (asked !== this.#filter) return;
    this.#posts = isNext ? [...this.#posts, ...posts] : posts;
    this.#after = after;
    this.#draw();
  }

  /** So many posts behind `after`, as often as it takes to ask for them. */
  async #pages(query, wanted, after) {
    const { session, signal } = this.#given;
    const cursor = after ? `&after=${encodeURIComponent(after)}` : "";
    const { posts, pagination } = await session.call("GET", `/v1/posts?limit=${Math.min(wanted, 100)}${query}${cursor}`, { signal });
    if (wanted <= 100 || !pagination.after) return [posts, pagination.after];
    const [others, last] = await this.#pages(query, wanted - 100, pagination.after);
    return [[...posts, ...others], last];
  }

  /** Most lists have no post that went otherwise than planned, and load no words for one. */
  async #learn(posts) {
    const { failure, language } = this.#given;
    const { texts, reasonsOf } = this.#context;
    if (reasonsOf || posts.every((post) => texts[stateOf(post)] && !post.socialAccounts.some(({ error }) => error))) return;
    const found = await failure().catch(() => undefined);
    if (found) Object.assign(this.#context, { texts: { ...found.troubleWords(language), ...texts }, reasonsOf: found.reasonsOf });
  }

  #draw() {
    for (const each of this.#filters) each.setAttribute("aria-pressed", each.value === this.#filter);
    this.#rows = new Map(this.#posts.map((post) => this.#rowOf(post)));
    place(this.#list, [...this.#rows.values()]);
    this.#empty.hidden = this.#rows.size;
    this.#more.hidden = !this.#after;
    this.#wait();
  }

  /** A row whose post has not changed stays as it is. The address of a file is another one each time. */
  #rowOf(post) {
    const looks = JSON.stringify(post, (name, value) => (name === "url" ? undefined : value));
    return [looks, this.#rows.get(looks) ?? postRow(post, this.#context)];
  }

  #wait() {
    clearTimeout(this.#timer);
    const soonest = Math.min(...this.#posts.map((post) => EVERY_MS[stateOf(post)] ?? Infinity));
    if (soonest < Infinity) this.#timer = setTimeout(() => this.refresh(), soonest);
  }

  /** A question that is being asked stays; so does a page that nobody sees. */
  refresh() {
    return document.hidden || this.#list.querySelector("[part=question]") ? this.#wait() : this.#read();
  }

  /** A key for each press: a repeated one is the same call. The person stays where the post is, or was. */
  async #act(post, method, path, event, said) {
    const { session, emit } = this.#given;
    try {
      const answer = await session.call(method, `/v1/posts/${post.id}${path}`, { key: method === "POST" ? crypto.randomUUID() : undefined });
      this.#say(said);
      emit(event, { post: answer.post ?? post });
      const at = this.#posts.findIndex(({ id }) => id === post.id);
      await this.load();
      (this.#list.children[at] ?? this.#list.lastElementChild ?? this.#filters[0]).focus();
    } catch (error) {
      await this.#tell(error);
    }
  }
}
