/** What the API would say of a post while it is being written: length as X counts it, links, mistakes, price. */

import init, { preview } from "../pkg/composer/composer.js";
import { loaderOf } from "./sources.js";

const load = loaderOf("composer", init);

/** Resolves to `{preview}` once its module is loaded. */
export async function loadComposer() {
  await load();
  return { preview: (question) => JSON.parse(preview(JSON.stringify(question))) };
}
