/** Dialogs are the browser's own: focus is kept inside, Escape closes, and it goes back to where it was. */

import { useEffect, useId, useRef } from "preact/hooks";
import { useAction } from "../action.js";
import { Button } from "./button.jsx";
import { Problem } from "./problem.jsx";

/**
 * Open as long as it is drawn. `size`: `small`, `large`; `side` is a sheet at the edge. Without `onClose` it stays until
 * what it asks for is done.
 */
export function Dialog({ title, onClose, children, size = "small" }) {
  const element = useRef();
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    const opener = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      // A browser gives the focus back only from a dialog that is still in the document.
      if (opener?.isConnected && (document.activeElement === document.body || document.activeElement === null)) opener.focus();
    };
  }, []);
  const onBackdrop = (event) => event.target === element.current && onClose?.();
  return (
    <dialog
      ref={element}
      class={`dialog dialog-${size}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onMouseDown={onBackdrop}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={id}>{title}</h2>
          {onClose && <Button kind="quiet" icon="close" label="Close" onPress={onClose} />}
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** Asks before what cannot be undone; stays, with the reason, if it fails. */
export function Confirm({ title, children, act, onAct, onClose, kind = "danger" }) {
  const { run, isBusy, error } = useAction(async () => {
    await onAct();
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="stack">
        {children}
        <Problem error={error} />
        <div class="form-end">
          <Button kind={kind} isBusy={isBusy} onPress={() => run()}>{act}</Button>
          <Button kind="quiet" onPress={onClose}>Cancel</Button>
        </div>
      </div>
    </Dialog>
  );
}
