/** Checks the signature of a webhook by the Standard Webhooks scheme (docs/API.md, section 7). */

import type { components } from "./description.ts";

type Schemas = components["schemas"];

export type WebhookEvent =
  | Schemas["AccountConnectedEvent"]
  | Schemas["AccountDisconnectedEvent"]
  | Schemas["AccountTokenExpiredEvent"]
  | Schemas["MediaFailedEvent"]
  | Schemas["NetworkPausedEvent"]
  | Schemas["NetworkResumedEvent"]
  | Schemas["PostErrorEvent"]
  | Schemas["PostPublishedEvent"]
  | Schemas["TestEvent"];

/** The request was not signed with the secret, or was signed too long ago. Answer 400. */
export class WebhookError extends Error {}

const TOLERANCE_S = 300;

/**
 * @param body as it came, before any parsing
 * @returns the event, and the id under which each try of it comes
 */
export async function verifyWebhook(secret: string, headers: Headers, body: string, now = Date.now()): Promise<{ id: string; event: WebhookEvent }> {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => headers.get(name));
  if (!id || !timestamp || !signatures) throw new WebhookError("a header of the signature is missing");
  if (!(Math.abs(now / 1000 - Number(timestamp)) <= TOLERANCE_S)) throw new WebhookError("the timestamp is too old, or of the future");
  const key = await crypto.subtle.importKey("raw", bytesOf(secret.replace(/^whsec_/, "")), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  for (const signature of signatures.split(" ").filter((one) => one.startsWith("v1,"))) {
    // `verify` compares in constant time.
    if (await crypto.subtle.verify("HMAC", key, bytesOf(signature.slice(3)), signed)) return { id, event: JSON.parse(body) as WebhookEvent };
  }
  throw new WebhookError("no signature is right");
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    throw new WebhookError("a signature or the secret is not base64");
  }
}
