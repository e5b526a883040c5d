/** What every element says, in the languages of the product; and which of them a place on the page is in. */

export const WORDS = {
  en: { loading: "Loading…", again: "Try again", more: "Show more", lost: "The connection was lost. Please try again." },
  es: { loading: "Cargando…", again: "Reintentar", more: "Mostrar más", lost: "Se perdió la conexión. Inténtalo de nuevo." },
  pt: { loading: "Carregando…", again: "Tentar de novo", more: "Mostrar mais", lost: "A conexão caiu. Tente novamente." },
  fr: { loading: "Chargement…", again: "Réessayer", more: "Afficher plus", lost: "La connexion a été perdue. Réessayez." },
  de: { loading: "Wird geladen …", again: "Noch einmal", more: "Mehr zeigen", lost: "Die Verbindung ist abgerissen. Bitte noch einmal versuchen." },
  ja: { loading: "読み込み中…", again: "再試行", more: "さらに表示", lost: "接続が切れました。もう一度お試しください。" },
};

/** The nearest `lang` of ours around `element` (HTML standard §3.2.6.1), else the browser's own language, else English. */
export function languageAt(element) {
  const tag = element.closest("[lang]")?.lang || navigator.language;
  const language = tag.slice(0, 2).toLowerCase();
  return WORDS[language] ? language : "en";
}
