//! The two tarballs of a release, and the one step between them.
//!
//! The *certified* tarball is packed from a manifest without a `chittyos` member; it is what is hashed, signed, recorded and archived.
//! The *published* tarball is the same archive with the block inserted into `package.json`; it is what npm serves. Every other byte of the
//! two tars is equal, and each can be made from the other: [`CertifiedTarball::seal`] inserts, [`PublishedTarball::certified`] removes.

use certified_evidence::block::MEMBER;
use certified_evidence::{
    Block, Digest, Integrity, NameError, PackageName, Shasum, TarballFacts, Version, VersionError,
};
use certified_pack::{Archive, Audit, Limits, Manifest, ManifestError, ReadError, Tarball, Unread, filename};

/// The tarball without the block.
pub struct CertifiedTarball {
    name: PackageName,
    version: Version,
    manifest: Manifest,
    tarball: Tarball,
}

/// The tarball with the block.
pub struct PublishedTarball {
    name: PackageName,
    version: Version,
    manifest: Manifest,
    block: Block,
    readme: Option<(String, String)>,
    tarball: Tarball,
}

/// Why bytes are not the tarball they are taken for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TarballError {
    /// The archive is not what an npm client packs.
    #[error(transparent)]
    Archive(#[from] ReadError),
    /// Its package.json cannot be read.
    #[error("{0}")]
    Manifest(#[from] ManifestError),
    /// There is no package.json at its root.
    #[error("the tarball has no package.json at its root")]
    NoManifest,
    /// The package's name is none that npm takes.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The package's version is none that npm takes.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// A certified tarball must not have a block.
    #[error("package.json of the certified tarball has a `{MEMBER}` member")]
    HasBlock,
    /// A published tarball must have a block.
    #[error("package.json has no `{MEMBER}` member")]
    NoBlock,
    /// The archive could not be compressed again.
    #[error("cannot compress the tarball: {0}")]
    Compression(#[from] std::io::Error),
    /// The block is not of the published form.
    #[error("the `{MEMBER}` member of package.json is no certified-publish block: {0}")]
    Block(String),
}

impl CertifiedTarball {
    /// Takes a packed folder's tarball, after a look at the package.json inside.
    ///
    /// # Errors
    /// When it has a block, or is not readable under the strict rules for untrusted tarballs: what could not be read back is not
    /// worth signing.
    pub fn new(tarball: Tarball) -> Result<Self, TarballError> {
        let archive = Archive::from_tar(tarball.tar().to_vec(), &Limits::default())?;
        Self::checked(tarball, &archive)
    }

    /// Reads a certified tarball back from its compressed bytes, which are kept as they are.
    ///
    /// # Errors
    /// As [`CertifiedTarball::new`].
    pub fn open(bytes: Vec<u8>) -> Result<Self, TarballError> {
        let (tarball, archive) = Tarball::read(bytes, &Limits::default()).map_err(|unread| unread.why)?;
        Self::checked(tarball, &archive)
    }

    fn checked(tarball: Tarball, archive: &Archive) -> Result<Self, TarballError> {
        let manifest = manifest_of(archive)?;
        if manifest.root().contains_key(MEMBER) {
            return Err(TarballError::HasBlock);
        }
        Ok(Self {
            name: manifest.name().parse()?,
            version: manifest.version().parse()?,
            manifest,
            tarball,
        })
    }

    /// The package.
    pub fn name(&self) -> &PackageName {
        &self.name
    }

    /// Its version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The bare manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The compressed file.
    pub fn bytes(&self) -> &[u8] {
        self.tarball.bytes()
    }

    /// Names and measures.
    pub fn facts(&self) -> TarballFacts {
        facts(&self.name, &self.version, &self.tarball)
    }

    /// The published tarball: this one with the block as the last member of package.json, and nothing else changed.
    ///
    /// # Errors
    /// When the manifest cannot take the block; never for a tarball that this crate has read.
    pub fn seal(&self, block: &Block) -> Result<PublishedTarball, TarballError> {
        let value = serde_json::to_value(block).map_err(|e| TarballError::Block(e.to_string()))?;
        let manifest = self.manifest.with(MEMBER, &value)?;
        let archive = Archive::from_tar(self.tarball.tar().to_vec(), &Limits::default())?;
        let sealed = Tarball::compress(archive.replaced(MANIFEST, manifest.bytes())?)?;
        PublishedTarball::open(sealed.bytes().to_vec())
    }
}

impl PublishedTarball {
    /// Reads a tarball that npm serves, or is about to.
    ///
    /// # Errors
    /// [`TarballError::NoBlock`] for a package that was never certified, whichever packer wrote it; the others for one that is not
    /// to be trusted.
    pub fn open(bytes: Vec<u8>) -> Result<Self, TarballError> {
        let (tarball, archive) = Tarball::read(bytes, &Limits::default()).map_err(of_another_packer)?;
        let manifest = manifest_of(&archive)?;
        let member = manifest.root().get(MEMBER).ok_or(TarballError::NoBlock)?;
        let block = serde_json::from_value(member.clone()).map_err(|e| TarballError::Block(e.to_string()))?;
        let (name, version) = (manifest.name().parse()?, manifest.version().parse()?);
        Ok(Self {
            name,
            version,
            manifest,
            block,
            readme: readme_of(&archive),
            tarball,
        })
    }

    /// The package.
    pub fn name(&self) -> &PackageName {
        &self.name
    }

    /// Its version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The manifest with the block.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The block.
    pub fn block(&self) -> &Block {
        &self.block
    }

    /// The compressed file.
    pub fn bytes(&self) -> &[u8] {
        self.tarball.bytes()
    }

    /// The README at the root, name and text, if there is one.
    pub fn readme(&self) -> Option<(&str, &str)> {
        self.readme.as_ref().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Names and measures.
    pub fn facts(&self) -> TarballFacts {
        facts(&self.name, &self.version, &self.tarball)
    }

    /// The certified tarball again: the block removed from package.json, compressed as npm compresses.
    ///
    /// # Errors
    /// When the manifest without its block is none; never for a tarball made by [`CertifiedTarball::seal`].
    pub fn certified(&self) -> Result<CertifiedTarball, TarballError> {
        let bare = self.manifest.without(MEMBER)?;
        let archive = Archive::from_tar(self.tarball.tar().to_vec(), &Limits::default())?;
        CertifiedTarball::new(Tarball::compress(archive.replaced(MANIFEST, bare.bytes())?)?)
    }
}

/// An archive that is refused holds no release of ours. When it is only written unlike npm's, and has no block, nobody says that it
/// does; whatever has a block is judged by the strict rules alone.
fn of_another_packer(unread: Unread) -> TarballError {
    let audit = Audit::open(&unread.bytes, &Limits::default()).ok();
    let manifest = audit.and_then(|audit| Manifest::parse(audit.file(MANIFEST)?).ok());
    match manifest {
        Some(manifest) if !manifest.root().contains_key(MEMBER) => TarballError::NoBlock,
        _ => unread.why.into(),
    }
}

fn manifest_of(archive: &Archive) -> Result<Manifest, TarballError> {
    let bytes = archive.file(MANIFEST).ok_or(TarballError::NoManifest)?;
    Ok(Manifest::parse(bytes)?)
}

/// As npm chooses it: a Markdown file before any other.
fn readme_of(archive: &Archive) -> Option<(String, String)> {
    let is_readme = |path: &str| {
        let lower = path.to_ascii_lowercase();
        lower == "readme" || (lower.starts_with("readme.") && !lower.contains('/'))
    };
    let mut names: Vec<&str> = archive
        .entries()
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| is_readme(path))
        .collect();
    names.sort_by_key(|name| !name.to_ascii_lowercase().ends_with(".md"));
    let name = *names.first()?;
    let text = String::from_utf8_lossy(archive.file(name)?).into_owned();
    Some((name.to_owned(), text))
}

fn facts(name: &PackageName, version: &Version, tarball: &Tarball) -> TarballFacts {
    let digests = tarball.digests();
    TarballFacts {
        filename: filename(name.as_str(), &version.to_string()),
        size: tarball.bytes().len() as u64,
        sha256: Digest::from_bytes(digests.sha256),
        integrity: Integrity::from_bytes(digests.sha512),
        shasum: Shasum::from_bytes(digests.sha1),
        tar_sha256: Digest::from_bytes(digests.tar_sha256),
    }
}

const MANIFEST: &str = "package.json";
