/**
 * The account beside a button that has a page session (README.md, "With a page session"): whose it is, how it stands, and what
 * to do about it. A connect session's token never leads here.
 */

import { emit, told } from "../element-told.js";
import { pageSessionFor, problem } from "../page-session.js";
import { accountRow, buttonSheet, severalRow, troubleRow } from "./button-view.js";
import { wordsOf } from "./button-words.js";
import { ACCOUNTS } from "./connector.js";
import { make } from "./make.js";
import { languageAt } from "./words.js";

const managed = new WeakMap();

/** Called each time that the button is on the page. `root` is the button's shadow tree. */
export function manage(host, root) {
  if (!managed.has(host)) managed.set(host, new ButtonAccount(host, root));
  return managed.get(host).start();
}

/** Another one of these is another account, or another tenant: nothing stays. */
const HEEDED = ["page-session-url", "tenant-id", "reconnect-account-id"];

class ButtonAccount {
  #host;
  #root;
  #run;
  #session;
  #found = {};
  #looks;
  /** The account that this button has connected. */
  #id;
  #place = make("div", { class: "account" });
  #status = make("div", { part: "account-status", role: "status", class: "unseen" });

  constructor(host, root) {
    this.#host = host;
    this.#root = root;
    root.adoptedStyleSheets.push(buttonSheet());
    root.append(this.#place, this.#status);
    new MutationObserver(() => this.#startAnew()).observe(host, { attributes: true, attributeFilter: HEEDED });
    host.addEventListener("connected", ({ detail }) => this.#connected(detail));
    for (const type of ["cancelled", "error"]) host.addEventListener(type, () => this.#draw());
  }

  async start() {
    this.#run?.abort();
    this.#run = new AbortController();
    const { signal } = this.#run;
    try {
      this.#session = pageSessionFor(this.#host, this.#host.getAttribute("page-session-url"), this.#host.fetchPageSession);
      this.#session.addEventListener("over", ({ detail }) => this.#fail(detail, signal), { signal });
      this.#session.addEventListener("changed", () => this.#refresh(signal), { signal });
      const { scopes = ["accounts"] } = await this.#session.currentFor(this.#host);
      if (!scopes.includes("accounts")) throw problem("insufficient_key_scope");
      await this.#read(signal);
    } catch (error) {
      await this.#fail(error, signal);
    }
  }

  #startAnew() {
    this.#clear();
    this.start();
  }

  #clear() {
    this.#found = {};
    this.#id = undefined;
    this.#draw();
  }

  /** A button that has left the page hears of nothing any more. */
  async #refresh(signal) {
    if (!this.#host.isConnected) return this.#run.abort();
    return this.#read(signal).catch((error) => this.#fail(error, signal));
  }

  /** What the button shows is what the API says by the page's token, and nothing that came by another way. */
  async #read(signal) {
    const found = await this.#named(this.#id ?? this.#host.getAttribute("reconnect-account-id"), signal) ?? (await this.#only(signal));
    if (signal.aborted) return;
    this.#found = found;
    this.#draw();
  }

  async #named(id, signal) {
    if (!id) return undefined;
    try {
      const { data } = await this.#session.call("GET", `${ACCOUNTS}/${encodeURIComponent(id)}`, { signal });
      if (data.status !== "disconnected") return { account: data };
    } catch (error) {
      if (error.code !== "not_found") throw error;
    }
    return id === this.#id ? (this.#id = undefined) : {};
  }

  /** Of the tenant, where nobody says which. */
  async #only(signal) {
    const { data, count } = await this.#session.call("GET", `${ACCOUNTS}?network=x&limit=1`, { signal });
    return count > 1 ? { count } : { account: data.find(({ status }) => status !== "disconnected") };
  }

  #connected({ account }) {
    this.#id = account.id;
    this.#session?.changed("accounts");
  }

  /** Not while X is asked, whose button stays. What has not changed stays as it is: a window may be open for it, or a question. */
  #draw() {
    const { account, count } = this.#found;
    const looks = JSON.stringify([account?.id, account?.username, account?.status, count]);
    if (looks === this.#looks || this.#row.querySelector("[aria-busy=true]")) return;
    this.#looks = looks;
    if (account) this.#show(true, accountRow(this.#given, account, () => this.#disconnect(account)));
    else this.#show(false, count && severalRow(this.#given, count));
  }

  get #row() {
    return this.#root.firstElementChild;
  }

  /** A person whose button goes away finds the one in its place. */
  #show(isInPlace, row) {
    const { activeElement } = this.#root;
    const had = this.#row.contains(activeElement) || this.#place.contains(activeElement);
    this.#row.hidden = isInPlace;
    this.#place.replaceChildren(...(row ? [row] : []));
    if (had) (isInPlace ? this.#place : this.#row).querySelector("button, [part=connect]").focus();
  }

  async #disconnect(account) {
    const { signal } = this.#run;
    try {
      await this.#session.call("DELETE", `${ACCOUNTS}/${account.id}`);
      this.#id = undefined;
      this.#say(this.#given.texts.gone.replace("{}", account.username), "unseen");
      emit(this.#host, "disconnected", { account });
      this.#session.changed("accounts");
    } catch (error) {
      if (signal.aborted) return;
      const { message } = await told(this.#host, error, this.#given.language);
      this.#say(message, "problem");
    }
  }

  /** Shows nothing but the plain button, that something is wrong, and the way to try again. */
  async #fail(error, signal) {
    if (signal.aborted) return;
    this.#run.abort();
    this.#clear();
    const { language, texts } = this.#given;
    const { message } = await told(this.#host, error, language);
    this.#show(false, troubleRow(texts, message, () => this.start()));
    this.#looks = undefined;
  }

  #say(textContent, className) {
    Object.assign(this.#status, { textContent, className });
  }

  get #given() {
    const language = languageAt(this.#host);
    return { host: this.#host, session: this.#session, language, texts: wordsOf(language, this.#host.labels) };
  }
}
