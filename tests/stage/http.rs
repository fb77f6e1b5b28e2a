//! As much HTTP as the tests need to look at a server on loopback without asking the client that they test.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// The answer's JSON, or nothing while the server does not answer with success.
pub(crate) fn get(url: &str) -> Option<Value> {
    ask("GET", url, None, "")
}

/// The same for the bearer of a token.
pub(crate) fn get_with(url: &str, token: &str) -> Option<Value> {
    ask("GET", url, None, &format!("Authorization: Bearer {token}\r\n"))
}

/// Sends JSON, and answers likewise.
pub(crate) fn put(url: &str, body: &Value) -> Option<Value> {
    ask("PUT", url, Some(body), "")
}

/// HTTP/1.0 (RFC 1945): one answer, which ends with the connection.
fn ask(method: &str, url: &str, body: Option<&Value>, header: &str) -> Option<Value> {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect(host).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let length = body.len();
    let head = format!(
        "{method} /{path} HTTP/1.0\r\nHost: {host}\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{header}\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split_whitespace().nth(1)?;
    if status.starts_with('2') {
        serde_json::from_str(body).ok()
    } else {
        None
    }
}
