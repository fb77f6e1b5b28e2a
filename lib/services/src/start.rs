//! Bringing the services up.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::routing::get;
use axum::{Json, Router};
use certified_evidence::anchors::TrustedLog;
use certified_evidence::log::LogSigner;
use certified_evidence::trust_root::{TransparencyLog, ValidFor};
use certified_evidence::{KeyError, Timestamp, TrustRoot};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::addresses::Addresses;
use crate::archive::{self, Archive};
use crate::auth::{self, Auth};
use crate::chitty_id::{self, AuthorityFailed, ChittyId, LocalAuthority};
use crate::cloudflare;
use crate::connect::{self, Connect};
use crate::gateway::{self, Chronicle, HeadFile, Log, LogHeadFailed, LogKeyFailed, Records, Registry};
use crate::npm::{self, Npm, Tarballs, TrustedPublisher};
use crate::oidc::{FetcherFailed, Identities, IdentityTokens, LocalIssuer};
use crate::storage::StorageError;
use crate::storage::sqlite::SqliteStore;
use crate::timestamps::{self, LocalTimestamps, Timestamps};
use crate::{Clock, Running, Tokens, door, randomness};

/// Where the embedded services keep their things and listen.
#[derive(Clone)]
pub struct Options {
    /// Where to listen; loopback only. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// An existing folder that nobody else can read. The database, the tarballs and the buckets go below it.
    pub data: PathBuf,
    /// The database's URL, `sqlite:…`; without one the file `services.sqlite` in the folder.
    pub database: Option<String>,
    /// What time it is.
    pub clock: Clock,
    /// The largest publish to the npm registry that is read, in bytes of JSON.
    pub largest_publish: usize,
    /// Whose identity tokens ChittyID accepts; nobody's unless somebody is named.
    pub identity_tokens: IdentityTokens,
    /// Whom the npm registry gives a token for an identity token, also for a package that has no version yet.
    pub trusted_publishers: Vec<TrustedPublisher>,
}

impl Options {
    /// 96 MiB: a tarball of 70 MiB, in base64.
    pub const LARGEST_PUBLISH: usize = 96 * 1024 * 1024;

    /// A free port of 127.0.0.1, everything in this folder, and the system's clock.
    pub fn in_folder(data: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: data.into(),
            database: None,
            clock: Arc::new(system_time),
            largest_publish: Self::LARGEST_PUBLISH,
            identity_tokens: IdentityTokens::default(),
            trusted_publishers: Vec::new(),
        }
    }
}

