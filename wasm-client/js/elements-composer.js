/** The body of <x-composer>. What counts a post comes as soon as it is there. */

import { show as showComposer } from "./elements/composer.js";

export { css } from "./elements/composer.js";

export const show = (given) => showComposer(given, import("./composer.js").then(({ loadComposer }) => loadComposer()));
