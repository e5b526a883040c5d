/** What <x-posts> says, but for what went otherwise than planned (trouble-words.js). */

export const POSTS_WORDS = {
  en: {
    posts: "Posts", all: "All", empty: "There are no posts here.", retry: "Send again", cancel: "Delete", keep: "Keep",
    sure: "Delete this post?", draft: "Draft", scheduled: "Scheduled", queued: "On its way",
    failed: "Failed", published: "Published", deleted: "Deleted",
  },
  es: {
    posts: "Publicaciones", all: "Todas", empty: "No hay publicaciones.", retry: "Enviar de nuevo", cancel: "Eliminar", keep: "Conservar",
    sure: "¿Eliminar esta publicación?", draft: "Borrador", scheduled: "Programada", queued: "En camino",
    failed: "Fallida", published: "Publicada", deleted: "Eliminada",
  },
  pt: {
    posts: "Publicações", all: "Todas", empty: "Não há publicações.", retry: "Enviar de novo", cancel: "Excluir", keep: "Manter",
    sure: "Excluir esta publicação?", draft: "Rascunho", scheduled: "Agendada", queued: "A caminho",
    failed: "Falhou", published: "Publicada", deleted: "Excluída",
  },
  fr: {
    posts: "Posts", all: "Tous", empty: "Il n’y a aucun post.", retry: "Renvoyer", cancel: "Supprimer", keep: "Garder",
    sure: "Supprimer ce post ?", draft: "Brouillon", scheduled: "Programmé", queued: "En route",
    failed: "Échoué", published: "Publié", deleted: "Supprimé",
  },
  de: {
    posts: "Beiträge", all: "Alle", empty: "Hier sind keine Beiträge.", retry: "Noch einmal senden", cancel: "Löschen", keep: "Behalten",
    sure: "Diesen Beitrag löschen?", draft: "Entwurf", scheduled: "Geplant", queued: "Unterwegs",
    failed: "Fehlgeschlagen", published: "Veröffentlicht", deleted: "Gelöscht",
  },
  ja: {
    posts: "投稿", all: "すべて", empty: "投稿はありません。", retry: "再送信", cancel: "削除", keep: "残す",
    sure: "この投稿を削除しますか？", draft: "下書き", scheduled: "予約済み", queued: "送信中",
    failed: "失敗", published: "公開済み", deleted: "削除済み",
  },
};
