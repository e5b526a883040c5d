/** The key is exchanged for a cookie that no script can read, and is kept nowhere in the page. */

import { useState } from "preact/hooks";
import { post } from "./api.js";
import { Mark } from "./mark.jsx";
import { TextField } from "./ui/field.jsx";
import { Form } from "./ui/form.jsx";

export function SignIn({ onSignedIn, isAgain = false }) {
  const [key, setKey] = useState("");
  const send = async () => {
    const { data } = await post("/v1/dashboard/session", { key: key.trim() });
    setKey("");
    onSignedIn(data);
  };
  const form = (
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
          hint="The Worker's ADMIN_KEY, or a key that you have made here."
        />
      )}
    </Form>
  );
  if (isAgain) return form;
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <Mark size={40} />
        <h1>Sign in</h1>
        {form}
      </div>
      <p class="sign-in-note">
        <code>cargo xtask dev</code> prints a key for this machine. In production it is the secret that you set with{" "}
        <code>wrangler secret put ADMIN_KEY</code>.
      </p>
    </main>
  );
}
