// The body of POST /2/tweets: CreatePostsRequest of X's OpenAPI 2.167.
import { api } from "./problems.mjs";
import { refuse } from "./reply.mjs";
import { array, boolean, id, integer, object, oneOf, readJson, string } from "./schema.mjs";

const replySettings = oneOf("following", "mentionedUsers", "subscribers", "verified");

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
      duration_minutes: integer(5, 10_080),
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

/** Refuses what X's schema refuses, and what no schema says. */
export function readPostBody(request) {
  const body = readJson(request, BODY);
  const given = EXCLUSIVE.filter((name) => body[name] !== undefined);
  if (given.length > 1) refuse(api.invalid(`You can only provide one of ${given.join(", ")}.`, {}));
  if (!body.text?.trim() && !body.media) refuse(api.invalid("$.text: is required unless media is provided", {}));
  return { ...body, text: body.text ?? "" };
}
