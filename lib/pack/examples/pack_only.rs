//! Packs a folder as `npm pack` would, and nothing else: `pack_only DIR OUT_DIR`.
//!
//! The tarball has the bytes that npm gives it, so that its digest can be compared with npm's.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use certified_pack::{Options, pack};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(out)) = (args.next(), args.next()) else {
        return Err("usage: pack_only DIR OUT_DIR".into());
    };
    let packed = pack(&folder, &Options::default())?;
    fs::write(out.join(&packed.filename), packed.tarball.bytes())?;
    Ok(())
}
