//! The caller: an API key, a browser that has signed in with an API key, or the token of one connect session. The
//! digest of the key or the browser's session goes to the workspace with the call.

use std::cell::OnceCell;
use std::rc::Rc;

use js_sys::Uint8Array;
use latchkey_core::api::answer::Answer;
use latchkey_core::api::code::Code;
use latchkey_core::api::query::Query;
use latchkey_core::api::refused::Refused;
use latchkey_core::connect::ticket::Ticket;
use latchkey_core::id::AccountId;
use latchkey_core::idempotency::Key;
use latchkey_core::key::{
    Access, AgentToken, PageToken, TokenKind, agent_name, has_form_of_key, says_agent, says_page,
};
use latchkey_core::routes::{Body, Route};
use latchkey_core::seal::{base64url, sha256};
use latchkey_core::secret::{Secret, ct_eq};
use latchkey_core::x::price::Reads;
use serde_json::Value;

use crate::app::App;
use crate::dashboard::SignedIn;
use crate::error::{Error, Result};
use crate::names::{WORKSPACE, callback_url};
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::workspace::{
    Abandon, Authorise, Begin, CallBody, CallResponse, Command, CountReads, Head, Outcome, ProxyPlan, Repeatable,
    Replied, SHORT_BYTES, Served, Stage, is_known, is_known_to_be_unknown,
};
use crate::runtime::entropy;

/// A caller with an API key, and the call being made. The workspace authorises each command as it runs it.
pub struct ApiCaller<'a> {
    app: &'a App,
    head: Head,
    idempotency: Option<Key>,
    key_id: Rc<OnceCell<String>>,
}

/// Why a route ends before its last line: its answer is there already, or it failed.
pub enum Early {
    Answered(Reply),
    Failed(Error),
    /// The caller has shown nothing that we made, so no object hears of the refusal, not even how its page looks.
    Unproven(Error),
}

impl<E: Into<Error>> From<E> for Early {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl<'a> ApiCaller<'a> {
    pub fn new(app: &'a App, incoming: &Incoming) -> Result<Self> {
        let row = incoming.row.ok_or_else(|| Error::fault("a call is in no row"))?;
        let head = Head {
            key_digest: presented(app, incoming)?,
            changes: row.changes(),
            access: row.access.ok_or_else(|| Error::fault("a route that no key opens was called with one"))?,
            request_id: incoming.request_id.clone(),
            callback_url: callback_url(&app.public_origin(&incoming.url)?),
            stage: Stage::Whole,
        };
        Ok(Self { app, head, idempotency: None, key_id: Rc::clone(&incoming.key_id) })
    }

    /// A call that takes no query. A filter that nobody applies is refused: it would show other rows than it asks for.
    pub async fn without_query(app: &'a App, incoming: &Incoming) -> Result<Self, Early> {
        let caller = Self::new(app, incoming)?;
        caller.require(Query::parse(incoming.query()).finish()).await?;
        Ok(caller)
    }

    /// A call with a JSON body: read, bound to its `Idempotency-Key`, and understood by `parse`. Whoever has no good
    /// key is told only that, whatever is wrong with the body.
    pub async fn with_body<T>(
        app: &'a App,
        incoming: &mut Incoming,
        parse: impl FnOnce(&[u8]) -> Result<T, Refused>,
    ) -> Result<(Self, T), Early> {
        let (caller, body) = Self::with_bytes(app, incoming, Body::Json).await?;
        let input = caller.require(parse(&body)).await?;
        Ok((caller, input))
    }

    /// The same for a call whose body may be left out.
    pub async fn with_optional_body<T>(
        app: &'a App,
        incoming: &mut Incoming,
        parse: impl FnOnce(&[u8]) -> Result<T, Refused>,
    ) -> Result<(Self, T), Early> {
        let (caller, body) = Self::with_bytes(app, incoming, Body::OptionalJson).await?;
        let input = caller.require(parse(&body)).await?;
        Ok((caller, input))
    }

    /// The same code for each type of body.
    async fn with_bytes(app: &'a App, incoming: &Incoming, body: Body) -> Result<(Self, Vec<u8>), Early> {
        let mut caller = Self::without_query(app, incoming).await?;
        let body = match body {
            Body::OptionalJson => caller.optional_json_body(incoming).await?,
            _ => caller.json_body(incoming).await?,
        };
        caller.bind(incoming, &body).await?;
        Ok((caller, body))
    }

    async fn json_body(&self, incoming: &Incoming) -> Result<Vec<u8>, Early> {
        self.require_known().await?;
        self.require(incoming.json_body().await).await
    }

