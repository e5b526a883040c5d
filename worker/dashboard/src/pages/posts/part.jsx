/** One part of a thread: its text as X counts it, its files, and its place. */

import { useId, useRef, useState } from "preact/hooks";
import { formatCount } from "../../format.js";
import { Button } from "../../ui/button.jsx";
import { addFiles, Files } from "./media.jsx";
import { paragraphsOf } from "./paragraphs.js";
import { OFFERED } from "./upload.js";

/** `counted` is the composer's word on this part, and `end` where X's limit cuts its text; `move(to)` and `remove` are there in a thread. */
export function Part({ part, at, count, counted, end, problem, onText, changeMedia, move, remove, onSplit, onFiles }) {
  const id = useId();
  const chooser = useRef();
  const [isOver, setOver] = useState(false);
  const [refused, setRefused] = useState([]);
  const [pasted, setPasted] = useState(0);
  const take = (files) => {
    setOver(false);
    const { keys, refused: names } = addFiles(files, changeMedia);
    setRefused(names);
    if (keys.length > 0) onFiles(keys[0]);
  };
  const paste = ({ clipboardData }) => {
    if (clipboardData.files.length > 0) return take(clipboardData.files);
    return setPasted(paragraphsOf(clipboardData.getData("text/plain")).length);
  };
  const name = count > 1 ? `Part ${at + 1}` : "Text";
  return (
    <li
      class={`part ${isOver ? "part-over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        const from = event.dataTransfer.getData("text/part");
        if (from !== "" && event.dataTransfer.files.length === 0) {
          setOver(false);
          move(Number(from), at);
        } else take(event.dataTransfer.files);
      }}
    >
      <div class="part-head">
        <label for={id}>{name}</label>
        {count > 1 && (
          <span class="part-order">
            <span
              class="part-grip" draggable aria-hidden="true" title="Drag to another place"
              onDragStart={(event) => event.dataTransfer.setData("text/part", String(at))}
            >⠿</span>
            <Button kind="quiet" label={`Move ${name} up`} disabled={at === 0} onPress={() => move(at, at - 1)}>↑</Button>
            <Button kind="quiet" label={`Move ${name} down`} disabled={at === count - 1} onPress={() => move(at, at + 1)}>↓</Button>
            <Button kind="quiet" icon="trash" label={`Remove ${name}`} onPress={remove} />
          </span>
        )}
      </div>
      <Text part={part} id={id} end={end} isWrong={problem !== undefined} onText={onText} onPaste={paste} />
      {pasted > 1 && (
        <p class="offer" role="status">
          <span>You pasted {formatCount(pasted)} paragraphs.</span>
          <Button
            onPress={() => {
              setPasted(0);
              onSplit(paragraphsOf(part.text));
            }}
          >Make a thread</Button>
          <Button kind="quiet" onPress={() => setPasted(0)}>Keep as one</Button>
        </p>
      )}
      {problem && <p class="field-problem">{problem}</p>}
      <Kept options={part.others?.x} />
      <Files media={part.media} changeMedia={changeMedia} />
      <p class="field-problem" role="alert">{refused.length > 0 && `X takes pictures (JPEG, PNG, WebP, GIF) and videos (MP4, MOV): ${refused.join(", ")} was left out.`}</p>
      <div class="part-foot">
        <Button kind="quiet" icon="image" onPress={() => chooser.current.click()}>Add media</Button>
        <input
          ref={chooser} class="unseen" type="file" tabIndex={-1} multiple accept={OFFERED} aria-label={`Media of ${name}`}
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
        <Remaining id={`${id}-count`} counted={counted} />
      </div>
    </li>
  );
}

/** What is too long is marked behind the letters, which are the field's own. */
function Text({ part, id, end, isWrong, onText, onPaste }) {
  const marks = useRef();
  return (
    <div class="marked">
      {end !== undefined && <div class="marks" aria-hidden="true"><div ref={marks}>{part.text.slice(0, end)}<mark>{part.text.slice(end)}</mark></div></div>}
      <textarea
        id={id} data-part={part.key} class="input" rows={4} dir="auto" value={part.text} aria-describedby={`${id}-count`} aria-invalid={isWrong ? true : undefined}
        onInput={(event) => onText(event.currentTarget.value)}
        onPaste={onPaste}
        onScroll={(event) => marks.current?.style.setProperty("translate", `0 ${-event.currentTarget.scrollTop}px`)}
      />
    </div>
  );
}

/** A part's own options, which win over those of the post. */
const Kept = ({ options }) => options && <p class="muted small">Keeps X's options of its own: {Object.keys(options).join(", ")}</p>;

function Remaining({ id, counted }) {
  if (!counted) return <span id={id} class="part-count" />;
  const { remaining, urls } = counted;
  const links = urls.length === 0 ? "" : `, ${urls.length === 1 ? "1 link" : `${urls.length} links`}`;
  return (
    <span id={id} class={`part-count ${remaining < 0 ? "part-over-long" : ""}`}>
      {remaining < 0 ? `${-remaining} too long` : `${remaining} left`}{links}
    </span>
  );
}
