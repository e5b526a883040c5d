// What the control plane takes: the keys of each object, and the values that are one of a few.
import { CATEGORY_NAMES } from "./media-kinds.mjs";
import { LIMITED_ROUTES, METER_NAMES } from "./rate.mjs";

const MAX_CALLBACKS = 10;
/** https://docs.x.com/fundamentals/developer-apps (callback URLs). */
const REFUSED_SCHEMES = new Set(
  (
    "vbscript javascript vbs data mocha keyword livescript ftp file gopher acrobat callto daap itpc itms firefoxurl " +
    "hcp ldap mailto mmst mmsu msbd rtsp mso-offdap snews news nntp outlook stssync rlogin telnet tn3270 shell sip"
  ).split(" "),
);
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
export const APP_KEYS = [
  "name", "type", "client_id", "client_secret", "callbacks", "permission", "enrolled", "enterprise", "credits",
  "requests_email",
];
export const FAULT_KEYS = ["method", "path", "username", "skip", "times", "kind", "ms", "preset", "status", "headers", "body"];
export const USER_KEYS = ["username", "name", "description", "email", "subscription_type", "suspended", "profile_image_url"];
const CHOICES = {
  type: ["confidential", "public"],
  permission: ["read", "write"],
  subscription_type: ["None", "Basic", "Premium", "PremiumPlus"],
  dialect: ["old", "new"],
  gateway: ["old", "new"],
  repeated_repost: ["refuse", "accept"],
  media_outcome: ["succeeded", "failed"],
  repeated_finalize: ["refuse", "accept"],
  token_answer: ["plain", "odd"],
  status_of_photos: ["refuse", "answer"],
};
export const POST_KEYS = ["created_at", "public_metrics", "non_public_metrics"];
const SETTINGS = [
  "acting_delay_ms", "listing_delay_ms", "access_token_ms", "dialect", "gateway", "repeated_repost", "limits",
  "media_pending_ms", "media_processing_ms", "media_check_after_secs", "media_outcome", "media_lifetime_ms",
  "media_limits", "repeated_finalize", "status_of_photos", "token_answer",
];

export function only(given, keys) {
  for (const [key, value] of Object.entries(given)) {
    if (!keys.includes(key)) throw new TypeError(`unknown key ${key}; known: ${keys.join(", ")}`);
    const choices = CHOICES[key];
    if (choices && !choices.includes(value)) throw new TypeError(`${key} must be one of ${choices.join(", ")}`);
  }
  return given;
}

/** Limits are checked meter by meter and category by category. */
export function checkSettings(changes) {
  const checked = only(changes, SETTINGS);
  for (const meters of Object.values(only(checked.limits ?? {}, LIMITED_ROUTES))) only(meters, METER_NAMES);
  only(checked.media_limits ?? {}, CATEGORY_NAMES);
  return checked;
}

export function checkApp(given) {
  const app = only(given, APP_KEYS);
  if (app.callbacks?.length > MAX_CALLBACKS) throw new TypeError(`an app has at most ${MAX_CALLBACKS} callbacks`);
  app.callbacks?.forEach(checkCallback);
  return app;
}

/** https, a native app's own scheme, or plain http on loopback; *.localhost too, so that development has real sites. */
function checkCallback(callback) {
  const { protocol, hostname } = new URL(callback);
  const isLoopback = LOOPBACK.has(hostname) || hostname.endsWith(".localhost");
  const refused = REFUSED_SCHEMES.has(protocol.slice(0, -1)) || (protocol === "http:" && !isLoopback);
  if (refused) throw new TypeError(`X does not take this callback: ${callback}`);
}
