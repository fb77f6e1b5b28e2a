//! All nine steps for real, on this machine only: embedded services on loopback, a copy of the tree where scripts would write into it, and at
//! the end a real `npm install` and a verification by a stranger's means.

use std::path::{Path, PathBuf};

use certified_client::npm::Npm;
use certified_client::store::Store;
use certified_client::{BaseUrl, ChittyConnect, ChittyId, Chronicle, GithubOidc, Registry, Timestamps, Transport};
use certified_evidence::Secret;
use certified_pipeline::{
    Broker, Desk, Inspection, Installed, Lent, Progress, Report, Sources, Target, Wanted, copy_tree, has_scripts,
    inspect, install, run,
};
use certified_services::{Options, Running, start};
use certified_verify::{PublishedTarball, Verdict};
use url::Url;

use crate::args::Release;
use crate::connect::{base, settings, with_logs};
use crate::failure::Failure;
use crate::{secrets, surroundings};

/// A finished dry run.
pub(crate) struct Rehearsed {
    pub(crate) report: Report,
    pub(crate) installed: Installed,
    pub(crate) inspection: Inspection,
}

/// Starts the services, runs the nine steps against them, installs, verifies, stops the services. The evidence stays.
pub(crate) async fn dry_run(release: &Release, progress: &mut dyn Progress) -> Result<Rehearsed, Failure> {
    let work = private_folder("certified-publish-dry-run-")?;
    let data = private_folder("certified-publish-services-")?;
    let mut options = Options::in_folder(data.path());
    options.identity_tokens.local = true;
    let running = start(options).await?;
    let finished = rehearse(release, &running, work.path(), progress).await;
    running.stop().await;
    finished
}

async fn rehearse(
    release: &Release,
    running: &Running,
    work: &Path,
    progress: &mut dyn Progress,
) -> Result<Rehearsed, Failure> {
    let mut desk = desk(release, running)?;
    let folder = tree(release, work)?;
    let states = states(release)?;
    let report = run(&folder, &mut desk, &states, progress).await?;
    let published = published(&report)?;
    let installed = install(&published, &running.addresses().npm).await?;
    let target = Target::Release(report.name.clone(), report.version.clone());
    let inspection = inspect(&target, &sources(running)?).await?;
    if inspection.verdict != Verdict::Verified {
        return Err(Failure::NotVerified(Box::new(inspection)));
    }
    Ok(Rehearsed {
        report,
        installed,
        inspection,
    })
}

/// The package itself where nothing writes into it, else a copy.
fn tree(release: &Release, work: &Path) -> Result<PathBuf, Failure> {
    if release.ignore_scripts || !has_scripts(&release.path) {
        return Ok(release.path.clone());
    }
    Ok(copy_tree(&release.path, work)?)
}

/// A folder that stays when the program ends: the evidence is there for whoever wants to look.
fn states(release: &Release) -> Result<PathBuf, Failure> {
    match &release.state {
        Some(folder) => Ok(folder.clone()),
        None => Ok(private_folder("certified-publish-evidence-")?.keep()),
    }
}

fn published(report: &Report) -> Result<PublishedTarball, Failure> {
    let file = report.evidence.join(format!("{}.published", report.certified.filename));
    let bytes = std::fs::read(&file).map_err(|error| Failure::Io {
        file: file.clone(),
        error,
    })?;
    PublishedTarball::open(bytes).map_err(|error| Failure::Sealed { file, error })
}

/// Without any token: as in a real run that stores none, the embedded ChittyConnect is asked for each, right before the step that needs it.
fn desk(release: &Release, running: &Running) -> Result<Desk, Failure> {
    let (transport, at) = (Transport::new()?, running.addresses());
    let (gateway, npm) = (address(&at.gateway)?, address(&at.npm)?);
    let chronicle = Chronicle::reader(transport.clone(), gateway.clone());
    let (chitty_id, authorities) = (address(&at.chitty_id)?, &running.anchors().timestamp_authorities);
    Ok(Desk {
        timestamps: Timestamps::new(transport.clone(), chitty_id.clone(), authorities.clone()),
        chitty_id: ChittyId::reader(transport.clone(), chitty_id),
        // Nothing leaves the machine, and nobody here could check what GitHub says: the embedded ChittyID says who asks, and nothing more.
        run: identity(&transport, running)?,
        chronicle: with_logs(chronicle, running.anchors()),
        settings: settings(release, &npm, &gateway, true),
        registry: Registry::reader(transport.clone(), gateway),
        // As a workflow does it: with a token for this package, that the embedded registry gives for an identity, when nobody else gives one.
        npm: Npm::new(transport.clone(), npm, None).trusting(identity(&transport, running)?),
        store: store(running)?,
        r2: None,
        anchors: running.anchors().clone(),
        clock: surroundings::now,
        context: surroundings::context(&release.path, &release.policy_version),
        broker: Some(broker(transport, running)?),
        lent: Lent::default(),
    })
}

/// Asks the embedded issuer as a workflow asks its platform.
fn identity(transport: &Transport, running: &Running) -> Result<Option<GithubOidc>, Failure> {
    let address = running.addresses().chitty_id.join("v1/identity-token");
    let address = address.map_err(|error| Failure::Url {
        what: "the embedded issuer",
        error,
    })?;
    let token = Secret::new(running.tokens().chitty_id_token.expose().clone());
    Ok(GithubOidc::offered(
        transport.clone(),
        Some(address.as_str()),
        Some(token),
    )?)
}

fn broker(transport: Transport, running: &Running) -> Result<Broker, Failure> {
    let connect = ChittyConnect::new(transport, address(&running.addresses().connect)?, secrets::hide);
    let key = Secret::new(running.tokens().connect_key.expose().clone());
    let wanted = Wanted {
        purpose: Wanted::PACKAGE_PUBLISH.to_owned(),
        service: None,
    };
    Ok(Broker::new(connect, None, Some(key), wanted))
}

/// What a stranger would ask: no token.
fn sources(running: &Running) -> Result<Sources, Failure> {
    let (transport, at) = (Transport::new()?, running.addresses());
    Ok(Sources {
        npm: Some(Npm::new(transport.clone(), address(&at.npm)?, None)),
        registry: Some(Registry::reader(transport.clone(), address(&at.gateway)?)),
        chronicle: Some(Chronicle::reader(transport.clone(), address(&at.gateway)?)),
        chitty_id: Some(ChittyId::reader(transport, address(&at.chitty_id)?)),
        store: Some(store(running)?),
        anchors: Some(running.anchors().clone()),
        evidence: None,
        tarballs: None,
    })
}

fn store(running: &Running) -> Result<Store, Failure> {
    let public = format!(
        "{}/{BUCKET}",
        running.addresses().archive.as_str().trim_end_matches('/')
    );
    let public = Url::parse(&public).map_err(|error| Failure::Url {
        what: "the archive",
        error,
    })?;
    Ok(Store::folder(running.store_folder(), BUCKET, Some(public))?)
}

fn address(url: &Url) -> Result<BaseUrl, Failure> {
    base("an embedded service", url.as_str())
}

fn private_folder(prefix: &str) -> Result<tempfile::TempDir, Failure> {
    tempfile::Builder::new()
        .prefix(prefix)
        .tempdir()
        .map_err(|error| Failure::Io {
            file: std::env::temp_dir(),
            error,
        })
}

const BUCKET: &str = "chittyos-packages";
