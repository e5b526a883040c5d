/** An X account as the API answers it; the fields that a page commonly shows. */
export interface ConnectedAccount {
  id: string;
  username: string;
  nickname: string;
  network: "x";
  network_unique_id: string;
  profile_picture_url: string | null;
  status: "active" | "reconnect_required" | "disconnected";
  [field: string]: unknown;
}

/** What `POST /v1/connect-sessions` answers as `data`. */
export interface ConnectSession {
  id: string;
  token: string;
  connect_url: string;
  expires_at?: string;
}

/** What the page would like the session to be made with; the site's back end decides. */
export interface SessionWishes {
  /** This page, for `redirect` mode. */
  redirect_uri: string;
  expected_username?: string;
  reconnect_account_id?: string;
  /** Aborted when nobody waits any more. */
  signal: AbortSignal;
}

/**
 * What `POST /v1/page-sessions` answers as `data`: a token for this page, one tenant and an hour at most. The elements
 * beside the button take such sessions alone.
 */
export interface PageSession {
  token: string;
  /** The origin of the Worker. */
  api_url: string;
  created_at?: string;
  expires_at: string;
  tenant_id?: string;
  origin?: string;
  scopes?: ("accounts" | "draft" | "publish")[];
}

/** Asked for each page session anew, and again before a session ends: once for all elements with the same function. */
export type FetchPageSession = (wishes: { signal: AbortSignal }) => Promise<PageSession | { data: PageSession }>;

export type FetchSession = (wishes: SessionWishes) => Promise<ConnectSession | { data: ConnectSession }>;

/** `popup`: a window of its own. `redirect`: this page leaves and comes back. `auto`: the second on phones and where windows are blocked. */
export type ConnectMode = "popup" | "redirect" | "auto";

/** Words of the account beside a button with a page session. `{}` stands for the account's name, of `several` for a number. */
export interface AccountLabels {
  active: string;
  reconnect_required: string;
  reconnect: string;
  disconnect: string;
  sure: string;
  keep: string;
  gone: string;
  several: string;
  again: string;
}

/** Words of the button; a site may replace any of them. `{}` stands for the account's name. */
export interface ConnectLabels extends AccountLabels {
  idle: string;
  busy: string;
  cancel: string;
  unreachable: string;
  open: string;
  left: string;
  connected: string;
  code: string;
  wrong: string;
  digits: string;
  confirm: string;
  popup_blocked: string;
  session_expired: string;
  account_mismatch: string;
  confirmation_failed: string;
  silent: string;
  unavailable: string;
  failed: string;
}

export interface OpenDetail {
  mode: "popup" | "redirect";
}

export interface AuthorizingDetail {
  connectId: string;
}

export interface ConnectedDetail {
  account: ConnectedAccount;
  connectId: string;
}

export interface ConnectErrorDetail {
  /** Stable, for programs. */
  code: string;
  /** A sentence, for people, in the button's language. */
  message: string;
  /** Whether pressing the button again can end differently. */
  retryable: boolean;
  /** For the site's developers: what was seen, and what to do about it. The console has the same line. */
  hint: string;
}

export interface CancelledDetail {
  /**
   * `access_denied`: refused at X. `dismissed`: the button's own cancel. `window_closed`: closed without an answer, or
   * given up. `removed`: the element left the page, and was not back within a second. `cancelled`: the session's owner cancelled it.
   */
  reason: "access_denied" | "dismissed" | "window_closed" | "removed" | "cancelled";
}

export interface DisconnectedDetail {
  account: ConnectedAccount;
}

/** All bubble and are composed. Every attempt ends with exactly one of `connected`, `error` and `cancelled`; an `error` of the page session comes without an attempt. */
export interface ConnectXEventMap {
  ready: CustomEvent<Record<string, never>>;
  open: CustomEvent<OpenDetail>;
  authorizing: CustomEvent<AuthorizingDetail>;
  connected: CustomEvent<ConnectedDetail>;
  error: CustomEvent<ConnectErrorDetail>;
  cancelled: CustomEvent<CancelledDetail>;
  /** With a page session. */
  disconnected: CustomEvent<DisconnectedDetail>;
}

/** What a page writes in the tag, beside the attributes of every element. */
export interface ConnectXAttributes {
  /** An endpoint of the site, which answers the `data` of `POST /v1/connect-sessions`. */
  "session-url"?: string;
  /** A session that is served with the page: these three together. */
  "session-id"?: string;
  token?: string;
  "connect-url"?: string;
  /** The only X account that may be connected, without the @. */
  "expected-username"?: string;
  /** The id of the account that is connected anew. */
  "reconnect-account-id"?: string;
  /** An endpoint of the site, which answers the `data` of `POST /v1/page-sessions`: the button shows the account, and reconnects and disconnects. */
  "page-session-url"?: string;
  /** The only tenant whose account the button may show. */
  "tenant-id"?: string;
  /** Without it `popup`. */
  mode?: ConnectMode;
  size?: "small" | "large";
}

