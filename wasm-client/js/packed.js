/**
 * What the package loads on demand. The module comes as text in a script: each bundler has a way of its own to find a file
 * that a package names by the address of a script, and some have none.
 */

import { sources } from "./sources.js";
import { unpacked } from "./unpacked.js";

sources.connect ??= async () => unpacked((await import("../pkg/wasm/embed_packed.js")).default);

export * from "./attempt.js";
