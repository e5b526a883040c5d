//! Who a client is: a document at the https URL that is its id, or a registration that is its own id, under a MAC. Neither is
//! stored.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::place::{is_place, matches};
use crate::connect::place::is_loopback;
use crate::json;
use crate::key::Client;
use crate::seal::{Keyring, base64url, base64url_decode};
use crate::text::hidden::cleaned;

const PREFIX: &str = "agcl_";
const LABEL: &str = "agent-client";
const MOST_PLACES: usize = 10;
const NAME_CHARACTERS: usize = 80;
/// A client's id travels in URLs.
const MOST_BYTES: usize = 3000;

/// Metadata of a client (RFC 7591 §2), of which these matter here. A client says more, which has no meaning here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewClient {
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Clients are public: they prove themselves by PKCE.
    #[serde(default, skip_serializing)]
    pub token_endpoint_auth_method: Option<String>,
}

/// Why a client is none (RFC 7591 §3.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAClient {
    #[error(
        "redirect_uris must be 1 to 10 addresses without a fragment: https, http on a loopback address, or the scheme of a program, which has a dot (com.example.app:/callback) or is cursor, vscode, vscode-insiders, windsurf or claude"
    )]
    Places,
    #[error("expected the metadata of a client, a JSON object (RFC 7591, section 2)")]
    Shape,
    #[error("only the token_endpoint_auth_method none is supported: use PKCE")]
    Method,
    #[error("the registration is too long")]
    TooLong,
    #[error("the client's document is not about the client: client_id must be its own URL")]
    OtherDocument,
    #[error("this client has not named the place to which it wants to be answered")]
    OtherPlace,
}

impl NewClient {
    fn check_places(&self) -> Result<(), NotAClient> {
        if !(1..=MOST_PLACES).contains(&self.redirect_uris.len()) || !self.redirect_uris.iter().all(|uri| is_place(uri))
        {
            return Err(NotAClient::Places);
        }
        Ok(())
    }

    /// The client as a person is shown it. `host` is what the person can check.
    fn client(self, id: &str, host: Option<String>, redirect_uri: &str) -> Result<Client, NotAClient> {
        self.check_places()?;
        if !self.redirect_uris.iter().any(|named| matches(named, redirect_uri)) {
            return Err(NotAClient::OtherPlace);
        }
        let host = host.unwrap_or_else(|| host_of(redirect_uri));
        let name = self.client_name.map(|name| shown_name(&name)).filter(|name| !name.is_empty());
        Ok(Client { id: id.to_owned(), host, name })
    }
}

/// A name is the client's own word: short, and each of its characters plain to see.
fn shown_name(name: &str) -> String {
    cleaned(name).chars().take(NAME_CHARACTERS).collect::<String>().trim().to_owned()
}

/// The host of an address of the web, or the scheme of a program: whatever a program's own address has in the place of a host is the
/// program's word.
fn host_of(address: &str) -> String {
    let Ok(url) = Url::parse(address) else { return String::new() };
    let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https"));
    host.map_or_else(|| format!("{}:", url.scheme()), str::to_owned)
}

/// A client that has registered itself (RFC 7591). It is public, whatever it has asked to be: many clients ask for a secret by default,
/// and the answer says what they got (§2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered(NewClient);

impl Registered {
    pub fn new(client: NewClient) -> Result<Self, NotAClient> {
        client.check_places()?;
        let registered = Self(client);
        if registered.bytes().len() > MOST_BYTES { Err(NotAClient::TooLong) } else { Ok(registered) }
    }

    /// Its data and a MAC, so that nothing is stored for a stranger.
    pub fn id(&self, ring: &Keyring) -> String {
        let bytes = self.bytes();
        format!("{PREFIX}{}.{}", base64url(&bytes), base64url(&ring.mac(LABEL, &bytes)))
    }

    /// RFC 7591 §3.2.1.
    pub fn answer(&self, ring: &Keyring) -> Value {
        let Self(NewClient { redirect_uris, client_name, .. }) = self;
        let mut answer = json!({
            "client_id": self.id(ring), "redirect_uris": redirect_uris, "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        });
        if let (Some(fields), Some(name)) = (answer.as_object_mut(), client_name) {
            fields.insert("client_name".into(), json!(name));
        }
        answer
    }

    /// One that was registered here, and is to be answered there.
    pub fn read(ring: &Keyring, id: &str, redirect_uri: &str) -> Option<Result<Client, NotAClient>> {
        let (data, tag) = id.strip_prefix(PREFIX)?.split_once('.')?;
        let (data, tag) = (base64url_decode(data)?, base64url_decode(tag)?);
        if tag.len() != 32 || !ring.verify_mac(LABEL, &data, &tag) {
            return None;
        }
        let client: NewClient = json::from_slice(&data).ok()?;
        Some(client.client(id, None, redirect_uri))
    }

    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).unwrap_or_default()
    }
}

/// A client-id document.
#[derive(Debug, Deserialize)]
pub struct Document {
    client_id: String,
    #[serde(flatten)]
    client: NewClient,
}

/// Whether a client's id is the address of a document: https with a path, without dot segments, fragment or user.
pub fn url_of_document(id: &str, allows_loopback: bool) -> Option<Url> {
    let url = Url::parse(id).ok()?;
    let is_safe = url.scheme() == "https" || allows_loopback && url.scheme() == "http" && is_loopback(&url);
    let is_plain =
        url.path() != "/" && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    // The parser resolves dot segments, so an id that has some is not what it is written as.
    (is_safe && is_plain && url.as_str() == id).then_some(url)
}

