/**
 * The operator's brand, as the document has it before anybody is signed in: whoever approves a post or lets an assistant in knows the
 * operator, not us. Without a brand the page goes by what it is.
 */

const BRAND = JSON.parse(document.querySelector("meta[name=brand]")?.content ?? "{}");

/** `{ name, logo }`, both null where the operator has set none. */
export const { name = null, logo = null } = BRAND;
export const TITLE = name ?? "Dashboard";

/** The colour of the main button where a person signs in or consents, with what can be read on it. */
export function wear({ color } = BRAND, root = document.documentElement) {
  if (!color) return;
  const edge = (hasEdge) => (hasEdge ? "var(--line-2)" : "transparent");
  root.style.setProperty("--brand", color.ground);
  root.style.setProperty("--on-brand", color.text);
  root.style.setProperty("--brand-edge", `light-dark(${edge(color.has_edge)}, ${edge(color.has_edge_in_the_dark)})`);
}
