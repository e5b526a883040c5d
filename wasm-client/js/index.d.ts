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

export type FetchSession = (wishes: SessionWishes) => Promise<ConnectSession | { data: ConnectSession }>;

/** `popup`: a window of its own. `redirect`: this page leaves and comes back. `auto`: the second on phones and where windows are blocked. */
export type ConnectMode = "popup" | "redirect" | "auto";

/** Words of the button; a site may replace any of them. `{}` stands for the account's name. */
export interface ConnectLabels {
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

/** All bubble and are composed. Every attempt ends with exactly one of the last three. */
export interface ConnectXEventMap {
  ready: CustomEvent<Record<string, never>>;
  open: CustomEvent<OpenDetail>;
  authorizing: CustomEvent<AuthorizingDetail>;
  connected: CustomEvent<ConnectedDetail>;
  error: CustomEvent<ConnectErrorDetail>;
  cancelled: CustomEvent<CancelledDetail>;
}

export class ConnectXElement extends HTMLElement {
  /** Asks the site's back end for a session: an alternative to the attribute `session-url`. */
  fetchSession?: FetchSession;
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

declare global {
  interface HTMLElementTagNameMap {
    "connect-x": ConnectXElement;
  }
}
