/** Entry `composer` of the package: the module comes as text in a script of its own, as in packed.js. */

import { sources } from "./sources.js";
import { unpacked } from "./unpacked.js";

sources.composer ??= async () => unpacked((await import("../pkg/composer/composer_packed.js")).default);

export { loadComposer } from "./composing.js";
