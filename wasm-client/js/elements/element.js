/**
 * What the elements have in common: a page session, a shadow tree, words, states and events. Importing this file registers
 * nothing and touches no DOM.
 *
 * The body of an element is loaded by `load()`. Its function `show(given)` draws into `given.view`, and resolves, once all is
 * there, to a function that reads everything anew.
 */

import { emit, failure, told } from "../element-told.js";
import { pageSessionFor } from "../page-session.js";
import "../policy.js";
import { button, make } from "./make.js";
import { baseSheet, sheetOf } from "./style.js";
import { languageAt, WORDS } from "./words.js";

// A server that renders the page has no HTMLElement, and only needs the name.
const Base = globalThis.HTMLElement ?? class {};

const MOVES_MS = 1000;

export class XElement extends Base {
  static observedAttributes = ["session-url", "tenant-id", "lang"];

  #fetchSession;
  #labels;
  #root;
  #states;
  #run;
  #leaving;
  #refresh;

  // Accessors, as those of the button (connect-x-element.js).
  get fetchSession() {
    return this.#fetchSession;
  }

  set fetchSession(makeSession) {
    this.#fetchSession = makeSession;
  }

  get labels() {
    return this.#labels;
  }

  set labels(words) {
    this.#labels = words;
  }

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open" });
    this.#states = this.attachInternals().states;
    this.#root.adoptedStyleSheets = [baseSheet()];
  }

  connectedCallback() {
    clearTimeout(this.#leaving);
    if (!this.#run) this.#start();
  }

  /** An element that is back by then was moved. */
  disconnectedCallback() {
    this.#leaving = setTimeout(() => this.#stop(), MOVES_MS);
  }

  /** Another source of sessions may be another tenant: nothing stays. */
  attributeChangedCallback() {
    if (this.#run) this.#start();
  }

  async refresh() {
    await this.#refresh?.();
  }

  #stop() {
    this.#run?.abort();
    this.#run = this.#refresh = undefined;
  }

  async #start() {
    this.#stop();
    this.#run = new AbortController();
    const { signal } = this.#run;
    const texts = { ...WORDS[languageAt(this)], ...this.labels };
    this.#become("loading", make("p", { part: "loading", role: "status", class: "muted" }, texts.loading));
    // A framework sets properties right after it has made the element.
    await null;
    try {
      const session = pageSessionFor(this, this.getAttribute("session-url"), this.fetchSession);
      session.addEventListener("over", ({ detail }) => this.#fail(detail, texts, signal), { signal });
      const [{ show, css = "" }] = await Promise.all([this.load(), session.currentFor(this)]);
      signal.throwIfAborted();
      this.#root.adoptedStyleSheets = [baseSheet(), sheetOf(css)];
      await this.#show(show, session, signal);
    } catch (error) {
      await this.#fail(error, texts, signal);
    }
  }

  async #show(show, session, signal) {
    const view = make("div", { class: "stack", part: "view" });
    const language = languageAt(this);
    view.lang = language;
    const given = {
      host: this, view, session, signal, language, emit: (...event) => emit(this, ...event),
      textsOf: (all) => ({ ...WORDS[language], ...all[language], ...this.labels }),
      failure,
      // What ended the element has been told.
      explain: async (error) => (signal.aborted ? {} : told(this, error, language)),
    };
    this.#refresh = await show(given);
    signal.throwIfAborted();
    session.addEventListener("changed", () => this.refresh(), { signal });
    this.#become("ready", view);
    emit(this, "ready", {});
    failure().catch(() => {});
  }

  /** Shows nothing but that something is wrong, and the way to try again; and, of the same tenant, what a person has written. */
  async #fail(error, { again }, signal) {
    if (signal.aborted || this.#run?.signal !== signal) return;
    this.#run.abort();
    this.#refresh = undefined;
    const view = error.code !== "tenant_mismatch" && this.keepsView && this.#root.querySelector("[part=view]");
    if (view) view.inert = true;
    const { message } = await told(this, error, languageAt(this));
    const retry = button("retry", again, () => this.#start());
    this.#become("error", make("div", { class: "stack" }, view, make("p", { part: "problem", class: "problem", role: "alert" }, message), make("p", {}, retry)));
  }

  #become(state, ...shown) {
    this.#states.clear();
    this.#states.add(state);
    this.#root.replaceChildren(...shown);
  }
}
