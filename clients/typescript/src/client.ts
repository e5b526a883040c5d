/** The client: `openapi-fetch`, typed by the API's own description, with an API key and retries. */

import createFetchClient, { type Client } from "openapi-fetch";
import type { paths } from "./description.ts";
import { type RetryOptions, withRetries } from "./retry.ts";

export type Api = Client<paths>;

export interface ClientOptions extends RetryOptions {
  /** Such as `https://connect.example.com`. */
  baseUrl: string;
  /** An API key. It stays on the server: a page gets the token of a page session instead. */
  key: string;
  fetch?: typeof globalThis.fetch;
}

/**
 * Each `POST` gets an `Idempotency-Key` unless the caller names one, so that a repetition does nothing twice. Name your own key
 * where your program itself may repeat a call, after a restart for instance.
 */
export function createClient({ baseUrl, key, fetch = globalThis.fetch, ...retries }: ClientOptions): Api {
  const api = createFetchClient<paths>({ baseUrl, fetch: withRetries(fetch, retries), headers: { authorization: `Bearer ${key}` } });
  api.use({
    onRequest({ request }) {
      if (request.method === "POST" && !request.headers.has("idempotency-key")) {
        request.headers.set("idempotency-key", crypto.randomUUID());
      }
      return request;
    },
  });
  return api;
}
