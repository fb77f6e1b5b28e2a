//! `services`: in the foreground until it is stopped.

use std::path::{Path, PathBuf};

use certified_services::{Options, start};

use crate::args::Services;
use crate::failure::Failure;
use crate::{interrupt, print};

/// Starts, tells where, waits, stops.
pub(crate) async fn services(arguments: &Services) -> Result<(), Failure> {
    let temporary = tempfile::Builder::new()
        .prefix("certified-publish-services-")
        .tempdir()
        .map_err(|error| Failure::Io {
            file: std::env::temp_dir(),
            error,
        })?;
    let data = arguments.store.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&data).map_err(|error| Failure::Io {
        file: data.clone(),
        error,
    })?;
    // Whoever reads the printed paths may be in another folder.
    let data = data.canonicalize().map_err(|error| Failure::Io {
        file: data.clone(),
        error,
    })?;
    let mut options = Options::in_folder(&data);
    (options.listen, options.database) = (arguments.listen, arguments.database.clone());
    let running = start(options).await?;
    let anchors = write_anchors(&data, &running)?;
    print::services(&running, &anchors);
    interrupt::interrupted().await;
    running.stop().await;
    Ok(())
}

fn write_anchors(data: &Path, running: &certified_services::Running) -> Result<PathBuf, Failure> {
    let file = data.join("anchors.json");
    let json = running.anchors().to_json().map_err(|error| Failure::Anchors {
        file: file.clone(),
        error,
    })?;
    std::fs::write(&file, json).map_err(|error| Failure::Io {
        file: file.clone(),
        error,
    })?;
    Ok(file)
}
