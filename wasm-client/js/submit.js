/** Posts the start of a session (docs/API.md, section 3b, step 2). */

import { node } from "./node.js";

/**
 * Submits from a blank document of the page's own origin. Its referrer policy makes the browser name that origin in the
 * `Origin` header, without which the server refuses; a page that sends no referrer would send `Origin: null`. The page's
 * policy is the blank document's too, and `onRefused` hears when it refuses the form.
 */
export function submit(blank, { action, fields }, onRefused, target = "_self") {
  const inputs = Object.entries(fields).map(([name, value]) => node("input", { type: "hidden", name, value }));
  const form = node("form", { method: "post", action, target }, ...inputs);
  blank.head.append(node("meta", { name: "referrer", content: "origin" }));
  blank.body.append(form);
  blank.addEventListener("securitypolicyviolation", ({ effectiveDirective, disposition }) => {
    if (effectiveDirective === "form-action" && disposition === "enforce") onRefused();
  });
  form.submit();
}
