/** The post as X shows it: links in X's colour, at most four pictures, one part under the other. */

import { Avatar } from "../../ui/show.jsx";

export const Preview = ({ draft: { parts, poll }, counted, account }) => (
  <section class="shown" aria-label="Preview">
    {parts.map((part, at) => (
      <article key={part.key} class="shown-post">
        <span class="shown-line"><Avatar account={account ?? { username: "you" }} /></span>
        <div>
          <p class="shown-name"><b>{account?.nickname ?? "Your account"}</b> <span>@{account?.username ?? "username"} · now</span></p>
          <p class="shown-text"><Linked text={part.text} urls={counted?.containers[at]?.urls ?? []} /></p>
          {part.media.length > 0 && (
            <div class={`shown-media shown-media-${Math.min(part.media.length, 4)}`}>
              {part.media.map((one) => (one.picture ? <img key={one.key} src={one.picture} alt={one.alt} /> : <span key={one.key}>{one.name}</span>))}
            </div>
          )}
          {at === 0 && poll && <ul class="shown-poll">{poll.options.map((option, n) => <li key={n}>{option || `Choice ${n + 1}`}</li>)}</ul>}
        </div>
      </article>
    ))}
  </section>
);

/** Spans are in order and do not overlap. */
function Linked({ text, urls }) {
  let from = 0;
  const pieces = urls.flatMap(({ start, end }) => {
    const before = text.slice(from, start);
    from = end;
    return [before, <span class="shown-link" key={start}>{text.slice(start, end)}</span>];
  });
  return <>{pieces}{text.slice(from)}</>;
}
