//! What to do now, in the words of a workflow: the line to add below `with:`, and the command that makes what the line names.

use std::path::{Path, PathBuf};

use certified_client::{Failure as What, GithubOidc, Service};
use certified_pipeline::Cause;

use crate::failure::Failure;
use crate::surroundings::variable;

/// As the failure itself says it, unless the answer is a line of the workflow.
pub(crate) fn advice(failure: &Failure) -> String {
    missing(failure).unwrap_or_else(|| failure.advice())
}

fn missing(failure: &Failure) -> Option<String> {
    match failure {
        Failure::NoAnchors => Some(anchors("anchors.json", true)),
        Failure::AnchorsNotThere { file } => Some(anchors(&in_repository(file), false)),
        Failure::NoStore | Failure::Address { what: "--store", .. } => Some(format!("say {ACCOUNT}")),
        Failure::SharedJob => Some(SHARED_JOB.into()),
        Failure::Client(error) if error.what == What::NoToken => token(error.service),
        Failure::Stop(stop) => match &*stop.cause {
            Cause::Client(error) if error.what == What::NoToken => token(error.service),
            _ => None,
        },
        Failure::Cancelled(_) => Some("run the job again: it goes on from what exists by then".into()),
        _ => None,
    }
}

/// What gives it, and how to keep one instead. A line that is there already and gives nothing is one whose secret is not there, so both are
/// said.
fn token(service: Service) -> Option<String> {
    let names: &[&str] = match service {
        Service::ChittyId => &["CHITTY_ID_TOKEN"],
        Service::Chronicle => &["CHITTY_API_KEY"],
        Service::Registry => &["CHITTY_REGISTRY_TOKEN"],
        Service::Npm => &["NPM_TOKEN"],
        Service::Store => &["R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"],
        _ => return None,
    };
    let lent = match (service, says_who_it_is()) {
        (Service::Store, false) => format!("{IDENTITY}, and say {ACCOUNT}; or "),
        (Service::Store, true) => format!("say {ACCOUNT}; or "),
        (_, false) => format!("{IDENTITY}; or "),
        // ChittyConnect was asked, and does not give it.
        (_, true) => String::new(),
    };
    let trusted = if service == Service::Npm { TRUSTED } else { "" };
    Some(format!("{lent}{}{trusted}", kept(names)))
}

/// Where the job may say who it is already, there is nothing to add for that.
fn says_who_it_is() -> bool {
    variable(GithubOidc::ADDRESS).is_some()
}

fn kept(names: &[&str]) -> String {
    let (one, them) = if names.len() == 1 {
        ("keep it as a secret", "it")
    } else {
        ("keep both halves of its key as secrets", "them")
    };
    let commands: Vec<_> = names.iter().map(|name| command(name)).collect();
    let lines: Vec<_> = names.iter().map(|name| line(name)).collect();
    format!(
        "{one} of the job's environment ({}) and hand {them} over below `with:` ({})",
        commands.join(", "),
        lines.join(", ")
    )
}

fn command(secret: &str) -> String {
    format!("`gh secret set {secret} --env npm`")
}

/// The input of a secret is its name in lower case, with dashes.
fn line(secret: &str) -> String {
    let input = secret.to_lowercase().replace('_', "-");
    format!("`{input}: ${{{{ secrets.{secret} }}}}`")
}

fn anchors(file: &str, named: bool) -> String {
    let named = if named {
        format!(", and name the file below `with:` (`anchors: {file}`)")
    } else {
        String::new()
    };
    format!(
        "ask the operators of ChittyID for the certificate authorities to trust, and commit them as `{file}`{named}"
    )
}

/// As the workflow names it, which is from the root of the repository.
fn in_repository(file: &Path) -> String {
    let root = variable("GITHUB_WORKSPACE").map(PathBuf::from);
    let below = root.and_then(|root| file.strip_prefix(root).ok());
    below.unwrap_or(file).display().to_string()
}

const IDENTITY: &str =
    "add `id-token: write` to the permissions of the job, so that ChittyConnect gives it for an hour";
const ACCOUNT: &str = "whose R2 the archive is: `gh variable set CLOUDFLARE_ACCOUNT_ID`, and below `with:` \
                       `account-id: ${{ vars.CLOUDFLARE_ACCOUNT_ID }}`";
const TRUSTED: &str = "; or, for a package that is on npm, give the job the permission id-token and name its workflow in the package's settings \
                       there, under Trusted Publisher";
const SHARED_JOB: &str = "build in a job without `id-token: write`, and certify in another one with `ignore-scripts: true`; or say below `with:` that \
                          any script of any dependency may publish in your name: `single-job: i-accept-the-risk`";
