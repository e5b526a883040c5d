/** What is said of the draft of <x-composer>, and what its button does. */

/** What the button does, and what is said once it is done: names of words. */
const ACTS = { now: "publish", later: "schedule", draft: "save" };
export const SENT = { now: "sentNow", later: "sentLater", draft: "sentDraft" };

export const actOf = ({ when }, mayPublish) => (mayPublish || when === "draft" ? ACTS[when] : "ask");

/** How much too long it is stands beside the text. The API names a field before the sentence. */
export function verdictOf(draft, { code, message = "" }, texts) {
  if (draft.isPast) return texts.past;
  return code === "text_too_long" ? "" : message.replace(/^`.*?`: /, "");
}

export function priceOf(counted, texts, language) {
  if (!counted?.cost) return "";
  const money = new Intl.NumberFormat(language, { style: "currency", currency: "USD", maximumFractionDigits: 3 });
  return texts.price.replace("{}", money.format(counted.cost.estimate_usd));
}

/** Whether there is something to send, and a time for it. */
export const isComplete = (draft) => !draft.isUnfinished && !draft.isPast && (draft.when !== "later" || draft.at !== "");
