//! Packs a folder as `npm pack` would, and nothing else: `pack_only DIR OUT_DIR [NPM_VERSION]`.
//!
//! The tarball has the bytes that npm gives it, so that its digest can be compared with npm's.

use std::env;
use std::error::Error;
use std::fs::File;
use std::path::PathBuf;

use certified_pack::tree::Disk;
use certified_pack::{Dialect, Options, Package};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(out)) = (args.next(), args.next()) else {
        return Err(USAGE.into());
    };
    let mut options = Options::default();
    if let Some(version) = args.next() {
        options.dialect = Some(Dialect::of_version(&version.to_string_lossy()).ok_or(USAGE)?);
    }
    let disk = Disk::new(&folder)?;
    let package = Package::select(&disk, &options)?;
    package.write(File::create(out.join(package.filename()))?)?;
    Ok(())
}

const USAGE: &str = "usage: pack_only DIR OUT_DIR [NPM_VERSION]";
