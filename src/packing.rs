//! `pack`: the certified tarball alone.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use certified_evidence::block::MEMBER;
use certified_pack::{Manifest, Options, Packed, pack};

use crate::args::Pack;
use crate::failure::Failure;

/// Packs as npm does, but without a block that an earlier release may have left in package.json.
pub(crate) fn packing(arguments: &Pack) -> Result<Packed, Failure> {
    let (packed, tarball) = pack(&arguments.path, &options(&arguments.path)?)?;
    if !arguments.dry_run {
        write(&arguments.out, &packed.filename, tarball.bytes())?;
    }
    Ok(packed)
}

/// Only a manifest with a block is edited, and so has to be one that can be edited; any other is packed as npm packs it.
fn options(folder: &Path) -> Result<Options, Failure> {
    let Ok(bytes) = fs::read(folder.join("package.json")) else {
        return Ok(Options::default());
    };
    match Manifest::parse(bytes) {
        Ok(manifest) if manifest.root().contains_key(MEMBER) => Ok(Options::with_manifest(manifest.without(MEMBER)?)),
        _ => Ok(Options::default()),
    }
}

/// Whole or not at all.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let file = folder.join(name);
    let failed = |error| Failure::Io {
        file: file.clone(),
        error,
    };
    let mut neighbour = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    neighbour.write_all(bytes).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        neighbour
            .as_file()
            .set_permissions(fs::Permissions::from_mode(0o644))
            .map_err(failed)?;
    }
    neighbour.persist(&file).map_err(|e| failed(e.error))?;
    Ok(())
}
