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

export interface ConnectedDetail {
  account: ConnectedAccount;
  connectId: string;
}

export interface ConnectErrorDetail {
  /** Stable, for programs. */
  code: string;
  /** A sentence, for people. */
  message: string;
  /** Whether pressing the button again can end differently. */
  retryable: boolean;
  /** What the site's developer can do about it. */
  hint?: string;
}

export interface CancelledDetail {
  /**
   * `access_denied`: refused at X. `dismissed`: the button's own cancel. `window_closed`: closed before X was asked.
   * `removed`: the element left the page. `cancelled`: the session's owner cancelled it.
   */
  reason: "access_denied" | "dismissed" | "window_closed" | "removed" | "cancelled";
}

/** Every attempt ends with exactly one of these; all bubble and are composed. */
export interface ConnectXEventMap {
  connected: CustomEvent<ConnectedDetail>;
  error: CustomEvent<ConnectErrorDetail>;
  cancelled: CustomEvent<CancelledDetail>;
}

export class ConnectXElement extends HTMLElement {
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

declare global {
  interface HTMLElementTagNameMap {
    "connect-x": ConnectXElement;
  }
}
