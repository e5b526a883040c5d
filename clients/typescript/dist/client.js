/** The client: `openapi-fetch`, typed by the API's own description, with an API key and retries. */
import createFetchClient from "openapi-fetch";
import { withRetries } from "./retry.js";
/**
 * Each `POST` gets an `Idempotency-Key` unless the caller names one, so that a repetition does nothing twice. Name your own key
 * where your program itself may repeat a call, after a restart for instance.
 */
export function createClient({ baseUrl, key, fetch = globalThis.fetch, ...retries }) {
    const api = createFetchClient({ baseUrl, fetch: withRetries(fetch, retries), headers: { authorization: `Bearer ${key}` } });
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
