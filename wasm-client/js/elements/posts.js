/** <x-posts>: what is scheduled, and what became of what was sent. */

import { stateOf } from "../posting/state.js";
import { button, make } from "./make.js";
import { postRow } from "./post-row.js";
import { POSTS_WORDS } from "./posts-words.js";

export const css = `
[part=filter][aria-pressed=true] { background: var(--_accent); color: var(--_on); border-color: var(--_accent) }
[part=text] { white-space: pre-wrap; overflow-wrap: anywhere; }
`;

const PAGE = 20;
/** While something is on its way. */
const EVERY_MS = 5000;
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
    const { session, signal } = this.#given;
    const asked = this.#filter;
    const limit = isNext ? PAGE : Math.min(Math.max(this.#posts.length, PAGE), 100);
    const cursor = isNext ? `&after=${encodeURIComponent(this.#after)}` : "";
    const { posts, pagination } = await session.call("GET", `/v1/posts?limit=${limit}${QUERIES[asked]}${cursor}`, { signal });
    if (asked !== this.#filter) return;
    this.#posts = isNext ? [...this.#posts, ...posts] : posts;
    this.#after = pagination.after;
    this.#draw();
  }

  #draw() {
    for (const each of this.#filters) each.setAttribute("aria-pressed", each.value === this.#filter);
    this.#rows = new Map(this.#posts.map((post) => this.#rowOf(post)));
    this.#list.replaceChildren(...this.#rows.values());
    this.#list.hidden = !this.#rows.size;
    this.#empty.hidden = this.#rows.size;
    this.#more.hidden = !this.#after;
    clearTimeout(this.#timer);
    if (this.#posts.some((post) => ["queued", "publishing"].includes(stateOf(post)))) this.#wait();
  }

  /** A row whose post has not changed stays as it is. The address of a file is another one each time. */
  #rowOf(post) {
    const looks = JSON.stringify(post, (name, value) => (name === "url" ? undefined : value));
    return [looks, this.#rows.get(looks) ?? postRow(post, this.#context)];
  }

  #wait() {
    this.#timer = setTimeout(() => this.refresh(), EVERY_MS);
  }

  /** A question that is being asked stays; so does a page that nobody sees. */
  refresh() {
    return document.hidden || this.#list.querySelector("[part=question]") ? this.#wait() : this.#read();
  }

  /** A key for each press: a repeated one is the same call. */
  async #act(post, method, path, event, said) {
    const { session, emit } = this.#given;
    try {
      const answer = await session.call(method, `/v1/posts/${post.id}${path}`, { key: method === "POST" ? crypto.randomUUID() : undefined });
      this.#say(said);
      emit(event, { post: answer.post ?? post });
      await this.load();
      (this.#list.querySelector("button") ?? this.#filters[0]).focus();
    } catch (error) {
      await this.#tell(error);
    }
  }
}
