/** What the page does while a person is at X: asks the session, and says where things stand. The module decides. */

import { ConnectError, leavingOpen } from "./connect-error.js";
import { forget, keep } from "./keeping.js";
import { scrollBack } from "./place.js";
import { looksClosed, onAway, onReturn, onStay, pause } from "./presence.js";

/** Leaves for X, or goes on with what this tab has left for; resolves to the event that ends it. */
export async function follow(given) {
  const following = new Following(given);
  if (given.kept) following.comeBack();
  else if (!given.leaves) following.leave();
  return following.outcome();
}

/** X's page has come by then, or never will: the form did not arrive, or nobody answers it. */
const START_MS = 15_000;

const now = () => Math.round(performance.now());

class Following {
  #given;
  #form;
  #step;
  #answer;
  #typed;
  #refused = Promise.withResolvers();
  #stay;
  #isLeft = false;
  #isAuthorizing = false;

  constructor(given) {
    this.#given = given;
    this.#form = startForm(given);
    this.#step = given.Step.Poll;
    given.attempt.show = () => this.#show();
    onReturn(() => this.#leftX(), given.signal);
    // Heard by whoever waits at that time.
    this.#refused.promise.catch(() => {});
    if (!given.leaves) this.#keepWhileAway();
  }

  leave() {
    const { place, leaves } = this.#given;
    this.#told("open", { mode: this.#mode });
    place.start(this.#form, this.#onRefused);
    this.#noticeNoStart();
    if (!leaves) this.#noticeClosing();
  }

  /** Whether X has sent the tab back, or the person went back or loaded the page anew. */
  comeBack() {
    const { kept, place } = this.#given;
    // A start that the page was loaded anew under has as long as any.
    place.postedAt = performance.now();
    if (!kept.isBack) return this.#leftX();
    if (kept.scroll) scrollBack(kept.scroll);
    this.#authorizing();
  }

  async outcome() {
    const { flow, Step, signal, client } = this.#given;
    const ask = {
      [Step.Poll]: () => this.#poll(),
      [Step.Complete]: () => client.complete(flow.verifier(), flow.patience(now())),
      [Step.Confirm]: () => this.#confirm(),
    };
    while (ask[this.#step]) {
      await pause(flow.pause(), signal);
      const sent = now();
      this.#hear(await Promise.race([ask[this.#step](), this.#refused.promise]), sent);
    }
    if (this.#step === Step.Connected) return this.#connected();
    if (this.#step === Step.Cancelled) return { type: "cancelled", detail: { reason: flow.code() } };
    if (flow.leavesSessionOpen()) client.cancel();
    throw this.#failure();
  }

  get #mode() {
    return this.#given.leaves ? "redirect" : "popup";
  }

  #connected() {
    const { session, texts } = this.#given;
    const { account } = this.#answer;
    const detail = { account, connectId: session.id };
    return { type: "connected", detail, said: texts.connected.replace("{}", account.username) };
  }

  /** A page that is to leave asks before it does: whoever is gone cannot be told. */
  #poll() {
    const { client, flow } = this.#given;
    const patience = flow.patience(now());
    return this.#mayLeave ? client.read(patience) : client.poll(flow.since(), flow.hold(), patience);
  }

  get #mayLeave() {
    const { leaves, kept, place } = this.#given;
    return leaves && !kept && place.postedAt === undefined;
  }

  #hear(answer, sent) {
    const { flow } = this.#given;
    this.#answer = answer;
    this.#step = answer ? flow.answered(answer.http, answer.status, answer.code, now()) : flow.unreachable(sent, now());
    if (this.#mayLeave && this.#step === this.#given.Step.Poll && answer) return this.#leaveThePage(answer);
    this.#endNoStart();
    if (answer?.status === "authorizing" && !this.#isAuthorizing && !this.#isLeft) this.#authorizing();
  }

  #leaveThePage({ redirectUri }) {
    if (redirectUri === null) throw leavingOpen(new ConnectError("redirect_uri_missing"));
    this.leave();
  }

  /** Of each posted form; no poll is due at that time. */
  #noticeNoStart() {
    setTimeout(() => this.#endNoStart(), START_MS + 1);
  }

  /** The session may know of a start of which the window has heard nothing: its answer is lost, or X does not answer. */
  #endNoStart() {
    const { client, place } = this.#given;
    if (!(performance.now() - place.postedAt >= START_MS)) return;
    const status = this.#answer?.status;
    if (status !== "pending" && !(status === "authorizing" && place.isBlank)) return;
    this.#refused.reject(leavingOpen(new ConnectError("start_failed", { seen: client.seen, retryable: true })));
  }

