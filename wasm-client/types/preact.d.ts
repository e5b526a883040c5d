/** `<connect-x>` and its neighbours in the JSX of Preact. Events have their names in lower case: `onconnected`. */

import type { HTMLAttributes } from "preact";
import type { ElementOf, Listeners, Settings, Tag, With } from "./elements.js";

type Props<T extends Tag> = With<Settings<T> & Listeners<T, "on">, HTMLAttributes<ElementOf<T>>>;
type Tags = { [T in Tag]: Props<T> };

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements extends Tags {}
  }
}
