//! `GET /v1/export` and `POST /v1/import`: a deployment as one sealed file (docs/STORAGE.md, "Backup").
//!
//! Neither side holds more than a page of the file. Rows leave and arrive in their stored form. A value sealed by the
//! ring of the one deployment is sealed by the file's key on the way, and by the ring of the other deployment on
//! arrival.

use std::collections::VecDeque;
use std::future::poll_fn;

use futures_channel::mpsc::{Sender, channel};
use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use latchkey_core::api::query::Query;
use latchkey_core::api::refused::Refused;
use latchkey_core::backup::{
    BackupError, Entry, Header, Keys, Line, Lines, PASSPHRASE_HEADER, check_schema, passphrase,
};
use latchkey_core::id::NetworkId;
use latchkey_core::seal::{Context, Keyring, Purpose};
use latchkey_core::webhook::Webhook;
use serde_json::{Map, Value};
use worker::wasm_bindgen_futures::spawn_local;
use worker::{ByteStream, Response, ResponseBody};

use super::Answered;
use crate::app::App;
use crate::auth::{ApiCaller, Early};
use crate::error::{Doing, Error, Result};
use crate::log;
use crate::names::WORKSPACE;
use crate::objects::storage::read;
use crate::request::Incoming;
use crate::response::Reply;
use crate::rpc::rows::Place;
use crate::rpc::workspace::{
    Authorise, BackupCommand, BeginRestore, Begun, ClearRestored, EndExport, ExportObjects, ExportPage, ExportPlan,
    PlanExport, RestoreRows,
};
use crate::runtime::{entropy, now};

/// Of one line: a row is a few kilobytes, the one with the logo half a megabyte.
const LINE_BYTES: usize = 4 << 20;
/// Rows that one message to an object carries.
const BATCH: usize = 100;
type Rows = Vec<Map<String, Value>>;

/// 409 `in_flight` unless the deployment is frozen. What breaks later breaks the file off, and a file without its last
/// line is not restored.
pub async fn export(app: &App, incoming: Incoming) -> Answered {
    let caller = ApiCaller::without_query(app, &incoming).await?;
    let passphrase = caller.require(passphrase(incoming.header(PASSPHRASE_HEADER)).map_err(Refused::from)).await?;
    let plan = caller.plan(PlanExport).await?;
    let header = Header::new(entropy()?);
    let ring = header.ring(&passphrase).map_err(Refused::from)?;
    let (sender, pieces) = channel(1);
    let mut file = Export { lines: Lines::new(&header, ring), sender };
    let own = app.again()?;
    spawn_local(async move {
        let outcome = file.write(&own, &incoming, &header, &plan).await;
        if outcome.is_err() {
            let broken: worker::Result<Vec<u8>> = Err(worker::Error::RustError("the backup broke off".into()));
            // Whoever has gone needs no word of it.
            let _ = file.send(broken).await;
        }
        log::unattended("edge", "writing a backup", &outcome);
    });
    let ResponseBody::Stream(body) = Response::from_stream(pieces)?.body().clone() else {
        return Err(Error::fault("a stream was no stream").into());
    };
    let day: String = now().to_iso().chars().take(10).collect();
    Ok(Reply::stream(200, body)
        .with("Content-Type", "application/x-ndjson".into())
        .with("Content-Disposition", format!("attachment; filename=\"backup-{day}.ndjson\"")))
}

struct Export {
    lines: Lines,
    sender: Sender<worker::Result<Vec<u8>>>,
}

impl Export {
    async fn write(&mut self, app: &App, incoming: &Incoming, header: &Header, plan: &ExportPlan) -> Result<()> {
        let caller = ApiCaller::new(app, incoming)?;
        self.text(header.line()?).await?;
        self.entries(vec![Entry::Begin { created_at: now(), schema_version: plan.schema_version }]).await?;
        for network in &plan.networks {
            self.secret(app, network.id.clone(), network.secret_version()).await?;
        }
        for (network_id, version) in &plan.owed {
            // A version that was reserved and never written is owed to nobody.
            if app.vault()?.has(network_id, *version).await? {
                self.secret(app, network_id.clone(), *version).await?;
            }
        }
        let mut place = Some(Place::default());
        while let Some(at) = place {
            let page = planned(caller.plan(ExportPage { place: at }).await)?;
            self.workspace_rows(app, page.table, page.rows).await?;
            place = page.next;
        }
        let mut after = String::new();
        loop {
            let objects = planned(caller.plan(ExportObjects { after: after.clone() }).await)?;
            let Some(last) = objects.last() else { break };
            after.clone_from(last);
            for object in objects {
                self.account(app, &object).await?;
            }
        }
        // All of it is of one moment, or it has no end.
        planned(caller.plan(EndExport { since: plan.since }).await)?;
        self.entries(vec![Entry::End]).await
    }

