/** Files that take long are begun first, so that no core is idle at the end while the last of them waits. */
export const LONG = [
  "mcp-sequences", "backup", "ageing", "publish-media-memory", "webhooks-patience", "publish-media-faults", "refresh-storm", "pause",
  "publish-media-processing", "unknown", "in-the-field", "publish-media-url", "revocation", "crash", "imports",
  "scheduling-restart", "publish-media-restart", "publishing", "media-parts", "isolation", "publishing-restart",
  "media-expiry", "webhooks-crash", "limits", "power-cut", "examples", "dashboard-size",
];
