/** Acme's own page: shows the accounts that its user has connected, and posts. */

import { onConnected } from "./connect.js";

const $ = (id) => document.getElementById(id);

onConnected((account) => showAccounts(account.id));
$("post").addEventListener("submit", publish);
$("content").addEventListener("input", newDraft);
$("accounts").addEventListener("change", newDraft);
newDraft();
showAccounts();

/** Asks Acme's back end, which knows better than an event in the page. */
async function showAccounts(chosen) {
  const accounts = await ask("/api/x/accounts").catch((error) => {
    $("accounts-problem").textContent = error.message;
    return [];
  });
  $("none").hidden = accounts.length > 0;
  $("accounts").hidden = $("composer").hidden = accounts.length === 0;
  $("accounts").replaceChildren($("accounts").firstElementChild, ...accounts.map(accountRow));
  const radios = [...$("accounts").querySelectorAll("input")];
  const radio = radios.find(({ value }) => value === chosen) ?? radios[0];
  if (radio) radio.checked = true;
}

function accountRow({ id, username, nickname, profile_picture_url: picture }) {
  const row = $("account").content.cloneNode(true);
  row.querySelector("input").value = id;
  row.querySelector("b").textContent = nickname;
  row.querySelector("small").textContent = `@${username}`;
  if (picture) Object.assign(row.querySelector("img"), { src: picture, hidden: false });
  return row;
}

async function publish(event) {
  event.preventDefault();
  const form = event.target;
  const { account, content } = Object.fromEntries(new FormData(form));
  say("Publishing…");
  form.querySelector("button").disabled = true;
  try {
    say(...outcome(await ask("/api/x/post", { account, content, draft: form.dataset.draft })));
    newDraft();
  } catch (error) {
    say(error.message);
    if (error.status < 500) newDraft();
  }
  form.querySelector("button").disabled = false;
}

/** Names one intent to post. It is kept when no answer came, so that trying again cannot post twice. */
function newDraft() {
  $("post").dataset.draft = crypto.randomUUID();
}

function outcome({ state, error, url }) {
  if (state === "published") return ["Published.", url];
  if (state === "failed") return [`X refused the post: ${error}`];
  return [`Accepted, and not on X yet (${state}). It will be sent without you.`];
}

function say(sentence, url) {
  $("result").textContent = `${sentence} `;
  if (!url) return;
  const link = Object.assign(document.createElement("a"), { href: url, target: "_blank", rel: "noopener" });
  link.textContent = "See it on X";
  $("result").append(link);
}

async function ask(path, body) {
  const init = body && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(path, init);
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error), { status: response.status });
  return answer;
}
