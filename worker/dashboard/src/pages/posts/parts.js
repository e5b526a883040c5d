/** What is done to the parts of a thread. The focus goes to where the text goes on. */

import { MOST_PARTS, newPart } from "../../../../../wasm-client/js/posting/post.js";

const textOf = ({ key }) => `[data-part="${key}"]`;

/** `change` changes the draft, and `goTo` takes the selector of the next focus. */
export function partsOf({ parts }, change, goTo) {
  const set = (update) => change(({ parts: now }) => ({ parts: update(now) }));
  return {
    setPart: (key, fields) => set((now) => now.map((part) => (part.key === key ? { ...part, ...(typeof fields === "function" ? fields(part) : fields) } : part))),
    move(from, to) {
      set((now) => now.filter((_, at) => at !== from).toSpliced(to, 0, now[from]));
      goTo(textOf(parts[from]));
    },
    remove(at) {
      set((now) => now.toSpliced(at, 1));
      goTo(textOf(parts[at === 0 ? 1 : at - 1]));
    },
    add() {
      if (parts.length >= MOST_PARTS) return;
      const part = newPart();
      set((now) => [...now, part]);
      goTo(textOf(part));
    },
    /** The part keeps the first of the texts, and its files; the others follow it. What is more than a thread takes stays together. */
    split(at, texts) {
      const room = MOST_PARTS - parts.length;
      const [first, ...others] = texts.length > room + 1 ? [...texts.slice(0, room), texts.slice(room).join("\n\n")] : texts;
      const added = others.map((text) => newPart(text));
      set((now) => now.toSpliced(at, 1, { ...now[at], text: first }, ...added));
      goTo(textOf(added.at(-1) ?? parts[at]));
    },
  };
}
