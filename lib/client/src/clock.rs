//! What time a server says it is.

use certified_evidence::Timestamp;
use reqwest::Method;

use crate::answer::date;
use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::error::{ClientError, Service};
use crate::patience::Patience;
use crate::transport::Transport;

/// Asks a server for nothing, and reads the date of its answer, if it gives one (RFC 9110, section 6.6.1). Sends no token. Any answer
/// says that the server is there.
///
/// # Errors
/// See [`ClientError::class`]; when there is no answer, or one of a server in trouble.
pub async fn server_time(
    transport: &Transport,
    service: Service,
    base: &BaseUrl,
) -> Result<Option<Timestamp>, ClientError> {
    let call = Call::new(transport, service, Patience::SMALL, Method::GET, base.at("/"));
    let answer = call
        .accept(&[301, 302, 307, 308, 400, 401, 403, 404, 405])
        .send()
        .await?;
    Ok(date(&answer.headers).map(Timestamp::from_unix))
}
