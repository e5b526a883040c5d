/**
 * <connect-x>: a button that connects the visitor's X account (docs/API.md, section 3b; attributes, properties, events
 * and states in README.md). Importing this file registers nothing and touches no DOM.
 */

import { begin, loadAttempt } from "./begin.js";
import { ConnectXView } from "./connect-x-view.js";
import { keptFor } from "./kept.js";
import { labelsOf, languageOf } from "./labels.js";
import { refusalOf, sourceOf } from "./refusal.js";

// A server that renders the page has no HTMLElement, and only needs the name.
const Base = globalThis.HTMLElement ?? class {};

const MOVES_MS = 1000;

export class ConnectXElement extends Base {
  #fetchSession;
  #fetchPageSession;
  #labels;
  #root;
  #view;
  #states;
  #attempt;
  #leaving;
  #isReady;

  // Accessors: Svelte sets as properties only those that have a setter, and makes attributes of all others. What a page has
  // set before the element was defined is the element's own property, and stays.
  get fetchSession() {
    return this.#fetchSession;
  }

  set fetchSession(makeSession) {
    this.#fetchSession = makeSession;
  }

  get fetchPageSession() {
    return this.#fetchPageSession;
  }

  set fetchPageSession(makeSession) {
    this.#fetchPageSession = makeSession;
  }

  /** The site's own words by the names of ours. */
  get labels() {
    return this.#labels;
  }

  set labels(words) {
    this.#labels = words;
  }

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open", delegatesFocus: true });
    this.#states = this.attachInternals().states;
    const onPress = () => (this.#attempt ? this.#attempt.show() : this.#begin());
    const onCancel = () => this.#attempt?.cancel("dismissed");
    this.#view = new ConnectXView(this.#root, { onPress, onCancel });
  }

  connectedCallback() {
    clearTimeout(this.#leaving);
    this.#view.label(this.#allLabels());
    const kept = !this.#attempt && keptFor(this.id);
    if (kept) this.#begin(kept);
    const whenIdle = globalThis.requestIdleCallback ?? setTimeout;
    whenIdle(() => this.#load());
  }

  /** An element that is back by then was moved: by a framework that reorders, or keeps it for another view. */
  disconnectedCallback() {
    this.#leaving = setTimeout(() => this.#attempt?.cancel("removed"), MOVES_MS);
  }

  /** Before anybody presses the button. A failure says nothing: the press loads again, and reports. */
  async #load() {
    try {
      await (await loadAttempt()).prepare(this, this.#root);
    } catch {
      return;
    }
    if (this.#isReady) return;
    this.#isReady = true;
    if (!this.#states.size) this.#become("ready");
    this.#dispatch("ready", {});
  }

  /** Synchronous up to the open window. `kept` is what this tab has left for X with. */
  #begin(kept) {
    const labels = this.#allLabels();
    this.#view.label(labels);
    this.#attempt = begin({
      labels,
      kept,
      mode: this.getAttribute("mode") ?? "popup",
      source: sourceOf(this),
      refusal: kept ? undefined : refusalOf(this),
      elementId: this.id,
      root: this.#root,
      tell: (...told) => this.#become(...told),
    });
    this.#become("open");
    this.#attempt.outcome.then((outcome) => this.#end(outcome));
  }

  /** The button is ready for the next press before the page hears of this one. */
  #end({ type, detail, said = detail.message }) {
    this.#attempt = undefined;
    this.#become(type, said);
    this.#dispatch(type, detail);
  }

  /** `detail` is that of an event of the same name: what tells the page about the way. */
  #become(state, said, detail) {
    this.#states.clear();
    this.#states.add(state);
    this.#view.show(state, said);
    if (detail) this.#dispatch(state, detail);
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #allLabels() {
    return labelsOf(languageOf(this), this.labels);
  }
}
