/** One file of a post: how far it is, and what it shows. */

import { problem } from "../page-session.js";
import { upload } from "../posting/upload.js";
import { button, make } from "./make.js";

export class FileRow {
  node;
  #medium;
  #progress;
  #said = make("p", { class: "problem", role: "alert" });

  constructor(medium, texts, { onAlt, onRemove }) {
    const { name } = medium;
    this.#medium = medium;
    this.#progress = make("progress", { part: "progress", max: 1, value: 0, "aria-label": name });
    const alt = make("input", { part: "alt", maxlength: 1000, dir: "auto", oninput: () => onAlt(void (medium.alt = alt.value)) });
    alt.value = medium.alt;
    const leave = button("remove", texts.remove, onRemove, { "aria-label": `${texts.remove}: ${name}` });
    this.node = make("li", { part: "file", class: "stack" },
      make("p", { class: "row" }, make("span", { class: "grow", dir: "auto" }, name), leave),
      this.#progress, this.#said, make("label", { class: "stack" }, texts.alt, alt));
  }

  async send(file, { session, explain }) {
    try {
      this.ready(await upload(sender(session), file, (share) => (this.#progress.value = share)));
    } catch (error) {
      const { message } = await explain(error);
      this.#ended({ state: "failed" });
      this.#said.textContent = message;
    }
  }

  ready(id) {
    this.#ended({ id, state: "ready" });
  }

  #ended(fields) {
    Object.assign(this.#medium, fields);
    this.#progress.hidden = true;
  }
}

/** The page's token makes the calls; the address of the bytes needs none. */
const sender = (session) => ({
  post: (path, body) => session.call("POST", path, { body }),
  failed: ({ status, ...facts }) => problem(status === 0 ? "unanswered" : (facts.body?.code ?? "unexpected_answer"), { method: "PUT", status, ...facts }),
});
