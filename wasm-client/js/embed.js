/** Entry of /embed.js: one script tag registers the element and fetches the wasm before anybody presses the button. */

import "./connect-x-define.js";
import { loadWasm } from "./wasm.js";

const whenIdle = globalThis.requestIdleCallback ?? setTimeout;
// A preload that fails says nothing: the click loads again, and reports.
whenIdle(() => loadWasm().catch(() => {}));
