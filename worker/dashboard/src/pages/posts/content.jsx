/** What a post says: every part with its media, and every option, so that whoever approves it has seen all of it. */

import { Seen } from "../../ui/seen.jsx";
import { optionsOf } from "./options.js";

export const Content = ({ post: { containers, x } }) => (
  <>
    <ol class="texts">
      {containers.map((part) => (
        <li key={part.id}>
          <p class="texts-text" dir="auto"><Seen text={part.content} /></p>
          {part.media.length > 0 && <ul class="texts-media">{part.media.map((medium, at) => <Medium key={at} {...medium} />)}</ul>}
          <Options x={part.x} />
        </li>
      ))}
    </ol>
    <Options x={x} />
  </>
);

/** Pictures and players of ours; a file behind a URL is not asked for. */
function Medium({ id, url, filename, altText }) {
  const isVideo = /\.(mp4|m4v|mov)$/i.test(filename ?? "");
  return (
    <li>
      {id && (isVideo ? <video src={url} controls preload="none" aria-label={filename} /> : <img src={url} alt="" loading="lazy" />)}
      <span class="muted small"><Seen text={filename ?? url} />{altText && <> (<Seen text={altText} />)</>}</span>
    </li>
  );
}

function Options({ x }) {
  const words = optionsOf(x);
  return words.length > 0 && <ul class="texts-options">{words.map((line) => <li key={line} dir="auto"><Seen text={line} /></li>)}</ul>;
}
