/**
 * `/oauth/authorize`: an assistant's client asks to act for the person who is signed in (docs/API.md, section 12). The address
 * alone decides nothing here: what it asks is looked up with the person's cookie, and shown before anything is given.
 */

import { useEffect, useState } from "preact/hooks";
import { post } from "../api.js";
import { Letterhead } from "../mark.jsx";
import { SignedOut, SignIn } from "../sign-in.jsx";
import { Button } from "../ui/button.jsx";
import { Loading } from "../ui/show.jsx";
import { Choice } from "./choice.jsx";
import { Ending } from "./ending.jsx";
import { Refused } from "./refused.jsx";

const NAMES = ["client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "resource", "scope", "state"];

const requestOf = (search) => {
  const query = new URLSearchParams(search);
  return Object.fromEntries(NAMES.filter((name) => query.has(name)).map((name) => [name, query.get(name)]));
};

export const CONSENT = "/oauth/authorize";

export function Consent({ session, again, onSignedIn, onSignedOut }) {
  const [request] = useState(() => requestOf(location.search));
  if (!request.client_id) return <Card><Nobody /></Card>;
  if (!session) {
    return (
      <SignedOut title="Sign in to connect an assistant" intro="An assistant asks to act for you. Sign in to see who asks for what: nothing is given before you say so.">
        <SignIn onSignedIn={onSignedIn} />
      </SignedOut>
    );
  }
  // Another key has other rights: the choice begins anew.
  return <Card><Asked key={session.key_id} session={session} request={request} onSignedOut={onSignedOut} />{again}</Card>;
}

const Card = ({ children }) => (
  <main class="sign-in">
    <div class="sign-in-card consent"><Letterhead />{children}</div>
  </main>
);

const Nobody = () => (
  <>
    <h1>No assistant asks here</h1>
    <p>An assistant leads you to this page when it wants to be let in. Begin at the assistant, with the address <span class="mono">{location.origin}/mcp</span>.</p>
    <p><a href="/#/assistants">Assistants that you have let in</a></p>
  </>
);

function Asked({ session, request, onSignedOut }) {
  const [asked, setAsked] = useState();
  const [error, setError] = useState();
  const [ending, setEnding] = useState();
  const ask = () => {
    setError(undefined);
    post("/v1/agents/requests", { request }).then(({ data }) => setAsked(data), setError);
  };
  // A session that has ended meanwhile is another one after signing in again.
  useEffect(() => { if (!asked) ask(); }, [session]);
  if (ending) return <Ending {...ending} />;
  if (error) return <Refused error={error}><Button icon="refresh" onPress={ask}>Try again</Button></Refused>;
  return asked ? <Choice session={session} request={request} asked={asked} onEnd={setEnding} onSignedOut={onSignedOut} /> : <Loading rows={3} />;
}
