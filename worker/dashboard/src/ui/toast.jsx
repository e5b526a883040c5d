/** A sentence about what has just been done, said once, aloud too. Failures stay where they belong: `Problem`. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useAction } from "../action.js";
import { parse } from "../router.js";
import { Button } from "./button.jsx";
import { Icon } from "./icon.jsx";

const SEEN_MS = 5000;
/** Long enough to read it, to see the mistake and to come to the button: there it stays. */
const UNDO_MS = 8000;
const said = new EventTarget();
/** Another week of the calendar is the same page. */
const pageHere = () => parse(location.hash).path.join("/");

/** `onUndo` takes back what was done: the sentence has a button *Undo*, waits as long as somebody is at it, and ends with the page. */
export const toast = (text, { onUndo } = {}) => said.dispatchEvent(new CustomEvent("toast", { detail: { text, onUndo, page: pageHere() } }));

export function Toasts() {
  const [shown, setShown] = useState();
  const timer = useRef();
  const hide = () => setShown(undefined);
  const keep = () => clearTimeout(timer.current);
  const wait = (detail) => {
    keep();
    timer.current = setTimeout(hide, detail.onUndo ? UNDO_MS : SEEN_MS);
  };
  useEffect(() => {
    const show = ({ detail }) => {
      setShown(detail);
      wait(detail);
    };
    const leave = () => setShown((now) => (now?.onUndo && now.page !== pageHere() ? undefined : now));
    said.addEventListener("toast", show);
    addEventListener("hashchange", leave);
    return () => {
      said.removeEventListener("toast", show);
      removeEventListener("hashchange", leave);
    };
  }, []);
  const release = () => shown && wait(shown);
  return (
    <div class="toasts" role="status" onMouseEnter={keep} onMouseLeave={release} onFocusIn={keep} onFocusOut={release}>
      {shown && (
        <p class="toast">
          <Icon name="check" size={18} />
          {shown.text}
          {shown.onUndo && <Undo key={shown.text} onUndo={shown.onUndo} />}
        </p>
      )}
    </div>
  );
}

/** What cannot be taken back any more says so in the sentence's place. */
function Undo({ onUndo }) {
  const { run, isBusy } = useAction(async () => {
    try {
      toast((await onUndo()) ?? "Undone");
    } catch (error) {
      toast(`It cannot be undone any more: ${error.message}`);
    }
  });
  return <Button kind="quiet" isBusy={isBusy} onPress={() => run()}>Undo</Button>;
}
