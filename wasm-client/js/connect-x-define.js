/** Registers <connect-x>. */

import { defineConnectX } from "./define.js";

defineConnectX();
