/** What the composer does by keyboard, and the list of it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../ui/button.jsx";
import { Dialog } from "../../ui/dialog.jsx";

const IS_MAC = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);
const MAIN = IS_MAC ? "⌘" : "Ctrl";

const KEYS = [
  [[MAIN, "Enter"], "Publish, schedule or save, as the button says"],
  [[MAIN, "Shift", "Enter"], "Add a part to the thread"],
  [[MAIN, "Shift", "L"], "Choose a time"],
  [["?"], "This list, outside of a text"],
];

const isTyping = (element) => element?.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");

/** `acts` are `{ send, add, schedule }`. While a dialog is open its keys are its own. */
export function Keys({ acts }) {
  const [isOpen, setOpen] = useState(false);
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const press = (event) => {
      if (document.querySelector("dialog[open]")) return;
      const act = actOf(event, latest.current, () => setOpen(true));
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <Button kind="quiet" onPress={() => setOpen(true)} aria-keyshortcuts="?">Shortcuts</Button>
      {isOpen && (
        <Dialog title="Keyboard shortcuts" onClose={() => setOpen(false)}>
          <dl class="keys">
            {KEYS.map(([keys, what]) => (
              <div key={what}><dt>{what}</dt><dd>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dd></div>
            ))}
          </dl>
        </Dialog>
      )}
    </>
  );
}

function actOf(event, { send, add, schedule }, help) {
  const { key, shiftKey, target } = event;
  if (key === "?" && !isTyping(target)) return help;
  if (!(IS_MAC ? event.metaKey : event.ctrlKey)) return undefined;
  if (key === "Enter") return shiftKey ? add : send;
  return shiftKey && key.toLowerCase() === "l" ? schedule : undefined;
}
