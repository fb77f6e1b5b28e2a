//! From addresses and tokens to clients.

use std::env;
use std::io::ErrorKind;
use std::path::Path;

use certified_client::npm::{Npm, npm_registry_url};
use certified_client::store::Store;
use certified_client::{
    BaseUrl, ChittyConnect, ChittyId, Chronicle, ClientError, GithubOidc, Registry, Timestamps, Transport,
};
use certified_evidence::Anchors;
use certified_evidence::wire::connect::AUDIENCE;
use certified_pipeline::{Broker, Desk, Install, Lent, Progress, Settings, Sources, Wanted};

use crate::archive::Archive;
use crate::args::{Access, FromConnect, Places, Release, Verify};
use crate::failure::Failure;
use crate::{archive, secrets, surroundings};

/// Everything that a release needs, from options and environment.
pub(crate) async fn desk(release: &Release) -> Result<Desk, Failure> {
    let transport = Transport::new()?;
    let archive = archive::open(&release.places, &transport)
        .await?
        .ok_or(Failure::NoStore)?;
    let anchors = anchors(release.places.anchors.as_deref())?.ok_or(Failure::NoAnchors)?;
    at(release, transport, archive, anchors)
}

/// What step 1 needs: it asks nobody, archives nothing and trusts nobody, and may run where no address and no secret is known.
pub(crate) fn workbench(release: &Release) -> Result<Desk, Failure> {
    let nowhere = Store::folder(env::temp_dir(), &release.places.r2_bucket, None)?;
    at(release, Transport::new()?, nowhere.into(), Anchors::default())
}

fn at(release: &Release, transport: Transport, archive: Archive, anchors: Anchors) -> Result<Desk, Failure> {
    let places = &release.places;
    let gateway = base("--api-gateway-url", &places.api_gateway_url)?;
    let registry = registry_base(places)?;
    let npm = npm_base(places)?;
    let chitty_id = base("--chitty-id-url", &places.chitty_id_url)?;
    let chronicle = match secrets::secret(secrets::API_KEY) {
        Some(token) => Chronicle::new(transport.clone(), gateway, token),
        None => Chronicle::reader(transport.clone(), gateway),
    };
    Ok(Desk {
        timestamps: Timestamps::new(
            transport.clone(),
            chitty_id.clone(),
            anchors.timestamp_authorities.clone(),
        ),
        chitty_id: match secrets::secret(secrets::CHITTY_ID) {
            Some(token) => ChittyId::new(transport.clone(), chitty_id, token, secrets::secret(secrets::API_KEY)),
            None => ChittyId::reader(transport.clone(), chitty_id),
        },
        run: run(&transport)?,
        chronicle: with_logs(chronicle, &anchors),
        settings: settings(release, &npm, &registry, false),
        registry: match secrets::secret(secrets::REGISTRY) {
            Some(token) => Registry::new(transport.clone(), registry, token),
            None => Registry::reader(transport.clone(), registry),
        },
        npm: Npm::new(transport.clone(), npm, secrets::secret(secrets::NPM)).trusting(run(&transport)?),
        store: archive.store,
        r2: archive.r2,
        anchors,
        clock: surroundings::now,
        context: surroundings::context(&release.path, &release.policy_version),
        broker: broker(release)?,
        lent: Lent::default(),
    })
}

/// Who gives the tokens that nobody handed over, where there is somebody and something to show.
pub(crate) fn broker(release: &Release) -> Result<Option<Broker>, Failure> {
    let Some(connect) = chitty_connect(&release.from, release.places.are_default())? else {
        return Ok(None);
    };
    let wanted = Wanted {
        purpose: release
            .from
            .purpose
            .clone()
            .unwrap_or_else(|| Wanted::PACKAGE_PUBLISH.to_owned()),
        service: release.from.service.clone(),
    };
    let (run, key) = (run(&Transport::new()?)?, secrets::secret(secrets::CONNECT));
    let shows = run.is_some() || key.is_some();
    Ok(shows.then(|| Broker::new(connect, run, key, wanted)))
}

/// What somebody may have expected otherwise. Stored tokens of a workflow: what is stored for years is what gets stolen. Provenance on npm's
/// page: npm takes it from Sigstore's public services alone, and our statement is signed with the release's own certificate.
pub(crate) fn warn_once(release: &Release, progress: &mut dyn Progress) {
    if release.provenance {
        progress.warned(
            "npm's page will show no provenance; the signed statement of how this release is built (SLSA provenance v1) is with its evidence",
        );
    }
    let stored = secrets::stored();
    if surroundings::on_github() && !stored.is_empty() {
        progress.warned(&format!(
            "stored tokens are used: {}; left out, they are given for an hour by ChittyConnect (`permissions: {{ id-token: write }}`)",
            stored.join(", ")
        ));
    }
}

/// ChittyConnect, where it was said to be; where nothing was said, the one that belongs to the services that are asked otherwise. An identity
/// token for production does not go out from a run that talks to other services.
pub(crate) fn chitty_connect(from: &FromConnect, in_production: bool) -> Result<Option<ChittyConnect>, Failure> {
    let default = || in_production.then(|| AUDIENCE.to_owned());
    let Some(url) = from.connect_url.clone().or_else(default) else {
        return Ok(None);
    };
    let base = base("--connect-url", &url)?;
    Ok(Some(ChittyConnect::new(Transport::new()?, base, secrets::hide)))
}

