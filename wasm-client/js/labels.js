/** What the button says before anything else is loaded, in the languages of the product. */

const LABELS = {
  en: ["Connect X", "Waiting for X…", "Cancel", "The connection was lost. Please try again."],
  es: ["Conectar X", "Esperando a X…", "Cancelar", "Se perdió la conexión. Inténtalo de nuevo."],
  pt: ["Conectar X", "Aguardando o X…", "Cancelar", "A conexão caiu. Tente novamente."],
  fr: ["Connecter X", "En attente de X…", "Annuler", "La connexion a été perdue. Réessayez."],
  de: ["X verbinden", "Warten auf X …", "Abbrechen", "Die Verbindung ist abgerissen. Bitte noch einmal versuchen."],
  ja: ["X と連携", "X の応答待ち…", "キャンセル", "接続が切れました。もう一度お試しください。"],
};

/** The nearest `lang` of ours around `element` (HTML standard §3.2.6.1), else the browser's own language, else English. */
export function languageOf(element) {
  const tag = element.closest("[lang]")?.lang || navigator.language;
  const language = tag.slice(0, 2).toLowerCase();
  return LABELS[language] ? language : "en";
}

/** `own` are the site's words, by the same names. */
export function labelsOf(language, own) {
  const [idle, busy, cancel, unreachable] = LABELS[language];
  return { language, idle, busy, cancel, unreachable, ...own };
}
