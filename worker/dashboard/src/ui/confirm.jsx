/** Asks for a word or a number to be typed before what cannot be undone: whoever types it has read what it is about. */

import { useState } from "preact/hooks";
import { Dialog } from "./dialog.jsx";
import { TextField } from "./field.jsx";
import { Form } from "./form.jsx";

/** As people type it: a name with or without its @, a number with or without its separators. */
const plain = (text) => text.trim().toLowerCase().replace(/^@/, "").replace(/(?<=\d)[\s.,\u2019\u202f](?=\d{3}\b)/g, "");

/**
 * `word` is typed: a name, or how many there are. `act` on the button says what happens. The field has the focus, Enter is the
 * button, Escape is *Cancel*. A button that is pressed too early says what is missing, and does nothing. A failure stays beside it.
 */
export function TypedConfirm({ title, word, act, onAct, onClose, children }) {
  const [typed, setTyped] = useState("");
  const [isEarly, setEarly] = useState(false);
  const wanted = String(word);
  const isTyped = plain(typed) === plain(wanted);
  const send = async () => {
    if (!isTyped) return setEarly(true);
    await onAct();
    return onClose();
  };
  const type = (text) => {
    setEarly(false);
    setTyped(text);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <Form onSend={send} send={act} kind="danger" isReady={isTyped} onCancel={onClose}>
        {() => (
          <>
            {children}
            <TextField
              label={<>Type <b class="confirm-word">{wanted}</b> to confirm</>}
              isVerbatim autofocus value={typed} onText={type}
              problem={isEarly ? `Type ${wanted}, then press the button.` : undefined}
            />
          </>
        )}
      </Form>
    </Dialog>
  );
}
