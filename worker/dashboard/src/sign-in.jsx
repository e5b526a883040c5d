/** The key is exchanged for a cookie that no script can read, and is kept nowhere in the page. */

import { useState } from "preact/hooks";
import { post } from "./api.js";
import { Letterhead } from "./mark.jsx";
import { TextField } from "./ui/field.jsx";
import { Form } from "./ui/form.jsx";

/** Where `approval.page` of a post leads. */
const POST = /^#\/posts\/post_/;

/** The field and the button, for a page or a dialog that says why. */
export function SignIn({ onSignedIn }) {
  const [key, setKey] = useState("");
  const send = async () => {
    const { data } = await post("/v1/dashboard/session", { key: key.trim() });
    setKey("");
    onSignedIn(data);
  };
  return (
    <Form onSend={send} send="Sign in">
      {(problemOf) => (
        <TextField
          label="API key"
          type="password"
          isVerbatim
          required
          autofocus
          value={key}
          onText={setKey}
          problem={problemOf("key")}
          hint="The key that your administrator gave you."
        />
      )}
    </Form>
  );
}

/** The whole page, for whoever comes to the dashboard or by a link to a post. */
export function SignInPage({ onSignedIn }) {
  return (
    <SignedOut title="Sign in" intro={POST.test(location.hash) && "A post waits for you. Sign in to read it and to answer."}>
      <SignIn onSignedIn={onSignedIn} />
    </SignedOut>
  );
}

/** Under the operator's name; what an operator has to know stands folded below. */
export function SignedOut({ title, intro, children }) {
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <Letterhead />
        <div class="stack">
          <h1>{title}</h1>
          {intro && <p class="muted">{intro}</p>}
        </div>
        {children}
      </div>
      <details class="sign-in-note">
        <summary>You run this server, or have no key</summary>
        <p>If you have no key, ask whoever sent you here for one.</p>
        <p>
          If you run this server, sign in with the secret <code>ADMIN_KEY</code>, or with a key that you have made in Settings, API keys. On your own machine the command that started the
          server has printed the key.
        </p>
      </details>
    </main>
  );
}
