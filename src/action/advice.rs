//! What to do now, in the words of a workflow: the line to add below `with:`, and the command that makes what the line names.

use std::path::Path;

use certified_client::{Failure as What, Service};
use certified_pipeline::Cause;

use crate::failure::Failure;

/// As the failure itself says it, unless the answer is a line of the workflow.
pub(crate) fn advice(failure: &Failure) -> String {
    missing(failure).unwrap_or_else(|| failure.advice())
}

fn missing(failure: &Failure) -> Option<String> {
    match failure {
        Failure::NoAnchors => Some(anchors("anchors.json", true)),
        Failure::AnchorsNotThere { file } => Some(anchors(&name(file), false)),
        Failure::NoStore | Failure::Address { what: "--store", .. } => Some(STORE.into()),
        Failure::Client(error) if error.what == What::NoToken => token(error.service),
        Failure::Stop(stop) => match &*stop.cause {
            Cause::Client(error) if error.what == What::NoToken => token(error.service),
            _ => None,
        },
        Failure::Cancelled(_) => Some("run the job again: it goes on from what exists by then".into()),
        _ => None,
    }
}

/// A line that is there already and gives nothing is one whose secret is not there, so both are said.
fn token(service: Service) -> Option<String> {
    Some(match service {
        Service::ChittyId => secret("CHITTY_ID_TOKEN"),
        Service::Chronicle => secret("CHITTY_API_KEY"),
        Service::Registry => secret("CHITTY_REGISTRY_TOKEN"),
        Service::Npm => format!("{}{WITHOUT_TOKEN}", secret("NPM_TOKEN")),
        Service::Store => format!(
            "keep both halves of its key as secrets of the job's environment ({}, {}) and hand them over below `with:` ({}, {})",
            command("R2_ACCESS_KEY_ID"),
            command("R2_SECRET_ACCESS_KEY"),
            line("R2_ACCESS_KEY_ID"),
            line("R2_SECRET_ACCESS_KEY"),
        ),
        _ => return None,
    })
}

fn secret(name: &str) -> String {
    format!(
        "add id-token: write to the permissions of the job, so that ChittyConnect gives it for an hour; or keep it as a secret of the job's \
         environment ({}) and hand it over below `with:` ({})",
        command(name),
        line(name)
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
fn name(file: &Path) -> String {
    file.display().to_string()
}

const WITHOUT_TOKEN: &str = "; or, for a package that is on npm, give the job the permission id-token and name its workflow in the package's settings \
                             there, under Trusted Publisher";
const STORE: &str = "say whose archive it is (`gh variable set R2_ACCOUNT`) and where, below `with:` \
                     (`store: https://${{ vars.R2_ACCOUNT }}.r2.cloudflarestorage.com`)";
