//! Client secrets, sealed in KV: one immutable key per version, `secret/<network>/<version>`.
//!
//! KV is eventually consistent, so nothing is ever overwritten: a version is written, read back, and only then made
//! current in the workspace. A miss is therefore transient and never means that the secret is wrong.

use latchkey_core::id::NetworkId;
use latchkey_core::network::ClientRef;
use latchkey_core::oauth::ClientCredentials;
use latchkey_core::seal::{Context, Keyring, Purpose};
use latchkey_core::secret::Secret;
use worker::KvStore;

use crate::error::{Doing, Error, Result};
use crate::names::WORKSPACE;
use crate::runtime::entropy;

pub struct Vault<'a> {
    kv: KvStore,
    keyring: &'a Keyring,
}

impl<'a> Vault<'a> {
    pub const fn new(kv: KvStore, keyring: &'a Keyring) -> Self {
        Self { kv, keyring }
    }

    /// Writes a new version and reads it back.
    pub async fn store(&self, network: &NetworkId, version: u32, client_secret: &Secret<String>) -> Result<()> {
        let row = row(network, version);
        // EXPOSE: into the seal.
        let sealed = self.keyring.seal(&context(&row), client_secret.expose().as_bytes(), entropy()?)?;
        self.kv.put(&key(&row), sealed)?.execute().await.doing("store a client secret")?;
        let stored = self.read(&row).await?;
        // EXPOSE: compared in constant time with what was to be stored.
        if stored.ct_eq(client_secret.expose().as_bytes()) {
            return Ok(());
        }
        Err(Error::fault("a stored client secret reads back differently"))
    }

    /// The credentials of a client, for one request to X's token endpoint.
    pub async fn credentials(&self, client: &ClientRef) -> Result<ClientCredentials> {
        let secret = self.read(&row(&client.network_id, client.secret_version)).await?;
        Ok(ClientCredentials::new(&client.client_id, &secret))
    }

    /// Whether an older key of the ring sealed it.
    pub async fn needs_re_encryption(&self, client: &ClientRef) -> Result<bool> {
        let row = row(&client.network_id, client.secret_version);
        Ok(self.keyring.needs_re_encryption(&self.sealed(&row).await?))
    }

    /// The same secret, in the same place, by the ring's first key. A reader may see either of the two for a while, and the
    /// ring opens both. A version that was never written has nothing to seal.
    pub async fn re_encrypt(&self, row: &str) -> Result<()> {
        let Some(sealed) = self.kv.get(&key(row)).text().await.doing("read a client secret")? else { return Ok(()) };
        match self.keyring.re_encrypt(&context(row), &sealed, entropy()?)? {
            Some(sealed) => self.kv.put(&key(row), sealed)?.execute().await.doing("store a client secret"),
            None => Ok(()),
        }
    }

    /// Whether a version is there.
    pub async fn has(&self, network: &NetworkId, version: u32) -> Result<bool> {
        let stored = self.kv.get(&key(&row(network, version))).text().await.doing("read a client secret")?;
        Ok(stored.is_some())
    }

    /// The same secret as another version, which the ring's first key seals.
    pub async fn copy(&self, client: &ClientRef, version: u32) -> Result<()> {
        let secret = self.read(&row(&client.network_id, client.secret_version)).await?;
        self.store(&client.network_id, version, &secret).await
    }

    /// The secret as a backup carries it, sealed by the file's key.
    pub async fn export(&self, network: &NetworkId, version: u32, ring: &Keyring) -> Result<String> {
        let row = row(network, version);
        Ok(self.keyring.transfer(ring, &context(&row), &self.sealed(&row).await?, entropy()?)?)
    }

    /// And back. The version is read again before anybody uses it.
    pub async fn restore(&self, network: &NetworkId, version: u32, sealed: &str, ring: &Keyring) -> Result<()> {
        let row = row(network, version);
        let sealed = ring.transfer(self.keyring, &context(&row), sealed, entropy()?)?;
        self.kv.put(&key(&row), sealed)?.execute().await.doing("restore a client secret")?;
        self.read(&row).await.map(drop)
    }

    pub async fn forget(&self, network: &NetworkId, version: u32) -> Result<()> {
        self.kv.delete(&key(&row(network, version))).await.doing("delete a client secret")
    }

    async fn read(&self, row: &str) -> Result<Secret<String>> {
        let opened = self.keyring.open(&context(row), &self.sealed(row).await?)?;
        // EXPOSE: bytes to text, still inside a Secret.
        let text =
            String::from_utf8(opened.expose().clone()).map_err(|_| Error::fault("a client secret is not text"))?;
        Ok(Secret::new(text))
    }

    async fn sealed(&self, row: &str) -> Result<String> {
        let sealed = self.kv.get(&key(row)).text().await.doing("read a client secret")?;
        sealed.ok_or_else(|| Error::fault("a client secret is not readable yet"))
    }
}

fn row(network: &NetworkId, version: u32) -> String {
    format!("{network}/{version}")
}

fn key(row: &str) -> String {
    format!("secret/{row}")
}

const fn context(row: &str) -> Context<'_> {
    Context { workspace: WORKSPACE, purpose: Purpose::ClientSecret, row }
}
