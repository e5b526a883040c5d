/** Who asks for what, and what the person gives. */

import { useEffect, useState } from "preact/hooks";
import { useAction } from "../action.js";
import { del, post } from "../api.js";
import { may } from "../scope.js";
import { Button } from "../ui/button.jsx";
import { Form } from "../ui/form.jsx";
import { Notice, Problem } from "../ui/problem.jsx";
import { binding, firstReach, lookUp, Reach } from "./reach.jsx";
import { forThePerson } from "./refused.jsx";
import { firstChoice, given, Scopes } from "./scopes.jsx";

/** Hosts that are the person's own computer, where any program may answer. */
const OWN = ["localhost", "127.0.0.1", "[::1]"];

/** The host, or the whole address of a program: what stands in the place of a host there is the program's own word. */
export function shownPlace(address) {
  const { protocol, host } = new URL(address);
  return ["https:", "http:"].includes(protocol) ? host : address;
}

export function Choice({ session, request, asked, onEnd, onSignedOut }) {
  const [scopes, setScopes] = useState(() => firstChoice(asked));
  const [reach, setReach] = useState(() => firstReach(session));
  const [found, setFound] = useState();
  const [missing, setMissing] = useState({});
  useEffect(() => document.querySelector("main h1").focus(), []);
  const choose = (set) => (value) => {
    setMissing({});
    set(value);
  };
  const decide = async (body) => {
    const { data } = await post("/v1/agents", { request, ...body }).catch((error) => Promise.reject(forThePerson(error)));
    onEnd({ isAllowed: body.allow, to: data.redirect_to, place: shownPlace(asked.redirect_uri) });
    location.assign(data.redirect_to);
  };
  const allow = async () => {
    const { fields, problem } = binding(reach);
    const needed = { scopes: scopes.length === 0 && "Choose what it may do, or press Refuse.", reach: problem };
    setMissing(needed);
    if (needed.scopes || needed.reach) return undefined;
    if (fields.tenant_id && may(session, "read") && found?.tenant !== fields.tenant_id) {
      const told = await lookUp(fields.tenant_id);
      setFound(told);
      if (told.count === 0) return undefined;
    }
    return decide({ allow: true, scopes: given(scopes), ...fields });
  };
  const refuse = useAction(() => decide({ allow: false }));
  return (
    <>
      <Asking asked={asked} />
      <Notice kind="warn" title="Only continue if you have just started this yourself">
        <p>Whoever sent you a link to this page may want your rights for themselves.</p>
      </Notice>
      <Form onSend={allow} send="Allow" extra={<Button isBusy={refuse.isBusy} onPress={() => refuse.run()}>Refuse</Button>}>
        {(problemOf) => (
          <>
            <Scopes asked={asked} chosen={scopes} problem={missing.scopes || problemOf("scopes")} onChange={choose(setScopes)} />
            <Reach session={session} reach={reach} found={found} problem={missing.reach || problemOf("tenant_id") || problemOf("account_id")} onChange={choose(setReach)} onFound={setFound} />
          </>
        )}
      </Form>
      <Problem error={refuse.error} />
      <Foot session={session} onSignedOut={onSignedOut} />
    </>
  );
}

function Asking({ asked: { client: { host, name }, brand, redirect_uri: to } }) {
  return (
    <div class="stack">
      <h1 tabIndex={-1}><b>{host}</b> wants to act for you{brand ? ` at ${brand}` : ""}</h1>
      <p class="muted">
        {name ? <>It calls itself “<bdi>{name}</bdi>”. </> : null}You are sent back to <span class="mono">{shownPlace(to)}</span>.
        {OWN.includes(host) && " That is a program on this computer, and any program can say so."}
        {host.endsWith(":") && " That is a program on this computer: only its name is known, not who made it."}
      </p>
    </div>
  );
}

/** Whose rights are given, and how that ends. */
function Foot({ session, onSignedOut }) {
  const leave = useAction(async () => {
    await del("/v1/dashboard/session");
    onSignedOut();
  });
  const whose = session.tenant_id ? <>a key of <b>{session.tenant_id}</b></> : session.key_id === "admin" ? "the admin key" : "a key of no tenant";
  return (
    <div class="consent-foot">
      <p>You are signed in with {whose}. <Button kind="quiet" isBusy={leave.isBusy} onPress={() => leave.run()}>Use another key</Button></p>
      <p>You can end this at any time on the page <a href="/#/assistants" target="_blank" rel="noopener">Assistants</a>.</p>
      <Problem error={leave.error} />
    </div>
  );
}
