import { toast } from "./toast.jsx";

const MOST = 22;
const [HEAD, TAIL] = [12, 8];

/** An id to the letter. A long one is cut in its middle: pointing at it shows the whole, and pressing it copies the whole. */
export function Cut({ text, label = "id" }) {
  if (text.length <= MOST) return <span class="mono">{text}</span>;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  };
  return (
    <button type="button" class="cut mono" title={text} onClick={copy}>
      <span class="unseen">Copy {label} {text}: </span>
      {text.slice(0, HEAD)}…{text.slice(-TAIL)}
    </button>
  );
}
