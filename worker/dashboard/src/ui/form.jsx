import { useAction } from "../action.js";
import { Button } from "./button.jsx";
import { Problem } from "./problem.jsx";

/**
 * A form that sends itself: `onSend` is asked to do it, and a failure is shown in the form, where nothing that was typed
 * is lost. `children` is a function that gets the problem of a field of the body: `problemOf("client_key")`.
 */
export function Form({ onSend, send, kind = "primary", children, extra, class: name = "", ...rest }) {
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
        <Button type="submit" kind={kind} isBusy={isBusy}>{send}</Button>
        {extra}
      </div>
    </form>
  );
}
