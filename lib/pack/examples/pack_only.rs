//! Packs a folder as `npm pack` would, and nothing else: `pack_only DIR OUT_DIR [NPM_VERSION]`.
//!
//! The tarball has the bytes that npm gives it, so that its digest can be compared with npm's.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use certified_pack::{Dialect, Options, pack};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(out)) = (args.next(), args.next()) else {
        return Err(USAGE.into());
    };
    let mut options = Options::default();
    if let Some(version) = args.next() {
        options.dialect = Some(Dialect::of_version(&version.to_string_lossy()).ok_or(USAGE)?);
    }
    let packed = pack(&folder, &options)?;
    fs::write(out.join(&packed.filename), packed.tarball.bytes())?;
    Ok(())
}

const USAGE: &str = "usage: pack_only DIR OUT_DIR [NPM_VERSION]";
