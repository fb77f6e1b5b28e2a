//! Answers: read under a limit, then a value or a failure.

use std::time::{Duration, UNIX_EPOCH};

use certified_evidence::wire::ErrorReply;
use reqwest::Response;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::call::describe;
use crate::error::{ClientError, Failure, Service};
use crate::redact::{printable, redact};

/// An answer that its caller reads.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    request_id: String,
}

/// An attempt that brought none.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) what: Failure,
    pub(crate) retry_after: Option<Duration>,
}

impl From<Failure> for Lost {
    fn from(what: Failure) -> Self {
        Self {
            what,
            retry_after: None,
        }
    }
}

impl Answer {
    /// Reads the body of a success, and of the accepted statuses, up to the limit; everything else becomes a failure.
    pub(crate) async fn read(
        response: Response,
        limit: usize,
        accepted: &[u16],
        secrets: &[&str],
    ) -> Result<Self, Lost> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        if response.status().is_success() || accepted.contains(&status) {
            let body = body(response, limit).await?;
            return Ok(Self {
                status,
                headers,
                body,
                request_id: String::new(),
            });
        }
        // The status alone decides; a body that is too large or breaks off only says nothing more.
        let body = body(response, limit.min(LARGEST_ERROR)).await.unwrap_or_default();
        Err(Lost {
            what: failure_of(status, &headers, reply(&body, secrets)),
            retry_after: retry_after(&headers),
        })
    }

    pub(crate) fn with_request_id(mut self, id: String) -> Self {
        self.request_id = id;
        self
    }

    /// A failure of the call that brought this answer.
    pub(crate) fn refused(&self, service: Service, what: Failure) -> ClientError {
        ClientError::new(service, what).of_request(&self.request_id)
    }

    /// The body as the JSON of a wire type. The error names the place and the field, never a value.
    pub(crate) fn json<T: DeserializeOwned>(&self, service: Service) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body).map_err(|error| self.refused(service, Failure::Unreadable(place(&error))))
    }
}

async fn body(mut response: Response, limit: usize) -> Result<Vec<u8>, Lost> {
    let too_large = || Lost::from(Failure::TooLarge { limit });
    // Before the first byte is read, for a server that says how much there is.
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Lost::from(Failure::Unknown(describe(&error))))?
    {
        if chunk.len() > limit - body.len() {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What an answer that is no success means.
pub(crate) fn failure_of(status: u16, headers: &HeaderMap, reply: ErrorReply) -> Failure {
    match status {
        300..=399 => Failure::Redirected { status },
        401 if wants_one_time_password(headers) => Failure::OneTimePassword,
        401 => Failure::Unauthorized(reply),
        // GitHub says so with a status that elsewhere means another thing.
        403 if is_spent(headers) => Failure::RateLimited {
            retry_after: reset(headers),
            reply,
        },
        402 | 403 => Failure::Forbidden(reply),
        404 | 410 => Failure::NotFound(reply),
        409 | 412 => Failure::Conflict(reply),
        429 => Failure::RateLimited {
            retry_after: retry_after(headers).map(|pause| pause.as_secs()),
            reply,
        },
        408 | 425 | 500 | 502 | 503 | 504 => Failure::Unavailable { status, reply },
        _ => Failure::Refused { status, reply },
    }
}

/// What a service says about an error, without anything that we sent as a secret.
fn reply(body: &[u8], secrets: &[&str]) -> ErrorReply {
    let text = redact(&String::from_utf8_lossy(body), secrets);
    let reply = ErrorReply::parse(text.as_bytes());
    // Once more: escapes in the JSON may have hidden a token, and the parser shortens.
    let clean = |text: &str| printable(&redact(text, secrets));
    ErrorReply {
        code: clean(&reply.code),
        message: clean(&reply.message),
    }
}

/// Whether there are no requests left to whoever asked.
fn is_spent(headers: &HeaderMap) -> bool {
    headers.contains_key(RETRY_AFTER) || number(headers, "x-ratelimit-remaining") == Some(0)
}

/// Seconds until there are some again, by the server's own clock.
fn reset(headers: &HeaderMap) -> Option<u64> {
    let until = || number(headers, "x-ratelimit-reset")?.checked_sub(date(headers)?);
    retry_after(headers).map(|pause| pause.as_secs()).or_else(until)
}

/// The time that the server says it is, in seconds since 1970.
pub(crate) fn date(headers: &HeaderMap) -> Option<u64> {
    let time = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Seconds; the other form, a date, is not read, and the usual pause applies.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

fn wants_one_time_password(headers: &HeaderMap) -> bool {
    let asked = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    asked
        .flat_map(|value| value.split(','))
        .any(|word| word.trim().eq_ignore_ascii_case("otp"))
}

/// Where JSON stops being what it has to be. The names of fields are ours; everything else in the library's message
/// may be the server's.
fn place(error: &serde_json::Error) -> String {
    let kind = match error.classify() {
        Category::Eof => "JSON that ends too early",
        Category::Syntax | Category::Io => "no JSON",
        Category::Data => "JSON of another shape",
    };
    let message = error.to_string();
    let ours = ["missing field `", "duplicate field `"]
        .iter()
        .any(|start| message.starts_with(start));
    let field = if ours {
        message.split(" at line ").next().map(|what| format!(", {what}"))
    } else {
        None
    };
    format!(
        "{kind} at line {}, column {}{}",
        error.line(),
        error.column(),
        field.unwrap_or_default()
    )
}

/// Bytes of an error's body that are read.
pub(crate) const LARGEST_ERROR: usize = 64 * 1024;
