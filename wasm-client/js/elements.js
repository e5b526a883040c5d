/**
 * Entry of /elements.js: one script tag registers the three elements, each of which loads the rest of itself. A plain script of
 * another origin has no address of its own to import from (HTML standard, "muted errors"), but its element says where it came
 * from: there it loads itself once more, as a module.
 */

import { defineElements } from "./elements/define.js";

const from = document.currentScript?.src;
if (from) import(from);
else defineElements();
