//! What in an answer may be a credential, whatever the rest of the answer is.
//!
//! Whoever gives one has given it also when the answer has another shape than agreed, and then nobody else takes it out: it has to be known
//! before the shape is judged, so that it can be hidden.

use certified_evidence::Secret;
use serde_json::Value;

/// Every text below a name that promises a secret. An answer that is no JSON has none that could be told from the rest.
pub(crate) fn credentials(body: &[u8]) -> Vec<Secret<String>> {
    let mut found = Vec::new();
    if let Ok(said) = serde_json::from_slice(body) {
        collect(said, false, &mut found);
    }
    found
}

fn collect(said: Value, promised: bool, found: &mut Vec<Secret<String>>) {
    match said {
        Value::String(text) if promised && !text.is_empty() => found.push(Secret::new(text)),
        Value::Array(all) => all.into_iter().for_each(|one| collect(one, promised, found)),
        Value::Object(members) => {
            for (name, value) in members.into_iter().filter(|(name, _)| name != ACCOUNT) {
                collect(value, promised || promises(&name), found);
            }
        }
        _ => {}
    }
}

fn promises(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PROMISING.iter().any(|end| name.ends_with(end))
}

/// How the names of members with secrets end. A hidden word is hidden everywhere in a log, so none that holds anything else may be here.
const PROMISING: [&str; 6] = ["credentials", "value", "token", "secret", "password", "_key"];

/// The number of an account is no secret, and stands in addresses.
const ACCOUNT: &str = "CLOUDFLARE_ACCOUNT_ID";

#[cfg(test)]
mod tests {
    use certified_evidence::Timestamp;
    use certified_evidence::wire::connect::DeployReply;

    use super::*;

    fn found(body: &str) -> Vec<String> {
        let found = credentials(body.as_bytes()).into_iter();
        found.map(|secret| secret.expose().clone()).collect()
    }

    #[test]
    fn a_credential_is_found_wherever_it_is_given() {
        for body in [
            r#"{"success":true,"credentials":{"CLOUDFLARE_ACCOUNT_ID":"10ca","NPM_TOKEN":"npm_1"},"metadata":{"actor":"octo"}}"#,
            r#"{"credentials":{"NPM_TOKEN":{"text":"npm_1"}}}"#,
            r#"{"credentials":["npm_1"],"expires_at":["never"]}"#,
            r#"{"npm_token":"npm_1","neon_token":"","account_id":"10ca","expires_at":"2026-01-01T13:00:00Z"}"#,
            r#"{"credential":{"type":"npm_token","value":"npm_1","token_id":"1","scopes":["package:publish"]}}"#,
            r#"{"token_type":"oidc","token":"npm_1"}"#,
            r#"{"API_KEY":"npm_1"}"#,
        ] {
            assert_eq!(found(body), ["npm_1"], "{body}");
        }
    }

    #[test]
    fn every_token_of_a_purpose_is_a_credential() {
        let token = |text: &str| Some(Secret::from(text));
        let reply = DeployReply {
            cloudflare_token: token("one"),
            npm_token: token("two"),
            github_token: token("three"),
            neon_token: token("four"),
            register_token: token("five"),
            account_id: Some("10ca".into()),
            expires_at: Some(Timestamp::from_unix(0)),
        };
        let mut all = found(&serde_json::to_string(&reply).unwrap());
        all.sort_unstable();
        assert_eq!(all, ["five", "four", "one", "three", "two"]);
    }

    #[test]
    fn what_is_no_json_has_none() {
        for body in ["", "npm_token", r#"{"npm_token":"npm_1""#, r#""npm_1""#] {
            assert!(found(body).is_empty(), "{body}");
        }
    }
}
