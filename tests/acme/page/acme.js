/** Acme's own page: shows the accounts that its user has connected, and posts. */

import { onConnected } from "./connect.js";
import { upload } from "./upload.js";

const $ = (id) => document.getElementById(id);

onConnected((account) => showAccounts(account.id));
$("post").addEventListener("submit", publish);
for (const id of ["content", "accounts", "alt"]) $(id).addEventListener("input", newDraft);
$("file").addEventListener("change", newFile);
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
  form.querySelector("button").disabled = true;
  try {
    const media = await sentMedia();
    say("Publishing…");
    const post = await ask("/api/x/post", { account, content, media, draft: form.dataset.draft });
    say(...outcome(await settled(post)));
    newDraft();
  } catch (error) {
    say(error.message);
    if (error.status < 500) newDraft();
  }
  showProgress();
  form.querySelector("button").disabled = false;
}

/** The id of the chosen file, once its bytes are with the Worker. It is kept, so that trying again does not send it again. */
let sent;

function newFile() {
  sent = undefined;
  $("description").hidden = $("file").files.length === 0;
  newDraft();
}

async function sentMedia() {
  const [file] = $("file").files;
  if (!file) return undefined;
  sent ??= await send(file).catch((error) => {
    throw new Error(`The file: ${error.message}`);
  });
  return [{ id: sent, altText: $("alt").value }];
}

async function send(file) {
  const { name, type, size } = file;
  say("Uploading the file…");
  showProgress(0, size);
  const { id, upload_url } = await ask("/api/x/file", { filename: name, content_type: type, size });
  await upload(file, upload_url, (bytes) => showProgress(bytes, size));
  await ask("/api/x/file/confirm", { id });
  return id;
}

/** The post once nothing more happens to it at once; until then the person sees what does. */
async function settled(post) {
  while (post.media && ["queued", "publishing"].includes(post.state) && !post.error) {
    const { state, bytes_sent, bytes_total, processing_percent } = post.media;
    const [sentence, ...progress] = {
      waiting: ["Waiting for its turn…"],
      fetching: ["Fetching the file…"],
      uploading: ["Sending the file to X…", bytes_sent, bytes_total],
      processing: ["X is processing the file…", processing_percent, 100],
      ready: ["Publishing…"],
    }[state];
    say(sentence);
    showProgress(...progress);
    await new Promise((resolve) => setTimeout(resolve, 500));
    post = await ask(`/api/x/post?id=${post.id}`);
  }
  return post;
}

/** A bar that is full at `max`; one that only says that something happens, if nobody knows how much; none without a word. */
function showProgress(...progress) {
  const bar = $("progress");
  bar.hidden = progress.length === 0;
  const [value, max] = progress;
  if (typeof value === "number" && max) Object.assign(bar, { value, max });
  else bar.removeAttribute("value");
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
  // What is written again is read out again.
  if ($("result").textContent !== `${sentence} `) $("result").textContent = `${sentence} `;
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
