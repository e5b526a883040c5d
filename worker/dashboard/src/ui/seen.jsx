/** A text in which nothing is hidden: what nobody would see is marked by its code point. */

/**
 * Controls but the line feed, and Unicode's `Bidi_Control` and `Default_Ignorable_Code_Point`. Joiners, selectors and tags are
 * seen in what they join, vary or spell: behind and before scripts that join and emoji, never beside Latin letters.
 */
const HIDDEN = new RegExp(
  [
    String.raw`(?!\n)\p{Cc}|[\u2028\u2029\ufff9-\ufffb]`,
    String.raw`(?![\u200c\u200d\ufe00-\ufe0f\u{e0020}-\u{e007f}\u{e0100}-\u{e01ef}\u180b-\u180d\u180f])[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]`,
    String.raw`(?<![\u0300-\u200b\u200e-\u{10ffff}])[\u200c\u200d]|[\u200c\u200d](?![\u0300-\u200b\u200e-\u{10ffff}])`,
    String.raw`(?<![0-9#*\u00a9\u00ae\u1000-\u109f\u203c-\ufdff\u{1f000}-\u{3ffff}])[\ufe00-\ufe0f]`,
    String.raw`(?<![\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}])[\u{e0100}-\u{e01ef}]`,
    String.raw`(?<![\u1820-\u18aa])[\u180b-\u180d\u180f]`,
    String.raw`(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,6})[\u{e0020}-\u{e007f}]`,
  ].join("|"),
  "gu",
);

const nameOf = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

export function Seen({ text }) {
  let from = 0;
  const pieces = [...text.matchAll(HIDDEN)].flatMap(({ 0: character, index }) => {
    const before = text.slice(from, index);
    from = index + character.length;
    return [before, <mark key={index} class="hidden-mark" dir="ltr">{nameOf(character)}</mark>];
  });
  return <>{pieces}{text.slice(from)}</>;
}
