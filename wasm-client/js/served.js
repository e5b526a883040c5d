/** Entry of /embed_attempt.js: the module is a file beside the script. */

import { sources } from "./sources.js";

sources.connect = new URL("embed_bg.wasm", import.meta.url);

export * from "./attempt.js";
