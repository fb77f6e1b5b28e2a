//! The three shapes of an error that the services are known to answer with.

use serde::Serialize;
use serde_json::Value;

/// The reading side: a code and a sentence, whatever the shape.
///
/// ```json
/// {"error_code": "UNAUTHORIZED", "human_readable": "…"}
/// {"error": "Forbidden", "message": "…"}
/// {"success": false, "error": {"code": "PROVISION_FAILED", "message": "…"}}
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ErrorReply {
    /// The service's own code, at most 80 printable characters.
    pub code: String,
    /// The service's own sentence, at most 200 printable characters; empty when it said nothing.
    pub message: String,
}

impl ErrorReply {
    /// Reads the body of an answer that is no success. A body of another shape gives the code `unreadable`: it is never
    /// shown raw, because it may echo what was sent.
    pub fn parse(body: &[u8]) -> Self {
        let unreadable = || Self {
            code: "unreadable".to_owned(),
            message: String::new(),
        };
        let Ok(Value::Object(root)) = serde_json::from_slice::<Value>(body) else {
            return unreadable();
        };
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let nested = root.get("error").and_then(Value::as_object);
        let code = text(root.get("error_code"))
            .or_else(|| text(root.get("error")))
            .or_else(|| text(nested.and_then(|e| e.get("code"))));
        let message = text(root.get("human_readable"))
            .or_else(|| text(root.get("message")))
            .or_else(|| text(nested.and_then(|e| e.get("message"))))
            .or_else(|| text(root.get("details")))
            .unwrap_or_default();
        match code {
            Some(code) => Self {
                code: printable(&code, 80),
                message: printable(&message, 200),
            },
            // GitHub says no more than this.
            None => Self {
                message: printable(&message, 200),
                ..unreadable()
            },
        }
    }
}

fn printable(text: &str, longest: usize) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(longest)
        .collect()
}

/// The writing side: the shape that this project's services answer with, readable by clients of either flat shape.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorBody {
    /// Always false.
    pub success: bool,
    /// The code, for example `MISSING_REQUIRED_FIELDS`.
    pub error_code: String,
    /// The same code, where older clients look for it.
    pub error: String,
    /// A sentence for people.
    pub message: String,
    /// Scopes that the request needs; only on a refusal for want of one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub required_scopes: Vec<String>,
    /// Scopes that the caller has; only beside `required_scopes`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub user_scopes: Vec<String>,
}

impl ErrorBody {
    /// An error with a code and a sentence.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            success: false,
            error_code: code.to_owned(),
            error: code.to_owned(),
            message: message.into(),
            required_scopes: Vec::new(),
            user_scopes: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_shapes_are_read() {
        let shapes = [
            r#"{"error_code":"UNAUTHORIZED","human_readable":"no key"}"#,
            r#"{"error":"UNAUTHORIZED","message":"no key"}"#,
            r#"{"success":false,"error":{"code":"UNAUTHORIZED","message":"no key"}}"#,
        ];
        for body in shapes {
            let reply = ErrorReply::parse(body.as_bytes());
            assert_eq!(
                (reply.code.as_str(), reply.message.as_str()),
                ("UNAUTHORIZED", "no key"),
                "{body}"
            );
        }
    }

    #[test]
    fn what_we_write_we_read() {
        let body = serde_json::to_vec(&ErrorBody::new("FORBIDDEN", "needs chronicle:write")).unwrap();
        assert_eq!(ErrorReply::parse(&body).code, "FORBIDDEN");
    }

    #[test]
    fn a_body_that_is_no_error_is_not_echoed() {
        for body in ["", "<html>Bearer svc_1234</html>", "[]", "{}", r#"{"error":7}"#] {
            assert_eq!(
                ErrorReply::parse(body.as_bytes()),
                ErrorReply {
                    code: "unreadable".into(),
                    message: String::new()
                }
            );
        }
    }

    #[test]
    fn control_characters_and_long_texts_do_not_reach_a_log() {
        let reply = ErrorReply::parse(format!(r#"{{"error":"A\nB","message":"{}"}}"#, "x".repeat(900)).as_bytes());
        assert_eq!(reply.code, "A B");
        assert_eq!(reply.message.len(), 200);
    }
}
