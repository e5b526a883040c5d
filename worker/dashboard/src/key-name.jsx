/** A key as people know it, of the keys that the API names to whoever is signed in. */
export function KeyName({ id, keys, session }) {
  if (id === session.key_id) return "your key";
  if (id === "admin") return "the admin key";
  return keys.find((key) => key.id === id)?.name ?? <span class="mono">{id}</span>;
}
