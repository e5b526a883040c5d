/** What the page does while a person is at X: asks the session, and says where things stand. The module decides. */

import { ConnectError } from "./connect-error.js";
import { looksClosed, onReturn, pause } from "./presence.js";

/** Leaves for X, or goes on with what this tab has left for; resolves to the event that ends it. */
export async function follow(given) {
  const following = new Following(given);
  if (given.kept) following.comeBack();
  else following.leave();
  return following.outcome();
}

class Following {
  #given;
  #form;
  #step;
  #answer;
  #typed;
  #isLeft = false;
  #isAuthorizing = false;

  constructor(given) {
    this.#given = given;
    this.#form = startForm(given);
    this.#step = given.Step.Poll;
    given.attempt.show = () => this.#show();
    onReturn(() => this.#leftX(), given.signal);
  }

  leave() {
    const { place, popup } = this.#given;
    this.#told("open", { mode: this.#mode });
    place.start(this.#form);
    if (popup) this.#noticeClosing();
  }

  /** The address says whether X has sent the tab back, or the person went back. It is cleaned, and nothing more believed. */
  comeBack() {
    const here = new URL(location.href);
    if (here.searchParams.get("connect_id") !== this.#given.session.id) return this.#leftX();
    for (const name of ["connect_id", "connect_status"]) here.searchParams.delete(name);
    history.replaceState(history.state, "", here);
    this.#authorizing();
  }

  async outcome() {
    const { flow, Step, signal, client } = this.#given;
    const ask = {
      [Step.Poll]: () => client.poll(flow.since()),
      [Step.Complete]: () => client.complete(flow.verifier()),
      [Step.Confirm]: () => this.#confirm(),
    };
    while (ask[this.#step]) {
      await pause(flow.pause(), signal);
      this.#hear(await ask[this.#step]());
    }
    if (this.#step === Step.Connected) return this.#connected();
    if (this.#step === Step.Cancelled) return { type: "cancelled", detail: { reason: flow.code() } };
    if (flow.leavesSessionOpen()) client.cancel();
    throw this.#failure();
  }

  get #mode() {
    return this.#given.popup ? "popup" : "redirect";
  }

  #connected() {
    const { session, texts } = this.#given;
    const { account } = this.#answer;
    const detail = { account, connectId: session.id };
    return { type: "connected", detail, said: texts.connected.replace("{}", account.username) };
  }

  #hear(answer) {
    const { flow } = this.#given;
    this.#answer = answer;
    this.#step = answer ? flow.answered(answer.http, answer.status, answer.code) : flow.unreachable();
    if (answer?.status === "authorizing" && !this.#isAuthorizing && !this.#isLeft) this.#authorizing();
  }

  #authorizing() {
    this.#isAuthorizing = true;
    this.#told("authorizing", { connectId: this.#given.session.id });
  }

  /** The person types the other browser's code; meanwhile the session may end without them. */
  async #confirm() {
    const { askCode, client, flow, texts, tell } = this.#given;
    if (!askCode) {
      client.cancel();
      throw new ConnectError("needs_confirmation");
    }
    const text = flow.isCodeWrong() ? texts.wrong : texts.code;
    if (!this.#typed) tell("confirming", text);
    this.#typed ??= askCode({ text, isWrong: flow.isCodeWrong() });
    const news = client.poll("needs_confirmation");
    const code = await Promise.race([this.#typed, news.then(() => undefined)]);
    if (code === undefined) return news;
    this.#typed = undefined;
    return client.confirm(code);
  }

  #show() {
    const { flow, place } = this.#given;
    flow.setLeft(false);
    if (this.#isLeft) this.#told("open", { mode: this.#mode });
    this.#isLeft = false;
    place.show(this.#form);
  }

  /** Back on this page, with nothing of X in sight. Only a hint: the session is asked all the same, until it ends. */
  #leftX() {
    const { flow, place, Step, tell, texts } = this.#given;
    if (!place.closed || this.#step !== Step.Poll) return;
    this.#isLeft = true;
    flow.setLeft(true);
    tell("left", texts.left);
  }

  /** The server knows a start before X's pages can cut the tie. So a window that looks closed before that is closed. */
  async #noticeClosing() {
    const { popup, client, attempt, signal } = this.#given;
    try {
      await looksClosed(popup, signal);
      const answer = await client.read();
      if (answer?.status === "pending") attempt.cancel("window_closed");
    } catch (error) {
      // The attempt was over first.
      if (!signal.aborted) throw error;
    }
  }

  #told(state, detail) {
    const { tell, texts } = this.#given;
    tell(state, texts.open, detail);
  }

  /** For the developers, all that the server says about it. */
  #failure() {
    const { flow } = this.#given;
    const { message, hint } = this.#answer ?? {};
    const said = [message, hint].filter(Boolean).join(" ");
    return new ConnectError(flow.code(), { hint: said || undefined, retryable: flow.retryable() });
  }
}

/** RFC 7636 §4.3, posted rather than put in an address. A phone's tab may sleep: there the server gets the verifier too. */
function startForm({ session: { token, connectUrl }, flow, popup, isTouch }) {
  const display = popup ? "popup" : "page";
  const fields = { token, code_challenge: flow.challenge(), code_challenge_method: "S256", display };
  if (isTouch && !popup) fields.code_verifier = flow.verifier();
  return { action: connectUrl, fields };
}
