//! `credentials`: short-lived credentials from ChittyConnect, as outputs of a step. In place of the action getchitty-creds: the same inputs, the
//! same outputs.
//!
//! | output | of a run that says who it is | with an API key |
//! |---|---|---|
//! | `cloudflare_token` | `CLOUDFLARE_API_TOKEN` | the credential |
//! | `account_id` | `CLOUDFLARE_ACCOUNT_ID` | its account |
//! | `npm_token` | `NPM_TOKEN` | the credential when `npm_publish` was asked for |
//! | `github_token` | `GITHUB_TOKEN` | |
//! | `neon_token`, `neon_database_url` | `NEON_DATABASE_URL` | |
//! | `register_token` | `CHITTYREGISTER_TOKEN` | |
//!
//! A run that can say who it is does so, and shows no key when that fails. Every value but the account's number is hidden from the log before
//! it is written anywhere, and it is written into the runner's file alone.

use std::path::Path;

use certified_client::{ChittyConnect, ClientError, Failure as What, GithubOidc, Service, Transport};
use certified_evidence::Secret;
use certified_evidence::wire::connect::{NamedRequest, ProvisionContext, ProvisionRequest};
use serde_json::json;

use crate::action::{files, random};
use crate::args::Credentials;
use crate::failure::Failure;
use crate::surroundings::{on_github, variable};
use crate::{Table, connect, print, secrets, surroundings};

/// Asks, hides, writes.
pub(crate) async fn credentials(asked: &Credentials) -> Result<Table, Failure> {
    let file = variable("GITHUB_OUTPUT")
        .filter(|_| on_github())
        .ok_or(Failure::NoRunner)?;
    print::for_the_runner();
    let connect = connect::chitty_connect(&asked.from, true)?.ok_or(Failure::NoRunner)?;
    let run = connect::run(&Transport::new()?)?;
    let outputs = match (run, secrets::secret(secrets::CONNECT)) {
        (Some(run), _) => for_run(&connect, &run, asked).await?,
        (None, Some(key)) => with_key(&connect, &key, asked).await?,
        (None, None) => {
            return Err(Failure::NoCredentials(ClientError::new(
                Service::Connect,
                What::NoToken,
            )));
        }
    };
    let path = Path::new(&file);
    let unwritten = |error: std::io::Error| Failure::Io {
        file: path.to_owned(),
        error,
    };
    for (name, value) in &outputs {
        let entry = files::entry(name, value.expose(), random).map_err(Failure::Output)?;
        files::append(path, &entry).map_err(unwritten)?;
    }
    Ok(told(&outputs))
}

type Outputs = Vec<(&'static str, Secret<String>)>;

async fn for_run(connect: &ChittyConnect, run: &GithubOidc, asked: &Credentials) -> Result<Outputs, Failure> {
    let request = NamedRequest {
        credentials: words(&asked.credentials),
        zones: words(&asked.zones),
    };
    let given = connect.for_run(run, &request, surroundings::now()).await;
    let given = given.map_err(Failure::NoCredentials)?;
    if !given.surplus.is_empty() {
        print::warning(&format!(
            "ChittyConnect gave what nobody asked for, and it was thrown away: {}",
            given.surplus.join(", ")
        ));
    }
    let value = |name: &str| given.credentials.get(name).map(copy);
    Ok(OF_NAMES
        .iter()
        .filter_map(|(output, name)| Some((*output, value(name)?)))
        .collect())
}

async fn with_key(connect: &ChittyConnect, key: &Secret<String>, asked: &Credentials) -> Result<Outputs, Failure> {
    let repository = variable("GITHUB_REPOSITORY").unwrap_or_default();
    let request = ProvisionRequest {
        kind: asked.kind.clone(),
        context: ProvisionContext {
            service: asked.from.service.clone().unwrap_or_else(|| repository.clone()),
            purpose: asked.from.purpose.clone().unwrap_or_else(|| "ci-deploy".to_owned()),
            environment: "production".to_owned(),
            repo: repository,
            run_id: variable("GITHUB_RUN_ID").unwrap_or_default(),
            zones: words(&asked.zones),
            ..ProvisionContext::default()
        },
    };
    let given = connect.provision(key, &request, surroundings::now()).await;
    let given = given.map_err(Failure::NoCredentials)?;
    let output = if asked.kind == "npm_publish" {
        "npm_token"
    } else {
        "cloudflare_token"
    };
    let account = given.account_id.map(|id| ("account_id", Secret::new(id)));
    Ok([(output, given.value)].into_iter().chain(account).collect())
}

/// The names of what was written, and no value.
fn told(outputs: &Outputs) -> Table {
    let names: Vec<_> = outputs.iter().map(|(name, _)| *name).collect();
    Table {
        lines: format!(
            "outputs of this step, hidden from the log, for an hour at most: {}",
            names.join(", ")
        ),
        json: json!({ "outputs": names }),
        exit_code: 0,
    }
}

/// Lists that people write have spaces and empty places in them.
fn words(list: &[String]) -> Vec<String> {
    let words = list.iter().map(|word| word.trim().to_owned());
    words.filter(|word| !word.is_empty()).collect()
}

fn copy(secret: &Secret<String>) -> Secret<String> {
    Secret::new(secret.expose().clone())
}

/// Which name becomes which output.
const OF_NAMES: [(&str, &str); 7] = [
    ("cloudflare_token", "CLOUDFLARE_API_TOKEN"),
    ("account_id", "CLOUDFLARE_ACCOUNT_ID"),
    ("npm_token", "NPM_TOKEN"),
    ("github_token", "GITHUB_TOKEN"),
    ("neon_token", "NEON_DATABASE_URL"),
    ("neon_database_url", "NEON_DATABASE_URL"),
    ("register_token", "CHITTYREGISTER_TOKEN"),
];

/// The outputs.
#[cfg(test)]
pub(crate) fn names() -> Vec<&'static str> {
    OF_NAMES.iter().map(|(output, _)| *output).collect()
}
