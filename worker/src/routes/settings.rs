//! `PATCH /v1/settings`, and the fetch of its logo.

use base64::{Engine, prelude::BASE64_STANDARD};
use latchkey_core::api::brand::{logo_not_a_picture, logo_not_fetched, logo_too_large};
use latchkey_core::api::code::Code;
use latchkey_core::api::input::{read, utf8};
use latchkey_core::api::settings::ChangeSettings;
use latchkey_core::brand::{LOGO_BYTES, Logo, logo_kind};
use latchkey_core::seal::{base64url, sha256};

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::error::{Error, Result};
use crate::outbound::{QUICK, Unread};
use crate::pages::{brand, forget_brand};
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::workspace::{Authorise, Picture, SettingsChange};

/// `PATCH`: a logo is fetched once, here, and served from our own origin, so that no page of ours asks anybody else.
/// 400 `media_url_refused`, 422 `unsupported_media`, 422 `media_too_large`: nothing is changed.
pub async fn change(app: &App, mut incoming: Incoming) -> Answered {
    let parse = |body: &[u8]| {
        let wanted = read::<ChangeSettings>(body, &[])?.value;
        wanted.brand.check()?;
        Ok((wanted, utf8(body)?.to_owned()))
    };
    let (caller, (wanted, body)) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    // Nothing is asked for a key that may not.
    caller.plan(Authorise).await?;
    let picture = match wanted.brand.logo_url() {
        Some(url) => Some(caller.require(picture(app, url).await).await?),
        None => None,
    };
    let reply = caller.finish(SettingsChange { body, picture }).await?;
    forget_brand();
    Ok(reply)
}

/// `GET /connect/logo/{digest}`: as an `<img>` shows it, and as nothing else. A digest that the brand does not name is 404
/// before anybody is asked for bytes.
pub async fn logo(app: &App, digest: String) -> Answered {
    let missing = || Error::refused(Code::NotFound, "There is no such picture.");
    if !brand(app).await.names(&digest) {
        return Err(missing().into());
    }
    let (kind, base64) = app.workspace()?.logo(digest).await?.ok_or_else(missing)?;
    let bytes = BASE64_STANDARD.decode(base64).map_err(Error::fault)?;
    Ok(Reply::picture(kind.mime(), bytes))
}

async fn picture(app: &App, url: &str) -> Result<Picture> {
    let public = app.public();
    let address = public.url(url).map_err(logo_not_fetched)?;
    let fetched = public.get(address, QUICK.time).await?.map_err(logo_not_fetched)?;
    let bytes = fetched.bytes(LOGO_BYTES).await?.map_err(|why| match why {
        Unread::BrokeOff => logo_not_fetched(why),
        Unread::TooLarge => logo_too_large(),
    })?;
    let kind = logo_kind(&bytes).ok_or_else(logo_not_a_picture)?;
    let logo = Logo { url: url.to_owned(), digest: base64url(&sha256(&bytes)), kind };
    Ok(Picture { logo, base64: BASE64_STANDARD.encode(&bytes) })
}
