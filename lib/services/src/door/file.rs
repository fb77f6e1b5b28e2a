//! Files as answers, piece by piece.

use std::io;
use std::path::Path;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

/// A file that was found and can be read.
#[derive(Debug)]
pub(crate) struct Opened {
    file: File,
    length: u64,
}

impl Opened {
    /// Opens a regular file; nothing when there is none.
    pub(crate) async fn at(path: &Path) -> io::Result<Option<Self>> {
        match File::open(path).await {
            Ok(file) => {
                let metadata = file.metadata().await?;
                Ok(metadata.is_file().then(|| Self {
                    file,
                    length: metadata.len(),
                }))
            }
            Err(cause) if absent(&cause) => Ok(None),
            Err(cause) => Err(cause),
        }
    }
}

/// The file as an answer to `GET`, or its headers alone as an answer to `HEAD`.
pub(crate) fn serve(method: &Method, opened: Opened, content_type: &'static str) -> Response {
    let length = opened.length;
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        pieces(opened)
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// As many bytes as were announced, even when somebody is adding to the file.
fn pieces(opened: Opened) -> Body {
    Body::from_stream(futures_util::stream::try_unfold(opened, |mut opened| async move {
        if opened.length == 0 {
            return Ok::<_, io::Error>(None);
        }
        let mut piece = Vec::with_capacity(PIECE);
        let most = opened.length.min(PIECE as u64);
        let read = (&mut opened.file).take(most).read_to_end(&mut piece).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        opened.length = opened.length.saturating_sub(read as u64);
        Ok(Some((Bytes::from(piece), opened)))
    }))
}

fn absent(cause: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, IsADirectory, NotADirectory, NotFound};
    matches!(
        cause.kind(),
        NotFound | NotADirectory | IsADirectory | InvalidFilename | InvalidInput
    )
}

const PIECE: usize = 64 * 1024;
