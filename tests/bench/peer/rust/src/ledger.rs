//! The one object, with `SQLite`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use worker::{
    Date, DurableObject, Env, Error, Fetch, Headers, Method, Request, RequestInit, Response, Result, SqlStorage,
    SqlStorageValue, State, durable_object, wasm_bindgen,
};

const SCHEMA: &str = "
  CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, token TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS posts (id TEXT PRIMARY KEY, content TEXT NOT NULL, created_at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS deliveries (
    post_id TEXT NOT NULL, account_id TEXT NOT NULL, status TEXT NOT NULL, x_id TEXT,
    PRIMARY KEY (post_id, account_id));
  CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, id TEXT NOT NULL, answer TEXT NOT NULL,
    created_at INTEGER NOT NULL);";

/// What the Worker asks of the object.
#[derive(Serialize, Deserialize)]
pub enum Message {
    AddAccount { id: String, token: String },
    Create { key: String, fingerprint: String, content: String, account_id: String },
    Publish { id: String },
    Read { id: String },
    Token { account_id: String },
}

/// What was answered under a key.
#[derive(Deserialize)]
struct Known {
    fingerprint: String,
    answer: String,
}

#[derive(Deserialize)]
struct Pending {
    content: String,
    token: String,
}

#[durable_object]
pub struct Ledger {
    sql: SqlStorage,
    env: Env,
}

// Nothing is kept between two events but what SQLite has.
impl std::panic::UnwindSafe for Ledger {}
impl std::panic::RefUnwindSafe for Ledger {}

impl DurableObject for Ledger {
    fn new(state: State, env: Env) -> Self {
        let sql = state.storage().sql();
        // Without its tables each later statement fails.
        let _ = sql.exec(SCHEMA, None);
        Self { sql, env }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let answer = match request.json().await? {
            Message::AddAccount { id, token } => self.add_account(id, token)?,
            Message::Create { key, fingerprint, content, account_id } => {
                self.create(key, &fingerprint, &content, account_id)?
            }
            Message::Publish { id } => self.publish(id).await?,
            Message::Read { id } => self.read(&id)?,
            Message::Token { account_id } => {
                self.first("SELECT token FROM accounts WHERE id = ?", &[account_id.into()])?.unwrap_or_default()
            }
        };
        Response::from_json(&answer)
    }
}

impl Ledger {
    fn add_account(&self, id: String, token: String) -> Result<Value> {
        self.run("INSERT OR REPLACE INTO accounts VALUES (?, ?)", &[id.into(), token.into()])?;
        Ok(Value::Null)
    }

    /// The answer under this key: an old one, a new one, or none if the key came with another body. Writes without a wait
    /// between them are one transaction of the platform.
    fn create(&self, key: String, fingerprint: &str, content: &str, account_id: String) -> Result<Value> {
        let known = "SELECT id, fingerprint, answer FROM idempotency WHERE key = ?";
        if let Some(Known { fingerprint: of, answer }) = self.first(known, &[key.as_str().into()])? {
            return if of == fingerprint { Ok(serde_json::from_str(&answer)?) } else { Ok(Value::Null) };
        }
        let (id, now) = (random_id()?, i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX));
        let answer = json!({ "success": true, "post": { "id": id, "content": content, "status": "pending" } });
        self.run("INSERT INTO posts VALUES (?, ?, ?)", &[id.as_str().into(), content.into(), now.into()])?;
        let delivery = [id.as_str().into(), account_id.into()];
        self.run("INSERT INTO deliveries VALUES (?, ?, 'pending', NULL)", &delivery)?;
        let stored = [key.into(), fingerprint.into(), id.into(), answer.to_string().into(), now.into()];
        self.run("INSERT INTO idempotency VALUES (?, ?, ?, ?, ?)", &stored)?;
        Ok(answer)
    }

    async fn publish(&self, id: String) -> Result<Value> {
        let pending = "SELECT content, token FROM posts JOIN deliveries ON post_id = posts.id
            JOIN accounts ON accounts.id = account_id WHERE posts.id = ? AND status = 'pending'";
        let Some(Pending { content, token }) = self.first(pending, &[id.as_str().into()])? else {
            return Ok(Value::Null);
        };
        let mut answer = Fetch::Request(self.tweet(&content, &token)?).send().await?;
        let is_ok = (200..300).contains(&answer.status_code());
        let x_id = answer.json::<Value>().await?.pointer("/data/id").and_then(Value::as_str).map(str::to_owned);
        let status = if is_ok { "published" } else { "failed" };
        let update = "UPDATE deliveries SET status = ?, x_id = ? WHERE post_id = ?";
        self.run(update, &[status.into(), x_id.into(), id.into()])?;
        Ok(Value::Null)
    }

    fn tweet(&self, content: &str, token: &str) -> Result<Request> {
        let headers = Headers::new();
        headers.set("authorization", &format!("Bearer {token}"))?;
        headers.set("content-type", "application/json")?;
        let body = Some(json!({ "text": content }).to_string().into());
        let init = RequestInit { method: Method::Post, headers, body, ..RequestInit::default() };
        Request::new_with_init(&format!("{}/2/tweets", self.env.var("X_API_ORIGIN")?), &init)
    }

    fn read(&self, id: &str) -> Result<Value> {
        let row: Value =
            self.first("SELECT status, x_id FROM deliveries WHERE post_id = ?", &[id.into()])?.unwrap_or_default();
        let (status, x_id) = (row.get("status"), row.get("x_id"));
        Ok(json!({ "success": true, "post": { "id": id, "status": status, "platformPostId": x_id } }))
    }

    fn run<const N: usize>(&self, statement: &str, values: &[SqlStorageValue; N]) -> Result<()> {
        self.sql.exec(statement, values.to_vec()).map(drop)
    }

    fn first<T: for<'de> Deserialize<'de>, const N: usize>(
        &self,
        statement: &str,
        values: &[SqlStorageValue; N],
    ) -> Result<Option<T>> {
        Ok(self.sql.exec(statement, values.to_vec())?.to_array()?.into_iter().next())
    }
}

/// What the message `Token` answers.
pub fn token_of(row: &Value) -> &str {
    row.get("token").and_then(Value::as_str).unwrap_or_default()
}

pub fn random_id() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::RustError(format!("no randomness: {error}")))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