    async fn secret(&mut self, app: &App, network_id: NetworkId, version: u32) -> Result<()> {
        let sealed = app.vault()?.export(&network_id, version, self.lines.ring()).await?;
        self.entries(vec![Entry::Secret { network_id, version, sealed }]).await
    }

    async fn workspace_rows(&mut self, app: &App, table: String, rows: Rows) -> Result<()> {
        let mut entries = Vec::new();
        for mut row in rows {
            if table == "webhooks" {
                carry_webhook(&mut row, app.keyring(), self.lines.ring())?;
            }
            entries.push(Entry::Row { table: table.clone(), row });
        }
        self.entries(entries).await
    }

    async fn account(&mut self, app: &App, object: &str) -> Result<()> {
        let mut place = Some(Place::default());
        while let Some(at) = place {
            let page = app.account(object)?.export(at).await?;
            let mut entries = Vec::new();
            for mut row in page.rows {
                carry_pair(&page.table, &mut row, object, app.keyring(), self.lines.ring())?;
                let (object, table) = (object.to_owned(), page.table.clone());
                entries.push(Entry::AccountRow { object, table, row });
            }
            self.entries(entries).await?;
            place = page.next;
        }
        Ok(())
    }

    async fn entries(&mut self, entries: Vec<Entry>) -> Result<()> {
        let mut text = String::new();
        for entry in &entries {
            text.push_str(&self.lines.seal(entry, entropy()?)?);
            text.push('\n');
        }
        self.send(Ok(text.into_bytes())).await
    }

    async fn text(&mut self, line: String) -> Result<()> {
        self.send(Ok(format!("{line}\n").into_bytes())).await
    }

    /// As fast as the file is taken.
    async fn send(&mut self, piece: worker::Result<Vec<u8>>) -> Result<()> {
        let gone = |_| Error::fault("nobody takes the backup any more");
        poll_fn(|context| self.sender.poll_ready(context)).await.map_err(gone)?;
        self.sender.start_send(piece).map_err(gone)
    }
}

/// Into an empty deployment. Nothing of it is used before the last line was read; a restore that breaks off is begun anew
/// with the same call. The same file again answers the same.
pub async fn restore(app: &App, mut incoming: Incoming) -> Answered {
    let caller = ApiCaller::new(app, &incoming)?;
    let keys = caller.require(Keys::from_query(Query::parse(incoming.query()))).await?;
    let passphrase = caller.require(passphrase(incoming.header(PASSPHRASE_HEADER)).map_err(Refused::from)).await?;
    // Nothing is read for a key that may not.
    caller.plan(Authorise).await?;
    let mut body = Body::new(incoming.pieces()?);
    let first = caller.require(body.next().await).await?.unwrap_or_default();
    let header = caller.require(Header::parse(&first.bytes).map_err(Refused::from)).await?;
    let ring = caller.require(header.ring(&passphrase).map_err(Refused::from)).await?;
    let mut lines = Lines::new(&header, ring);
    let line = caller.require(body.next().await).await?.unwrap_or_default();
    let begin = lines.open(&line).and_then(|begin| check_schema(&begin));
    caller.require(begin.map_err(Refused::from)).await?;
    let id = header.id().to_owned();
    let attempt = match caller.plan(BeginRestore { id }).await? {
        Begun::Fresh { attempt } => attempt,
        Begun::Already => return Ok(caller.run(BackupCommand::ShowRestored).await?),
    };
    clear(app, &caller, attempt).await?;
    let mut file = Import { app, caller: &caller, attempt, batch: Batch::default(), object: String::new() };
    while let Some(line) = caller.require(body.next().await).await? {
        let entry = caller.require(lines.open(&line).map_err(Refused::from)).await?;
        if keys.takes(&entry) {
            file.take(entry, lines.ring()).await?;
        }
    }
    file.flush().await?;
    caller.require(lines.finish().map_err(Refused::from)).await?;
    Ok(caller.finish(BackupCommand::EndRestore { attempt }).await?)
}

/// What a restore that broke off left in the objects of accounts goes before a row of this file arrives: the file may not
/// name those accounts. An object that is not reached ends this try; the next one begins with all of them again.
async fn clear(app: &App, caller: &ApiCaller<'_>, attempt: u32) -> Result<(), Early> {
    let mut after = String::new();
    loop {
        let names = caller.plan(ClearRestored { attempt, after }).await?;
        let Some(last) = names.last() else { return Ok(()) };
        after = last.clone();
        let asked = names.iter().map(async |name| app.account(name)?.clear_restored(attempt).await);
        try_join_all(asked).await?;
    }
}

struct Import<'a> {
    app: &'a App,
    caller: &'a ApiCaller<'a>,
    attempt: u32,
    batch: Batch,
    /// The account whose rows came last.
    object: String,
}

/// Rows that wait to be sent together.
#[derive(Default)]
enum Batch {
    #[default]
    Empty,
    Workspace {
        table: String,
        rows: Rows,
    },
    Account {
        object: String,
        is_first: bool,
        rows: Vec<(String, Map<String, Value>)>,
    },
}