    /// The body of a call whose JSON may be left out.
    pub async fn optional_json_body(&self, incoming: &Incoming) -> Result<Vec<u8>, Early> {
        self.require_known().await?;
        self.require(incoming.optional_json_body().await).await
    }

    /// A body is read for a key that somebody has. Whose it is and what it may is decided with the call itself.
    async fn require_known(&self) -> Result<(), Early> {
        if is_known(&self.head.key_digest) {
            return Ok(());
        }
        let head = Head { changes: false, stage: Stage::Begin, ..self.head.clone() };
        Ok(self.app.workspace()?.command(head, None, &Command::Authorise).await.map(drop)?)
    }

    /// A call that the workspace answers by itself. The body is not read here: it goes on as it comes.
    pub async fn forward(app: &'a App, incoming: &Incoming, route: Route) -> Result<(Self, Reply), Early> {
        let caller = Self::new(app, incoming)?;
        let body = incoming.row.map_or(Body::Nothing, |row| row.body);
        let said_of_body = match body {
            Body::Json => incoming.require_json(),
            Body::OptionalJson => incoming.require_json_if_any(),
            Body::Nothing | Body::Other => Ok(()),
        };
        caller.require(said_of_body).await?;
        caller.require(incoming.idempotency(&[])).await?;
        let idempotency = incoming.idempotency_key().map(|key| Repeatable {
            key,
            is_made: incoming.has_made_key(),
            method: incoming.method.clone(),
            path: incoming.url.path().to_owned(),
        });
        let is_body_optional = body == Body::OptionalJson;
        let served = Served { route, query: incoming.query().to_owned(), idempotency, is_body_optional };
        let body = match body {
            Body::Nothing => CallBody::Short(Uint8Array::new_with_length(0)),
            _ => caller.require(caller.body(incoming).await).await?,
        };
        let response = app.workspace()?.serve(caller.head.clone(), served, body).await?;
        let reply = caller.answered(caller.noted(response))?;
        Ok((caller, reply))
    }

    /// A short body is read here, for a key that somebody has.
    async fn body(&self, incoming: &Incoming) -> Result<CallBody> {
        if is_known(&self.head.key_digest)
            && let Some(body) = incoming.short_body(SHORT_BYTES).await?
        {
            return Ok(CallBody::Short(body));
        }
        let body = incoming.raw_body();
        Ok(body.map_or_else(|| CallBody::Short(Uint8Array::new_with_length(0)), |body| CallBody::Long(body.into())))
    }

    /// Binds the call to its `Idempotency-Key`.
    pub async fn bind(&mut self, incoming: &Incoming, body: &[u8]) -> Result<(), Early> {
        self.idempotency = self.require(incoming.idempotency(body)).await?;
        Ok(())
    }

    /// The value, or an early end: the refusal is said by the workspace, to good keys only.
    pub async fn require<T, E: Into<Error>>(&self, checked: Result<T, E>) -> Result<T, Early> {
        match checked {
            Ok(value) => Ok(value),
            Err(error) => Err(self.end(error.into()).await),
        }
    }

    async fn end(&self, error: Error) -> Early {
        let Error::Refused(refused) = error else { return Early::Failed(error) };
        self.run(Command::Refuse(refused)).await.map_or_else(Early::Failed, Early::Answered)
    }

    pub fn callback_url(&self) -> &str {
        &self.head.callback_url
    }

    pub const fn access(&self) -> Access {
        self.head.access
    }

    pub fn key_digest(&self) -> &str {
        &self.head.key_digest
    }

    /// Where a call for X goes: to the account that is named, or the one that the key is bound to.
    pub async fn plan_proxy(&self, account: Option<String>) -> Result<ProxyPlan> {
        self.app.workspace()?.plan_proxy(self.head.clone(), account).await
    }

    /// A call that the workspace answers by itself.
    pub fn run(&self, command: impl Into<Command>) -> impl Future<Output = Result<Reply>> {
        self.answer(Stage::Whole, command.into())
    }

    /// The same code for each kind of command: what is generic is small.
    async fn answer(&self, stage: Stage, command: Command) -> Result<Reply> {
        self.answered(self.send(stage, command).await?)
    }

    fn answered(&self, outcome: Outcome) -> Result<Reply> {
        match outcome {
            Outcome::Done(done) => self.reply(done),
            Outcome::Plan(_) | Outcome::Again => {
                Err(Error::fault("the workspace planned where it should have answered"))
            }
        }
    }

    /// The first half of a call that needs more than the workspace.
    pub async fn plan<Q: Begin>(&self, question: Q) -> Result<Q::Plan, Early> {
        Ok(Outcome::read::<Q>(&self.begin(question.command()).await?)?)
    }