  /** The page's policy keeps the form from us, or the browser from X. */
  #onRefused = () => this.#refused.reject(leavingOpen(new ConnectError("form_forbidden")));

  /** The window outlives this page; a page that is loaded anew goes on with the same session. */
  #keepWhileAway() {
    const { session, elementId, flow, signal } = this.#given;
    const heed = (isAway) =>
      isAway ? keep({ elementId, session, verifier: flow.verifier(), isPopup: true }) : forget({ elementId, session });
    onAway(heed, signal);
    heed(document.hidden);
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
    const patience = flow.patience(now());
    const text = flow.isCodeWrong() ? texts.wrong : texts.code;
    if (!this.#typed) tell("confirming", text);
    this.#typed ??= askCode({ text, isWrong: flow.isCodeWrong() });
    const news = client.poll("needs_confirmation", flow.hold(), patience);
    const code = await Promise.race([this.#typed, news.then(() => undefined)]);
    if (code === undefined) return news;
    this.#typed = undefined;
    return client.confirm(code, flow.patience(now()));
  }

  #show() {
    const { flow, place } = this.#given;
    flow.setLeft(false);
    if (this.#isLeft) this.#told("open", { mode: this.#mode });
    this.#isLeft = false;
    this.#stay?.abort();
    place.show(this.#form, this.#onRefused);
    this.#noticeNoStart();
  }

  /**
   * Back on this page, with nothing of X in sight. Only a hint: X's window may be open behind, so the session is asked
   * all the same. Whoever stays here has given it up.
   */
  #leftX() {
    const { flow, place, Step, tell, texts, signal, attempt } = this.#given;
    if (this.#mayLeave || !place.closed || this.#step !== Step.Poll) return;
    this.#isLeft = true;
    flow.setLeft(true);
    tell("left", texts.left);
    this.#stay?.abort();
    this.#stay = new AbortController();
    onStay(() => this.#isLeft && attempt.cancel("window_closed"), AbortSignal.any([signal, this.#stay.signal]));
  }

  /** The server knows a start before X's pages can cut the tie. So a window that looks closed before that is closed. */
  async #noticeClosing() {
    const { place, client, attempt, signal } = this.#given;
    try {
      await looksClosed(place, signal);
      const answer = await client.read();
      if (answer?.status === "pending") attempt.cancel("window_closed");
    } catch (error) {
      // The attempt was over first; or the poll meets the same.
      if (!signal.aborted && !(error instanceof ConnectError)) throw error;
    }
  }

  #told(state, detail) {
    const { tell, texts } = this.#given;
    tell(state, texts.open, detail);
  }

  #failure() {
    const { flow, client } = this.#given;
    return new ConnectError(flow.code(), { seen: client.seen, retryable: flow.retryable() });
  }
}

/** RFC 7636 §4.3, posted rather than put in an address. A phone's tab may sleep: there the server gets the verifier too. */
function startForm({ session: { token, connectUrl }, flow, leaves, isTouch }) {
  const display = leaves ? "page" : "popup";
  const fields = { token, code_challenge: flow.challenge(), code_challenge_method: "S256", display };
  if (isTouch && leaves) fields.code_verifier = flow.verifier();
  return { action: connectUrl, fields };
}
