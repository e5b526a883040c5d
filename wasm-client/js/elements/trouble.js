/** Why a post is not on X, for a customer: never the API's own sentence, which is English and may be the operator's alone. */

import { SENTENCES } from "./sentences.js";
import { TROUBLE_WORDS } from "./trouble-words.js";

/** Codes of a delivery (docs/API.md, section 10) whose words are those of another code. */
const SAID_AS = {
  missing_scope: "reconnect_required", unsupported_media: "media_failed", media_url_refused: "media_failed", video_too_long: "media_failed",
  rate_limited: "x_unavailable",
};

export const troubleWords = (language) => ({ ...TROUBLE_WORDS[language], text_too_long: SENTENCES[language].text_too_long });

/** The state "waiting for approval" says all by itself. Whoever has rejected a post may have said why. */
export function reasonsOf({ approval, socialAccounts }, texts) {
  const codes = socialAccounts.map(({ error_code: code }) => code).filter((code) => code && code !== "approval_required");
  return [...new Set([approval?.note, ...codes.map((code) => texts[SAID_AS[code] ?? code] ?? texts.x_refused)])].filter(Boolean);
}
