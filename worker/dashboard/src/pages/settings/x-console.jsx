/** Where in X's console each value belongs: a drawing of its form, and the same in words. */

import { Copy } from "../../ui/copy.jsx";

const SCOPES = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"];

export function XConsole({ callbackUrl }) {
  return (
    <div class="x-console">
      <Drawing />
      <ol class="x-steps">
        <li>
          Open your app at <a href="https://developer.x.com/en/portal/dashboard" target="_blank" rel="noreferrer">developer.x.com</a>,{" "}
          <b>User authentication settings</b>, <b>Set up</b>.
        </li>
        <li><b>App permissions:</b> Read and write.</li>
        <li><b>Type of App:</b> Web App, Automated App or Bot.</li>
        <li>
          <b>Callback URI / Redirect URL:</b> this, to the letter.
          <Copy label="callback URL" text={callbackUrl} />
        </li>
        <li><b>Website URL:</b> your own, with your terms and privacy policy. Then <b>Save</b>.</li>
      </ol>
      <p class="muted small">
        Accounts are asked for {SCOPES.map((scope, at) => (
          <span key={scope}>{at > 0 && (at === SCOPES.length - 1 ? " and " : ", ")}<code>{scope}</code></span>
        ))}. X has no boxes to tick for these: they follow from “Read and write”, and X shows them to each person who connects.
      </p>
    </div>
  );
}

/** Not a picture of X's page, which changes, but of what to look for in it. */
function Drawing() {
  return (
    <svg class="console-drawing" viewBox="0 0 340 330" role="img" aria-label="X's form “User authentication settings”: 2 App permissions, Read and write. 3 Type of App, Web App. 4 Callback URI, the address in the list. 5 Save.">
      <rect class="d-page" x="1" y="1" width="338" height="328" rx="14" />
      <text class="d-title" x="22" y="34">User authentication settings</text>
      <text class="d-name" x="22" y="66">App permissions</text>
      <circle class="d-radio" cx="30" cy="86" r="6" />
      <text class="d-text" x="44" y="90">Read</text>
      <Mark at={[22, 98, 266, 24]} number={2} />
      <circle class="d-radio" cx="30" cy="110" r="6" />
      <circle class="d-dot" cx="30" cy="110" r="3" />
      <text class="d-text d-strong" x="44" y="114">Read and write</text>
      <text class="d-name" x="22" y="150">Type of App</text>
      <circle class="d-radio" cx="30" cy="170" r="6" />
      <text class="d-text" x="44" y="174">Native App</text>
      <Mark at={[22, 182, 266, 24]} number={3} />
      <circle class="d-radio" cx="30" cy="194" r="6" />
      <circle class="d-dot" cx="30" cy="194" r="3" />
      <text class="d-text d-strong" x="44" y="198">Web App, Automated App or Bot</text>
      <text class="d-name" x="22" y="234">Callback URI / Redirect URL</text>
      <rect class="d-input" x="22" y="244" width="258" height="28" rx="6" />
      <text class="d-text d-strong" x="32" y="262">https://…/connect/callback/x</text>
      <Mark at={[18, 240, 270, 36]} number={4} />
      <rect class="d-button" x="22" y="290" width="74" height="26" rx="13" />
      <text class="d-save" x="59" y="307">Save</text>
      <Mark at={[18, 286, 82, 34]} number={5} />
    </svg>
  );
}

function Mark({ at: [x, y, width, height], number }) {
  return (
    <g>
      <rect class="d-mark" x={x - 4} y={y} width={width} height={height} rx="8" />
      <circle class="d-number" cx={x + width + 10} cy={y + height / 2} r="11" />
      <text class="d-digit" x={x + width + 10} y={y + height / 2 + 4}>{number}</text>
    </g>
  );
}
