/** <x-composer>: a post, written as X counts it, for one or more accounts, now, at a time or as a draft. */

import { MOST_PARTS, newPart, newPoll, REPLIES, writersOf } from "../posting/post.js";
import { COMPOSER_WORDS } from "./composer-words.js";
import { partRow } from "./composer-part.js";
import { pollRow } from "./composer-poll.js";
import { Draft } from "./draft.js";
import { button, make } from "./make.js";
import { picture } from "./picture.js";

export const css = `
textarea { width: 100%; resize: vertical; border-radius: var(--_radius) }
label input:not([type=checkbox]), label select { width: 100% }
label.stack { gap: 4px }
input[type=checkbox] { min-height: 0; width: 18px; height: 18px; margin: 0; accent-color: var(--_accent) }
progress { width: 100% }
[part=fields] { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20ch), 1fr)) }
`;

const MOST_ACCOUNTS = 1000;
const SENT = { now: "sentNow", later: "sentLater", draft: "sentDraft" };

export async function show(given, loading) {
  const { host, view, session, signal, language, emit } = given;
  const texts = given.textsOf(COMPOSER_WORDS);
  const { scopes = ["publish"], tenant_id: tenant } = await session.current();
  const mayPublish = scopes.includes("publish");
  const draft = new Draft(`x-composer ${tenant} ${host.id}`.trim(), () => update());
  let accounts = [];
  let composer;
  let rows = new Map();

  const picker = make("fieldset", { part: "accounts", class: "row" });
  const parts = make("ol", { part: "parts" });
  const poll = make("div");
  const addPart = button("add-part", texts.addPart, () => {
    draft.parts.push(newPart());
    drawParts();
    rows.get(draft.parts.at(-1).key).focus();
    draft.changed();
  });
  const addPoll = button("add-poll", texts.addPoll, () => {
    draft.poll = newPoll();
    redraw();
    poll.querySelector("input").focus();
  });
  const select = (name, options, part) => {
    const made = make("select", { part, onchange: () => draft.changed({ [name]: made.value }) }, options.map(([value, label]) => make("option", { value }, label)));
    return made;
  };
  const replies = select("replies", REPLIES.map((value) => [value, texts[value || "everyone"]]), "replies");
  const when = select("when", ["now", "later", "draft"].map((value) => [value, texts[value]]), "when");
  const at = make("input", { part: "time", type: "datetime-local", oninput: () => draft.changed({ at: at.value }) });
  const time = make("label", { class: "stack" }, texts.time, at);
  const verdict = make("p", { part: "verdict", class: "problem", role: "status", dir: "auto" });
  const price = make("p", { part: "price", class: "muted" });
  const status = make("p", { part: "status", role: "status" });
  const submit = make("button", { part: "submit", class: "main" });
  const over = button("start-over", texts.startOver, () => {
    draft.forget();
    drawAll();
    rows.values().next().value.focus();
  });
  const form = make("form", { part: "form", class: "stack", novalidate: true }, picker, parts, make("p", { class: "row" }, addPart, addPoll), poll,
    make("div", { part: "fields" }, make("label", { class: "stack" }, texts.replies, replies), make("label", { class: "stack" }, texts.when, when), time),
    price, verdict, status, make("p", { class: "row" }, submit, over));
  const empty = make("p", { part: "empty", class: "muted" }, make("slot", { name: "empty" }, texts.none));
  view.append(make("slot", { name: "heading" }), empty, form);

  const chosen = () => {
    const ids = draft.accounts ?? (accounts.length === 1 ? [accounts[0].id] : []);
    return accounts.filter(({ id }) => ids.includes(id));
  };
  const say = (text, isProblem) => Object.assign(status, { className: isProblem ? "problem" : "", textContent: text });

  /** What follows from the draft as it is: counts, verdict, price, what the button does. */
  function update() {
    const counted = composer?.preview({ post: draft.content, accounts: writersOf(chosen()) });
    [...rows.values()].forEach((row, at) => row.count(counted?.containers[at]));
    const { code, message } = (!draft.isUnfinished && counted?.error) || {};
    // How much too long it is stands beside the text.
    verdict.textContent = draft.isPast ? texts.past : code === "text_too_long" ? "" : (message ?? "").replace(/^`.*?`: /, "");
    price.textContent = host.hasAttribute("price") && counted?.cost && !draft.isUnfinished ? texts.price.replace("{}", new Intl.NumberFormat(language, { style: "currency", currency: "USD", maximumFractionDigits: 3 }).format(counted.cost.estimate_usd)) : "";
    time.hidden = draft.when !== "later";
    submit.textContent = texts[draft.when === "draft" ? "save" : mayPublish ? (draft.when === "later" ? "schedule" : "publish") : "ask"];
    submit.disabled = draft.isUnfinished || draft.isPast || Boolean(code) || (draft.when === "later" && !draft.at);
    addPart.hidden = draft.parts.length >= MOST_PARTS;
    addPoll.hidden = Boolean(draft.poll);
    status.textContent = "";
  }

  function drawParts() {
    const context = { ...given, draft, texts };
    const made = (part) => partRow(part, { ...context, remove: () => removePart(part) });
    rows = new Map(draft.parts.map((part) => [part.key, rows.get(part.key) ?? made(part)]));
    parts.replaceChildren(...[...rows.values()].map(({ row }) => row));
    [...rows.values()].forEach((row, at) => row.name(at, rows.size));
  }

  function removePart({ key }) {
    draft.parts = draft.parts.filter((part) => part.key !== key);
    drawParts();
    rows.get(draft.parts.at(-1).key).focus();
    draft.changed();
  }

  function redraw() {
    poll.replaceChildren(...(draft.poll ? [pollRow({ draft, texts, language, redraw })] : []));
    draft.changed();
    if (!draft.poll) addPoll.focus();
  }

  function drawAccounts() {
    const ids = chosen().map(({ id }) => id);
    const box = (account) => make("input", { type: "checkbox", value: account.id, checked: ids.includes(account.id), onchange: pick });
    picker.replaceChildren(make("legend", {}, texts.accounts), ...accounts.map((account) => make("label", { part: "account", class: "row" }, box(account), picture(account), make("span", { dir: "ltr" }, `@${account.username}`))));
    empty.hidden = accounts.length > 0;
    form.hidden = accounts.length === 0;
  }

  const pick = () => draft.changed({ accounts: [...picker.querySelectorAll("input:checked")].map(({ value }) => value) });

  function drawAll() {
    drawAccounts();
    drawParts();
    poll.replaceChildren(...(draft.poll ? [pollRow({ draft, texts, language, redraw })] : []));
    [replies.value, when.value, at.value] = [draft.replies, draft.when, draft.at];
    update();
  }

  async function load() {
    let found = [];
    for (let offset = 0, total = 1; offset < Math.min(total, MOST_ACCOUNTS); offset += 100) {
      const { data, count } = await session.call("GET", `/v1/social-accounts?network=x&status=active&limit=100&offset=${offset}`, { signal });
      [found, total] = [[...found, ...data], count];
    }
    accounts = found;
    drawAccounts();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    const ids = chosen().map(({ id }) => id);
    if (ids.length === 0) return void say(texts.pick, true);
    // What is pressed twice, or again after a lost answer or a reload, is the same call: one post.
    const { when, intent } = draft;
    submit.disabled = true;
    say(texts.sending);
    try {
      const { post } = await session.call("POST", "/v1/posts", { body: draft.bodyFor(ids), key: intent });
      if (draft.intent === intent) draft.forget();
      drawAll();
      say(texts[when !== "draft" && !mayPublish ? "sentAsk" : SENT[when]]);
      emit("post-created", { post });
      session.changed("posts");
      rows.values().next().value.focus();
    } catch (error) {
      const { message } = await given.explain(error);
      update();
      say(message, true);
    }
  });

  await load();
  drawAll();
  loading.then(
    (loaded) => {
      composer = loaded;
      update();
    },
    // The API counts and refuses all the same.
    (error) => given.explain(Object.assign(error, { code: error instanceof WebAssembly.CompileError ? "wasm_forbidden" : "wasm_unavailable", seen: error.message })),
  );
  return () => load().catch(async (error) => say((await given.explain(error)).message ?? "", true));
}