/// Why the services do not come up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// An address that others could reach. The embedded services trust whoever is on this machine.
    #[error("expected an address on loopback, such as 127.0.0.1:0, found {listen}")]
    NotLoopback {
        /// The address asked for.
        listen: SocketAddr,
    },
    /// The data folder is missing, is no folder, or takes no folders.
    #[error("cannot keep data in {}: {cause}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What went wrong.
        cause: io::Error,
    },
    /// The address is taken, or may not be had.
    #[error("cannot listen on {listen}: {cause}")]
    Listen {
        /// The address asked for.
        listen: SocketAddr,
        /// What went wrong.
        cause: io::Error,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The log has no key.
    #[error("cannot sign the log: {0}")]
    LogKey(#[from] LogKeyFailed),
    /// The database is not the one whose log was acknowledged here.
    #[error(transparent)]
    LogHead(#[from] LogHeadFailed),
    /// The certificate authority cannot be made.
    #[error("cannot make the local certificate authority: {0}")]
    Authority(#[from] AuthorityFailed),
    /// The issuer of rehearsals has no key.
    #[error("cannot make the local issuer of identity tokens: {0}")]
    LocalIssuer(#[from] KeyError),
    /// Nobody could ask an issuer of identity tokens for its keys.
    #[error(transparent)]
    Fetcher(#[from] FetcherFailed),
    /// An address that does not read as a URL.
    #[error("cannot name the services' addresses: {0}")]
    Address(#[from] url::ParseError),
}

/// Brings the services up. They answer when this returns.
///
/// # Errors
/// [`StartError`], with the fact that was wrong; nothing listens then.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let listen = options.listen;
    if !listen.ip().is_loopback() {
        return Err(StartError::NotLoopback { listen });
    }
    let store_folder = folder(&options.data, "objects")?;
    let tarballs = Tarballs::in_folder(folder(&options.data, "npm")?);
    let archive = Archive::of_folder(store_folder.clone()).map_err(|cause| StartError::Folder {
        folder: store_folder.clone(),
        cause,
    })?;
    let refused = |cause| StartError::Listen { listen, cause };
    let listener = TcpListener::bind(listen).await.map_err(refused)?;
    let addresses = Arc::new(Addresses::at(listener.local_addr().map_err(refused)?)?);
    let store = open(&options).await?;
    let authority = LocalAuthority::new((options.clock)(), &mut randomness::system())?;
    let timestamps = LocalTimestamps::new((options.clock)(), &mut randomness::system())?;
    let signer = gateway::open_key(&options.data, LOG, &mut randomness::system())?;
    let mut anchors = authority.anchors().clone();
    anchors.logs.push(trusted(&signer, (options.clock)()));
    let trust_root = trust_root(&addresses, &authority, &timestamps, &signer)?;
    anchors.certificate_logs.clone_from(&trust_root.ctlogs);
    anchors
        .timestamp_authorities
        .clone_from(&trust_root.timestamp_authorities);
    let head = HeadFile::open(&options.data, &store).await?;
    let log = Arc::new(Log::new(Arc::new(store.clone()), signer, Some(head)));
    let issuers = options.identity_tokens.issuers.clone();
    let local = options.identity_tokens.local;
    let local = local.then(|| LocalIssuer::new(&mut randomness::system())).transpose()?;
    let identities = Identities::new(issuers, Arc::new(store.clone()), Arc::clone(&options.clock))?.with_local(local);
    let parts = Parts {
        options: &options,
        identities: &Arc::new(identities),
        addresses: &addresses,
        store: &store,
        log: &log,
    };
    let auth = Arc::new(Auth::new(Arc::new(store.clone()), Arc::clone(&options.clock)));
    let tokens = Tokens::mint(&mut randomness::system());
    tokens.admit(&(Arc::new(store.clone()) as _), (options.clock)()).await?;
    let clock = Arc::clone(&options.clock);
    let timestamps = Timestamps {
        authority: timestamps,
        clock,
    };
    let routes = door::before(parts.routes(&auth, (authority, timestamps), tarballs, archive));
    let (leave, left) = oneshot::channel();
    let server = tokio::spawn(serve(listener, routes, left));
    Ok(Running {
        addresses,
        anchors,
        trust_root,
        tokens,
        store_folder,
        store,
        leave: Some(leave),
        server,
    })
}

/// What every service is put together from.
struct Parts<'a> {
    options: &'a Options,
    identities: &'a Arc<Identities>,
    addresses: &'a Arc<Addresses>,
    store: &'a SqliteStore,
    log: &'a Arc<Log>,
}

impl Parts<'_> {
    fn routes(
        &self,
        auth: &Arc<Auth>,
        (authority, timestamps): (LocalAuthority, Timestamps),
        tarballs: Tarballs,
        archive: Archive,
    ) -> Router {
        let addresses = || Arc::clone(self.addresses);
        let clock = || Arc::clone(&self.options.clock);
        let store = || Arc::new(self.store.clone());
        let chitty_id = ChittyId {
            authority,
            certificates: store(),
            identities: Arc::clone(self.identities),
            audience: self.options.identity_tokens.audience_of(&self.addresses.chitty_id),
            addresses: addresses(),
            clock: clock(),
        };
        let chronicle = Chronicle {
            events: store(),
            log: Arc::clone(self.log),
            addresses: addresses(),
            clock: clock(),
        };
        let records = Records {
            log: Arc::clone(self.log),
            certificates: store(),
            clock: clock(),
        };
        let registry = Registry {
            registrations: store(),
            addresses: addresses(),
            clock: clock(),
        };
        let npm = || Npm {
            packages: store(),
            stage: store(),
            publishers: store(),
            named_publishers: self.options.trusted_publishers.clone(),
            identities: Arc::clone(self.identities),
            credentials: store(),
            tarballs: tarballs.clone(),
            addresses: addresses(),
            clock: clock(),
            largest_publish: self.options.largest_publish,
        };
        let cloudflare = Arc::clone(auth);
        Router::new()
            .route("/health", get(health))
            .nest(
                "/id",
                chitty_id::routes(Arc::clone(auth), chitty_id).merge(timestamps::routes(timestamps)),
            )
            .nest("/auth", auth::routes(Arc::clone(auth)))
            .nest("/connect", connect::routes(self.connect_desk(auth)))
            .nest("/gateway", gateway::routes(auth, chronicle, records, registry))
            .nest("/npm", npm::routes(Arc::clone(auth), npm()))
            .merge(npm::at_the_root(Arc::clone(auth), npm()))
            .nest("/archive", archive::routes(archive))
            .nest("/cloudflare", cloudflare::routes(cloudflare))
    }

    fn connect_desk(&self, auth: &Arc<Auth>) -> connect::Desk {
        let store = || Arc::new(self.store.clone());
        connect::Desk {
            auth: Arc::clone(auth),
            connect: Connect {
                credentials: store(),
                provisions: store(),
                log: Arc::clone(self.log),
                clock: Arc::clone(&self.options.clock),
            },
            identities: Arc::clone(self.identities),
            owners: self.options.identity_tokens.owners.clone(),
        }
    }
}

/// What verifiers of others have to trust to believe these services.
fn trust_root(
    addresses: &Addresses,
    authority: &LocalAuthority,
    timestamps: &LocalTimestamps,
    signer: &LogSigner,
) -> Result<TrustRoot, AuthorityFailed> {
    let (certificate_authority, ct_log) = authority.trusted(&addresses.chitty_id)?;
    // Not where the log answers now, which changes with every run, but what it is called: the name in its checkpoints.
    let log = TransparencyLog::of_log(
        format!("https://{}", signer.key().name()),
        signer.key(),
        ValidFor::from(Timestamp::from_unix(0)),
    );
    Ok(TrustRoot {
        tlogs: vec![log],
        certificate_authorities: vec![certificate_authority],
        ctlogs: vec![ct_log],
        timestamp_authorities: vec![timestamps.trusted(&addresses.chitty_id)?],
        ..TrustRoot::default()
    })
}

/// What a verifier has to trust to believe the log. Its key outlives this run, and what it signed in earlier ones stays provable.
fn trusted(signer: &LogSigner, now: Timestamp) -> TrustedLog {
    TrustedLog {
        key: signer.key().clone(),
        valid_from: Timestamp::from_unix(0),
        valid_until: now.plus_seconds(YEARS),
    }
}

async fn health() -> Json<serde_json::Value> {
    Json(json!({ "status": "healthy", "service": "chittyos-embedded", "version": env!("CARGO_PKG_VERSION") }))
}

async fn serve(listener: TcpListener, routes: Router, left: oneshot::Receiver<()>) {
    let leaving = async {
        // A sender that is dropped means the same as one that speaks.
        let _ = left.await;
    };
    // `axum::serve` goes on after every error of a single connection and ends only when it is told to.
    let _ = axum::serve(listener, routes).with_graceful_shutdown(leaving).await;
}

async fn open(options: &Options) -> Result<SqliteStore, StorageError> {
    match &options.database {
        Some(url) => SqliteStore::open_url(url).await,
        None => SqliteStore::open_file(&options.data.join("services.sqlite")).await,
    }
}

fn folder(data: &Path, name: &str) -> Result<PathBuf, StartError> {
    let folder = data.join(name);
    match std::fs::create_dir(&folder) {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => Err(StartError::Folder { folder, cause }),
        _ => Ok(folder),
    }
}

/// The system's clock; a clock before 1970 reads 1970.
fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix(since.as_secs())
}

/// The log's name. It has no address in it: the log stays the same one wherever the services listen next time.
const LOG: &str = "chronicle.local-only.invalid/log";
/// As long as the embedded certificate authority, in seconds.
const YEARS: u64 = 3 * 365 * 24 * 60 * 60;
