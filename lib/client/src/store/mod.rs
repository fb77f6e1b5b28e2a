//! The object store: R2, any other S3, or a folder.

mod key;
mod r2;
mod s3;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use certified_evidence::{Digest, Secret};
use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use url::Url;

use crate::base_url::BaseUrl;
use crate::call::describe;
use crate::error::{ClientError, Failure, Service, silence};
use crate::patience::{MIB, Patience};
use crate::redact::printable;
use crate::transport::Transport;

pub use r2::{R2, R2Place};

/// Tarballs and their evidence. Written once, never replaced; read back whole.
pub const STORE: Patience = Patience {
    timeout: Duration::from_secs(300),
    largest_answer: 256 * MIB,
    ..Patience::SMALL
};

/// Keeps objects that are written once.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    place: Place,
    bucket: String,
    public_base: Option<Url>,
    patience: Patience,
    has_key: bool,
}

/// An S3 bucket and the key to it.
#[derive(Debug)]
#[non_exhaustive]
pub struct S3Options {
    /// The service's address, for example `https://<account>.r2.cloudflarestorage.com`; the bucket becomes the
    /// first part of the path.
    pub endpoint: BaseUrl,
    /// The bucket.
    pub bucket: String,
    /// The region; R2 has only `auto`.
    pub region: String,
    /// The name of the access key.
    pub access_key_id: Secret<String>,
    /// The access key.
    pub secret_access_key: Secret<String>,
    /// Where the bucket's objects can be read without a key.
    pub public_base: Option<Url>,
}

/// How an object came to be there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Created {
    /// It was written now.
    New,
    /// It was there before, or an attempt whose answer was lost had written it: the same bytes.
    Identical,
}

#[derive(Clone, Debug)]
enum Place {
    Folder(PathBuf),
    S3(BaseUrl),
}

impl S3Options {
    /// A bucket in the region `auto`, without a public address.
    pub fn new(
        endpoint: BaseUrl,
        bucket: impl Into<String>,
        access_key_id: impl Into<Secret<String>>,
        secret_access_key: impl Into<Secret<String>>,
    ) -> Self {
        Self {
            endpoint,
            bucket: bucket.into(),
            region: "auto".to_owned(),
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            public_base: None,
        }
    }
}

impl Store {
    /// Objects as files below `root/bucket`, which is made when it is missing. A write is on the disk before it is
    /// acknowledged.
    ///
    /// # Errors
    /// When the folder cannot be made or the bucket's name is none.
    pub fn folder(
        root: impl Into<PathBuf>,
        bucket: impl Into<String>,
        public_base: Option<Url>,
    ) -> Result<Self, ClientError> {
        let (root, bucket) = (root.into(), bucket.into());
        key::check_bucket(&bucket).map_err(failed)?;
        let folder = root.join(&bucket);
        std::fs::create_dir_all(&folder)
            .map_err(|error| failed(Failure::Local(format!("{}: {error}", folder.display()))))?;
        let objects = LocalFileSystem::new_with_prefix(&folder)
            .map_err(|error| failed(Failure::Local(printable(&error.to_string()))))?;
        let objects = Arc::new(objects.with_fsync(true));
        Ok(Self {
            objects,
            place: Place::Folder(folder),
            bucket,
            public_base,
            patience: STORE,
            has_key: true,
        })
    }

    /// Objects that everyone can read, without a key: `base` is the bucket's public address. Nothing can be written through it.
    ///
    /// # Errors
    /// When the bucket's name is none or the client cannot be set up.
    pub fn public(transport: &Transport, bucket: impl Into<String>, base: BaseUrl) -> Result<Self, ClientError> {
        let bucket = bucket.into();
        key::check_bucket(&bucket).map_err(failed)?;
        let objects = s3::connect_public(transport, &base, &bucket, STORE).map_err(failed)?;
        Ok(Self {
            objects: Arc::new(objects),
            place: Place::S3(base),
            bucket,
            public_base: None,
            patience: STORE,
            has_key: false,
        })
    }

    /// Objects in an S3 bucket, over the transport's TLS settings.
    ///
    /// # Errors
    /// When the bucket's name is none or the client cannot be set up.
    pub fn s3(transport: &Transport, options: S3Options) -> Result<Self, ClientError> {
        Self::s3_with_patience(transport, options, STORE)
    }

    /// The same with other limits than [`STORE`].
    ///
    /// # Errors
    /// As [`Store::s3`].
    pub fn s3_with_patience(
        transport: &Transport,
        options: S3Options,
        patience: Patience,
    ) -> Result<Self, ClientError> {
        key::check_bucket(&options.bucket).map_err(failed)?;
        let objects = s3::connect(transport, &options, patience).map_err(failed)?;
        let S3Options {
            endpoint,
            bucket,
            public_base,
            access_key_id,
            secret_access_key,
            ..
        } = options;
        Ok(Self {
            objects: Arc::new(objects),
            place: Place::S3(endpoint),
            bucket,
            public_base,
            patience,
            has_key: !access_key_id.expose().is_empty() && !secret_access_key.expose().is_empty(),
        })
    }

