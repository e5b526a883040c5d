/** The person has answered, and the browser is on its way to the assistant. */

import { useEffect, useState } from "preact/hooks";
import { LinkButton } from "../ui/button.jsx";

const isPage = (address) => ["https:", "http:"].includes(new URL(address).protocol);

/** A program may not open by itself. A page has the answer once the browser has been there: a code that comes twice ends what it has opened. */
export function Ending({ isAllowed, to, place }) {
  const [isBack, setBack] = useState(false);
  useEffect(() => {
    document.querySelector("main h1").focus();
    const back = ({ persisted }) => persisted && setBack(true);
    addEventListener("pageshow", back);
    return () => removeEventListener("pageshow", back);
  }, []);
  return (
    <>
      <h1 tabIndex={-1}>{isAllowed ? "Allowed" : "Refused"}</h1>
      {isBack ? <p>You have answered already. Go back to the assistant.</p> : <p>You are sent back to <span class="mono">{place}</span>.</p>}
      {!isPage(to) && !isBack && (
        <>
          <p class="muted">If nothing opens, press the button. Then you can close this page.</p>
          <LinkButton kind="primary" icon="external" href={to}>Open the program</LinkButton>
        </>
      )}
      {isAllowed && <p class="muted">You can end it at any time on the page <a href="/#/assistants">Assistants</a>.</p>}
    </>
  );
}
