//! The key doctor: the form of a pasted client id, and the meaning of X's answer to a probe of the pair.
//!
//! The form is a hint only. X's documentation has ids outside all forms below. The answer to
//! [`crate::oauth::probe_request`] is the proof, and the form then names the likely mistake.

use http::Response;

use crate::{
    oauth::{OAuthError, refusal},
    seal::base64url_decode,
};

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ClientIdShape {
    /// base64url of `…:1:ci`: Web App, Automated App or Bot.
    Confidential,
    /// base64url of `…:na`: Native App or Single Page App, which have no secret.
    Native,
    /// 25 letters and digits: the consumer key of OAuth 1.0a, the pair that X's console shows first.
    OAuth1Like,
    Unknown,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Good,
    ClientSecretInvalid,
    OAuth1Key,
    PublicClient,
    ClientIdInvalid,
    /// Nothing is proved. The reason is for the operator.
    Unreachable {
        reason: String,
    },
}

pub fn client_id_shape(client_id: &str) -> ClientIdShape {
    let client_id = client_id.trim();
    let decoded = base64url_decode(client_id).unwrap_or_default();
    if decoded.ends_with(b":1:ci") {
        ClientIdShape::Confidential
    } else if decoded.ends_with(b":na") {
        ClientIdShape::Native
    } else if client_id.len() == 25 && client_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        ClientIdShape::OAuth1Like
    } else {
        ClientIdShape::Unknown
    }
}

/// `None`: no answer came.
pub fn probe_verdict(shape: ClientIdShape, answer: Option<&Response<Vec<u8>>>) -> Verdict {
    let Some(answer) = answer else {
        return Verdict::Unreachable { reason: "X did not answer".to_owned() };
    };
    if answer.status().is_success() {
        return Verdict::Unreachable { reason: "X accepted a refresh token that does not exist".to_owned() };
    }
    match (refusal(answer), shape) {
        (OAuthError::TokenInvalid, _) => Verdict::Good,
        (OAuthError::ClientSecretInvalid, _) => Verdict::ClientSecretInvalid,
        (OAuthError::ClientIdInvalid, ClientIdShape::OAuth1Like) => Verdict::OAuth1Key,
        (OAuthError::ClientIdInvalid, ClientIdShape::Native) => Verdict::PublicClient,
        (OAuthError::ClientIdInvalid, _) => Verdict::ClientIdInvalid,
        (other, _) => Verdict::Unreachable { reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
        Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
    }

    const ID_INVALID: &str =
        r#"{"error":"invalid_client","error_description":"Value passed for the client id was invalid."}"#;

    #[test]
    fn shapes_of_client_ids() {
        let native = BASE64_URL_SAFE_NO_PAD.encode("3S9GpLW-wBjRqy3MKy8N:1:na");
        let cases = [
            // The sample of X's documentation.
            ("M1M5R3BMVy13QmpScXkzTUt5OE46MTpjaQ", ClientIdShape::Confidential),
            (" M1M5R3BMVy13QmpScXkzTUt5OE46MTpjaQ\n", ClientIdShape::Confidential),
            (&native, ClientIdShape::Native),
            ("rG9n6402A3dbUJKzXTNX4oWHJ", ClientIdShape::OAuth1Like),
            ("rG9n6402A3dbUJKzXTNX4oWH", ClientIdShape::Unknown),
            ("", ClientIdShape::Unknown),
        ];
        for (client_id, shape) in cases {
            assert_eq!(client_id_shape(client_id), shape, "{client_id:?}");
        }
    }

    #[test]
    fn the_refusal_of_the_token_proves_the_pair() {
        let body = r#"{"error":"invalid_request","error_description":"Value passed for the token was invalid."}"#;
        for shape in
            [ClientIdShape::Confidential, ClientIdShape::Native, ClientIdShape::OAuth1Like, ClientIdShape::Unknown]
        {
            assert_eq!(probe_verdict(shape, Some(&answer(400, body))), Verdict::Good);
        }
    }

    #[test]
    fn a_missing_valid_header_means_a_wrong_secret() {
        let body = r#"{"error":"unauthorized_client","error_description":"Missing valid authorization header"}"#;
        let verdict = probe_verdict(ClientIdShape::Confidential, Some(&answer(401, body)));
        assert_eq!(verdict, Verdict::ClientSecretInvalid);
    }

    #[test]
    fn the_shape_names_the_mistake_behind_a_refused_id() {
        let verdict = |shape| probe_verdict(shape, Some(&answer(400, ID_INVALID)));
        assert_eq!(verdict(ClientIdShape::OAuth1Like), Verdict::OAuth1Key);
        assert_eq!(verdict(ClientIdShape::Native), Verdict::PublicClient);
        assert_eq!(verdict(ClientIdShape::Confidential), Verdict::ClientIdInvalid);
        assert_eq!(verdict(ClientIdShape::Unknown), Verdict::ClientIdInvalid);
    }

    #[test]
    fn what_proves_nothing_is_unreachable() {
        let answers = [
            Some(answer(503, "")),
            Some(answer(429, "")),
            Some(answer(403, "<html>")),
            Some(answer(400, "<html>")),
            Some(answer(200, "{}")),
            None,
        ];
        for answer in answers {
            let verdict = probe_verdict(ClientIdShape::Confidential, answer.as_ref());
            assert!(matches!(verdict, Verdict::Unreachable { .. }), "{answer:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn looking_never_panics(client_id in "\\PC{0,60}", status in 100_u16..1000, body in "\\PC{0,60}") {
            let _ = probe_verdict(client_id_shape(&client_id), Some(&answer(status, &body)));
        }
    }
}
