// What X does to a post's text: normalizes it, weighs it, wraps its URLs in t.co, escapes it, finds its entities.
// Rules and weights: https://docs.x.com/fundamentals/counting-characters and twitter-text's config v3. URL finding is
// approximate on purpose (README.md): a short list of endings for URLs without a scheme.
import { createHash } from "node:crypto";

export const STANDARD_LENGTH = 280;
export const PREMIUM_LENGTH = 25_000;

const URL_WEIGHT = 23;
const LIGHT = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];
const EMOJI = /\p{RGI_Emoji}|[0-9#*]\u20E3/gv;
/** Code points that make a text invalid. */
const FORBIDDEN = /[\uFFFE\uFEFF\uFFFF]/;

const BARE_ENDINGS =
  "com|org|net|edu|gov|info|biz|io|dev|app|ai|co|me|rs|ly|so|sh|tv|xyz|de|fr|uk|eu|nl|jp|ca|us|ch|it|es|example";
const LABELS = String.raw`(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}])?\.)+`;
const PATH = String.raw`(?::\d+)?(?:[/?#][^\s<>"]*)?`;
const URLS = new RegExp(
  String.raw`(?<![@#\w.])(?:https?:\/\/${LABELS}\p{L}{2,}(?![\w-])|${LABELS}(?:${BARE_ENDINGS})(?![\w-]))${PATH}`,
  "giu",
);
const MENTION = /(?<![\w@])@(\w{1,15})/g;
const HASHTAG = /(?<![\w&#])#([\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*)/gu;
const TRAILING = /[.,;:!?'")\]]+$/;

/** A text as X keeps it: X counts, compares and shows this form. Line ends are observed, NFC is documented for counting. */
export const stored = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC");

export const isValid = (text) => !FORBIDDEN.test(text);

export function weigh(text) {
  return segments(stored(text)).reduce((sum, part) => sum + (part.url ? URL_WEIGHT : weighPlain(part.raw)), 0);
}

function weighPlain(raw) {
  const emoji = raw.match(EMOJI)?.length ?? 0;
  return [...raw.replace(EMOJI, "")].reduce((sum, char) => sum + weightOf(char.codePointAt(0)), emoji * 2);
}

const weightOf = (point) => (LIGHT.some(([from, to]) => from <= point && point <= to) ? 1 : 2);

/** The text cut into plain parts `{raw}` and links `{raw, url, short}`. */
export function segments(text) {
  const parts = [];
  let done = 0;
  for (const found of text.matchAll(URLS)) {
    const raw = found[0].replace(TRAILING, "");
    parts.push({ raw: text.slice(done, found.index) }, linkOf(raw));
    done = found.index + raw.length;
  }
  parts.push({ raw: text.slice(done) });
  return parts.filter(({ raw }) => raw !== "");
}

function linkOf(raw) {
  const url = /^https?:/i.test(raw) ? raw : `http://${raw}`;
  const name = createHash("sha256").update(url).digest("base64url").replace(/[-_]/g, "x").slice(0, 10);
  return { raw, url, short: `https://t.co/${name}` };
}

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const escape = (raw) => raw.replace(/[&<>]/g, (found) => ESCAPES[found]);

/** The text as X gives it back. */
export const published = (text) => segments(text).map(({ raw, short }) => short ?? escape(raw)).join("");

export const cashtags = (text) => text.match(/(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)/g) ?? [];

export const mentions = (text, username) =>
  [...text.matchAll(MENTION)].some(([, name]) => name.toLowerCase() === username.toLowerCase());

/** Offsets are code points of the published text. */
export function entities(text) {
  const found = { urls: [], mentions: [], hashtags: [] };
  let offset = 0;
  for (const part of segments(text)) {
    if (part.url) found.urls.push(urlEntity(part, offset));
    else collect(found, part.raw, offset);
    offset += length(part.short ?? escape(part.raw));
  }
  return Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0));
}

const length = (text) => [...text].length;

const urlEntity = ({ url, short }, start) => ({
  start,
  end: start + short.length,
  url: short,
  expanded_url: url,
  display_url: url.replace(/^https?:\/\/(www\.)?/, ""),
});

function collect(found, raw, offset) {
  const place = (match) => {
    const start = offset + length(escape(raw.slice(0, match.index)));
    return { start, end: start + length(match[0]) };
  };
  for (const match of raw.matchAll(MENTION)) found.mentions.push({ ...place(match), username: match[1] });
  for (const match of raw.matchAll(HASHTAG)) found.hashtags.push({ ...place(match), tag: match[1] });
}
