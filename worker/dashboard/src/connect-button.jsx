/** `<connect-x>` as every site has it, for the operator's own accounts: its sessions are made with the operator's cookie. */

import { useEffect, useRef, useState } from "preact/hooks";
import { changed } from "./live.js";
import { post } from "./api.js";
import { toast } from "./ui/toast.jsx";

/** `wishes` go into the session: `tenant_id`, `reconnect_account_id`. */
export function ConnectButton({ id, wishes = {}, size, children = "Connect X", onConnected }) {
  const element = useRef();
  const latest = useRef();
  const [isMissing, setMissing] = useState(false);
  latest.current = { wishes, onConnected };
  useEffect(() => {
    import("/embed.js").catch(() => setMissing(true));
    const button = element.current;
    button.fetchSession = ({ signal, ...asked }) => newSession({ ...asked, ...latest.current.wishes }, signal);
    const onEnd = ({ detail: { account } }) => {
      changed("/v1/social-accounts", "/v1/account/usage", "/v1/posts");
      toast(`@${account.username} is connected`);
      latest.current.onConnected?.(account);
    };
    button.addEventListener("connected", onEnd);
    return () => button.removeEventListener("connected", onEnd);
  }, []);
  if (isMissing) return <p class="field-problem">The button could not be loaded. Reload the page.</p>;
  return <connect-x ref={element} id={id} mode="auto" size={size}>{children}</connect-x>;
}

async function newSession({ redirect_uri, ...wishes }, signal) {
  const back = new URL(redirect_uri);
  const body = { ...wishes, origin: location.origin, redirect_uri: back.origin + back.pathname, label: "Dashboard" };
  const given = Object.entries(body).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return (await post("/v1/connect-sessions", Object.fromEntries(given), { signal })).data;
}
