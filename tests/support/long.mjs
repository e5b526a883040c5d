/** Files that take long are begun first, so that no core is idle at the end while the last of them waits. */
export const LONG = [
  "ageing", "webhooks-patience", "crash", "power-cut", "backup", "publish-media-memory", "pause", "media-parts",
  "isolation", "scheduling-restart", "publishing-restart", "publish-media-restart", "publish-media-faults",
  "media-expiry", "refresh-storm", "webhooks-crash", "limits",
];
