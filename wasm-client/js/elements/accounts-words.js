/** What <x-accounts> says. `{}` is the account's handle. */

export const ACCOUNTS_WORDS = {
  en: {
    accounts: "X accounts", empty: "No X account is connected yet.", connect: "Connect X", reconnect: "Reconnect", disconnect: "Disconnect",
    keep: "Keep", sure: "Disconnect @{}? Posts that are scheduled for it are cancelled.", gone: "@{} is disconnected.",
    active: "Connected", reconnect_required: "X has ended the connection. Posts wait until you reconnect.", disconnected: "Disconnected",
  },
  es: {
    accounts: "Cuentas de X", empty: "Aún no hay ninguna cuenta de X conectada.", connect: "Conectar X", reconnect: "Volver a conectar", disconnect: "Desconectar",
    keep: "Conservar", sure: "¿Desconectar @{}? Se cancelarán sus publicaciones programadas.", gone: "@{} está desconectada.",
    active: "Conectada", reconnect_required: "X ha terminado la conexión. Las publicaciones esperan a que la conectes de nuevo.", disconnected: "Desconectada",
  },
  pt: {
    accounts: "Contas do X", empty: "Nenhuma conta do X conectada ainda.", connect: "Conectar X", reconnect: "Reconectar", disconnect: "Desconectar",
    keep: "Manter", sure: "Desconectar @{}? As publicações agendadas dela serão canceladas.", gone: "@{} foi desconectada.",
    active: "Conectada", reconnect_required: "O X encerrou a conexão. As publicações esperam até você reconectar.", disconnected: "Desconectada",
  },
  fr: {
    accounts: "Comptes X", empty: "Aucun compte X n’est encore connecté.", connect: "Connecter X", reconnect: "Reconnecter", disconnect: "Déconnecter",
    keep: "Garder", sure: "Déconnecter @{} ? Ses publications programmées seront annulées.", gone: "@{} est déconnecté.",
    active: "Connecté", reconnect_required: "X a mis fin à la connexion. Les publications attendent que vous reconnectiez.", disconnected: "Déconnecté",
  },
  de: {
    accounts: "X-Konten", empty: "Noch ist kein X-Konto verbunden.", connect: "X verbinden", reconnect: "Neu verbinden", disconnect: "Trennen",
    keep: "Behalten", sure: "@{} trennen? Geplante Beiträge dieses Kontos werden gestrichen.", gone: "@{} ist getrennt.",
    active: "Verbunden", reconnect_required: "X hat die Verbindung beendet. Beiträge warten, bis Sie neu verbinden.", disconnected: "Getrennt",
  },
  ja: {
    accounts: "X アカウント", empty: "連携している X アカウントはまだありません。", connect: "X と連携", reconnect: "再連携", disconnect: "連携解除",
    keep: "残す", sure: "@{} の連携を解除しますか？予約投稿は取り消されます。", gone: "@{} の連携を解除しました。",
    active: "連携中", reconnect_required: "X が連携を終了しました。再連携するまで投稿は待機します。", disconnected: "解除済み",
  },
};
