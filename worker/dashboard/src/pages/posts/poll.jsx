/** A poll, by X's rules: two to four choices of at most 25 characters, five minutes to seven days. */

import { Button } from "../../ui/button.jsx";
import { Select, TextField } from "../../ui/field.jsx";

const SPANS = [[60, "1 hour"], [360, "6 hours"], [1440, "1 day"], [4320, "3 days"], [10_080, "7 days"]];
export const NEW_POLL = { options: ["", ""], duration_minutes: 1440 };

export function Poll({ poll, onChange, problemOf }) {
  const spans = SPANS.some(([minutes]) => minutes === poll.duration_minutes) ? SPANS : [[poll.duration_minutes, `${poll.duration_minutes} minutes`], ...SPANS];
  const setOption = (at, text) => onChange({ ...poll, options: poll.options.map((option, n) => (n === at ? text : option)) });
  return (
    <fieldset class="poll">
      <legend>Poll</legend>
      {poll.options.map((option, at) => (
        <TextField key={at} data-choice={at} label={`Choice ${at + 1}`} maxLength={25} value={option} onText={(text) => setOption(at, text)} problem={problemOf(`x.poll.options.${at}`)} />
      ))}
      <Select label="Runs for" value={poll.duration_minutes} options={spans} onText={(text) => onChange({ ...poll, duration_minutes: Number(text) })} />
      <p class="row">
        {poll.options.length < 4 && <Button kind="quiet" icon="plus" onPress={() => onChange({ ...poll, options: [...poll.options, ""] })}>Add a choice</Button>}
        {poll.options.length > 2 && <Button kind="quiet" onPress={() => onChange({ ...poll, options: poll.options.slice(0, -1) })}>Remove the last</Button>}
        <Button kind="quiet" icon="trash" onPress={() => onChange(undefined)}>Remove the poll</Button>
      </p>
    </fieldset>
  );
}
