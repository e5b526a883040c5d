// The body of POST /2/tweets: CreatePostsRequest of X's OpenAPI 2.167, `additionalProperties: false` at every level.
import { api } from "./problems.mjs";
import { refuse } from "./reply.mjs";

const id = { type: "string", pattern: /^[0-9]{1,19}$/ };
const string = { type: "string" };
const boolean = { type: "boolean" };
const array = (items, minItems = 0, maxItems = Infinity) => ({ type: "array", items, minItems, maxItems });
const object = (properties, required = []) => ({ type: "object", properties, required });
const replySettings = { type: "string", values: ["following", "mentionedUsers", "subscribers", "verified"] };

const BODY = object({
  card_uri: string,
  community_id: id,
  direct_message_deep_link: string,
  edit_options: object({ previous_post_id: id }, ["previous_post_id"]),
  for_super_followers_only: boolean,
  geo: object({ place_id: string }, ["place_id"]),
  made_with_ai: boolean,
  media: object(
    {
      media_ids: array(id, 1, 4),
      tagged_user_ids: array(id, 0, 10),
      title: string,
      description: string,
      embeddable: boolean,
      preview_media_id: id,
      call_to_actions: object({
        app_install: object({ app_store_id: string, ipad_app_store_id: string, play_store_id: string }),
        visit_site: object({ url: string }, ["url"]),
        watch_now: object({ url: string }, ["url"]),
      }),
    },
    ["media_ids"],
  ),
  nullcast: boolean,
  paid_partnership: boolean,
  poll: object(
    {
      options: array({ type: "string", minLength: 1, maxLength: 25 }, 2, 4),
      duration_minutes: { type: "integer", minimum: 5, maximum: 10_080 },
      reply_settings: replySettings,
    },
    ["options", "duration_minutes"],
  ),
  quote_tweet_id: id,
  reply: object(
    { in_reply_to_tweet_id: id, exclude_reply_user_ids: array(string), auto_populate_reply_metadata: boolean },
    ["in_reply_to_tweet_id"],
  ),
  reply_settings: replySettings,
  share_with_followers: boolean,
  text: string,
});

/** At most one of these (OpenAPI 2.166, the field descriptions). */
const EXCLUSIVE = ["media", "quote_tweet_id", "poll", "card_uri", "direct_message_deep_link"];

/** Refuses what X's schema refuses; the wording of a schema refusal is assumed. */
export function readPostBody(request) {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) refuse(api.contentType());
  const body = parse(request.body);
  check(BODY, body, "$");
  const given = EXCLUSIVE.filter((name) => body[name] !== undefined);
  if (given.length > 1) refuse(api.invalid(`You can only provide one of ${given.join(", ")}.`, {}));
  if (!body.text?.trim() && !body.media) refuse(api.invalid("$.text: is required unless media is provided", {}));
  return { ...body, text: body.text ?? "" };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(api.invalid("$: is not valid JSON", {}));
  }
}

function check(schema, value, path) {
  const fault = CHECKS[schema.type](schema, value, path);
  if (fault) refuse(api.invalid(`${path}: ${fault}`, { [path.replace(/^\$\.?/, "")]: [String(value)] }));
}

const CHECKS = {
  boolean: (_schema, value) => typeof value !== "boolean" && "boolean expected",
  integer: ({ minimum, maximum }, value) =>
    (!Number.isInteger(value) && "integer expected") ||
    ((value < minimum || value > maximum) && `must be between ${minimum} and ${maximum}`),
  string: checkString,
  array: checkArray,
  object: checkObject,
};

function checkString({ pattern, values, minLength = 0, maxLength = Infinity }, value) {
  if (typeof value !== "string") return "string expected";
  if (pattern && !pattern.test(value)) return `does not match ${pattern.source}`;
  if (values && !values.includes(value)) return `must be one of ${values.join(", ")}`;
  const length = [...value].length;
  return (length < minLength || length > maxLength) && `must have ${minLength} to ${maxLength} characters`;
}

function checkArray({ items, minItems, maxItems }, value, path) {
  if (!Array.isArray(value)) return "array expected";
  if (value.length < minItems || value.length > maxItems) return `must have ${minItems} to ${maxItems} items`;
  value.forEach((item, index) => check(items, item, `${path}[${index}]`));
  return null;
}

function checkObject({ properties, required }, value, path) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return "object expected";
  const missing = required.find((name) => value[name] === undefined);
  if (missing) return `${missing} is missing but it is required`;
  for (const [name, item] of Object.entries(value)) {
    if (!Object.hasOwn(properties, name)) return `${name} is not defined in the schema`;
    check(properties[name], item, `${path}.${name}`);
  }
  return null;
}
