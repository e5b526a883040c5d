/** What <x-composer> says. */

export const COMPOSER_WORDS = {
  en: {
    accounts: "Accounts", find: "Find an account", none: "Connect an X account first.", pick: "Choose an account.", text: "Text", part: "Part {}", left: "{} left", over: "{} too many", up: "Move up", down: "Move down", remove: "Remove",
    addPart: "Add to the thread", addMedia: "Add media", alt: "What it shows, for people who do not see it", addPoll: "Add a poll", poll: "Poll", choice: "Choice {}", addChoice: "Add a choice",
    runs: "Runs for", removePoll: "Remove the poll", replies: "Who may reply", everyone: "Everyone", following: "People whom the account follows", mentionedUsers: "People who are mentioned",
    subscribers: "Subscribers", verified: "Verified accounts", when: "When", now: "Now", later: "At a time", draft: "Keep as a draft", time: "Time", past: "This time has passed.", price: "X charges {} for this.",
    publish: "Publish", schedule: "Schedule", save: "Save the draft", ask: "Ask for approval", startOver: "Start over", sending: "Sending…",
    sentNow: "The post is on its way to X.", sentLater: "The post is scheduled.", sentDraft: "The draft is saved.", sentAsk: "The post waits for approval.",
  },
  es: {
    accounts: "Cuentas", find: "Buscar una cuenta", none: "Conecta primero una cuenta de X.", pick: "Elige una cuenta.", text: "Texto", part: "Parte {}", left: "Quedan {}", over: "Sobran {}", up: "Subir", down: "Bajar", remove: "Quitar",
    addPart: "Añadir al hilo", addMedia: "Añadir multimedia", alt: "Qué se ve, para quien no lo ve", addPoll: "Añadir encuesta", poll: "Encuesta", choice: "Opción {}", addChoice: "Añadir opción",
    runs: "Duración", removePoll: "Quitar encuesta", replies: "Quién puede responder", everyone: "Todos", following: "Quienes sigue la cuenta", mentionedUsers: "Quienes se mencionan",
    subscribers: "Suscriptores", verified: "Cuentas verificadas", when: "Cuándo", now: "Ahora", later: "A una hora", draft: "Guardar como borrador", time: "Hora", past: "Esta hora ya ha pasado.", price: "X cobra {} por esto.",
    publish: "Publicar", schedule: "Programar", save: "Guardar borrador", ask: "Pedir aprobación", startOver: "Empezar de nuevo", sending: "Enviando…",
    sentNow: "La publicación va camino de X.", sentLater: "La publicación está programada.", sentDraft: "El borrador está guardado.", sentAsk: "La publicación espera aprobación.",
  },
  pt: {
    accounts: "Contas", find: "Buscar uma conta", none: "Conecte primeiro uma conta do X.", pick: "Escolha uma conta.", text: "Texto", part: "Parte {}", left: "Restam {}", over: "{} a mais", up: "Mover para cima", down: "Mover para baixo", remove: "Remover",
    addPart: "Adicionar à sequência", addMedia: "Adicionar mídia", alt: "O que aparece, para quem não vê", addPoll: "Adicionar enquete", poll: "Enquete", choice: "Opção {}", addChoice: "Adicionar opção",
    runs: "Duração", removePoll: "Remover enquete", replies: "Quem pode responder", everyone: "Todos", following: "Quem a conta segue", mentionedUsers: "Quem é mencionado",
    subscribers: "Assinantes", verified: "Contas verificadas", when: "Quando", now: "Agora", later: "Em um horário", draft: "Manter como rascunho", time: "Horário", past: "Este horário já passou.", price: "O X cobra {} por isto.",
    publish: "Publicar", schedule: "Agendar", save: "Salvar rascunho", ask: "Pedir aprovação", startOver: "Recomeçar", sending: "Enviando…",
    sentNow: "A publicação está a caminho do X.", sentLater: "A publicação está agendada.", sentDraft: "O rascunho foi salvo.", sentAsk: "A publicação aguarda aprovação.",
  },
  fr: {
    accounts: "Comptes", find: "Chercher un compte", none: "Connectez d’abord un compte X.", pick: "Choisissez un compte.", text: "Texte", part: "Partie {}", left: "Reste {}", over: "{} de trop", up: "Monter", down: "Descendre", remove: "Retirer",
    addPart: "Ajouter au fil", addMedia: "Ajouter un média", alt: "Ce qu’on y voit, pour qui ne le voit pas", addPoll: "Ajouter un sondage", poll: "Sondage", choice: "Choix {}", addChoice: "Ajouter un choix",
    runs: "Durée", removePoll: "Retirer le sondage", replies: "Qui peut répondre", everyone: "Tout le monde", following: "Les personnes suivies par le compte", mentionedUsers: "Les personnes mentionnées",
    subscribers: "Les abonnés", verified: "Les comptes certifiés", when: "Quand", now: "Maintenant", later: "À une heure précise", draft: "Garder comme brouillon", time: "Heure", past: "Cette heure est passée.", price: "X facture {} pour ceci.",
    publish: "Publier", schedule: "Programmer", save: "Enregistrer le brouillon", ask: "Demander l’approbation", startOver: "Recommencer", sending: "Envoi…",
    sentNow: "Le post est en route vers X.", sentLater: "Le post est programmé.", sentDraft: "Le brouillon est enregistré.", sentAsk: "Le post attend une approbation.",
  },
  de: {
    accounts: "Konten", find: "Konto suchen", none: "Verbinden Sie zuerst ein X-Konto.", pick: "Wählen Sie ein Konto.", text: "Text", part: "Teil {}", left: "Noch {}", over: "{} zu viel", up: "Nach oben", down: "Nach unten", remove: "Entfernen",
    addPart: "Zum Thread hinzufügen", addMedia: "Medien hinzufügen", alt: "Was zu sehen ist, für alle, die es nicht sehen", addPoll: "Umfrage hinzufügen", poll: "Umfrage", choice: "Antwort {}", addChoice: "Antwort hinzufügen",
    runs: "Dauer", removePoll: "Umfrage entfernen", replies: "Wer antworten darf", everyone: "Alle", following: "Wem das Konto folgt", mentionedUsers: "Wer erwähnt wird",
    subscribers: "Abonnenten", verified: "Verifizierte Konten", when: "Wann", now: "Jetzt", later: "Zu einer Zeit", draft: "Als Entwurf behalten", time: "Zeit", past: "Diese Zeit ist vorbei.", price: "X berechnet dafür {}.",
    publish: "Veröffentlichen", schedule: "Planen", save: "Entwurf speichern", ask: "Um Freigabe bitten", startOver: "Von vorn beginnen", sending: "Wird gesendet …",
    sentNow: "Der Beitrag ist unterwegs zu X.", sentLater: "Der Beitrag ist geplant.", sentDraft: "Der Entwurf ist gespeichert.", sentAsk: "Der Beitrag wartet auf Freigabe.",
  },
  ja: {
    accounts: "アカウント", find: "アカウントを検索", none: "先に X アカウントを連携してください。", pick: "アカウントを選んでください。", text: "テキスト", part: "{} 番目", left: "残り {}", over: "{} 超過", up: "上へ移動", down: "下へ移動", remove: "削除",
    addPart: "スレッドに追加", addMedia: "メディアを追加", alt: "見えない人のための説明", addPoll: "アンケートを追加", poll: "アンケート", choice: "選択肢 {}", addChoice: "選択肢を追加",
    runs: "期間", removePoll: "アンケートを削除", replies: "返信できる人", everyone: "全員", following: "フォロー中の人", mentionedUsers: "メンションされた人",
    subscribers: "サブスクライバー", verified: "認証済みアカウント", when: "日時", now: "今すぐ", later: "日時を指定", draft: "下書きとして保存", time: "時刻", past: "この時刻は過ぎています。", price: "X の料金は {} です。",
    publish: "投稿する", schedule: "予約する", save: "下書きを保存", ask: "承認を依頼", startOver: "最初から", sending: "送信中…",
    sentNow: "投稿を X に送信しています。", sentLater: "投稿を予約しました。", sentDraft: "下書きを保存しました。", sentAsk: "投稿は承認待ちです。",
  },
};
