//! Tries, before a run, what the run will need. Nothing is written: each question is one that may be asked again and again.
//!
//! The rules in `rules` judge what came of a question; this file asks, all at once and each within its time.

mod rules;

use std::path::Path;
use std::time::Duration;

use certified_client::npm::{Npm, Packument};
use certified_client::store::Store;
use certified_client::{
    BaseUrl, ChittyAuth, ClientError, Failure, Registry, Service, Standing, Transport, server_time,
};
use certified_evidence::{Anchors, Secret, Timestamp};
use serde::Serialize;
use tokio::time::timeout;

use self::rules::{Clock, NpmAccount};
use crate::steps::sign::packed_by;
use crate::steps::upload::key;
use crate::{Project, Settings};

/// What is examined.
pub struct Patient<'a> {
    /// The package's folder.
    pub folder: &'a Path,
    /// What the user chose.
    pub settings: &'a Settings,
    /// The connections.
    pub transport: &'a Transport,
    /// Where ChittyID answers.
    pub chitty_id: &'a BaseUrl,
    /// Where the gateway answers.
    pub gateway: &'a BaseUrl,
    /// Where ChittyRegistry answers.
    pub registry: &'a BaseUrl,
    /// The npm registry, with the token that a run would use.
    pub npm: &'a Npm,
    /// Says what tokens are good for, when its address is known.
    pub auth: Option<&'a ChittyAuth>,
    /// The archive, nothing when it is a folder that is not there yet, or why there is none.
    pub store: Result<Option<&'a Store>, Missing>,
    /// Whether something may be written there, as far as can be told without writing.
    pub store_writable: Result<&'a str, Missing>,
    /// Whether it is closed, and a token of Cloudflare's would open it.
    pub store_opens: bool,
    /// Whom to trust, or why nobody.
    pub anchors: Result<&'a Anchors, Missing>,
    /// The tokens of the services, each under its variable and with the scope that it needs.
    pub tokens: [Token<'a>; 3],
    /// What ChittyConnect gives of what is missing, by the same names, where it is asked at all.
    pub connect: Option<&'a Result<Vec<&'static str>, ClientError>>,
    /// What is known of this machine.
    pub machine: Machine,
    /// The time of this machine.
    pub now: Timestamp,
}

/// A token, or its absence.
pub struct Token<'a> {
    /// The variable.
    pub name: &'static str,
    /// The scope that it needs.
    pub scope: &'static str,
    /// The token.
    pub token: Option<&'a Secret<String>>,
}

/// Something that a run needs and does not have.
#[derive(Clone, Debug)]
pub struct Missing {
    /// What.
    pub what: String,
    /// What to do about it.
    pub help: String,
    /// What a run would exit with.
    pub exit_code: u8,
}

/// What is known of this machine.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// Whether it is a runner of GitHub's workflows.
    pub on_runner: bool,
    /// Whether the job may have identity tokens.
    pub id_token: bool,
    /// The commit that is checked out.
    pub commit: Option<String>,
    /// Files that differ from the commit, when git can tell.
    pub changed: Option<usize>,
    /// What `node --version` says.
    pub node: Option<String>,
    /// The package manager, and what its `--version` says.
    pub manager: Option<(String, Option<String>)>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Examination {
    /// What was looked at, in a word or two.
    pub what: &'static str,
    /// How it stands.
    pub health: Health,
    /// What was seen.
    pub seen: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What a run would exit with because of it; 0 when it would not.
    pub exit_code: u8,
}

/// How something stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// A run can count on it.
    Fine,
    /// A run can do without, or nobody can tell beforehand.
    Note,
    /// A run would stop at it.
    Wrong,
}

/// Looks at everything.
pub async fn examine(patient: &Patient<'_>) -> Vec<Examination> {
    let project = Project::open(patient.folder);
    let readable = project.as_ref().ok();
    let (released, npm, archive, tokens, clocks) = tokio::join!(
        released(patient, readable),
        account(patient, readable),
        archived(patient, readable),
        standings(patient),
        clocks(patient),
    );
    let mut found = vec![rules::package(
        &project,
        readable.map(|project| packed_by(project, patient.settings)),
    )];
    found.extend(released);
    found.extend(npm);
    found.extend(tokens);
    found.extend(patient.connect.map(rules::connect));
    found.extend(rules::services(&clocks));
    found.push(rules::clock(&clocks, patient.now));
    found.extend(archive);
    found.push(rules::anchors(patient.anchors.as_ref().copied(), patient.now));
    found.extend(rules::machine(&patient.machine));
    found
}

impl Patient<'_> {
    fn is_given(&self, name: &str) -> bool {
        matches!(self.connect, Some(Ok(given)) if given.contains(&name))
    }
}

