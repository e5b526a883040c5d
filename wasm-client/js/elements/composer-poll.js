/** A poll, by X's rules. */

import { POLL } from "../posting/post.js";
import { button, make } from "./make.js";

/** In hours below a day, else in days. */
const lengthOf = (minutes) => (minutes < 1440 ? [minutes / 60, "hour"] : [minutes / 1440, "day"]);

export function pollRow({ draft, texts, language, redraw }) {
  const { poll } = draft;
  const inWords = (count, unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
  const choices = poll.options.map((option, at) => {
    const field = make("input", { part: "choice", maxlength: POLL.length, dir: "auto", oninput: () => draft.changed(void (poll.options[at] = field.value)) });
    field.value = option;
    return make("label", { class: "stack" }, texts.choice.replace("{}", at + 1), field);
  });
  const span = make("select", { part: "duration", onchange: () => draft.changed(void (poll.duration_minutes = Number(span.value))) },
    POLL.minutes.map((minutes) => make("option", { value: minutes, selected: minutes === poll.duration_minutes }, inWords(...lengthOf(minutes)))));
  const change = (change) => () => redraw(void change());
  return make("fieldset", { part: "poll", class: "card stack" }, make("legend", {}, texts.poll), choices, make("label", { class: "stack" }, texts.runs, span),
    make("p", { class: "row" },
      poll.options.length < POLL.most && button("add-choice", texts.addChoice, change(() => poll.options.push(""))),
      button("remove", texts.removePoll, change(() => (draft.poll = undefined)))));
}
