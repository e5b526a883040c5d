/**
 * Where the person is: `#/settings/keys?tenant_id=acme`. In the fragment, so that every address is the one static page
 * and no path of the API is ever taken for one of ours.
 */

import { useEffect, useState } from "preact/hooks";

/** `{ path: ["settings", "keys"], query: URLSearchParams }` */
export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  return { path: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

/** The address of a place, for `<a href>`. Names without a value are left out. */
export function href(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = new URLSearchParams(given).toString();
  return `#/${path}${search ? `?${search}` : ""}`;
}

/** Goes there. `replace` leaves no step behind for the back button. */
export function go(path, query, { replace = false } = {}) {
  const to = href(path, query);
  if (!replace) location.hash = to;
  else {
    history.replaceState(null, "", to);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
}

/** The place now, and whenever it changes. */
export function useRoute() {
  const [first] = useState(location.hash);
  const [route, setRoute] = useState(() => parse(first));
  useEffect(() => {
    const follow = () => setRoute(parse(location.hash));
    addEventListener("hashchange", follow);
    // It may have changed since the first drawing.
    if (location.hash !== first) follow();
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
