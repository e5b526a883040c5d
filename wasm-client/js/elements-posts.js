/** The body of <x-posts>. */

export { css, show } from "./elements/posts.js";
