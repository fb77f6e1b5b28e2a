//! `doctor`: tries what a run will need, and says which line to add where something is missing.

use std::path::Path;
use std::process::{Command, Stdio};

use certified_client::npm::Npm;
use certified_client::{ChittyAuth, Transport};
use certified_evidence::Secret;
use certified_pipeline::{Examination, Health, Machine, Missing, Patient, Token, examine, package_manager, worst};
use serde_json::json;

use crate::args::Release;
use crate::connect::{self, base, npm_base, registry_base};
use crate::failure::Failure;
use crate::surroundings::variable;
use crate::{Table, archive, secrets, surroundings};

/// Looks at everything.
pub(crate) async fn doctor(release: &Release) -> Result<Table, Failure> {
    let (places, transport) = (&release.places, Transport::new()?);
    let (npm, registry) = (npm_base(places)?, registry_base(places)?);
    let settings = connect::settings(release, &npm, &registry, false);
    let auth = match &places.chitty_auth_url {
        Some(url) => Some(ChittyAuth::new(transport.clone(), base("--chitty-auth-url", url)?)),
        None => None,
    };
    // The archive's own trouble is a row of its own, and hides no other.
    let archive = connect::reader_of_archive(places).await;
    let store = match (&archive, archive::place(places)) {
        (Err(failure), _) => Err(missing(failure)),
        (_, Err(failure)) => Err(missing(&failure)),
        (Ok(None), Ok(None)) => Err(missing(&Failure::NoStore)),
        (Ok(None), Ok(Some(place))) if archive::is_url(&place) => Err(no_key()),
        (Ok(store), _) => Ok(store.as_ref()),
    };
    let anchors = connect::anchors(places.anchors.as_deref()).and_then(|anchors| anchors.ok_or(Failure::NoAnchors));
    let connect = match connect::broker(release)? {
        Some(mut broker) => Some(broker.gives().await),
        None => None,
    };
    let given = TOKENS.map(|(names, _)| secrets::secret(names));
    let found = examine(&Patient {
        folder: &release.path,
        settings: &settings,
        transport: &transport,
        chitty_id: &base("--chitty-id-url", &places.chitty_id_url)?,
        gateway: &base("--api-gateway-url", &places.api_gateway_url)?,
        registry: &registry,
        npm: &Npm::new(transport.clone(), npm, secrets::secret(secrets::NPM)).trusting(connect::run(&transport)?),
        auth: auth.as_ref(),
        store,
        store_writable: writable(release, archive.as_ref().err()),
        store_opens: !archive::has_key() && archive::r2(places, &transport).is_ok_and(|r2| r2.is_some()),
        anchors: anchors.as_ref().map_err(missing),
        tokens: tokens(&given),
        connect: connect.as_ref(),
        machine: machine(&release.path),
        now: surroundings::now(),
    })
    .await;
    let exit_code = worst(&found);
    Ok(Table {
        lines: lines(&found),
        json: json!({ "exit_code": exit_code, "checks": found }),
        exit_code,
    })
}

/// The three tokens that a run sends, and the scope that each needs.
const TOKENS: [(&[&str], &str); 3] = [
    (secrets::CHITTY_ID, "certificate:request"),
    (secrets::API_KEY, "chronicle:write"),
    (secrets::REGISTRY, "registry:write"),
];

fn tokens(given: &[Option<Secret<String>>; 3]) -> [Token<'_>; 3] {
    let [chitty_id, api_key, registry] = given;
    let token = |name, scope, token| Token { name, scope, token };
    [
        token("CHITTY_ID_TOKEN", TOKENS[0].1, chitty_id.as_ref()),
        token("CHITTY_API_KEY", TOKENS[1].1, api_key.as_ref()),
        token("CHITTY_REGISTRY_TOKEN", TOKENS[2].1, registry.as_ref()),
    ]
}

/// As far as can be told without writing.
fn writable<'a>(release: &Release, failed: Option<&Failure>) -> Result<&'a str, Missing> {
    let place = archive::place(&release.places).map_err(|failure| missing(&failure))?;
    let Some(place) = place else {
        return Err(missing(&Failure::NoStore));
    };
    if let Some(failure) = failed {
        return Err(missing(failure));
    }
    if archive::is_url(&place) {
        let both = secrets::secret(secrets::STORE_KEY).and(secrets::secret(secrets::STORE_SECRET));
        let derived =
            || secrets::secret(secrets::CLOUDFLARE).map(|_| "an access key is made from the token of Cloudflare's");
        return both
            .map(|_| "an access key is there")
            .or_else(derived)
            .ok_or_else(no_key);
    }
    let folder = archive::local(&place);
    match std::fs::metadata(folder) {
        Ok(found) if found.permissions().readonly() => Err(Missing {
            what: format!("{} may not be written", folder.display()),
            help: "name another folder with --store".into(),
            exit_code: 50,
        }),
        _ => Ok("a folder of this machine"),
    }
}

fn no_key() -> Missing {
    Missing {
        what: "there is no access key to the archive".into(),
        help: "set R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY, or CLOUDFLARE_API_TOKEN with CLOUDFLARE_ACCOUNT_ID"
            .into(),
        exit_code: 30,
    }
}

fn missing(failure: &Failure) -> Missing {
    Missing {
        what: failure.to_string(),
        help: failure.advice(),
        exit_code: failure.exit_code(),
    }
}

fn machine(folder: &Path) -> Machine {
    let git = |arguments: &[&str]| said("git", &[&["-c", "core.fsmonitor=false"], arguments].concat(), folder);
    let manager = package_manager(folder);
    // The package may have brought a program of its own by that name (Yarn's `yarnPath`); nothing of the package runs here.
    let elsewhere = std::env::temp_dir();
    Machine {
        on_runner: variable("GITHUB_ACTIONS").as_deref() == Some("true"),
        id_token: variable("ACTIONS_ID_TOKEN_REQUEST_URL").is_some(),
        commit: git(&["rev-parse", "--verify", "HEAD"]),
        changed: git(&["status", "--porcelain", "--", "."]).map(|files| files.lines().count()),
        node: said("node", &["--version"], &elsewhere),
        manager: manager.map(|program| (program.to_owned(), said(program, &["--version"], &elsewhere))),
    }
}

/// What a program says, started without anything that it does not need to know.
fn said(program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command.env_clear();
    for name in ["PATH", "HOME", "USERPROFILE", "SYSTEMROOT"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout);
    Some(
        text.trim()
            .chars()
            .filter(|c| *c == '\n' || !c.is_control())
            .take(4096)
            .collect(),
    )
}

/// One line each, and below it what to do.
fn lines(found: &[Examination]) -> String {
    let mut lines = Vec::new();
    for one in found {
        let health = match one.health {
            Health::Fine => "ok",
            Health::Note => "note",
            Health::Wrong => "WRONG",
        };
        lines.push(format!("  {health:<6} {:<22} {}", one.what, one.seen));
        lines.extend(
            one.help
                .iter()
                .map(|help| format!("  {:<6} {:<22} help: {help}", "", "")),
        );
    }
    let wrong = found.iter().filter(|one| one.health == Health::Wrong).count();
    lines.push(match wrong {
        0 => "a run can begin".to_owned(),
        1 => "a run would stop at one of these".to_owned(),
        more => format!("a run would stop at {more} of these"),
    });
    lines.join("\n")
}