impl Document {
    pub fn client(self, url: &Url, redirect_uri: &str) -> Result<Client, NotAClient> {
        if self.client_id != url.as_str() {
            return Err(NotAClient::OtherDocument);
        }
        // The document stays as it is, so its client would go on proving itself in a way that nobody checks.
        if self.client.token_endpoint_auth_method.as_deref().is_some_and(|method| method != "none") {
            return Err(NotAClient::Method);
        }
        self.client.client(url.as_str(), url.host_str().map(str::to_owned), redirect_uri)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const RING: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const OTHER_RING: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const PLACE: &str = "https://assistant.example/callback";

    fn new(value: &Value) -> Result<Registered, NotAClient> {
        Registered::new(json::from_value(value).unwrap())
    }

    #[test]
    fn a_registration_is_its_own_id_and_no_other_place_is_answered() {
        let ring = Keyring::parse(RING).unwrap();
        let id =
            new(&json!({ "redirect_uris": [PLACE], "client_name": "A\u{202e}ya", "logo_uri": "x" })).unwrap().id(&ring);
        let read = |place: &str| Registered::read(&ring, &id, place).unwrap();
        let client = read(PLACE).unwrap();
        assert_eq!(
            (client.id.as_str(), client.host.as_str(), client.name.as_deref()),
            (id.as_str(), "assistant.example", Some("Aya"))
        );
        assert_eq!(read("https://evil.example/callback"), Err(NotAClient::OtherPlace));
        assert_eq!(Registered::read(&Keyring::parse(OTHER_RING).unwrap(), &id, PLACE), None);
        assert_eq!(Registered::read(&ring, &id.replacen('e', "f", 1), PLACE), None);
    }

    #[test]
    fn the_host_of_a_program_is_its_scheme_whatever_its_address_says() {
        let ring = Keyring::parse(RING).unwrap();
        for (place, host) in [
            ("https.evil://claude.ai/api/mcp/auth_callback", "https.evil:"),
            ("http.x://claude.ai/", "http.x:"),
            ("com.evil.app://claude.ai/cb", "com.evil.app:"),
            ("cursor://claude.ai/cb", "cursor:"),
            ("http://127.0.0.1:4000/cb", "127.0.0.1"),
            ("https://assistant.example:8443/cb", "assistant.example"),
        ] {
            let id = new(&json!({ "redirect_uris": [place] })).unwrap().id(&ring);
            assert_eq!(Registered::read(&ring, &id, place).unwrap().unwrap().host, host, "{place}");
        }
    }

    #[test]
    fn a_name_is_shown_as_it_is_written_without_what_nobody_sees() {
        for (name, shown) in [
            ("\u{3164}\u{FFA0}\u{115F}", ""),
            ("Claude\u{200B}\u{202E}", "Claude"),
            ("हिन्दी", "हिन्दी"),
            ("Cafe\u{301} – Desktop", "Cafe\u{301} – Desktop"),
        ] {
            assert_eq!(shown_name(name), shown);
        }
        assert_eq!(shown_name(&"ü".repeat(200)).chars().count(), NAME_CHARACTERS);
    }

    #[test]
    fn what_is_no_client_is_told_why() {
        for (value, why) in [
            (json!({ "redirect_uris": [] }), NotAClient::Places),
            (json!({ "redirect_uris": ["javascript:alert(1)"] }), NotAClient::Places),
            (json!({ "redirect_uris": vec![PLACE; 11] }), NotAClient::Places),
            (json!({ "redirect_uris": [PLACE], "client_name": "a".repeat(3000) }), NotAClient::TooLong),
        ] {
            assert_eq!(new(&value), Err(why), "{value}");
        }
    }

    #[test]
    fn a_client_that_asks_for_a_secret_is_registered_without_one() {
        let asked = json!({ "redirect_uris": [PLACE], "token_endpoint_auth_method": "client_secret_post" });
        let answer = new(&asked).unwrap().answer(&Keyring::parse(RING).unwrap());
        assert_eq!(answer.get("token_endpoint_auth_method"), Some(&json!("none")));
        assert_eq!(answer.get("client_secret"), None);
    }

    #[test]
    fn a_document_is_about_its_own_address_and_shows_its_host() {
        let id = "https://assistant.example/client.json";
        let url = url_of_document(id, false).unwrap();
        let document = |id: &str| -> Document {
            json::from_value(
                &json!({ "client_id": id, "client_name": "Aya", "redirect_uris": ["http://127.0.0.1/callback"] }),
            )
            .unwrap()
        };
        let client = document(id).client(&url, "http://127.0.0.1:4000/callback").unwrap();
        assert_eq!((client.id.as_str(), client.host.as_str()), (id, "assistant.example"));
        assert_eq!(document("https://bank.example/client.json").client(&url, PLACE), Err(NotAClient::OtherDocument));
        assert_eq!(document(id).client(&url, PLACE), Err(NotAClient::OtherPlace));
        let mut secret = document(id);
        secret.client.token_endpoint_auth_method = Some("client_secret_basic".into());
        assert_eq!(secret.client(&url, "http://127.0.0.1/callback"), Err(NotAClient::Method));
        for other in [
            "http://assistant.example/c",
            "https://assistant.example",
            "https://assistant.example/a/../c",
            "https://assistant.example/c#a",
            "https://a@assistant.example/c",
            "http://127.0.0.1/c",
            "agcl_x",
        ] {
            assert_eq!(url_of_document(other, false), None, "{other}");
        }
        assert!(url_of_document("http://127.0.0.1:1/c", true).is_some());
    }
}
