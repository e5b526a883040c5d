/** Registers the three elements. */

import { defineElements } from "./elements/define.js";

defineElements();
