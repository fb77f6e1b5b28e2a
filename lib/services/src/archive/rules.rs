//! Which file an address of the archive means, if any.

use std::io;
use std::path::{Path, PathBuf};

use crate::door::Opened;
use crate::refusal::Refusal;
use crate::storage::StorageError;

/// A folder of buckets.
pub(crate) struct Archive {
    folder: PathBuf,
}

impl Archive {
    /// Shows what lies in an existing folder.
    pub(crate) fn of_folder(folder: PathBuf) -> io::Result<Self> {
        // Without links, so that it can be compared with where a file really lies.
        Ok(Self {
            folder: folder.canonicalize()?,
        })
    }

    /// Opens an object by its bucket and key, as they read without percent signs.
    pub(super) async fn open(&self, path: &str) -> Result<Opened, Refusal> {
        let absent = || Refusal::NotFound {
            code: "NOT_FOUND",
            reason: "there is no such object".to_owned(),
        };
        let asked = self.locate(path).ok_or_else(absent)?;
        // A link that was put into the folder must not lead out of it.
        let Ok(real) = tokio::fs::canonicalize(&asked).await else {
            return Err(absent());
        };
        if !real.starts_with(&self.folder) {
            return Err(absent());
        }
        Opened::at(&real).await.map_err(StorageError::from)?.ok_or_else(absent)
    }

    fn locate(&self, path: &str) -> Option<PathBuf> {
        let harmless = |part: &str| {
            !part.is_empty() && !part.starts_with('.') && !part.chars().any(|c| c.is_control() || c == '\\' || c == ':')
        };
        if !path.contains('/') || !path.split('/').all(harmless) {
            return None;
        }
        Some(
            path.split('/')
                .fold(self.folder.clone(), |folder, part| folder.join(part)),
        )
    }
}

/// The media type, by the end of the name.
pub(super) fn content_type(path: &str) -> &'static str {
    match Path::new(path).extension().and_then(|extension| extension.to_str()) {
        Some("tgz" | "gz") => "application/gzip",
        Some("json") => "application/json",
        Some("pem") => "application/x-pem-file",
        Some("md" | "txt") => "text/plain; charset=utf-8",
        // Nothing that a browser would run.
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> (tempfile::TempDir, Archive) {
        let folder = tempfile::tempdir().unwrap();
        let objects = folder.path().join("objects");
        std::fs::create_dir_all(objects.join("bucket/packages/@acme")).unwrap();
        std::fs::write(objects.join("bucket/packages/@acme/widgets.tgz"), b"bytes").unwrap();
        std::fs::write(objects.join("bucket/.hidden"), b"bytes").unwrap();
        std::fs::write(folder.path().join("secret"), b"bytes").unwrap();
        let archive = Archive::of_folder(objects).unwrap();
        (folder, archive)
    }

    #[tokio::test]
    async fn an_object_is_found_by_bucket_and_key() {
        let (_folder, archive) = archive();
        assert!(archive.open("bucket/packages/@acme/widgets.tgz").await.is_ok());
    }

    #[tokio::test]
    async fn nothing_outside_the_folder_and_no_folder_is_ever_opened() {
        let (folder, archive) = archive();
        std::os::unix::fs::symlink(folder.path().join("secret"), folder.path().join("objects/bucket/link")).unwrap();
        for path in [
            "",
            "secret",
            "../secret",
            "bucket/../../secret",
            "bucket/..",
            "bucket//packages",
            "/etc/passwd",
            "bucket/packages",
            "bucket/packages/",
            "bucket/link",
            "bucket/.hidden",
            "bucket/a\0b",
            "bucket/..\\secret",
            "bucket/packages/@acme/widgets.tgz/more",
        ] {
            assert!(
                matches!(archive.open(path).await, Err(Refusal::NotFound { .. })),
                "{path}"
            );
        }
    }
}
