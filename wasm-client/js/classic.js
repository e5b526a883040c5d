/**
 * A plain script of another origin has no address of its own to import from (HTML standard, "muted errors"), but its
 * element says where it came from. A module has no such element, and needs none. First of all imports of embed.js.
 */

import { parts } from "./begin.js";

const from = document.currentScript?.src;
if (from) parts.load = () => import(new URL("./packed.js", from));