    /// X has answered a read, and charges for what the answer holds.
    pub async fn count_reads(&self, account_id: &AccountId, reads: Reads) -> Result<(), Early> {
        self.plan(CountReads { account_id: account_id.clone(), reads }).await
    }

    async fn begin(&self, command: Command) -> Result<Value, Early> {
        match self.send(Stage::Begin, command).await? {
            Outcome::Done(done) => Err(Early::Answered(self.reply(done)?)),
            Outcome::Plan(plan) => Ok(plan),
            Outcome::Again => Err(Error::fault("a call had to begin again before it had begun").into()),
        }
    }

    /// The second half: effect and answer are stored together.
    pub fn finish(&self, command: impl Into<Command>) -> impl Future<Output = Result<Reply>> {
        self.answer(Stage::Finish, command.into())
    }

    /// The second half of a call that may have to begin again: `None` when something came in between.
    pub fn commit(&self, command: impl Into<Command>) -> impl Future<Output = Result<Option<Reply>>> {
        self.commit_or_begin_again(command.into())
    }

    async fn commit_or_begin_again(&self, command: Command) -> Result<Option<Reply>> {
        match self.send(Stage::Finish, command).await? {
            Outcome::Again => Ok(None),
            outcome => self.answered(outcome).map(Some),
        }
    }

    /// An answer that carries a credential: stored sealed, if it is stored.
    pub async fn finish_with_credential(&self, answer: Answer) -> Result<Reply> {
        match self.sealed(&answer)? {
            Some(sealed) => self.finish(Command::Finish { answer: sealed, is_sealed: true }).await,
            None => Ok(Reply::json(&answer)),
        }
    }

    /// The same for an answer that belongs to an effect. The workspace sees no credential in the open.
    pub async fn commit_with_credential<C: Into<Command>>(
        &self,
        answer: Answer,
        commit: impl FnOnce(Answer, bool) -> C,
    ) -> Result<Reply> {
        if let Some(sealed) = self.sealed(&answer)? {
            return self.finish(commit(sealed, true)).await;
        }
        let unsaid = Answer { body: String::new(), ..answer.clone() };
        let reply = self.finish(commit(unsaid, false)).await?;
        Ok(if reply.status() == answer.status { Reply::json(&answer) } else { reply })
    }

    /// The answer as it may be stored; nothing when it will not be.
    fn sealed(&self, answer: &Answer) -> Result<Option<Answer>> {
        let Some(key) = &self.idempotency else { return Ok(None) };
        let body = key.seal(self.app.keyring(), WORKSPACE, &answer.body, entropy()?)?;
        Ok(Some(Answer { body, ..answer.clone() }))
    }

    /// The second half of a call ends in a refusal.
    pub async fn finish_refused(&self, refused: Refused) -> Result<Reply> {
        self.finish(Command::Refuse(Box::new(refused))).await
    }

    /// The call broke off by a fault of ours: whoever repeats it need not wait for its key.
    pub async fn abandon(&self, key: String) -> Result<()> {
        self.send(Stage::Whole, Abandon { key }.command()).await.map(drop)
    }

    /// `Prefer: wait`: the post as it is once every delivery is final, or after the wait. It was accepted with `warnings`.
    pub async fn await_post(&self, id: String, warnings: Vec<String>, wait_ms: i64) -> Result<Reply> {
        Ok(Reply::json(&self.app.workspace()?.await_post(self.head.clone(), id, warnings, wait_ms).await?))
    }

    /// What has changed behind a cursor, or after the wait. The key is looked up before, so that the log knows whose the wait is.
    pub async fn await_changes(&self, query: String, wait_ms: i64) -> Result<Reply, Early> {
        self.plan(Authorise).await?;
        Ok(Reply::json(&self.app.workspace()?.await_changes(self.head.clone(), query, wait_ms).await?))
    }

    async fn send(&self, stage: Stage, command: Command) -> Result<Outcome> {
        let head = Head { stage, ..self.head.clone() };
        let reply = self.app.workspace()?.command(head, self.idempotency.clone(), &command).await?;
        Ok(self.noted(reply))
    }

    fn noted(&self, response: CallResponse) -> Outcome {
        // Each message of a call comes from the same key.
        let _ = self.key_id.set(response.key_id);
        response.outcome
    }

