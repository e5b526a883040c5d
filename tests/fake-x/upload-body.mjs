// Bodies that carry bytes: raw in multipart/form-data, base64 in JSON. Schemas of X's OpenAPI 2.167; what 2.166 took
// beside them is taken too.
import { CATEGORY_NAMES, MEDIA_TYPES } from "./media-kinds.mjs";
import { isMultipart, partsOf } from "./multipart.mjs";
import { api } from "./problems.mjs";
import { refuse } from "./reply.mjs";
import { array, boolean, bytes, conforming, id, integer, isJson, object, oneOf, parseJson } from "./schema.mjs";

const MAX_SEGMENTS = 1000;
const MAX_TOTAL = 17_179_869_184;

/** Ads video is uploaded in segments only. */
const SIMPLE_CATEGORIES = CATEGORY_NAMES.filter((name) => name !== "amplify_video");

export const FILE = object(
  {
    media: bytes,
    media_category: oneOf(...SIMPLE_CATEGORIES),
    media_type: oneOf(...MEDIA_TYPES),
    additional_owners: array(id),
    shared: boolean,
  },
  ["media", "media_category"],
);

const index = integer(0, MAX_SEGMENTS - 1);
export const SEGMENT = object({ media: bytes, segment_index: index }, ["media", "segment_index"]);

/** OpenAPI requires none of these; that X refuses an upload that does not say what it will be is assumed. */
export const ANNOUNCEMENT = object(
  {
    media_type: oneOf(...MEDIA_TYPES),
    media_category: oneOf(...CATEGORY_NAMES),
    total_bytes: integer(0, MAX_TOTAL),
    additional_owners: array(id),
    shared: boolean,
  },
  ["media_type", "media_category", "total_bytes"],
);

export function readUpload(request, schema) {
  if (isMultipart(request.headers["content-type"])) return conforming(schema, fromForm(request));
  if (!isJson(request)) refuse(api.contentType());
  return conforming(schema, fromJson(request));
}

/** A form has text only; what is neither bytes nor of these stays text. */
const FORM_VALUES = {
  segment_index: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  shared: (text) => ({ true: true, false: false })[text] ?? text,
  additional_owners: (text) => text.split(","),
};

function fromForm({ headers, bytes: body }) {
  const parts = partsOf(headers["content-type"], body);
  if (!parts) refuse(api.invalid("$: is not valid multipart/form-data", {}));
  const valueOf = (name, content) => {
    if (name === "media") return content;
    const text = content.toString("utf8");
    return FORM_VALUES[name]?.(text) ?? text;
  };
  return Object.fromEntries([...parts].map(([name, content]) => [name, valueOf(name, content)]));
}

/** `additional_owners` is one string with commas in OpenAPI 2.167, an array in 2.166. */
function fromJson({ bytes: body }) {
  const value = parseJson(body.toString("utf8"));
  if (typeof value?.media === "string") value.media = fromBase64(value.media);
  if (typeof value?.additional_owners === "string") value.additional_owners = value.additional_owners.split(",");
  return value;
}

function fromBase64(text) {
  const decoded = Buffer.from(text, "base64");
  const isExact = decoded.toString("base64") === text;
  return isExact ? decoded : refuse(api.invalid("$.media: is not valid base64", {}));
}
