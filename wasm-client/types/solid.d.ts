/**
 * `<connect-x>` and its neighbours in the JSX of Solid, which sets what stands there without a prefix as a property with a name in small letters.
 * So attributes are `attr:session-url`, properties `prop:fetchSession`, and events `on:connected`.
 */

import type { JSX } from "solid-js";
import type { ElementOf, Elements, Listeners, Tag, With } from "./elements.js";

type Prefixed<Members, Prefix extends string> = { [Name in keyof Members & string as `${Prefix}${Name}`]?: Members[Name] };
type Props<T extends Tag> = With<
  Prefixed<Elements[T]["attributes"], "attr:"> & Prefixed<Elements[T]["properties"], "prop:"> & Listeners<T, "on:">,
  JSX.HTMLAttributes<ElementOf<T>>
>;
type Tags = { [T in Tag]: Props<T> };

declare module "solid-js" {
  namespace JSX {
    interface IntrinsicElements extends Tags {}
  }
}
