//! `/v1/posts`: accepted means durable; what becomes of it is the account's matter.

use latchkey_core::api::input::read;
use latchkey_core::api::post::{CreatePost, IGNORED, PostFilter};
use latchkey_core::api::query::Query;

use super::Answered;
use crate::app::App;
use crate::auth::ApiCaller;
use crate::objects::workspace::Command;
use crate::request::Incoming;

/// `POST`: the answer is stored with the effect, before any waiting; a wait that breaks answers what was committed.
pub async fn create(app: &App, mut incoming: Incoming) -> Answered {
    let parse = |body: &[u8]| {
        let input = read::<CreatePost>(body, IGNORED)?;
        input.value.validate(input.warnings)
    };
    let (caller, post) = ApiCaller::with_body(app, &mut incoming, parse).await?;
    let created = caller.run(Command::CreatePost(post)).await?;
    match (incoming.wait_preference(), created.created_post()) {
        (Some(wait_ms), Some(id)) => Ok(caller.await_post(id, wait_ms).await.unwrap_or(created)),
        _ => Ok(created),
    }
}

pub async fn list(app: &App, incoming: &Incoming) -> Answered {
    let caller = ApiCaller::new(app, incoming)?;
    let mut query = Query::parse(incoming.query());
    let filter = caller.require(PostFilter::from_query(&mut query)).await?;
    let warnings = caller.require(query.finish()).await?;
    Ok(caller.run(Command::ListPosts { filter, warnings }).await?)
}

pub async fn get(app: &App, incoming: &Incoming, id: String) -> Answered {
    Ok(ApiCaller::without_query(app, incoming).await?.run(Command::GetPost { id }).await?)
}
