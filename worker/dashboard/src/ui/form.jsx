import { useAction } from "../action.js";
import { Button } from "./button.jsx";
import { Problem } from "./problem.jsx";

/**
 * A form that sends itself: `onSend` is asked to do it, and a failure is shown in the form, where nothing that was typed
 * is lost. `children` is a function that gets the problem of a field of the body: `problemOf("client_key")`. A button that is
 * not ready looks so and can be pressed all the same: then `onSend` says what is missing. `onCancel` adds *Cancel*.
 */
export function Form({ onSend, send, kind = "primary", isReady = true, onCancel, children, extra, class: name = "", ...rest }) {
  const { run, isBusy, error } = useAction(onSend);
  const submit = (event) => {
    event.preventDefault();
    run();
  };
  const problemOf = (path) => error?.field?.(path);
  return (
    <form class={`form ${name}`} onSubmit={submit} noValidate={false} {...rest}>
      {children(problemOf)}
      <Problem error={error} />
      <div class="form-end">
        <Button type="submit" kind={kind} isBusy={isBusy} aria-disabled={isBusy || !isReady || undefined}>{send}</Button>
        {onCancel && <Button kind="quiet" onPress={onCancel}>Cancel</Button>}
        {extra}
      </div>
    </form>
  );
}
