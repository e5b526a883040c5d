/** `<connect-x>` and its neighbours in the templates of Svelte 5, for svelte-check. Events are attributes: `onconnected`. */

import type { HTMLAttributes } from "svelte/elements";
import type { ElementOf, Listeners, Settings, Tag, With } from "./elements.js";

type Props<T extends Tag> = With<Settings<T> & Listeners<T, "on">, HTMLAttributes<ElementOf<T>>>;
type Tags = { [T in Tag]: Props<T> };

declare module "svelte/elements" {
  interface SvelteHTMLElements extends Tags {}
}
