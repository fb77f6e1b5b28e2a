//! `services`: in the foreground until it is stopped.

use certified_services::{Options, start};

use crate::args::Services;
use crate::failure::Failure;
use crate::trust_files::{write_anchors, write_trust_root};
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
    let (anchors, trust_root) = (write_anchors(&data, &running)?, write_trust_root(&data, &running)?);
    print::services(&running, &anchors, &trust_root);
    interrupt::interrupted().await;
    running.stop().await;
    Ok(())
}
