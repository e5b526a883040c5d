/** Entry of /composer.js: the module is a file beside the script. */

import { sources } from "./sources.js";

sources.composer = new URL("composer_bg.wasm", import.meta.url);

export { loadComposer } from "./composing.js";
