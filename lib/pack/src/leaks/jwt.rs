//! Long-lived web tokens (RFC 7519).
//!
//! Most tokens that stand in files are examples, and have expired. What is worth a refusal is one that its issuer meant to be used for a long
//! time, like the keys of a database service: it has an issuer, a time of issue, and a time of expiry at least thirty days later.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};

use super::letters::Letters;

/// Whether such a token begins at this place.
pub(super) fn is_long_lived(bytes: &[u8], at: usize) -> bool {
    let text = bytes.get(at..).unwrap_or_default();
    let mut parts = text.get(..LONGEST).unwrap_or(text).splitn(3, |byte| *byte == b'.');
    let (Some(header), Some(claims), Some(signature)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    if Letters::Url.run(signature, SHORTEST_SIGNATURE) < SHORTEST_SIGNATURE {
        return false;
    }
    let signed = object(header).is_some_and(|header| header.get("alg").is_some_and(|alg| alg != "none"));
    signed && object(claims).is_some_and(|claims| lasts(&claims))
}

fn lasts(claims: &Map<String, Value>) -> bool {
    let seconds = |name| claims.get(name).and_then(Value::as_f64);
    let (Some(issued), Some(expires)) = (seconds("iat"), seconds("exp")) else {
        return false;
    };
    let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    let example = issuer.contains("example") || issuer.contains("localhost");
    // What a browser gets anyway.
    let anonymous = claims.get("role").is_some_and(|role| role == "anon");
    !issuer.is_empty() && !example && !anonymous && expires - issued >= LONG
}

fn object(part: &[u8]) -> Option<Map<String, Value>> {
    let text = std::str::from_utf8(part).ok()?;
    let json = Base64UrlUnpadded::decode_vec(text).ok()?;
    serde_json::from_slice(&json).ok()
}

/// In bytes.
const LONGEST: usize = 4096;
/// In letters: 256 bits.
const SHORTEST_SIGNATURE: usize = 43;
/// Thirty days, in seconds.
const LONG: f64 = 30.0 * 86_400.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> Vec<u8> {
        let part = |json: &str| Base64UrlUnpadded::encode_string(json.as_bytes());
        format!("{}.{}.{}", part(header), part(claims), "k3VbQ9zTf0Lm".repeat(4)).into_bytes()
    }

    #[test]
    fn a_token_that_lasts_is_found() {
        let claims = r#"{"iss":"base","role":"service_role","iat":1700000000,"exp":2015000000}"#;
        assert!(is_long_lived(&token(r#"{"alg":"HS256"}"#, claims), 0));
    }

    #[test]
    fn examples_and_tokens_that_expire_soon_pass() {
        for claims in [
            r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#,
            r#"{"iss":"base","iat":1700000000,"exp":1700003600}"#,
            r#"{"iss":"https://example.com","iat":1700000000,"exp":2015000000}"#,
            r#"{"iss":"base","role":"anon","iat":1700000000,"exp":2015000000}"#,
            "[]",
        ] {
            assert!(!is_long_lived(&token(r#"{"alg":"HS256"}"#, claims), 0), "{claims}");
        }
        let lasting = r#"{"iss":"base","iat":1700000000,"exp":2015000000}"#;
        assert!(!is_long_lived(&token(r#"{"alg":"none"}"#, lasting), 0));
        assert!(!is_long_lived(b"eyJhbGciOiJIUzI1NiJ9.e30", 0));
    }
}
