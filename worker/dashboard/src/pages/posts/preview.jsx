/** The post as X shows it: what X links in its colour, at most four pictures, one part under the other. */

import { useState } from "preact/hooks";
import { Button } from "../../ui/button.jsx";
import { Avatar } from "../../ui/show.jsx";
import { Picture } from "./media.jsx";

/** Of a longer text X shows so much, and the rest when somebody asks for it. */
const FOLDED = 280;

export const Preview = ({ draft: { parts, poll }, counted, account }) => (
  <section class="shown" aria-label="Preview">
    {parts.map((part, at) => (
      <article key={part.key} class="shown-post">
        <span class="shown-line"><Avatar account={account ?? { username: "you" }} /></span>
        <div>
          <p class="shown-name"><b>{account?.nickname ?? "Your account"}</b> <span>@{account?.username ?? "username"} · now</span></p>
          <Words text={part.text} counted={counted?.containers[at]} />
          {part.media.length > 0 && (
            <div class={`shown-media shown-media-${Math.min(part.media.length, 4)}`}>
              {part.media.map((one) => <Picture key={one.key} file={one} alt={one.alt}><span>{one.name}</span></Picture>)}
            </div>
          )}
          {at === 0 && poll && <ul class="shown-poll">{poll.options.map((option, n) => <li key={n}>{option || `Choice ${n + 1}`}</li>)}</ul>}
        </div>
      </article>
    ))}
  </section>
);

function Words({ text, counted }) {
  const [isWhole, setWhole] = useState(false);
  const isFolded = !isWhole && (counted?.weighted_length ?? 0) > FOLDED;
  const shown = isFolded ? `${text.slice(0, FOLDED).replace(/[\uD800-\uDBFF]$|\s+\S*$/, "")} …` : text;
  const urls = (counted?.urls ?? []).filter(({ end }) => !isFolded || text.startsWith(shown.slice(0, end)));
  return (
    <>
      <p class="shown-text" dir="auto"><Linked text={shown} spans={linked(shown, urls)} /></p>
      {isFolded && <Button kind="quiet" onPress={() => setWhole(true)}>Show more</Button>}
    </>
  );
}

/**
 * What X makes a link besides addresses: a name, a hashtag with a letter in it, a cashtag; none in the middle of a word
 * (twitter-text, Regex). X decides what becomes of it; this is for the eye.
 */
const MARKS = /(?<![\p{L}\p{M}\p{N}_&@#$/])(?:@\w{1,15}(?![\w@])|#(?=[\p{N}_]*\p{L})[\p{L}\p{M}\p{N}_]+|\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?![\p{L}\p{N}_]))/gu;

function linked(text, urls) {
  const marks = [...text.matchAll(MARKS)].map(({ 0: mark, index: start }) => ({ start, end: start + mark.length }));
  const isFree = ({ start, end }) => urls.every((url) => end <= url.start || start >= url.end);
  return [...urls, ...marks.filter(isFree)].sort((one, other) => one.start - other.start);
}

/** Spans are in order and do not overlap. */
function Linked({ text, spans }) {
  let from = 0;
  const pieces = spans.flatMap(({ start, end }) => {
    const before = text.slice(from, start);
    from = end;
    return [before, <span class="shown-link" key={start}>{text.slice(start, end)}</span>];
  });
  return <>{pieces}{text.slice(from)}</>;
}
