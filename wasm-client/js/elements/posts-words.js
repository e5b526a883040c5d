/** What <x-posts> says. */

export const POSTS_WORDS = {
  en: {
    posts: "Posts", all: "All", empty: "There are no posts here.", retry: "Send again", cancel: "Delete", keep: "Keep",
    sure: "Delete this post?", draft: "Draft", scheduled: "Scheduled", queued: "On its way",
    held: "Waiting", unknown: "Unclear", failed: "Failed", partial: "Published in part", published: "Published", cancelled: "Cancelled", deleted: "Deleted",
    waiting_for_approval: "Waits for approval", rejected: "Rejected", expired: "Approval expired",
  },
  es: {
    posts: "Publicaciones", all: "Todas", empty: "No hay publicaciones.", retry: "Enviar de nuevo", cancel: "Eliminar", keep: "Conservar",
    sure: "¿Eliminar esta publicación?", draft: "Borrador", scheduled: "Programada", queued: "En camino",
    held: "En espera", unknown: "Sin confirmar", failed: "Fallida", partial: "Publicada en parte", published: "Publicada", cancelled: "Cancelada", deleted: "Eliminada",
    waiting_for_approval: "Espera aprobación", rejected: "Rechazada", expired: "Aprobación caducada",
  },
  pt: {
    posts: "Publicações", all: "Todas", empty: "Não há publicações.", retry: "Enviar de novo", cancel: "Excluir", keep: "Manter",
    sure: "Excluir esta publicação?", draft: "Rascunho", scheduled: "Agendada", queued: "A caminho",
    held: "Em espera", unknown: "Sem confirmação", failed: "Falhou", partial: "Publicada em parte", published: "Publicada", cancelled: "Cancelada", deleted: "Excluída",
    waiting_for_approval: "Aguarda aprovação", rejected: "Recusada", expired: "Aprovação expirada",
  },
  fr: {
    posts: "Posts", all: "Tous", empty: "Il n’y a aucun post.", retry: "Renvoyer", cancel: "Supprimer", keep: "Garder",
    sure: "Supprimer ce post ?", draft: "Brouillon", scheduled: "Programmé", queued: "En route",
    held: "En attente", unknown: "Incertain", failed: "Échoué", partial: "Publié en partie", published: "Publié", cancelled: "Annulé", deleted: "Supprimé",
    waiting_for_approval: "Attend une approbation", rejected: "Refusé", expired: "Approbation expirée",
  },
  de: {
    posts: "Beiträge", all: "Alle", empty: "Hier sind keine Beiträge.", retry: "Noch einmal senden", cancel: "Löschen", keep: "Behalten",
    sure: "Diesen Beitrag löschen?", draft: "Entwurf", scheduled: "Geplant", queued: "Unterwegs",
    held: "Wartet", unknown: "Unklar", failed: "Fehlgeschlagen", partial: "Teilweise veröffentlicht", published: "Veröffentlicht", cancelled: "Gestrichen", deleted: "Gelöscht",
    waiting_for_approval: "Wartet auf Freigabe", rejected: "Abgelehnt", expired: "Freigabe abgelaufen",
  },
  ja: {
    posts: "投稿", all: "すべて", empty: "投稿はありません。", retry: "再送信", cancel: "削除", keep: "残す",
    sure: "この投稿を削除しますか？", draft: "下書き", scheduled: "予約済み", queued: "送信中",
    held: "待機中", unknown: "未確認", failed: "失敗", partial: "一部公開", published: "公開済み", cancelled: "取り消し", deleted: "削除済み",
    waiting_for_approval: "承認待ち", rejected: "却下", expired: "承認期限切れ",
  },
};
