//! What a person allows at X, in plain words, and what comes of it.

use crate::oauth::Scopes;

/// One language. `{names}` stands for X's own names of the scopes that have no words here.
#[derive(Debug)]
pub struct Access {
    pub title: &'static str,
    pub see: &'static str,
    pub publish: &'static str,
    pub media: &'static str,
    pub dm_read: &'static str,
    pub dm_write: &'static str,
    pub stay: &'static str,
    pub more: &'static str,
    /// Before X.
    pub next: &'static str,
    /// After X.
    pub ends: &'static str,
}

impl Access {
    /// A line for each thing that the scopes allow (X, "OAuth 2.0 Authorization Code Flow", scopes).
    pub fn lines(&self, scopes: &Scopes) -> Vec<String> {
        let words = |name: &str| match name {
            "users.read" | "tweet.read" => Some(self.see),
            "tweet.write" => Some(self.publish),
            "media.write" => Some(self.media),
            "dm.read" => Some(self.dm_read),
            "dm.write" => Some(self.dm_write),
            "offline.access" => Some(self.stay),
            _ => None,
        };
        let order = [self.see, self.publish, self.media, self.dm_read, self.dm_write, self.stay];
        let said: Vec<&str> = scopes.iter().filter_map(words).collect();
        let others: Vec<&str> = scopes.iter().filter(|name| words(name).is_none()).collect();
        let more = (!others.is_empty()).then(|| self.more.replace("{names}", &others.join(", ")));
        order.into_iter().filter(|line| said.contains(line)).map(str::to_owned).chain(more).collect()
    }
}

pub(super) const EN: Access = Access {
    title: "You allow this",
    see: "See your profile and your posts",
    publish: "Publish, repost and delete posts for you",
    media: "Upload pictures and videos for your posts",
    dm_read: "Read your direct messages",
    dm_write: "Send direct messages for you",
    stay: "Stay connected until you end it",
    more: "At X also: {names}",
    next: "X asks you to sign in and to allow this. Your password stays at X.",
    ends: "You can end this at any time in the settings of X, under connected apps.",
};

pub(super) const ES: Access = Access {
    title: "Esto es lo que permites",
    see: "Ver tu perfil y tus publicaciones",
    publish: "Publicar, repostear y borrar publicaciones en tu nombre",
    media: "Subir imágenes y vídeos para tus publicaciones",
    dm_read: "Leer tus mensajes directos",
    dm_write: "Enviar mensajes directos en tu nombre",
    stay: "Seguir con la conexión hasta que la termines",
    more: "En X, además: {names}",
    next: "X te pide que inicies sesión y que lo permitas. Tu contraseña se queda en X.",
    ends: "Puedes terminarlo cuando quieras en la configuración de X, en las aplicaciones conectadas.",
};

pub(super) const PT: Access = Access {
    title: "Você permite isto",
    see: "Ver seu perfil e seus posts",
    publish: "Publicar, repostar e apagar posts por você",
    media: "Enviar imagens e vídeos para seus posts",
    dm_read: "Ler suas mensagens diretas",
    dm_write: "Enviar mensagens diretas por você",
    stay: "Manter a conexão até você encerrá-la",
    more: "No X, também: {names}",
    next: "O X pede que você entre e permita isto. Sua senha fica no X.",
    ends: "Você pode encerrar isto a qualquer momento nas configurações do X, em aplicativos conectados.",
};

pub(super) const FR: Access = Access {
    title: "Ce que vous autorisez",
    see: "Voir votre profil et vos posts",
    publish: "Publier, republier et supprimer des posts pour vous",
    media: "Envoyer des images et des vidéos pour vos posts",
    dm_read: "Lire vos messages privés",
    dm_write: "Envoyer des messages privés pour vous",
    stay: "Rester connecté jusqu’à ce que vous y mettiez fin",
    more: "Chez X, aussi : {names}",
    next: "X vous demande de vous connecter et de l’autoriser. Votre mot de passe reste chez X.",
    ends: "Vous pouvez y mettre fin à tout moment dans les paramètres de X, sous les applications connectées.",
};

pub(super) const DE: Access = Access {
    title: "Das erlauben Sie",
    see: "Ihr Profil und Ihre Posts sehen",
    publish: "Posts für Sie veröffentlichen, reposten und löschen",
    media: "Bilder und Videos für Ihre Posts hochladen",
    dm_read: "Ihre Direktnachrichten lesen",
    dm_write: "Direktnachrichten für Sie senden",
    stay: "Verbunden bleiben, bis Sie es beenden",
    more: "Bei X außerdem: {names}",
    next: "X bittet Sie, sich anzumelden und das zu erlauben. Ihr Passwort bleibt bei X.",
    ends: "Sie können das jederzeit in den Einstellungen von X unter den verbundenen Apps beenden.",
};

pub(super) const JA: Access = Access {
    title: "許可する内容",
    see: "プロフィールとポストを見る",
    publish: "あなたの代わりにポスト、リポスト、削除をする",
    media: "ポスト用の画像と動画をアップロードする",
    dm_read: "ダイレクトメッセージを読む",
    dm_write: "あなたの代わりにダイレクトメッセージを送る",
    stay: "あなたが終了するまで連携を続ける",
    more: "Xではほかに：{names}",
    next: "Xでログインと許可が求められます。パスワードはXの外に渡されません。",
    ends: "Xの設定の連携アプリから、いつでも終了できます。",
};

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn every_scope_is_said_once_in_words_or_by_its_name() {
        let scopes =
            Scopes::parse("offline.access tweet.write users.read tweet.read like.write dm.read mute.read").unwrap();
        let lines = EN.lines(&scopes);
        assert_eq!(lines, [EN.see, EN.publish, EN.dm_read, EN.stay, "At X also: like.write, mute.read"]);
        assert_eq!(EN.lines(&Scopes::publish_default()), [EN.see, EN.publish, EN.media, EN.stay]);
    }
}
