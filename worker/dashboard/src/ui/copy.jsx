import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "./button.jsx";

const SAID_MS = 2000;

/** Something to be pasted elsewhere, to the letter. Where the clipboard is closed it is selected instead. */
export function Copy({ label, text, onCopied, isCode = false }) {
  const [isCopied, setCopied] = useState(false);
  const shown = useRef();
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      getSelection().selectAllChildren(shown.current);
    }
    onCopied?.();
  };
  return (
    <div class={`copy ${isCode ? "copy-code" : ""}`}>
      <pre ref={shown} tabIndex={0} aria-label={label}>{text}</pre>
      <Button icon={isCopied ? "check" : "copy"} label={`Copy ${label}`} onPress={copy}>
        {isCopied ? "Copied" : "Copy"}
      </Button>
    </div>
  );
}
