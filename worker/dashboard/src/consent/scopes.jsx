/** What an assistant may do, each with its consequence. */

import { Checkbox } from "../ui/field.jsx";
import { Badge } from "../ui/show.jsx";

const SCOPES = {
  read: ["See", "See accounts, posts, files and figures. It changes nothing. X charges for figures and replies that it looks up."],
  draft: ["Draft", "Write drafts, upload files, and ask for approval. Nothing is published before a person approves it."],
  publish: ["Publish", "Publish, reply, repost, and delete posts on X, at once and without asking anybody. X charges for posts."],
  connect: ["Connect", "Make links by which people connect accounts, and disconnect accounts, which ends what is planned for them."],
};
/** What is ticked where a client asks for it. Whatever acts at once is a person's own choice. */
const USUAL = ["read", "draft"];
/** Scopes that hold another one. */
const HOLDS = { draft: ["read"] };

export const firstChoice = ({ can_give: offered, scopes: asked }) =>
  USUAL.filter((scope) => offered.includes(scope) && (asked.length === 0 || asked.includes(scope)));

const held = (scopes) => scopes.flatMap((scope) => HOLDS[scope] ?? []);
export const nameOf = (scope) => SCOPES[scope]?.[0] ?? scope;
const inWords = (names) => new Intl.ListFormat("en", { type: "conjunction" }).format(names);

export function Scopes({ asked: { can_give: offered, scopes: asked }, chosen, problem, onChange }) {
  const toggle = (scope) => (isOn) => onChange(isOn ? [...chosen, scope] : chosen.filter((one) => one !== scope));
  const refused = asked.filter((scope) => !offered.includes(scope)).map(nameOf);
  return (
    <fieldset class="choice">
      <legend>What it may do</legend>
      {asked.length === 0 && <p class="field-hint">It has not said what it wants to do.</p>}
      {offered.map((scope) => {
        const holder = chosen.find((one) => HOLDS[one]?.includes(scope));
        return (
          <Checkbox
            key={scope} isChecked={chosen.includes(scope) || holder !== undefined} disabled={holder !== undefined}
            label={<>{nameOf(scope)}{asked.includes(scope) && <> <Badge kind="info">asked for</Badge></>}</>}
            hint={`${SCOPES[scope][1]}${holder ? ` ${nameOf(holder)} includes it.` : ""}`}
            onToggle={toggle(scope)}
          />
        );
      })}
      {refused.length > 0 && <p class="field-hint">It has asked for {inWords(refused)} too, which your key cannot give.</p>}
      <p class="field-problem" role="alert">{problem}</p>
    </fieldset>
  );
}

/** As they are sent: whatever a scope holds goes with it. */
export const given = (chosen) => [...new Set([...chosen, ...held(chosen)])];
