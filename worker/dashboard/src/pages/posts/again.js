/** A new draft of a post that X refused, for the accounts that refused it. */

import { post as send } from "../../api.js";

/** Nothing of it is on X at this account: a thread that is partly out goes on by Retry. */
const isWhollyOut = ({ state, segments }) => state === "failed" && segments.every((segment) => segment.state !== "published");

/** The accounts that a new draft would be for. */
export const refusedBy = ({ socialAccounts }) => socialAccounts.filter(isWhollyOut);

const mediumOf = ({ id, url, altText, filename }) => ({ ...(id ? { id } : { url, ...(filename && { filename }) }), ...(altText && { altText }) });
const containerOf = ({ content, media, x }) => ({ content, ...(media.length > 0 && { media: media.map(mediumOf) }), ...(x && { x }) });

/** Answers the id of the draft. */
export async function draftAgain(post) {
  const body = {
    accounts: refusedBy(post).map(({ id }) => id),
    containers: post.containers.map(containerOf),
    ...(post.x && Object.keys(post.x).length > 0 && { x: post.x }),
    isDraft: true,
  };
  return (await send("/v1/posts", body)).post.id;
}
