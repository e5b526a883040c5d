/** What the button says once it has been pressed, in the languages of the product. `{}` is the account's name. */

const TEXTS = {
  en: {
    open: "A window with X is open. Press the button to see it again.",
    left: "X has not answered yet. Press the button to open it again.",
    connected: "Connected as @{}.",
    code: "X answered in another browser or app. Type the code that it shows.",
    wrong: "That is not the code. Look again, and mind that it can be wrong three times at most.",
    digits: "6-digit code",
    confirm: "Confirm",
    popup_blocked: "Your browser blocked the window. Allow it and try again.",
    session_expired: "This took too long. Please try again.",
    account_mismatch: "That was another X account. Sign in to X as the right one and try again.",
    confirmation_failed: "The code was wrong three times. Please start again.",
    silent: "X is not answering at the moment. Please try again.",
    unavailable: "This site could not reach X just now.",
    failed: "X could not be connected. Please tell the people of this site.",
  },
  es: {
    open: "Hay una ventana de X abierta. Pulsa el botón para volver a verla.",
    left: "X aún no ha respondido. Pulsa el botón para abrirlo de nuevo.",
    connected: "Conectado como @{}.",
    code: "X respondió en otro navegador o aplicación. Escribe el código que muestra.",
    wrong: "Ese no es el código. Míralo de nuevo: solo puede fallar tres veces.",
    digits: "Código de 6 cifras",
    confirm: "Confirmar",
    popup_blocked: "Tu navegador bloqueó la ventana. Permítela e inténtalo de nuevo.",
    session_expired: "Ha tardado demasiado. Inténtalo de nuevo.",
    account_mismatch: "Era otra cuenta de X. Entra en X con la correcta e inténtalo de nuevo.",
    confirmation_failed: "El código falló tres veces. Empieza de nuevo.",
    silent: "X no responde en este momento. Inténtalo de nuevo.",
    unavailable: "Este sitio no ha podido contactar con X.",
    failed: "No se pudo conectar X. Avisa a los responsables de este sitio.",
  },
  pt: {
    open: "Há uma janela do X aberta. Pressione o botão para vê-la de novo.",
    left: "O X ainda não respondeu. Pressione o botão para abri-lo de novo.",
    connected: "Conectado como @{}.",
    code: "O X respondeu em outro navegador ou aplicativo. Digite o código mostrado lá.",
    wrong: "Esse não é o código. Confira de novo: ele pode falhar no máximo três vezes.",
    digits: "Código de 6 dígitos",
    confirm: "Confirmar",
    popup_blocked: "Seu navegador bloqueou a janela. Permita-a e tente novamente.",
    session_expired: "Demorou demais. Tente novamente.",
    account_mismatch: "Essa era outra conta do X. Entre no X com a conta certa e tente novamente.",
    confirmation_failed: "O código falhou três vezes. Comece de novo.",
    silent: "O X não está respondendo no momento. Tente novamente.",
    unavailable: "Este site não conseguiu falar com o X agora.",
    failed: "Não foi possível conectar o X. Avise os responsáveis por este site.",
  },
  fr: {
    open: "Une fenêtre de X est ouverte. Appuyez sur le bouton pour la revoir.",
    left: "X n’a pas encore répondu. Appuyez sur le bouton pour le rouvrir.",
    connected: "Connecté en tant que @{}.",
    code: "X a répondu dans un autre navigateur ou une application. Saisissez le code affiché.",
    wrong: "Ce n’est pas le code. Vérifiez-le : trois erreurs au plus sont permises.",
    digits: "Code à 6 chiffres",
    confirm: "Confirmer",
    popup_blocked: "Votre navigateur a bloqué la fenêtre. Autorisez-la et réessayez.",
    session_expired: "Cela a pris trop de temps. Réessayez.",
    account_mismatch: "C’était un autre compte X. Connectez-vous à X avec le bon et réessayez.",
    confirmation_failed: "Le code était faux trois fois. Recommencez.",
    silent: "X ne répond pas pour le moment. Réessayez.",
    unavailable: "Ce site n’a pas pu joindre X.",
    failed: "X n’a pas pu être connecté. Prévenez les responsables de ce site.",
  },
  de: {
    open: "Ein Fenster mit X ist offen. Drücken Sie den Knopf, um es wieder zu sehen.",
    left: "X hat noch nicht geantwortet. Drücken Sie den Knopf, um es wieder zu öffnen.",
    connected: "Verbunden als @{}.",
    code: "X hat in einem anderen Browser oder einer App geantwortet. Geben Sie den Code ein, der dort steht.",
    wrong: "Das ist nicht der Code. Sehen Sie noch einmal nach: Er darf höchstens dreimal falsch sein.",
    digits: "6-stelliger Code",
    confirm: "Bestätigen",
    popup_blocked: "Ihr Browser hat das Fenster blockiert. Erlauben Sie es und versuchen Sie es noch einmal.",
    session_expired: "Das hat zu lange gedauert. Bitte noch einmal versuchen.",
    account_mismatch: "Das war ein anderes X-Konto. Melden Sie sich bei X mit dem richtigen an und versuchen Sie es noch einmal.",
    confirmation_failed: "Der Code war dreimal falsch. Bitte von vorn beginnen.",
    silent: "X antwortet gerade nicht. Bitte noch einmal versuchen.",
    unavailable: "Diese Seite konnte X gerade nicht erreichen.",
    failed: "X konnte nicht verbunden werden. Bitte sagen Sie es den Betreibern dieser Seite.",
  },
  ja: {
    open: "X のウィンドウが開いています。ボタンを押すと再表示します。",
    left: "X からまだ応答がありません。ボタンを押すともう一度開きます。",
    connected: "@{} として連携しました。",
    code: "X は別のブラウザまたはアプリで応答しました。そこに表示されたコードを入力してください。",
    wrong: "コードが違います。もう一度確認してください（間違えられるのは3回までです）。",
    digits: "6桁のコード",
    confirm: "確認",
    popup_blocked: "ブラウザがウィンドウをブロックしました。許可してからもう一度お試しください。",
    session_expired: "時間切れです。もう一度お試しください。",
    account_mismatch: "別の X アカウントでした。正しいアカウントで X にログインして、もう一度お試しください。",
    confirmation_failed: "コードを3回間違えました。最初からやり直してください。",
    silent: "X が応答していません。もう一度お試しください。",
    unavailable: "このサイトは X に接続できませんでした。",
    failed: "X と連携できませんでした。このサイトの管理者にお知らせください。",
  },
};

/** Codes of docs/API.md, section 10, that say the same to a visitor. */
const SAID_AS = {
  session_spent: "session_expired",
  invalid_grant: "session_expired",
  rate_limited: "silent",
  x_unavailable: "silent",
  x_timeout: "silent",
  x_invalid_response: "silent",
  internal: "silent",
  in_flight: "silent",
  session_unavailable: "unavailable",
  start_failed: "unreachable",
};

/** `labels` are those of labels.js, and the site's own words, which go before ours. */
export function textsOf(labels) {
  return { ...TEXTS[labels.language], ...labels };
}

/** A cause that is the developers' to mend is told to the visitor as one. */
export function sentenceFor(code, texts) {
  return texts[code] ?? texts[SAID_AS[code]] ?? texts.failed;
}
