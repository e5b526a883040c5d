/** `<connect-x>` and its neighbours in the templates of Vue 3, for Volar and vue-tsc. */

import type { HTMLAttributes, PublicProps } from "vue";
import type { ElementOf, Listeners, Settings, Tag, With } from "./elements.js";

/** As vue-tsc reads a component: what `new` makes is what a template's `ref` holds. `@post-created` sets `onPostCreated`. */
type Component<T extends Tag> = new () => ElementOf<T> & {
  $props: With<Settings<T> & Handlers<T>, HTMLAttributes & PublicProps>;
};
type Handlers<T extends Tag> = {
  [Name in keyof Listeners<T, ""> as `on${Capitalize<Camel<Name>>}`]?: Listeners<T, "">[Name];
};
type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Name;
type Tags = { [T in Tag]: Component<T> };

declare module "vue" {
  interface GlobalComponents extends Tags {}
}
