/** A sentence about what has just been done, said once, aloud too. Failures stay where they belong: `Problem`. */

import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon.jsx";

const SEEN_MS = 5000;
const said = new EventTarget();

export const toast = (text) => said.dispatchEvent(new CustomEvent("toast", { detail: text }));

export function Toasts() {
  const [text, setText] = useState("");
  useEffect(() => {
    let timer;
    const show = ({ detail }) => {
      clearTimeout(timer);
      setText(detail);
      timer = setTimeout(() => setText(""), SEEN_MS);
    };
    said.addEventListener("toast", show);
    return () => said.removeEventListener("toast", show);
  }, []);
  return (
    <div class="toasts" role="status">
      {text && (
        <p class="toast">
          <Icon name="check" size={18} />
          {text}
        </p>
      )}
    </div>
  );
}
