/** One part of a thread: its text as X counts it, its place, and its files. */

import { isMedia, OFFERED } from "../posting/upload.js";
import { FileRow } from "./composer-file.js";
import { button, make } from "./make.js";

export class PartRow {
  node;
  #part;
  #context;
  #label;
  #text;
  #counter;
  #files = make("ul", { part: "files" });
  #chooser = make("input", { type: "file", hidden: true, multiple: true, accept: OFFERED, onchange: () => this.#choose() });
  #up;
  #down;
  #leave;

  /** `context` is what the element is given, the draft, and `remove()` and `move(by)`. */
  constructor(part, context) {
    const { texts, remove, move } = context;
    const id = `text-${part.key}`;
    this.#part = part;
    this.#context = context;
    this.#label = make("label", { for: id });
    this.#counter = make("span", { part: "count", id: `${id}-count`, class: "muted" });
    this.#text = make("textarea", { part: "text", id, rows: 4, dir: "auto", "aria-describedby": this.#counter.id, oninput: () => this.#typed(), onpaste: (event) => this.#taken(event, event.clipboardData) });
    this.#text.value = part.text;
    this.#up = button("up", "↑", () => move(-1));
    this.#down = button("down", "↓", () => move(1));
    this.#leave = button("remove", texts.remove, remove);
    this.node = this.#drawn(texts);
    for (const medium of part.media) this.#show(medium).ready(medium.id);
  }

  #drawn({ addMedia }) {
    const head = make("p", { class: "row" }, make("span", { class: "grow" }, this.#label), this.#up, this.#down, this.#leave);
    const add = button("add-media", addMedia, () => this.#chooser.click());
    const foot = make("p", { class: "row" }, add, this.#chooser, make("span", { class: "grow" }), this.#counter);
    const listeners = { ondragover: (event) => event.preventDefault(), ondrop: (event) => this.#taken(event, event.dataTransfer) };
    return make("li", { part: "part", class: "card stack", ...listeners }, head, this.#text, this.#files, foot);
  }

  focus() {
    this.#text.focus();
  }

  /** On the button that has moved the part, or on the other one at the end of the way. */
  focusMove(by) {
    const [pressed, other] = by < 0 ? [this.#up, this.#down] : [this.#down, this.#up];
    (pressed.disabled ? other : pressed).focus();
  }

  /** Its place among `count`. */
  name(at, count) {
    const { texts } = this.#context;
    const isAlone = count === 1;
    this.#label.textContent = isAlone ? texts.text : texts.part.replace("{}", at + 1);
    this.#up.disabled = at === 0;
    this.#down.disabled = at === count - 1;
    for (const [made, words] of [[this.#up, texts.up], [this.#down, texts.down], [this.#leave, texts.remove]]) {
      made.hidden = isAlone;
      made.setAttribute("aria-label", `${words}: ${this.#label.textContent}`);
    }
  }

  /** What the composer says of it. */
  count({ remaining } = {}) {
    const { left, over } = this.#context.texts;
    const isOver = remaining < 0;
    this.#counter.textContent = remaining === undefined ? "" : (isOver ? over : left).replace("{}", Math.abs(remaining));
    this.#counter.className = isOver ? "problem" : "muted";
    this.#text.setAttribute("aria-invalid", isOver);
  }

  #typed() {
    this.#part.text = this.#text.value;
    this.#context.draft.changed();
  }

  #choose() {
    this.#take(this.#chooser.files);
    this.#chooser.value = "";
  }

  #taken(event, { files }) {
    if (files.length === 0) return;
    event.preventDefault();
    this.#take(files);
  }

  #take(files) {
    for (const file of [...files].filter(isMedia)) this.#add({ key: crypto.randomUUID(), name: file.name, alt: "", state: "sending" }, file);
  }

  #add(medium, file) {
    this.#part.media.push(medium);
    const sent = this.#show(medium).send(file, this.#context);
    this.#context.draft.changed();
    sent.then(() => this.#context.draft.changed());
  }

  #show(medium) {
    const { texts, draft } = this.#context;
    const row = new FileRow(medium, texts, { onAlt: () => draft.changed(), onRemove: () => this.#drop(medium, row) });
    this.#files.append(row.node);
    return row;
  }

  #drop({ key }, { node }) {
    this.#part.media = this.#part.media.filter((medium) => medium.key !== key);
    node.remove();
    this.#context.draft.changed();
    this.focus();
  }
}
