/** <x-composer>: a post, written as X counts it, for one or more accounts, now, at a time or as a draft. */

import { MOST_PARTS, newPart, newPoll, writersOf } from "../posting/post.js";
import { Picker } from "./composer-accounts.js";
import { Form } from "./composer-form.js";
import { PartRow } from "./composer-part.js";
import { pollRow } from "./composer-poll.js";
import { actOf, isComplete, priceOf, SENT, verdictOf } from "./composer-verdict.js";
import { COMPOSER_WORDS } from "./composer-words.js";
import { Draft } from "./draft.js";
import { make } from "./make.js";
import { pictureCss } from "./picture.js";

export const css = `${pictureCss}
input, textarea, select { font: inherit; color: inherit; min-height: 36px; padding: 6px 14px; border: 1px solid var(--_line);
  border-radius: var(--_radius); background: var(--_ground) }
fieldset { margin: 0; padding: 0; border: 0; min-width: 0 }
legend { unicode-bidi: plaintext }
textarea { width: 100%; resize: vertical }
label input:not([type=checkbox]), label select { width: 100% }
label.stack { gap: 4px }
input[type=checkbox] { min-height: 0; width: 18px; height: 18px; margin: 0; accent-color: var(--_accent) }
progress { width: 100% }
[part=search] { flex: 1 1 100% }
.many { flex: 1 1 100%; max-height: 15em; overflow-y: auto; padding: 4px }
[part=fields] { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20ch), 1fr)) }
`;

export async function show(given, loading) {
  const { scopes = ["publish"], tenant_id: tenant } = await given.session.current();
  const composer = new Composer(given, tenant, scopes.includes("publish"));
  await composer.load();
  composer.drawAll();
  loading.then((loaded) => composer.countBy(loaded), (error) => given.explain(whyNotCounted(error)));
  return () => composer.load().catch((error) => composer.tell(error));
}

/** The API counts and refuses all the same. */
const whyNotCounted = (error) =>
  Object.assign(error, { code: error instanceof WebAssembly.CompileError ? "wasm_forbidden" : "wasm_unavailable", seen: error.message });

class Composer {
  #given;
  #mayPublish;
  #texts;
  #draft;
  #form;
  #picker;
  #empty;
  #counter;
  #rows = new Map();

