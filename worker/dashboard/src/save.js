/** Saves what the page has made as a file, `<name>-<day>.<kind>`. */

export function save(blob, name, kind) {
  const url = URL.createObjectURL(blob);
  const download = `${name}-${new Date().toISOString().slice(0, 10)}.${kind}`;
  Object.assign(document.createElement("a"), { href: url, download }).click();
  URL.revokeObjectURL(url);
}