/// What the process exits with: what somebody has to mend goes before what may pass by itself.
pub fn worst(found: &[Examination]) -> u8 {
    let codes = || found.iter().map(|one| one.exit_code).filter(|code| *code != 0);
    codes()
        .find(|code| *code != UNAVAILABLE)
        .or_else(|| codes().next())
        .unwrap_or(0)
}

/// Whether the version is still to be had.
async fn released(patient: &Patient<'_>, project: Option<&Project>) -> Option<Examination> {
    let project = project?;
    let registry = Registry::reader(patient.transport.clone(), patient.registry.clone());
    let asked = within(Service::Registry, registry.package(project.name(), project.version())).await;
    Some(rules::release(project, &asked))
}

/// Who npm takes us for, and what it lets us do.
async fn account(patient: &Patient<'_>, project: Option<&Project>) -> Vec<Examination> {
    let Some(project) = project else {
        return Vec::new();
    };
    let (npm, machine) = (patient.npm, &patient.machine);
    let packument = within(Service::Npm, npm.packument(project.name()));
    let (packument, whoami, exchanged): (Result<Option<Packument>, _>, _, _) = tokio::join!(
        packument,
        async {
            if npm.has_token() {
                Some(within(Service::Npm, npm.whoami()).await)
            } else {
                None
            }
        },
        // A token that npm gives here ends with this question: nothing is written with it.
        async {
            if npm.has_token() || !npm.may_write() {
                return None;
            }
            let tried = within(Service::NpmTrust, npm.exchanged(project.name())).await;
            Some(tried.map(drop))
        }
    );
    let account = NpmAccount {
        project,
        whoami: &whoami,
        exchanged: &exchanged,
        packument: &packument,
    };
    let token = match &whoami {
        None if patient.is_given("NPM_TOKEN") => rules::lent("npm token"),
        _ => account.token(machine),
    };
    vec![account.version(), token, account.access()]
}

async fn archived(patient: &Patient<'_>, project: Option<&Project>) -> Vec<Examination> {
    if patient.store_opens && patient.is_given("CLOUDFLARE_API_TOKEN") {
        return vec![rules::lent("archive key")];
    }
    let readable = match (&patient.store, project) {
        (Ok(Some(store)), Some(project)) => {
            let key = key(project.name(), project.version());
            rules::archive(
                &within(Service::Store, store.get(&key))
                    .await
                    .map(|found| found.is_some()),
            )
        }
        (Err(missing), _) => rules::missing("archive", missing),
        (Ok(None), _) => rules::no_archive_yet(),
        (Ok(Some(_)), None) => return Vec::new(),
    };
    let writable = match (&patient.store, &patient.store_writable) {
        (Err(_), _) => None,
        (_, Ok(how)) => Some(rules::fine("archive key", *how)),
        (_, Err(missing)) => Some(rules::missing("archive key", missing)),
    };
    std::iter::once(readable).chain(writable).collect()
}

async fn standings(patient: &Patient<'_>) -> Vec<Examination> {
    let mut found = Vec::new();
    for Token { name, scope, token } in &patient.tokens {
        let standing: Option<Result<Standing, ClientError>> = match (patient.auth, token) {
            (Some(auth), Some(token)) => Some(within(Service::Auth, auth.standing(token)).await),
            _ => None,
        };
        found.push(match token {
            None if patient.is_given(name) => rules::lent(name),
            _ => rules::token(name, scope, token.is_some(), standing.as_ref()),
        });
    }
    found
}

async fn clocks(patient: &Patient<'_>) -> Vec<Clock> {
    let ask = |what, service, base| async move {
        let said = within(service, server_time(patient.transport, service, base)).await;
        Clock { what, said }
    };
    let (chitty_id, gateway, npm) = tokio::join!(
        ask("ChittyID", Service::ChittyId, patient.chitty_id),
        ask("gateway", Service::Chronicle, patient.gateway),
        ask("npm registry", Service::Npm, patient.npm.base()),
    );
    vec![chitty_id, gateway, npm]
}

async fn within<T>(service: Service, ask: impl Future<Output = Result<T, ClientError>>) -> Result<T, ClientError> {
    let late = |_| {
        let why = format!("no answer within {} s", LONGEST_QUESTION.as_secs());
        ClientError::new(service, Failure::NotSent(why))
    };
    timeout(LONGEST_QUESTION, ask)
        .await
        .unwrap_or_else(|elapsed| Err(late(elapsed)))
}

/// For one question, all its attempts among it.
const LONGEST_QUESTION: Duration = Duration::from_secs(20);

const UNAVAILABLE: u8 = 10;
