//! The URLs of media, by the rules of the Worker and the browser's parser of URLs: the Worker's own is a tenth of the module.
//!
//! Both parsers follow the URL Standard. They differ in hosts that no name server has: the browser also refuses a label
//! in ASCII form (`xn--…`) whose letters it does not know or would have written in another way.

#[cfg(target_family = "wasm")]
pub(crate) use browser::judge;

/// Natively, for tests, the Worker's parser.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn judge(text: &str) -> Result<String, latchkey_core::public_url::PublicUrlError> {
    latchkey_core::public_url::PublicUrl::judge(false)(text)
}

#[cfg(target_family = "wasm")]
mod browser {
    use latchkey_core::public_url::{Parts, PublicUrlError, require_plain, require_public};
    use url::Host;
    use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = URL)]
        type Url;

        #[wasm_bindgen(constructor, catch, js_class = "URL")]
        fn new(text: &str) -> Result<Url, JsValue>;

        #[wasm_bindgen(method, getter, js_class = "URL")]
        fn protocol(url: &Url) -> String;

        #[wasm_bindgen(method, getter, js_class = "URL")]
        fn username(url: &Url) -> String;

        #[wasm_bindgen(method, getter, js_class = "URL")]
        fn password(url: &Url) -> String;

        #[wasm_bindgen(method, getter, js_class = "URL")]
        fn port(url: &Url) -> String;

        #[wasm_bindgen(method, getter, js_class = "URL")]
        fn hostname(url: &Url) -> String;
    }

    pub(crate) fn judge(text: &str) -> Result<String, PublicUrlError> {
        require_plain(text)?;
        let url = Url::new(text).map_err(|_| PublicUrlError::NotAUrl)?;
        let host = url.hostname();
        require_public(&Parts {
            is_https: url.protocol() == "https:",
            has_user: !url.username().is_empty() || !url.password().is_empty(),
            has_port: !url.port().is_empty(),
            host: host_of(&host),
        })?;
        Ok(text.to_owned())
    }

    /// The URL Standard writes each address in one way, and refuses what some browsers percent-encode in a name.
    fn host_of(name: &str) -> Option<Host<&str>> {
        if name.contains('%') {
            return None;
        }
        if let Some(address) = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return address.parse().ok().map(Host::Ipv6);
        }
        Some(name.parse().map_or(Host::Domain(name), Host::Ipv4))
    }
}
