// What a test may do to the stand-in. The HTTP plane (control-http.mjs) calls these same methods.
// Everything taken is a plain object with X-like snake_case keys; an unknown key is refused.
import { APP_KEYS, FAULT_KEYS, POST_KEYS, USER_KEYS, checkApp, checkSettings, only } from "./control-checks.mjs";
import { newFault } from "./faults.mjs";
import { NON_PUBLIC, PUBLIC } from "./metrics.mjs";
import { adoptTokens, isLive, issueCode } from "./oauth.mjs";
import { isScope } from "./scopes.mjs";
import { stored } from "./text.mjs";
import { addPost } from "./tweets.mjs";

const USERNAME = /^\w{1,15}$/;

export class Control {
  #state;

  constructor(state) {
    this.#state = state;
  }

  apps() {
    return [...this.#state.apps.values()];
  }

  /** The first app, seeded: confidential, with the callbacks that the process was started with. */
  get app() {
    return this.apps()[0];
  }

  addApp(given = {}) {
    return this.#state.addApp(checkApp(given));
  }

  setApp({ client_id, ...changes }) {
    return Object.assign(this.#app(client_id), checkApp(changes));
  }

  users() {
    return [...this.#state.users.values()];
  }

  addUser(given) {
    if (!USERNAME.test(given.username)) throw new TypeError("username must be 1 to 15 letters, digits or _");
    if (this.#state.userByName(given.username)) throw new TypeError(`@${given.username} exists`);
    return this.#state.addUser(only(given, USER_KEYS));
  }

  /** Many at once: over HTTP, one request. */
  addUsers(list) {
    return list.map((given) => this.addUser(given));
  }

  setUser({ username, ...changes }) {
    return Object.assign(this.#user(username), only(changes, USER_KEYS));
  }

  /** The id stays, the handle is free for others. */
  renameUser({ username, to, ...given }) {
    only(given, []);
    if (!USERNAME.test(to)) throw new TypeError("to must be 1 to 15 letters, digits or _");
    const other = this.#state.userByName(to);
    if (other && other !== this.#user(username)) throw new TypeError(`@${to} exists`);
    return this.#state.renameUser(this.#user(username), to);
  }

  /** A user's consent without a browser: the code that the callback would carry. */
  grant({ client_id = this.app.client_id, username = "ada", scopes, code_challenge, ...given }) {
    const { redirect_uri, code_challenge_method = "S256" } = only(given, ["redirect_uri", "code_challenge_method"]);
    const app = this.#app(client_id);
    const callback = redirect_uri ?? app.callbacks[0];
    if (!scopes?.every(isScope)) throw new TypeError("scopes must be an array of X's scope names");
    if (!app.callbacks.includes(callback)) throw new TypeError(`not a callback of the app: ${callback}`);
    if (!code_challenge) throw new TypeError("code_challenge is missing");
    const consent = { app, user: this.#user(username), scopes, code_challenge, code_challenge_method };
    return { code: issueCode(this.#state, { ...consent, redirect_uri: callback }) };
  }

  /** Many at once; the codes are in the order of the list and live 30 s like any other. */
  grants(list) {
    return list.map((given) => this.grant(given));
  }

  /** A Worker that was kept on disk has tokens of an earlier stand-in: they count here as well, as one family. */
  adopt({ client_id = this.app.client_id, username, scopes, ...given }) {
    const tokens = only(given, ["access_token", "refresh_token"]);
    const grant = { client_id: this.#app(client_id).client_id, user_id: this.#user(username).id, scopes, revoked: false };
    adoptTokens(this.#state, grant, tokens);
    return { adopted: Object.keys(tokens).length };
  }

  tokens({ username } = {}) {
    const wanted = username && this.#user(username).id;
    return [...this.#state.tokens.values()]
      .filter(({ grant }) => !wanted || grant.user_id === wanted)
      .map((token) => ({ ...token, live: isLive(this.#state, token) }));
  }

  expireToken({ token }) {
    const found = this.#state.tokens.get(token);
    if (!found) throw new TypeError("no such token");
    found.expires_at = this.#state.now();
    return { expired: true };
  }

  /** As under "Connected apps" in X's settings: every token of this user, of one app or of all. */
  revokeGrants({ username, client_id }) {
    const { id } = this.#user(username);
    const grants = [...this.#state.tokens.values(), ...this.#state.codes.values()].map(({ grant }) => grant);
    const isMeant = (grant) => grant.user_id === id && [undefined, grant.client_id].includes(client_id);
    const ended = new Set(grants.filter(isMeant));
    for (const grant of ended) grant.revoked = true;
    return { revoked: ended.size };
  }

  /** All posts that exist, oldest first, without reposts. */
  posts({ username, text } = {}) {
    // A text as it was sent names the post: X keeps it in its own form.
    const isMeant = (post) => post.reposted_id === null && (text === undefined || post.text === stored(text));
    return this.#written(username).filter(isMeant);
  }

  /** All reposts that exist, oldest first: `tweet_id` is the post that they repeat. */
  reposts({ username, tweet_id } = {}) {
    const isMeant = (post) => post.reposted_id !== null && [undefined, post.reposted_id].includes(tweet_id);
    return this.#written(username).filter(isMeant);
  }

  #written(username) {
    const { posts } = this.#state;
    return [...(username ? posts.by(this.#user(username).id) : posts.values())];
  }

  /** Another user's post, made without an app: something to reply to. None of X's rules is asked. */
  post({ username, text, in_reply_to_tweet_id, quote_tweet_id }) {
    const { posts } = this.#state;
    const [parent, quoted] = [posts.get(in_reply_to_tweet_id), posts.get(quote_tweet_id)];
    return addPost(this.#state, { user: this.#user(username), body: { text }, parent, quoted });
  }

  /** What readers made of a post, and how old it is. What is not set here is counted or zero. */
  setPost({ id, ...changes }) {
    const post = this.#state.posts.get(id);
    if (!post) throw new TypeError(`no post has the id ${id}`);
    only(changes, POST_KEYS);
    only(changes.public_metrics ?? {}, PUBLIC);
    only(changes.non_public_metrics ?? {}, NON_PUBLIC);
    return Object.assign(post, changes);
  }

  /** All uploads, oldest first. `size` and `sha256` are of the bytes that came so far. */
  media({ username } = {}) {
    const wanted = username && this.#user(username).id;
    return [...this.#state.media.values()]
      .filter(({ owner_id }) => !wanted || owner_id === wanted)
      .map((media) => this.#received(media));
  }

  #received(media) {
    return { ...media, sha256: media.sha256, alt_text: media.altText, state: media.state(this.#state.now()) };
  }

  fault(given) {
    const fault = newFault(only(given, FAULT_KEYS));
    this.#state.faults.push(fault);
    return fault;
  }

  /** Faults that have not all happened yet: empty at the end of a test that used what it asked for. */
  faults() {
    return this.#state.faults;
  }

  clearFaults() {
    this.#state.faults.length = 0;
    return { cleared: true };
  }

  /** Lets go on whatever a fault holds. */
  release() {
    return { released: this.#state.held.emit("release") };
  }

  now() {
    return { now: this.#state.now(), frozen: this.#state.clock.frozen };
  }

  clock({ advance_ms = 0, frozen }) {
    const { clock } = this.#state;
    if (frozen === true && !clock.frozen) clock.freeze();
    if (frozen === false) clock.thaw();
    clock.advance(advance_ms);
    return this.now();
  }

  settings() {
    return this.#state.settings;
  }

  /** `limits`: {"POST /2/tweets": {user_15min: 3}} replaces X's numbers, meter by meter. */
  set(changes) {
    return Object.assign(this.#state.settings, checkSettings(changes));
  }

  requests(filter = {}) {
    return this.#state.log.list(filter);
  }

  /** Waits until `count` requests that match had their effect. */
  received({ count = 1, wait_ms = 30_000, ...filter } = {}) {
    return this.#state.log.received(filter, Number(count), Number(wait_ms));
  }

  clearRequests() {
    this.#state.log.clear();
    return { cleared: true };
  }

  reset() {
    this.#state.reset();
    return { reset: true };
  }

  #app(clientId) {
    const app = this.#state.apps.get(clientId);
    if (!app) throw new TypeError(`no app has the client id ${clientId}`);
    return app;
  }

  #user(username) {
    const user = this.#state.userByName(String(username));
    if (!user) throw new TypeError(`no user is called @${username}`);
    return user;
  }
}
