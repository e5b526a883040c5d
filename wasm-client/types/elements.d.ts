import type {
  ConnectXAttributes,
  ConnectXElement,
  ConnectXEventMap,
  ElementAttributes,
  XAccountsAttributes,
  XAccountsElement,
  XAccountsEventMap,
  XComposerAttributes,
  XComposerElement,
  XComposerEventMap,
  XPostsElement,
  XPostsEventMap,
} from "../js/index.js";

interface Row<Element extends HTMLElement, Attributes, Property extends keyof Element, Events> {
  element: Element;
  attributes: Attributes;
  properties: Partial<Pick<Element, Property>>;
  events: Events;
}

/** A row for each element: the types of an element in every framework follow from the row. */
export interface Elements {
  "connect-x": Row<ConnectXElement, ConnectXAttributes, "fetchSession" | "fetchPageSession" | "labels", ConnectXEventMap>;
  "x-accounts": Row<XAccountsElement, XAccountsAttributes, "fetchSession" | "labels", XAccountsEventMap>;
  "x-posts": Row<XPostsElement, ElementAttributes, "fetchSession" | "labels", XPostsEventMap>;
  "x-composer": Row<XComposerElement, XComposerAttributes, "fetchSession" | "labels", XComposerEventMap>;
}

export type Tag = keyof Elements;

export type ElementOf<T extends Tag> = Elements[T]["element"];

/** What a template may set: attributes, and the properties that hold more than text. */
export type Settings<T extends Tag> = Elements[T]["attributes"] & Elements[T]["properties"];

/** The listeners of the element's events, each under the event's name with a prefix: `onconnected`, `on:connected`. */
export type Listeners<T extends Tag, Prefix extends string> = {
  [Name in keyof Elements[T]["events"] & string as `${Prefix}${Name}`]?: (event: Elements[T]["events"][Name]) => void;
};

/** A framework's own attributes of an element, less those that the element has in another way. */
export type With<Own, Theirs> = Own & Omit<Theirs, keyof Own>;
