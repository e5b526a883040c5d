/** What a post is, in a word, and in how many. */

import { awaitsApproval, stateOf } from "../../../../../wasm-client/js/posting/state.js";
import { may } from "../../scope.js";

export { awaitsApproval, stateOf };

/** Nothing has been sent of it, so it can be changed. */
export const isOpen = ({ isDraft, scheduled, approval }) => isDraft || scheduled || awaitsApproval({ approval });

/** Whether the key may change or delete it: with `draft` alone only what nobody has approved or sent. */
export const mayChange = (session, post) =>
  may(session, "publish") || (may(session, "draft") && (post.isDraft || awaitsApproval(post)));

export const textOf = ({ containers }) => containers[0]?.content || "Without text";
