/** Checks the signature of a webhook by the Standard Webhooks scheme (docs/API.md, section 7). */
import type { components } from "./description.ts";
type Schemas = components["schemas"];
export type WebhookEvent = Schemas["AccountConnectedEvent"] | Schemas["AccountDisconnectedEvent"] | Schemas["AccountTokenExpiredEvent"] | Schemas["MediaFailedEvent"] | Schemas["NetworkPausedEvent"] | Schemas["NetworkResumedEvent"] | Schemas["PostErrorEvent"] | Schemas["PostPublishedEvent"] | Schemas["TestEvent"];
/** The request was not signed with the secret, or was signed too long ago. Answer 400. */
export declare class WebhookError extends Error {
}
/**
 * @param body as it came, before any parsing
 * @returns the event, and the id under which each try of it comes
 */
export declare function verifyWebhook(secret: string, headers: Headers, body: string, now?: number): Promise<{
    id: string;
    event: WebhookEvent;
}>;
export {};