    /// Whether there is what it takes to write here: a key, or a folder, which asks for none.
    pub const fn has_key(&self) -> bool {
        self.has_key
    }

    /// The bucket's name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Writes an object that is not there yet. When one is there, or when the answer is lost, it is read back: the
    /// same bytes are accepted.
    ///
    /// # Errors
    /// [`Failure::OtherBytes`] with both digests when other bytes are there; else see [`ClientError::class`].
    pub async fn create(
        &self,
        key: &str,
        bytes: impl Into<Bytes>,
        content_type: &'static str,
    ) -> Result<Created, ClientError> {
        let (path, bytes) = (key::path(key).map_err(failed)?, bytes.into());
        let mut last = Failure::Unknown("it was never asked".into());
        for _ in 0..self.patience.attempts.max(1) {
            let put = s3::patiently(self.patience, || self.put(&path, bytes.clone(), content_type)).await;
            let lost = match put {
                Ok(()) => return Ok(Created::New),
                Err(what @ (Failure::Conflict(_) | Failure::Unknown(_))) => what,
                Err(what) => return Err(failed(what)),
            };
            match self.read(&path).await {
                Ok(Some(found)) => return compared(key, &bytes, &found),
                // Not there: the write never arrived, or another writer is at it. Create-only, it may be sent again.
                Ok(None) => last = lost,
                Err(what) => {
                    return Err(failed(if matches!(lost, Failure::Unknown(_)) {
                        lost
                    } else {
                        what
                    }));
                }
            }
        }
        Err(failed(last))
    }

    /// An object's bytes, if it is there.
    ///
    /// # Errors
    /// See [`ClientError::class`]; an object larger than [`STORE`] takes is one.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, ClientError> {
        let path = key::path(key).map_err(failed)?;
        self.read(&path).await.map_err(failed)
    }

    /// `bucket/key`, for example `chittyos-packages/packages/@acme/widgets/1.2.3.tgz`.
    pub fn location(&self, key: &str) -> String {
        format!("{}/{key}", self.bucket)
    }

    /// Where an object can be read: below the public address if there is one, else where it lies.
    pub fn url(&self, key: &str) -> String {
        match (&self.public_base, &self.place) {
            (Some(base), _) => format!("{}/{key}", base.as_str().trim_end_matches('/')),
            (None, Place::S3(endpoint)) => format!("{endpoint}/{}", self.location(key)),
            (None, Place::Folder(folder)) => {
                Url::from_file_path(folder.join(key)).map_or_else(|()| self.location(key), |url| url.to_string())
            }
        }
    }

    async fn put(&self, path: &Path, bytes: Bytes, content_type: &'static str) -> Result<(), Failure> {
        let mut options = PutOptions::from(PutMode::Create);
        if matches!(self.place, Place::S3(_)) {
            options.attributes = Attributes::from_iter([(Attribute::ContentType, content_type)]);
        }
        let put = self.objects.put_opts(path, PutPayload::from_bytes(bytes), options);
        self.within(async { put.await.map(drop).map_err(|error| self.failure(error)) })
            .await
    }

    /// Reading changes nothing, so a folder's or a bucket's hiccup is waited for.
    async fn read(&self, path: &Path) -> Result<Option<Bytes>, Failure> {
        s3::patiently(self.patience, || self.within(self.read_once(path))).await
    }

    async fn within<T>(&self, ask: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let deadline = self.patience.timeout;
        let late = || Failure::Unknown(format!("no whole answer within {} s", deadline.as_secs_f32()));
        tokio::time::timeout(deadline, ask)
            .await
            .unwrap_or_else(|_| Err(late()))
    }

    async fn read_once(&self, path: &Path) -> Result<Option<Bytes>, Failure> {
        let limit = self.patience.largest_answer;
        let found = match self.objects.get(path).await.map_err(|error| self.failure(error)) {
            Err(Failure::NotFound(_)) => return Ok(None),
            found => found?,
        };
        if found.meta.size > limit as u64 {
            return Err(Failure::TooLarge { limit });
        }
        let mut stream = found.into_stream();
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.try_next().await.map_err(|error| self.failure(error))? {
            if chunk.len() > limit - bytes.len() {
                return Err(Failure::TooLarge { limit });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes.into()))
    }

    fn failure(&self, error: object_store::Error) -> Failure {
        use object_store::Error;
        match (&self.place, error) {
            (Place::S3(_), error) => s3::failure(&error),
            (Place::Folder(_), Error::AlreadyExists { .. }) => Failure::Conflict(silence()),
            (Place::Folder(_), Error::NotFound { .. }) => Failure::NotFound(silence()),
            (Place::Folder(_), error) => Failure::Local(describe(&error)),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("place", &self.place)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}

fn compared(key: &str, ours: &Bytes, theirs: &Bytes) -> Result<Created, ClientError> {
    if ours == theirs {
        return Ok(Created::Identical);
    }
    Err(failed(Failure::OtherBytes {
        key: key.to_owned(),
        ours: Digest::of(ours),
        theirs: Digest::of(theirs),
    }))
}

const fn failed(what: Failure) -> ClientError {
    ClientError::new(Service::Store, what)
}
