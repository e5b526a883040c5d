/**
 * Where a page gets each module from: an address, or a function that answers the module. The package brings the modules in
 * its scripts (packed.js), the Worker serves files (served.js); an address that the site sets comes before both.
 */

export const sources = {};

/** Before the module is loaded: the button loads its own when the page is idle. */
export function setWasmUrl(urls) {
  for (const [name, url] of Object.entries(urls)) sources[name] = new URL(url, document.baseURI);
}

/** What loads the module, once for the page. What failed is loaded again by the next call. */
export function loaderOf(name, init) {
  let loading;
  const load = async () => init({ module_or_path: await given(sources[name]) });
  const forget = () => (loading = undefined);
  return () => {
    loading ??= load();
    loading.catch(forget);
    return loading;
  };
}

const given = (source) => (typeof source === "function" ? source() : source);
