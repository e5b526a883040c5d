/** A poll, by X's rules. */

import { POLL } from "../../../../../wasm-client/js/posting/post.js";
import { Button } from "../../ui/button.jsx";
import { Select, TextField } from "../../ui/field.jsx";
import { lengthOf } from "./options.js";

const SPANS = POLL.minutes.map((minutes) => [minutes, lengthOf(minutes)]);

export function Poll({ poll, onChange, problemOf }) {
  const spans = SPANS.some(([minutes]) => minutes === poll.duration_minutes) ? SPANS : [[poll.duration_minutes, lengthOf(poll.duration_minutes)], ...SPANS];
  const setOption = (at, text) => onChange({ ...poll, options: poll.options.map((option, n) => (n === at ? text : option)) });
  return (
    <fieldset class="poll">
      <legend>Poll</legend>
      {poll.options.map((option, at) => (
        <TextField key={at} data-choice={at} label={`Choice ${at + 1}`} maxLength={POLL.length} value={option} onText={(text) => setOption(at, text)} problem={problemOf(`x.poll.options.${at}`)} />
      ))}
      <Select label="Runs for" value={poll.duration_minutes} options={spans} onText={(text) => onChange({ ...poll, duration_minutes: Number(text) })} />
      <p class="row">
        {poll.options.length < POLL.most && <Button kind="quiet" icon="plus" onPress={() => onChange({ ...poll, options: [...poll.options, ""] })}>Add a choice</Button>}
        {poll.options.length > POLL.least && <Button kind="quiet" onPress={() => onChange({ ...poll, options: poll.options.slice(0, -1) })}>Remove the last</Button>}
        <Button kind="quiet" icon="trash" onPress={() => onChange(undefined)}>Remove the poll</Button>
      </p>
    </fieldset>
  );
}
