export { createClient } from "./client.js";
export { uploadMedia } from "./upload.js";
export { WebhookError, verifyWebhook } from "./webhook.js";
