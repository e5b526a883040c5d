/** What <x-accounts> and the button say of an account alike, and what the button alone says. `{}` is a number. */

import { ACCOUNTS_WORDS } from "./accounts-words.js";
import { WORDS } from "./words.js";

const SEVERAL = {
  en: "{} X accounts are connected.",
  es: "Hay {} cuentas de X conectadas.",
  pt: "{} contas do X estão conectadas.",
  fr: "{} comptes X sont connectés.",
  de: "{} X-Konten sind verbunden.",
  ja: "{} 個の X アカウントと連携中です。",
};

/** `own` are the site's words, by the same names. */
export const wordsOf = (language, own) => ({ ...WORDS[language], ...ACCOUNTS_WORDS[language], several: SEVERAL[language], ...own });
