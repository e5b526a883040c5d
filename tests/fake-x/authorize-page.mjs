// The consent page and X's refusal page. They work without script.
import { avatar, html, page } from "./html.mjs";
import { SCOPES } from "./scopes.mjs";

export function refusalPage() {
  return page(
    400,
    "Something went wrong",
    html`<section class="card notice">
<h1>Something went wrong</h1>
<p>You weren't able to give access to the App. Go back and try logging in again.</p>
</section>`,
  );
}

export function consentPage({ app, scopes, redirect_uri }, users, carried) {
  return page(
    200,
    `${app.name} wants to access your account`,
    html`<form class="card" method="post" action="/i/oauth2/authorize">
<h1><strong>${app.name}</strong> wants to access your account.</h1>
${carried.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<fieldset>
<legend>Continue as</legend>
${users.map(chooser)}
</fieldset>
<h2>Things this App can do</h2>
<ul class="scopes">${scopes.map((scope) => html`<li>${SCOPES[scope]}<code>${scope}</code></li>`)}</ul>
<div class="buttons">
<button class="primary" name="decision" value="authorize">Authorize app</button>
<button name="decision" value="cancel">Cancel</button>
</div>
<p class="fine">You will return to <b>${destination(redirect_uri)}</b>.</p>
</form>`,
  );
}

function chooser(user, index) {
  const checked = index === 0 && html` checked`;
  return html`<label class="user"><input type="radio" name="user" value="${user.username}"${checked}>
${avatar(user)}<span><b>${user.name}</b><small>@${user.username}</small></span></label>`;
}

/** A native app's callback (`acme://done`) has no host worth showing but its scheme. */
function destination(redirectUri) {
  const { host, protocol } = new URL(redirectUri);
  return host || protocol;
}
