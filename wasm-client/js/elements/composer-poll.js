/** A poll, by X's rules: two to four choices of at most 25 characters, five minutes to seven days. */

import { button, make } from "./make.js";

const SPANS = [[60, 1, "hour"], [360, 6, "hour"], [1440, 1, "day"], [4320, 3, "day"], [10_080, 7, "day"]];

export function pollRow({ draft, texts, language, redraw }) {
  const { poll } = draft;
  const inWords = (count, unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
  const choices = poll.options.map((option, at) => {
    const field = make("input", { part: "choice", maxlength: 25, dir: "auto", oninput: () => draft.changed(void (poll.options[at] = field.value)) });
    field.value = option;
    return make("label", { class: "stack" }, texts.choice.replace("{}", at + 1), field);
  });
  const span = make("select", { part: "duration", onchange: () => draft.changed(void (poll.duration_minutes = Number(span.value))) },
    SPANS.map(([minutes, ...length]) => make("option", { value: minutes, selected: minutes === poll.duration_minutes }, inWords(...length))));
  const change = (change) => () => redraw(void change());
  return make("fieldset", { part: "poll", class: "card stack" }, make("legend", {}, texts.poll), choices, make("label", { class: "stack" }, texts.runs, span),
    make("p", { class: "row" },
      poll.options.length < 4 && button("add-choice", texts.addChoice, change(() => poll.options.push(""))),
      button("remove", texts.removePoll, change(() => (draft.poll = undefined)))));
}