impl Import<'_> {
    async fn take(&mut self, entry: Entry, ring: &Keyring) -> Result<(), Early> {
        match entry {
            Entry::Begin { .. } | Entry::End => {}
            Entry::Secret { network_id, version, sealed } => {
                self.app.vault()?.restore(&network_id, version, &sealed, ring).await?;
            }
            Entry::Row { table, mut row } => {
                if table == "webhooks" {
                    carry_webhook(&mut row, ring, self.app.keyring())?;
                }
                if !matches!(&self.batch, Batch::Workspace { table: same, rows } if *same == table && rows.len() < BATCH)
                {
                    self.flush().await?;
                    self.batch = Batch::Workspace { table, rows: Vec::new() };
                }
                if let Batch::Workspace { rows, .. } = &mut self.batch {
                    rows.push(row);
                }
            }
            Entry::AccountRow { object, table, mut row } => {
                carry_pair(&table, &mut row, &object, ring, self.app.keyring())?;
                if !matches!(&self.batch, Batch::Account { object: same, rows, .. } if *same == object && rows.len() < BATCH)
                {
                    self.flush().await?;
                    let is_first = self.object != object;
                    self.object.clone_from(&object);
                    self.batch = Batch::Account { object, is_first, rows: Vec::new() };
                }
                if let Batch::Account { rows, .. } = &mut self.batch {
                    rows.push((table, row));
                }
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Early> {
        match std::mem::take(&mut self.batch) {
            Batch::Empty => Ok(()),
            Batch::Workspace { table, rows } => {
                self.caller.plan(RestoreRows { attempt: self.attempt, table, rows }).await
            }
            Batch::Account { object, is_first, rows } => {
                Ok(self.app.account(&object)?.restore(self.attempt, is_first, rows).await?)
            }
        }
    }
}

/// A body's lines.
struct Body {
    stream: ByteStream,
    read: VecDeque<u8>,
}

impl Body {
    fn new(stream: ByteStream) -> Self {
        Self { stream, read: VecDeque::new() }
    }

    /// The next line that says something.
    async fn next(&mut self) -> Result<Option<Line>> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.read.iter().skip(searched).position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.read.drain(..=searched + at).collect();
                line.pop();
                if line.is_empty() {
                    searched = 0;
                    continue;
                }
                return Ok(Some(Line { bytes: line, is_whole: true }));
            }
            searched = self.read.len();
            if searched > LINE_BYTES {
                return Err(Refused::from(BackupError::Format).into());
            }
            match self.stream.try_next().await.doing("read a backup")? {
                Some(piece) => self.read.extend(piece),
                None if self.read.is_empty() => return Ok(None),
                None => return Ok(Some(Line { bytes: self.read.drain(..).collect(), is_whole: false })),
            }
        }
    }
}

/// What the workspace planned. An early end of a call that has begun to answer is a fault.
fn planned<T>(plan: Result<T, Early>) -> Result<T> {
    plan.map_err(|early| match early {
        Early::Failed(error) | Early::Unproven(error) => error,
        Early::Answered(_) => Error::fault("the deployment goes on while it is copied"),
    })
}

/// Signing secrets and custom headers, from one ring to the other.
fn carry_webhook(row: &mut Map<String, Value>, from: &Keyring, to: &Keyring) -> Result<()> {
    let mut webhook: Webhook = doc_of(row)?;
    let id = webhook.id().clone();
    let seal = |purpose, sealed: &str| -> Result<String> {
        Ok(from.transfer(to, &Context { workspace: WORKSPACE, purpose, row: id.as_str() }, sealed, entropy()?)?)
    };
    webhook.transfer(seal)?;
    row.insert("doc".into(), Value::String(serde_json::to_string(&webhook)?));
    Ok(())
}

/// The token pair of a row of an account, from one ring to the other. What X has revoked has no tokens any more.
fn carry_pair(table: &str, row: &mut Map<String, Value>, object: &str, from: &Keyring, to: &Keyring) -> Result<()> {
    let text = |name| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let sealed = text("sealed");
    if sealed.is_empty() {
        return Ok(());
    }
    let own = format!("{object}/{}", text("account_id"));
    let (purpose, place) = match table {
        "pair" => (Purpose::TokenPair, object),
        "pairs" => (Purpose::TokenPair, own.as_str()),
        "discarded" => (Purpose::DiscardedPair, own.as_str()),
        _ => return Ok(()),
    };
    let context = Context { workspace: WORKSPACE, purpose, row: place };
    let sealed = from.transfer(to, &context, sealed, entropy()?)?;
    row.insert("sealed".into(), Value::String(sealed));
    Ok(())
}

/// The document of a row.
fn doc_of<T: serde::de::DeserializeOwned>(row: &Map<String, Value>) -> Result<T> {
    read(row.get("doc").and_then(Value::as_str).unwrap_or_default())
}
