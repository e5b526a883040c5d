/** Asks for the six digits that the other browser shows. */

import { node } from "./node.js";
import { panelStyle } from "./panel-style.js";

/** Returns a function that shows the panel in `root` and resolves to what is typed. It goes with `signal`. */
export function panelIn(root, texts, signal) {
  let panel;
  let submitted;
  return ({ isWrong }) => {
    panel ??= open(root, texts, signal, (code) => submitted(code));
    panel.input.setAttribute("aria-invalid", isWrong);
    panel.input.readOnly = false;
    panel.input.select();
    return new Promise((resolve) => (submitted = resolve));
  };
}

function open(root, { digits, confirm }, signal, onCode) {
  const input = node("input", {
    part: "code",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    pattern: "\\s*\\d{3}\\s*\\d{3}\\s*",
    size: 7,
    required: "",
    "aria-describedby": "status",
  });
  const label = node("label", {}, node("span", {}, digits), input);
  const form = node("form", { part: "confirm" }, label, node("button", { part: "confirm-button" }, confirm));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // One answer to each question: a second press would spend one of three tries.
    if (input.readOnly) return;
    input.readOnly = true;
    onCode(input.value.replace(/\D/g, ""));
  });
  show(root, form, signal);
  // A person who is typing somewhere else goes on typing there.
  if ([document.body, root.host].includes(document.activeElement)) input.focus();
  return { input };
}

function show(root, form, signal) {
  const style = panelStyle();
  if (!root.adoptedStyleSheets.includes(style)) root.adoptedStyleSheets.push(style);
  root.append(form);
  signal.addEventListener("abort", () => form.remove());
}
