/** `<connect-x>` and its neighbours in the JSX of React 19. Events have their names in lower case: `onconnected`. */

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { ElementOf, Listeners, Settings, Tag, With } from "./elements.js";

type Props<T extends Tag> = With<Settings<T> & Listeners<T, "on">, DetailedHTMLProps<HTMLAttributes<ElementOf<T>>, ElementOf<T>>>;
type Tags = { [T in Tag]: Props<T> };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements extends Tags {}
  }
}