export class ConnectXElement extends HTMLElement {
  /** Asks the site's back end for a session: an alternative to the attribute `session-url`. */
  fetchSession?: FetchSession;
  /** Asks the site's back end for a page session: an alternative to the attribute `page-session-url`. Set it before the page is idle. */
  fetchPageSession?: FetchPageSession;
  /** The site's own words. */
  labels?: Partial<ConnectLabels>;
  addEventListener<K extends keyof ConnectXEventMap>(
    type: K,
    listener: (this: ConnectXElement, event: ConnectXEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** A post as the API answers it; the fields that a page commonly shows. */
export interface Post {
  id: string;
  createdAt: string;
  publishedAt: string | null;
  scheduledAt: string | null;
  isDraft: boolean;
  containers: { content: string; [field: string]: unknown }[];
  socialAccounts: { id: string; username: string; state: string; error: string | null; platformPostUrl: string | null; [field: string]: unknown }[];
  [field: string]: unknown;
}

export interface PostDetail {
  post: Post;
}

/** All bubble and are composed. `error` comes with every problem that the element shows. */
export interface ElementEventMap {
  /** What there is to show is shown. */
  ready: CustomEvent<Record<string, never>>;
  error: CustomEvent<ConnectErrorDetail>;
}

/** Those of the button inside are the button's, `ready` and `error` apart. */
export interface XAccountsEventMap extends ElementEventMap {
  open: CustomEvent<OpenDetail>;
  authorizing: CustomEvent<AuthorizingDetail>;
  connected: CustomEvent<ConnectedDetail>;
  cancelled: CustomEvent<CancelledDetail>;
  disconnected: CustomEvent<DisconnectedDetail>;
}

export interface XPostsEventMap extends ElementEventMap {
  /** Cancelled, or a draft that was deleted. */
  "post-cancelled": CustomEvent<{ post: Post }>;
  "post-retried": CustomEvent<PostDetail>;
}

export interface XComposerEventMap extends ElementEventMap {
  /** The API has taken the post: now, at its time, as a draft, or to be approved. */
  "post-created": CustomEvent<PostDetail>;
}

/** What a page writes in the tag of an element beside the button, and the attributes of every element. */
export interface ElementAttributes {
  /** An endpoint of the site, which answers the `data` of `POST /v1/page-sessions`. */
  "session-url"?: string;
  /** The only tenant whose rows the element may show. */
  "tenant-id"?: string;
}

export interface XAccountsAttributes extends ElementAttributes {
  /** Of the button inside. */
  mode?: ConnectMode;
}

export interface XComposerAttributes extends ElementAttributes {
  /** Shows what X charges, by X's own prices. */
  price?: "" | boolean;
}

/** What the three elements have in common. Attributes: `session-url`, `tenant-id`, `lang`. */
export class XElement<Events extends ElementEventMap = ElementEventMap> extends HTMLElement {
  /** Asks the site's back end for a page session: an alternative to the attribute `session-url`. */
  fetchSession?: FetchPageSession;
  /** The site's own words, by the names of ours (README.md). */
  labels?: Record<string, string>;
  /** Reads everything anew. */
  refresh(): Promise<void>;
  addEventListener<K extends keyof Events>(
    type: K,
    listener: (this: this, event: Events[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** `<x-accounts>`: the tenant's accounts; connect, reconnect, disconnect. Attribute `mode`: the button's. */
export class XAccountsElement extends XElement<XAccountsEventMap> {}

/** `<x-posts>`: what is scheduled and what became of what was sent; cancel, retry. */
export class XPostsElement extends XElement<XPostsEventMap> {}

/** `<x-composer>`: a post, written, counted and sent. Attribute `price` shows what X charges. */
export class XComposerElement extends XElement<XComposerEventMap> {}

/** Registers `<x-accounts>`, `<x-posts>` and `<x-composer>`; does nothing on a server, or for names that are taken. */
export function defineElements(): void;

/** Registers the element; does nothing on a server, or when the name is taken. */
export function defineConnectX(name?: string): void;

export interface ConnectOptions {
  /** A session that the page has; or */
  session?: ConnectSession;
  /** how to get one. */
  fetchSession?: FetchSession;
  mode?: ConnectMode;
  expectedUsername?: string;
  reconnectAccountId?: string;
  lang?: "en" | "es" | "pt" | "fr" | "de" | "ja";
  labels?: Partial<ConnectLabels>;
  onState?: (state: "open" | "authorizing" | "left" | "confirming") => void;
  /** Asks the person for the code that another browser shows. Without it, such an attempt fails. */
  askCode?: (question: { text: string; isWrong: boolean }) => Promise<string>;
  signal?: AbortSignal;
}

/** Connects without the element. Call it inside a click. Rejects with a ConnectError. */
export function connect(options: ConnectOptions): Promise<ConnectedDetail>;

/** When the page is back from X, or was loaded anew while X's window is open: goes on with that attempt, if there is one. */
export function resume(options?: Omit<ConnectOptions, "session" | "fetchSession" | "mode">): Promise<ConnectedDetail> | undefined;

export class ConnectError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly hint: string;
  /** Of code `cancelled`. */
  readonly reason?: CancelledDetail["reason"];
}

/** A code verifier and its S256 challenge (RFC 7636), for pages that post the start themselves. */
export class Pkce {
  private constructor();
  static create(): Promise<Pkce>;
  readonly challenge: string;
  readonly verifier: string;
  /** Drops the verifier. */
  free(): void;
}

/**
 * Where the page finds files of the package, for a site that serves the files itself; else the modules are in the
 * package's scripts. Call it before the page is idle. Addresses may be relative to the page.
 */
export function setWasmUrl(urls: { connect?: string | URL; composer?: string | URL }): void;

declare global {
  interface HTMLElementTagNameMap {
    "connect-x": ConnectXElement;
    "x-accounts": XAccountsElement;
    "x-posts": XPostsElement;
    "x-composer": XComposerElement;
  }
}
