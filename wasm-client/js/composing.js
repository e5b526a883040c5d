/** What the API would say of a post while it is being written: length as X counts it, links, mistakes, price. */

import init, { preview } from "../pkg/composer/composer.js";
import { loaderOf } from "./sources.js";

const load = loaderOf("composer", init);

/** Resolves to `{preview}` once its module is loaded. */
export async function loadComposer() {
  await load();
  return { preview: (question) => inDollars(JSON.parse(preview(asSent(question)))) };
}

/** What JSON would carry to the API: without functions and fields that are undefined, and dates as texts. */
const asSent = (question) => JSON.parse(JSON.stringify(question));

function inDollars({ cost, ...rest }) {
  return { ...rest, cost: cost && { estimate_usd: cost.estimate_micros / 1e6, reasons: cost.reasons } };
}