  constructor(given, tenant, mayPublish) {
    this.#given = given;
    this.#mayPublish = mayPublish;
    this.#texts = given.textsOf(COMPOSER_WORDS);
    this.#draft = new Draft(`x-composer ${tenant} ${given.host.id}`.trim(), () => this.#update());
    this.#picker = new Picker(this.#draft, this.#texts);
    this.#form = new Form(this.#draft, this.#texts, {
      addPart: () => this.#addPart(),
      addPoll: () => this.#addPoll(),
      startOver: () => this.#startOver(),
      submit: () => this.#submit(),
    });
    this.#form.node.prepend(this.#picker.node);
    this.#empty = make("p", { part: "empty", class: "muted" }, make("slot", { name: "empty" }, this.#texts.none));
    given.view.append(make("slot", { name: "heading" }), this.#empty, this.#form.node);
  }

  async load() {
    const before = this.#writers;
    await this.#picker.load(this.#given);
    this.#empty.hidden = this.#picker.count > 0;
    this.#form.node.hidden = this.#picker.count === 0;
    if (this.#writers !== before) this.#update();
  }

  /** For whom is counted. */
  get #writers() {
    return JSON.stringify(writersOf(this.#picker.chosen));
  }

  countBy(counter) {
    this.#counter = counter;
    this.#update();
  }

  async tell(error) {
    const { message = "" } = await this.#given.explain(error);
    this.#form.say(message, "problem");
  }

  drawAll() {
    this.#picker.draw();
    this.#drawParts();
    this.#drawPoll();
    this.#form.fill();
    this.#update();
  }

  /** What follows from the draft as it is: counts, verdict, price, what the button does. */
  #update() {
    const [draft, texts] = [this.#draft, this.#texts];
    const counted = this.#counter?.preview({ post: draft.content, accounts: writersOf(this.#picker.chosen) });
    [...this.#rows.values()].forEach((row, at) => row.count(counted?.containers[at]));
    const refusal = (!draft.isUnfinished && counted?.error) || {};
    this.#form.show({
      verdict: verdictOf(draft, refusal, texts),
      price: this.#given.host.hasAttribute("price") && !draft.isUnfinished ? priceOf(counted, texts, this.#given.language) : "",
      act: texts[actOf(draft, this.#mayPublish)],
      isReady: isComplete(draft) && !refusal.code,
      isFull: draft.parts.length >= MOST_PARTS,
    });
  }

  #drawParts() {
    const made = (part) => new PartRow(part, { ...this.#given, draft: this.#draft, texts: this.#texts, remove: () => this.#removePart(part), move: (by) => this.#movePart(part, by) });
    this.#rows = new Map(this.#draft.parts.map((part) => [part.key, this.#rows.get(part.key) ?? made(part)]));
    const rows = [...this.#rows.values()];
    this.#form.parts.replaceChildren(...rows.map(({ node }) => node));
    rows.forEach((row, at) => row.name(at, rows.length));
  }

  #addPart() {
    const part = newPart();
    this.#setParts([...this.#draft.parts, part]);
    this.#rows.get(part.key).focus();
  }

  #removePart({ key }) {
    this.#setParts(this.#draft.parts.filter((part) => part.key !== key));
    this.#rows.get(this.#draft.parts.at(-1).key).focus();
  }

  /** `by` is 1 or -1. The focus stays with the part that has moved. */
  #movePart(part, by) {
    const at = this.#draft.parts.indexOf(part);
    const others = this.#draft.parts.toSpliced(at, 1);
    this.#setParts(others.toSpliced(at + by, 0, part));
    this.#rows.get(part.key).focusMove(by);
  }

  #setParts(parts) {
    this.#draft.parts = parts;
    this.#drawParts();
    this.#draft.changed();
  }

  #addPoll() {
    this.#draft.poll = newPoll();
    this.#redrawPoll();
    this.#form.poll.querySelector("input").focus();
  }

  #redrawPoll() {
    this.#drawPoll();
    this.#draft.changed();
    if (!this.#draft.poll) this.#form.addPoll.focus();
  }

  #drawPoll() {
    const context = { draft: this.#draft, texts: this.#texts, language: this.#given.language, redraw: () => this.#redrawPoll() };
    this.#form.poll.replaceChildren(...(this.#draft.poll ? [pollRow(context)] : []));
  }

  #startOver() {
    this.#draft.forget();
    this.drawAll();
    this.#focusText();
  }

  #focusText() {
    this.#rows.values().next().value.focus();
  }

  async #submit() {
    const ids = this.#picker.chosen.map(({ id }) => id);
    if (ids.length === 0) return this.#form.say(this.#texts.pick, "problem");
    this.#form.wait(this.#texts.sending);
    try {
      return await this.#send(ids);
    } catch (error) {
      const { message } = await this.#given.explain(error);
      this.#update();
      return this.#form.say(message, "problem");
    }
  }

  /** What is pressed twice, or again after a lost answer or a reload, is the same call: one post. */
  async #send(ids) {
    const { session, emit } = this.#given;
    const { when, intent } = this.#draft;
    const { post } = await session.call("POST", "/v1/posts", { body: this.#draft.bodyFor(ids), key: intent });
    if (this.#draft.intent === intent) this.#draft.forget();
    this.drawAll();
    this.#form.say(this.#texts[when !== "draft" && !this.#mayPublish ? "sentAsk" : SENT[when]]);
    emit("post-created", { post });
    session.changed("posts");
    this.#focusText();
  }
}
