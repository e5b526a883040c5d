/** Where X's limit cuts a text: what is behind that is marked. */

const PLAIN = 280;

/**
 * The index of the first character that is too many; undefined if none is. The composer counts (docs/TEXT.md), so the place is
 * found by halves, and no character is cut in two.
 */
export function endOf(text, counted, composer, accounts) {
  if (!composer || !counted || counted.remaining >= 0) return undefined;
  const limit = Math.min(...accounts.map(({ max_post_length: most = PLAIN }) => most), accounts.length === 0 ? PLAIN : Infinity);
  const edges = [0, ...[...new Intl.Segmenter().segment(text)].map(({ index, segment }) => index + segment.length)];
  let [fits, over] = [0, edges.length - 1];
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    const [part] = composer.preview({ post: { content: text.slice(0, edges[middle]) } }).containers;
    if (part.weighted_length <= limit) fits = middle;
    else over = middle;
  }
  return edges[fits];
}
