/** One post of <x-posts>: what it is, what became of it at each account, and what to do. */

import { isCancellable, isRetriable, stateOf } from "../posting/state.js";
import { confirmed } from "./confirm.js";
import { button, make } from "./make.js";

const BAD = ["failed", "partial", "held", "unknown"];

/** `act(post, method, path, event, said)` does what was pressed. */
export function postRow(post, { texts, time, scopes, act, reasonsOf = () => [] }) {
  const state = stateOf(post);
  return make("li", { part: "post", class: "card stack", "data-state": state, tabindex: -1 },
    headOf(post, state, texts, time),
    make("p", { part: "text", dir: "auto" }, post.containers.map(({ content }) => content).join("\n\n") || "…"),
    make("p", { part: "accounts", class: "row muted" }, post.socialAccounts.map(accountOf)),
    reasonsOf(post, texts).map((said) => make("p", { part: "reason", class: "problem", dir: "auto" }, said)),
    scopes.some((scope) => scope !== "accounts") && actionsOf(post, texts, scopes.includes("publish"), act));
}

function headOf({ scheduledAt, publishedAt, createdAt }, state, texts, time) {
  const when = scheduledAt ?? publishedAt ?? createdAt;
  return make("p", { class: "row" },
    make("b", { part: "state", class: BAD.includes(state) && "problem" }, texts[state] ?? state),
    make("time", { part: "time", class: "muted", datetime: when }, time.format(new Date(when))));
}

function accountOf({ username, platformPostUrl: href }) {
  const name = `@${username}`;
  return href ? make("a", { part: "link", href, target: "_blank", rel: "noreferrer", dir: "ltr" }, name) : make("span", { dir: "ltr" }, name);
}

function actionsOf(post, texts, mayPublish, act) {
  const retry = mayPublish && isRetriable(post) && retryButton(post, texts, act);
  const cancel = isCancellable(post, mayPublish) && cancelButton(post, texts, act);
  return (cancel || retry) && make("p", { class: "row" }, retry, cancel);
}

function retryButton(post, texts, act) {
  const retry = button("retry", texts.retry, () => {
    retry.disabled = true;
    return act(post, "POST", "/retry", "post-retried", texts.queued).finally(() => (retry.disabled = false));
  });
  return retry;
}

function cancelButton(post, texts, act) {
  const cancelled = () => act(post, "DELETE", "", "post-cancelled", texts.deleted);
  const ask = () => confirmed({ pressed: cancel, question: texts.sure, yes: texts.cancel, no: texts.keep, act: cancelled });
  const cancel = button("cancel", texts.cancel, ask);
  return cancel;
}
