export { createClient } from "./client.ts";
export type { Api, ClientOptions } from "./client.ts";
export type { components, paths } from "./description.ts";
export { uploadMedia } from "./upload.ts";
export type { Upload } from "./upload.ts";
export { WebhookError, verifyWebhook } from "./webhook.ts";
export type { WebhookEvent } from "./webhook.ts";