    fn reply(&self, done: Replied) -> Result<Reply> {
        let mut answer = done.answer;
        if let (true, Some(key)) = (done.is_sealed, &self.idempotency) {
            let body = key.open(self.app.keyring(), WORKSPACE, &answer.body)?;
            // EXPOSE: the credential goes to the caller that it is for.
            answer.body =
                String::from_utf8(body.expose().clone()).map_err(|_| Error::fault("a sealed answer is not text"))?;
        }
        let reply = Reply::json(&answer);
        Ok(match done.first_at {
            Some(at) => reply.replayed(at),
            None => reply,
        })
    }
}

/// What the workspace knows the caller by: an API key, or the cookie of a browser that has signed in with one, which counts for
/// pages of ours alone. Who has neither, or a key that nobody can have or nobody has, is refused here and reaches no object.
fn presented(app: &App, incoming: &Incoming) -> Result<String> {
    if let Some(key) = incoming.bearer() {
        // EXPOSE: only its prefix.
        if says_agent(key.expose()) {
            return of_agent(app, incoming, &key);
        }
        return match page_token(app, &key) {
            Some(token) => of_page(incoming, &token, &key),
            None => digest_of(app, &key),
        };
    }
    // A browser that has signed in is no agent's client.
    if incoming.is_of_agent() {
        return Err(no_key());
    }
    SignedIn::of(incoming)?.map(|browser| browser.session().to_owned()).ok_or_else(no_key)
}

/// The name of an assistant's grant, by its access token. The token's audience is `/mcp`: for every other call it is a string.
fn of_agent(app: &App, incoming: &Incoming, token: &Secret<String>) -> Result<String> {
    // EXPOSE: checked against its own MAC.
    let is_ours = AgentToken::read(app.keyring(), TokenKind::Access, token.expose()).is_some();
    if !is_ours || !incoming.is_of_agent() {
        return Err(no_key());
    }
    // EXPOSE: hashed.
    not_unknown(agent_name(&base64url(&sha256(token.expose().as_bytes()))))
}

/// The digest of what may be a key that does not end.
pub fn digest_of(app: &App, key: &Secret<String>) -> Result<String> {
    // EXPOSE: hashed.
    let bytes = sha256(key.expose().as_bytes());
    let is_possible = has_form_of_key(key) || ct_eq(&bytes, app.admin_key_digest());
    if is_possible { not_unknown(base64url(&bytes)) } else { Err(no_key()) }
}

/// The digest of a page's token, for a request of that page. Every browser names the page with a call to another origin, so
/// whoever names none is no page.
fn of_page(incoming: &Incoming, token: &PageToken, text: &Secret<String>) -> Result<String> {
    if incoming.header("origin").is_some_and(|origin| token.is_for(&origin)) {
        // EXPOSE: hashed.
        return not_unknown(base64url(&sha256(text.expose().as_bytes())));
    }
    Err(Error::refused(Code::OriginNotAllowed, "This token is for the pages of another origin."))
}

fn not_unknown(digest: String) -> Result<String> {
    if is_known_to_be_unknown(&digest) { Err(no_key()) } else { Ok(digest) }
}

/// A token of a page that was made here, whether or not it has ended.
fn page_token(app: &App, text: &Secret<String>) -> Option<PageToken> {
    // EXPOSE: checked against its own MAC.
    PageToken::read(app.keyring(), text.expose())
}

/// The origin of the page whose token came with the request.
pub fn page_origin(app: &App, incoming: &Incoming) -> Option<String> {
    let token = page_token(app, &incoming.bearer()?)?;
    incoming.header("origin").filter(|origin| token.is_for(origin))
}

/// Whether the bearer says of itself that it is the token of a page.
pub fn is_page_token(incoming: &Incoming) -> bool {
    // EXPOSE: only its prefix.
    incoming.bearer().is_some_and(|token| says_page(token.expose()))
}

fn no_key() -> Error {
    Error::refused(Code::InvalidApiKey, "The API key is missing or not valid.")
}

/// The session of a page: the token in the header is that of the id in the path.
pub fn session_bearer(app: &App, incoming: &Incoming, ticket: &Ticket) -> Result<()> {
    let token = incoming.bearer();
    // EXPOSE: checked against its own MAC.
    let presented = token.as_ref().and_then(|token| Ticket::from_token(app.keyring(), token.expose()));
    if presented.as_ref() == Some(ticket) {
        return Ok(());
    }
    Err(Error::refused(Code::InvalidSessionToken, "The session token is missing or belongs to another session."))
}

/// Whether the bearer says of itself that it is a session token and not an API key.
pub fn is_session_token(incoming: &Incoming) -> bool {
    // EXPOSE: only its prefix.
    incoming.bearer().is_some_and(|token| token.expose().starts_with("cst_"))
}
