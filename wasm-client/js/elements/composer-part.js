/** One part of a thread: its text as X counts it, and its files. */

import { problem } from "../page-session.js";
import { isMedia, OFFERED, upload } from "../posting/upload.js";
import { button, make } from "./make.js";

/** `{row, name, count}`: `name` is told of the part's place, `count` of what the composer says of it. */
export function partRow(part, { draft, texts, session, explain, remove }) {
  const id = `text-${part.key}`;
  const label = make("label", { for: id });
  const counter = make("span", { part: "count", id: `${id}-count`, class: "muted" });
  const files = make("ul", { part: "files" });
  const text = make("textarea", { part: "text", id, rows: 4, dir: "auto", "aria-describedby": counter.id, oninput: () => draft.changed(void (part.text = text.value)) });
  const chooser = make("input", { type: "file", hidden: true, multiple: true, accept: OFFERED, onchange: () => take(chooser.files) });
  const leave = button("remove", texts.remove, remove);
  text.value = part.text;

  const take = (list) => {
    for (const file of [...list].filter(isMedia)) add({ key: crypto.randomUUID(), name: file.name, alt: "", state: "sending" }, file);
    chooser.value = "";
  };
  const taking = (event, { files: given }) => {
    if (given.length === 0) return;
    event.preventDefault();
    take(given);
  };
  text.addEventListener("paste", (event) => taking(event, event.clipboardData));

  function showFile(medium) {
    const shown = fileRow(medium, texts, {
      onAlt: () => draft.changed(),
      onRemove: () => {
        part.media = part.media.filter(({ key }) => key !== medium.key);
        shown.row.remove();
        draft.changed();
        text.focus();
      },
    });
    files.append(shown.row);
    return shown;
  }

  function add(medium, file) {
    part.media.push(medium);
    const { failed, ready, progress } = showFile(medium);
    draft.changed();
    upload(sender(session), file, (share) => (progress.value = share))
      .then((id) => draft.changed(void ready(id)), async (error) => draft.changed(void failed((await explain(error)).message)));
  }

  for (const medium of part.media) showFile(medium).ready(medium.id);

  const row = make("li", { part: "part", class: "card stack" },
    make("p", { class: "row" }, make("span", { class: "grow" }, label), leave), text, files,
    make("p", { class: "row" }, button("add-media", texts.addMedia, () => chooser.click()), chooser, make("span", { class: "grow" }), counter));
  row.addEventListener("dragover", (event) => event.preventDefault());
  row.addEventListener("drop", (event) => taking(event, event.dataTransfer));

  return {
    row,
    focus: () => text.focus(),
    name(at, count) {
      label.textContent = count > 1 ? texts.part.replace("{}", at + 1) : texts.text;
      leave.hidden = count === 1;
      leave.setAttribute("aria-label", `${texts.remove}: ${label.textContent}`);
    },
    count({ remaining } = {}) {
      const isOver = remaining < 0;
      counter.textContent = remaining === undefined ? "" : (isOver ? texts.over : texts.left).replace("{}", Math.abs(remaining));
      counter.className = isOver ? "problem" : "muted";
      text.setAttribute("aria-invalid", isOver);
    },
  };
}

/** The page's token makes the calls; the address of the bytes needs none. */
const sender = (session) => ({
  post: (path, body) => session.call("POST", path, { body }),
  failed: ({ status, ...facts }) => problem(status === 0 ? "unanswered" : (facts.body?.code ?? "unexpected_answer"), { method: "PUT", status, ...facts }),
});

function fileRow(medium, texts, { onAlt, onRemove }) {
  const progress = make("progress", { part: "progress", max: 1, value: 0, "aria-label": medium.name });
  const said = make("p", { class: "problem", role: "alert" });
  const alt = make("input", { part: "alt", maxlength: 1000, dir: "auto", oninput: () => onAlt(void (medium.alt = alt.value)) });
  alt.value = medium.alt;
  const row = make("li", { part: "file", class: "stack" },
    make("p", { class: "row" }, make("span", { class: "grow", dir: "auto" }, medium.name), button("remove", texts.remove, onRemove, { "aria-label": `${texts.remove}: ${medium.name}` })),
    progress, said, make("label", { class: "stack" }, texts.alt, alt));
  const ended = (fields) => {
    Object.assign(medium, fields);
    progress.hidden = true;
  };
  return {
    row,
    progress,
    ready: (id) => ended({ id, state: "ready" }),
    failed(message) {
      ended({ state: "failed" });
      said.textContent = message;
    },
  };
}
