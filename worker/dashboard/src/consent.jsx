/**
 * `/oauth/authorize`: an assistant's client asks to act for the person who is signed in (docs/API.md, section 12). The address
 * alone decides nothing here: what it asks is looked up with the person's cookie, and shown before anything is given.
 */

import { useEffect, useState } from "preact/hooks";
import { post } from "./api.js";
import { SignIn } from "./sign-in.jsx";
import { TENANT } from "./tenant.js";
import { Button } from "./ui/button.jsx";
import { Checkbox, TextField } from "./ui/field.jsx";
import { Form } from "./ui/form.jsx";
import { Notice, Problem } from "./ui/problem.jsx";
import { Loading } from "./ui/show.jsx";

export const CONSENT = "/oauth/authorize";

const NAMES = ["client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "resource", "scope", "state"];

const SCOPES = {
  read: ["See", "Accounts, posts, files and figures"],
  draft: ["Draft", "Write drafts, and posts that wait until a person approves them"],
  publish: ["Publish", "Publish, reply, repost, and delete at X, without asking anybody"],
  connect: ["Connect", "Links that connect accounts, and disconnecting accounts"],
};
/** What is ticked where a client asks for it. Whatever acts at once is a person's own choice. */
const USUAL = ["read", "draft"];

const requestOf = (search) => {
  const query = new URLSearchParams(search);
  return Object.fromEntries(NAMES.filter((name) => query.has(name)).map((name) => [name, query.get(name)]));
};

export function Consent({ session, onSignedIn }) {
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        {session ? <Asked session={session} /> : <><h1>Sign in to connect an assistant</h1><SignIn isAgain onSignedIn={onSignedIn} /></>}
      </div>
    </main>
  );
}

function Asked({ session }) {
  const [request] = useState(() => requestOf(location.search));
  const [asked, setAsked] = useState();
  const [error, setError] = useState();
  useEffect(() => {
    post("/v1/agents/requests", { request }).then(({ data }) => setAsked(data), setError);
  }, [request]);
  if (error) return <><h1>This assistant cannot be connected</h1><Problem error={error} /></>;
  return asked ? <Choice session={session} request={request} asked={asked} /> : <Loading rows={3} />;
}

/** The host, or the whole address of a program: what stands in the place of a host there is the program's own word. */
function shownPlace(address) {
  const { protocol, host } = new URL(address);
  return ["https:", "http:"].includes(protocol) ? host : address;
}

function Choice({ session, request, asked }) {
  const offered = asked.can_give;
  const [scopes, setScopes] = useState(USUAL.filter((scope) => offered.includes(scope) && (asked.scopes.length === 0 || asked.scopes.includes(scope))));
  const [tenant, setTenant] = useState("");
  const toggle = (scope) => (isOn) => setScopes((all) => (isOn ? [...all, scope] : all.filter((one) => one !== scope)));
  const decide = async (allow) => {
    const binding = tenant ? { tenant_id: tenant } : {};
    const { data } = await post("/v1/agents", { request, allow, ...(allow ? { scopes, ...binding } : {}) });
    location.assign(data.redirect_to);
  };
  const { host, name } = asked.client;
  return (
    <>
      <h1><b>{host}</b> wants to act for you{asked.brand ? ` at ${asked.brand}` : ""}</h1>
      <p class="muted">{name ? <>It calls itself “{name}”. </> : null}You are sent back to <span class="mono">{shownPlace(asked.redirect_uri)}</span>.</p>
      <Notice kind="warn" title="Only continue if you have just started this yourself">
        <p>Whoever sent you a link to this page may want your rights for themselves.</p>
      </Notice>
      <Form onSend={() => decide(true)} send="Allow" extra={<Button onPress={() => decide(false)}>Refuse</Button>}>
        {(problemOf) => (
          <>
            <fieldset class="choice">
              <legend>What it may do</legend>
              {offered.map((scope) => (
                <Checkbox key={scope} label={SCOPES[scope][0]} hint={SCOPES[scope][1]} isChecked={scopes.includes(scope)} onToggle={toggle(scope)} />
              ))}
            </fieldset>
            {!session.tenant_id && (
              <TextField
                label="Tenant" isOptional isVerbatim value={tenant} onText={setTenant} pattern={TENANT}
                problem={problemOf("tenant_id")} hint="It then sees this customer's accounts and posts alone"
              />
            )}
          </>
        )}
      </Form>
      <p class="muted">You can end this at any time in Settings, API keys.</p>
    </>
  );
}
