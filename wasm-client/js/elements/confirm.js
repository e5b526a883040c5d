/** Asks before something is done that cannot be undone: in the place of the button that was pressed. */

import { button, make } from "./make.js";

/** `act` runs once the person has said yes; the way back leads to the pressed button. */
export function confirmed({ pressed, question, yes, no, act }) {
  const close = () => {
    asked.remove();
    pressed.hidden = false;
    pressed.focus();
  };
  const agree = button("confirm", yes, async () => {
    agree.disabled = keep.disabled = true;
    await act();
    if (asked.isConnected) close();
  }, { class: "main" });
  const keep = button("keep", no, close);
  const asked = make("div", { class: "row", part: "question", role: "group", "aria-label": question }, make("span", { class: "grow" }, question), agree, keep);
  asked.addEventListener("keydown", ({ key }) => key === "Escape" && !keep.disabled && close());
  pressed.hidden = true;
  pressed.after(asked);
  keep.focus();
}
