/** The form of <x-composer>: its fields, and what it says. */

import { REPLIES } from "../posting/post.js";
import { button, make } from "./make.js";

const WHEN = ["now", "later", "draft"];

export class Form {
  parts = make("ol", { part: "parts" });
  poll = make("div");
  addPoll;
  node;
  #draft;
  #addPart;
  #replies;
  #when;
  #at;
  #time;
  #verdict = make("p", { part: "verdict", class: "problem", role: "status", dir: "auto" });
  #price = make("p", { part: "price", class: "muted" });
  #status = make("p", { part: "status", role: "status" });
  #submit = make("button", { part: "submit", class: "main" });

  constructor(draft, texts, acts) {
    this.#draft = draft;
    this.#addPart = button("add-part", texts.addPart, acts.addPart);
    this.addPoll = button("add-poll", texts.addPoll, acts.addPoll);
    const over = button("start-over", texts.startOver, acts.startOver);
    this.node = make("form", { part: "form", class: "stack", novalidate: true, onsubmit: (event) => this.#submitted(event, acts) },
      this.parts, make("p", { class: "row" }, this.#addPart, this.addPoll), this.poll, this.#fields(texts),
      this.#price, this.#verdict, this.#status, make("p", { class: "row" }, this.#submit, over));
  }

  #fields(texts) {
    const chosen = (name) => ({ currentTarget }) => this.#draft.changed({ [name]: currentTarget.value });
    this.#replies = make("select", { part: "replies", onchange: chosen("replies") }, REPLIES.map((value) => make("option", { value }, texts[value || "everyone"])));
    this.#when = make("select", { part: "when", onchange: chosen("when") }, WHEN.map((value) => make("option", { value }, texts[value])));
    this.#at = make("input", { part: "time", type: "datetime-local", oninput: chosen("at") });
    this.#time = labelled(texts.time, this.#at);
    return make("div", { part: "fields" }, labelled(texts.replies, this.#replies), labelled(texts.when, this.#when), this.#time);
  }

  #submitted(event, { submit }) {
    event.preventDefault();
    if (!this.#submit.disabled) submit();
  }

  /** With what the draft has. */
  fill() {
    [this.#replies.value, this.#when.value, this.#at.value] = [this.#draft.replies, this.#draft.when, this.#draft.at];
  }

  show({ verdict, price, act, isReady, isFull }) {
    this.#verdict.textContent = verdict;
    this.#price.textContent = price;
    this.#time.hidden = this.#draft.when !== "later";
    this.#submit.textContent = act;
    this.#submit.disabled = !isReady;
    this.#addPart.hidden = isFull;
    this.addPoll.hidden = Boolean(this.#draft.poll);
    this.#status.textContent = "";
  }

  wait(text) {
    this.#submit.disabled = true;
    this.say(text);
  }

  say(textContent, className = "") {
    Object.assign(this.#status, { className, textContent });
  }
}

const labelled = (label, field) => make("label", { class: "stack" }, label, field);
