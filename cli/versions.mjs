/** Decides which earlier version of a deployment can take the place of the one that runs. Values in, values out. */

/** As `messageOf` (cloudflare.mjs) writes it. */
const MESSAGE = /latchkey (\S+), schema (\d+)/;

/** Oldest first. A change of a secret makes a version at Cloudflare whose code is that of the version before. */
function history(deployments) {
  let code = {};
  return deployments
    .toSorted((one, other) => Date.parse(one.created_on) - Date.parse(other.created_on))
    .map(({ versions: [{ version_id: id }], annotations = {} }) => {
      const [, version, schema] = annotations["workers/message"]?.match(MESSAGE) ?? [];
      if (version) code = { version, schema: Number(schema) };
      return { id, ...code, isSecret: annotations["workers/triggered_by"] === "secret" };
    });
}

/**
 * The newest deployment of another version, or of the version `to`. Fails with a sentence if there is none, or if going back
 * would bring older secrets back: Cloudflare keeps the secrets with the version.
 */
export function targetOf(deployments, running, to) {
  const all = history(deployments);
  const at = all.findLastIndex(({ version }) => version && (to ? version === to : version !== running));
  if (at < 0) throw new Error(to ? `version ${to} was never deployed by this program` : "no other version was deployed before by this program");
  if (all.slice(at + 1).some(({ isSecret }) => isSecret)) {
    throw new Error(
      `a secret was changed after version ${all[at].version} was deployed, and a rollback would bring the old secret back. ` +
        "Nothing was changed. Install that version of the package and run `npx --no-install latchkey deploy`: the secrets stay",
    );
  }
  return all[at];
}

/** Fails with a sentence unless code of the target's schema may open the data of the running code. */
export function requireReadable({ version, schema }, running, backup) {
  if (schema >= running.oldest) return;
  const remedy = backup ? `the backup ${backup}` : "a backup of before the upgrade";
  throw new Error(
    `version ${version} reads stored data of schema ${schema} and older, and the data needs code of schema ${running.oldest} or newer. ` +
      `Nothing was changed. To go back all the same, restore ${remedy} into a new deployment (docs/guide/production.md)`,
  );
}
