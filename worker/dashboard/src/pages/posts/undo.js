/** Takes back a change of a post's time: nothing is published by an Undo, and nobody else's change is lost. */

import { isPast } from "../../../../../wasm-client/js/posting/post.js";
import { get, patch } from "../../api.js";
import { changed } from "../../live.js";
import { said } from "./time.js";

/** What can be undone in a post: whether and when it leaves, and what it says then. */
const standingOf = ({ isDraft, scheduled, scheduledAt, containers }) =>
  JSON.stringify([isDraft, scheduled, scheduledAt, containers.map(({ content, media, x }) => [content, media.map(({ id, url, altText }) => [id ?? url, altText]), x])]);

/** Changes a post, and answers the post as this change has left it. */
export async function change(id, fields) {
  const { post } = await patch(`/v1/posts/${id}`, fields);
  changed("/v1/posts", "/v1/calendar", "/v1/summary");
  return post;
}

/**
 * Gives a post the time back that it had before it became `made`. Refused before anything is sent if the post is not `made` any
 * more, and if the time has passed: the API would publish the post at once.
 */
export async function giveTimeBack(made, { scheduledAt }, zone) {
  const { post: now } = await get(`/v1/posts/${made.id}`);
  if (standingOf(now) !== standingOf(made)) throw new Error("The post has been changed since. It stays as it is now.");
  if (isPast(scheduledAt)) throw new Error(`${said(scheduledAt, zone)} has passed. ${now.isDraft ? "The post stays a draft." : `The post stays at ${said(now.scheduledAt, zone)}.`}`);
  await change(made.id, { scheduledAt, ...(now.isDraft && { isDraft: false }) });
}
