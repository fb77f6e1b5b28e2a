//! The gateway: one address for the Chronicle, for its log and for ChittyRegistry. Whoever writes shows a credential; whoever reads need not.

mod chronicle;
mod log;
mod registry;

use std::sync::Arc;

use axum::Router;

pub(crate) use self::chronicle::Chronicle;
pub(crate) use self::log::{HeadFile, Log, Records, open_key};
pub use self::log::{LogHeadFailed, LogKeyFailed};
pub(crate) use self::registry::Registry;
use crate::auth::Auth;

/// The routes of everything behind the gateway.
pub(crate) fn routes(auth: &Arc<Auth>, chronicle: Chronicle, records: Records, registry: Registry) -> Router {
    Router::new()
        .nest("/chronicle", chronicle::routes(Arc::clone(auth), chronicle))
        .nest("/log", log::routes(Arc::clone(auth), records))
        .nest("/registry", registry::routes(Arc::clone(auth), registry))
}
