//! `services`: in the foreground until it is stopped.

use std::path::PathBuf;

use certified_services::{IdentityTokens, KeySet, Options, TokenIssuer, start};

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
    options.identity_tokens = identity_tokens(arguments)?;
    options.trusted_publishers.clone_from(&arguments.trusted_publisher);
    let running = start(options).await?;
    let (anchors, trust_root) = (write_anchors(&data, &running)?, write_trust_root(&data, &running)?);
    print::services(&running, &anchors, &trust_root);
    interrupt::interrupted().await;
    running.stop().await;
    Ok(())
}

/// Whose identity tokens are accepted. The first file of keys is for the first issuer, and so on; an issuer without one is asked.
fn identity_tokens(arguments: &Services) -> Result<IdentityTokens, Failure> {
    let (issuers, files) = (&arguments.oidc_issuer, &arguments.oidc_jwks);
    if files.len() > issuers.len() {
        return Err(Failure::KeysOfNobody {
            files: files.len(),
            issuers: issuers.len(),
        });
    }
    let mut accepted = IdentityTokens {
        audience: arguments.oidc_audience.clone(),
        owners: arguments.oidc_owner.clone(),
        ..IdentityTokens::default()
    };
    for (place, issuer) in issuers.iter().enumerate() {
        let issuer = TokenIssuer::new(issuer)?;
        accepted.issuers.push(match files.get(place) {
            Some(file) => issuer.with_keys(keys(file)?),
            None => issuer,
        });
    }
    Ok(accepted)
}

fn keys(file: &PathBuf) -> Result<KeySet, Failure> {
    let bytes = std::fs::read(file).map_err(|error| Failure::Io {
        file: file.clone(),
        error,
    })?;
    KeySet::parse(&bytes).map_err(|error| Failure::Keys {
        file: file.clone(),
        error,
    })
}
