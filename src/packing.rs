//! `pack`: the certified tarball alone.
//!
//! It runs no script and asks nobody, so it starts neither a runtime nor a thread but those that compress.

use std::env;
use std::fs;
use std::io;
use std::path::Path;

use certified_evidence::block::MEMBER;
use certified_pack::tree::Disk;
use certified_pack::{Manifest, Options, PackError, Package, Packed};

use crate::args::Pack;
use crate::failure::Failure;
use crate::secrets;

/// Packs as npm does, but without a block that an earlier release may have left in package.json, and nothing that gives a secret away.
pub(crate) fn packing(arguments: &Pack) -> Result<Packed, Failure> {
    let folder = &arguments.path;
    let options = options(folder)?
        .with_gzip(arguments.gzip.into())
        .guarded_by(secrets::guard(&arguments.allowed));
    let disk = Disk::new(folder).map_err(|source| PackError::Unreadable {
        path: folder.clone(),
        source,
    })?;
    let package = Package::select(&disk, &options)?;
    if arguments.dry_run {
        return Ok(package.write(io::sink())?.0);
    }
    write(&arguments.out, &package)
}

/// The rules of the npm that the package asks for or that is installed. Only a manifest with a block is edited, and so has to be one that
/// can be edited; any other is packed as npm packs it.
fn options(folder: &Path) -> Result<Options, Failure> {
    let manifest = fs::read(folder.join("package.json")).map(Manifest::parse);
    let options = match manifest {
        Ok(Ok(manifest)) if manifest.root().contains_key(MEMBER) => Options::with_manifest(manifest.without(MEMBER)?),
        _ => Options::default(),
    };
    Ok(options.with_search_path(env::var_os("PATH")))
}

/// Whole or not at all: a neighbour gets the tarball's name once it is complete and nothing speaks against it.
fn write(folder: &Path, package: &Package<'_>) -> Result<Packed, Failure> {
    let file = folder.join(package.filename());
    let failed = |error| Failure::Io {
        file: file.clone(),
        error,
    };
    let neighbour = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let (packed, neighbour) = package.write(neighbour).map_err(|error| match error {
        PackError::Unwritable(error) => failed(error),
        error => error.into(),
    })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        neighbour
            .as_file()
            .set_permissions(fs::Permissions::from_mode(0o644))
            .map_err(failed)?;
    }
    neighbour.persist(&file).map_err(|e| failed(e.error))?;
    Ok(packed)
}