/// Who this run is, where GitHub offers to say so.
pub(crate) fn run(transport: &Transport) -> Result<Option<GithubOidc>, ClientError> {
    let address = env::var(GithubOidc::ADDRESS).ok().filter(|address| !address.is_empty());
    let offered = GithubOidc::offered(
        transport.clone(),
        address.as_deref(),
        secrets::secret(&[GithubOidc::TOKEN]),
    )?;
    Ok(offered.map(|run| run.masking(secrets::hide)))
}

/// Whoever publishes takes no event from the Chronicle that no log of the anchors proves. A key that was retired is among them, because an
/// event that an interrupted run recorded keeps its receipt; whether the key was trusted then is judged with all the rest.
pub(crate) fn with_logs(chronicle: Chronicle, anchors: &Anchors) -> Chronicle {
    let keys = anchors.logs.iter().map(|log| log.key.clone());
    keys.fold(chronicle, Chronicle::with_log)
}

/// What the user chose.
pub(crate) fn settings(release: &Release, npm: &BaseUrl, registry: &BaseUrl, dry_run: bool) -> Settings {
    Settings {
        key_algorithm: release.key_algorithm,
        // In a dry run nothing may leave the machine, so nothing is installed.
        scripts: (!release.ignore_scripts).then_some(if dry_run { Install::Never } else { Install::WhenLocked }),
        tag: release.tag.clone(),
        access: release.access.map(|access| match access {
            Access::Public => certified_client::npm::Access::Public,
            Access::Restricted => certified_client::npm::Access::Restricted,
        }),
        stage: release.stage && !dry_run,
        update_package_json: release.update_package_json && !dry_run,
        search_path: env::var_os("PATH"),
        guard: secrets::guard(&release.allowed),
        npm_registry: npm.to_string(),
        registry_base: registry.to_string(),
        dry_run,
    }
}

/// Whom `verify` asks.
pub(crate) async fn sources(verify: &Verify) -> Result<Sources, Failure> {
    let places = &verify.places;
    let asked = if verify.offline {
        Sources::default()
    } else {
        readers(places).await?
    };
    Ok(Sources {
        anchors: anchors(places.anchors.as_deref())?,
        evidence: verify.evidence.clone(),
        tarballs: verify.tarballs.clone(),
        ..asked
    })
}

/// Whoever can be read. Only npm gets a token, because packages may be private.
pub(crate) async fn readers(places: &Places) -> Result<Sources, Failure> {
    let mut sources = Sources::default();
    let transport = Transport::new()?;
    let gateway = base("--api-gateway-url", &places.api_gateway_url)?;
    let registry = registry_base(places)?;
    sources.npm = Some(Npm::new(
        transport.clone(),
        npm_base(places)?,
        secrets::secret(secrets::NPM),
    ));
    sources.registry = Some(Registry::reader(transport.clone(), registry));
    sources.chronicle = Some(Chronicle::reader(transport.clone(), gateway));
    sources.chitty_id = Some(ChittyId::reader(
        transport.clone(),
        base("--chitty-id-url", &places.chitty_id_url)?,
    ));
    sources.store = reader_of_archive(places).await?;
    Ok(sources)
}

/// A stranger has no key to the archive, but may know where everyone can read it.
pub(crate) async fn reader_of_archive(places: &Places) -> Result<Option<Store>, Failure> {
    let transport = &Transport::new()?;
    let folder = places.store.as_ref().filter(|place| !archive::is_url(place));
    if folder.is_some_and(|folder| !archive::local(folder).join(&places.r2_bucket).is_dir()) {
        // Whoever only reads makes no folder.
        return Ok(None);
    }
    if folder.is_some() || archive::has_key() {
        let archive = archive::open(places, transport).await?;
        return Ok(archive.map(|archive| archive.store));
    }
    match &places.r2_public_url {
        Some(url) => Ok(Some(Store::public(
            transport,
            &places.r2_bucket,
            base("--r2-public-url", url)?,
        )?)),
        None => Ok(None),
    }
}

/// An address that was typed or set.
pub(crate) fn base(what: &'static str, text: &str) -> Result<BaseUrl, Failure> {
    text.parse().map_err(|error| Failure::Address { what, error })
}

/// Where ChittyRegistry answers: behind the gateway unless it has an address of its own.
pub(crate) fn registry_base(places: &Places) -> Result<BaseUrl, Failure> {
    base(
        "--registry-url",
        places.registry_url.as_ref().unwrap_or(&places.api_gateway_url),
    )
}

pub(crate) fn npm_base(places: &Places) -> Result<BaseUrl, Failure> {
    match &places.npm_registry {
        Some(text) => base("--npm-registry", text),
        None => base("--npm-registry", &npm_registry_url()),
    }
}

/// The anchors of this file, if there is one.
pub(crate) fn anchors(file: Option<&Path>) -> Result<Option<Anchors>, Failure> {
    let Some(file) = file else {
        return Ok(None);
    };
    let bytes = std::fs::read(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::AnchorsNotThere { file: file.to_owned() },
        _ => Failure::Io {
            file: file.to_owned(),
            error,
        },
    })?;
    Anchors::parse(&bytes).map(Some).map_err(|error| Failure::Anchors {
        file: file.to_owned(),
        error,
    })
}
