//! Why a step did not end well.

use certified_client::{Class, ClientError};
use certified_evidence::{Digest, Integrity, KeyError, PackageName, RequestError, StageId, Version};
use certified_pack::{Finding, LeakKind, PackError};
use certified_verify::{Refusal, TarballError};

use crate::state::StateError;
use crate::{ProjectError, ScriptError, Step};

/// The cause, in the words of whatever noticed it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The package's folder.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// A package script.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// Packing.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A tarball that is not what it should be.
    #[error(transparent)]
    Tarball(#[from] TarballError),
    /// A service.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Somebody who was asked for a credential does not give it.
    #[error(transparent)]
    Credentials(ClientError),
    /// A proof that does not hold.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something else is there already.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The signing key.
    #[error("the signing key cannot be used: {0}")]
    Key(#[from] KeyError),
    /// The certificate request.
    #[error("the certificate request cannot be made: {0}")]
    Request(#[from] RequestError),
    /// A signature without the words of others that it needs.
    #[error("the bundle of the {which} does not hold: {why}")]
    Bundle {
        /// What was signed: the `certified tarball`, the `published tarball` or the `provenance`.
        which: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The anchors name an authority of time or a log, and the service has none.
    #[error("the anchors name {named}, and {error}")]
    NoWitness {
        /// `an authority of time` or `a log`.
        named: &'static str,
        /// What the service says.
        error: ClientError,
    },
    /// The state folder.
    #[error(transparent)]
    State(#[from] StateError),
    /// npm took the tarball and does not show it yet.
    #[error("npm took {name}@{version} and does not show it yet, after {seconds} seconds")]
    NotVisible {
        /// The package.
        name: PackageName,
        /// Its version.
        version: Version,
        /// How long was waited.
        seconds: u64,
    },
    /// npm answers with a conflict, and has nothing that the release could be in conflict with.
    #[error("npm does not take {release} now, and does not have it either{}{said}", if said.is_empty() { "" } else { ": " })]
    Busy {
        /// `name@version`.
        release: String,
        /// What npm says.
        said: String,
    },
    /// The release waits on npm's stage, as it was asked to: nothing went wrong, and nothing is published.
    #[error(
        "{release} waits on npm's stage{} until somebody approves it, with the integrity {integrity}{}",
        id.as_ref().map(|id| format!(" as {id}")).unwrap_or_default(),
        if *compared { "" } else { "; npm does not show to this token what waits there" }
    )]
    Staged {
        /// `name@version`.
        release: String,
        /// What it is called there, when npm said so.
        id: Option<StageId>,
        /// Integrity of the published tarball.
        integrity: Integrity,
        /// Whether what waits is known to be that tarball.
        compared: bool,
    },
    /// The npm registry knows no stage.
    #[error("the npm registry at {registry} has no stage")]
    NoStage {
        /// Its address.
        registry: String,
    },
    /// What npm serves is not what was published.
    #[error("npm serves other bytes as {release}: published were {expected}, served are {found}")]
    ServedOther {
        /// `name@version`.
        release: String,
        /// Integrity of the published tarball.
        expected: Integrity,
        /// Integrity that npm names, or of the bytes that it serves.
        found: Integrity,
    },
}

/// The version exists with other bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Conflict {
    /// npm serves another tarball.
    #[error(
        "npm already serves {release} with other content: ours is {ours}, npm's is {theirs} (both without the block)"
    )]
    Npm {
        /// `name@version`.
        release: String,
        /// Digest of our certified tarball.
        ours: Digest,
        /// Digest of npm's tarball without its block.
        theirs: Digest,
    },
    /// npm serves a tarball that was never certified.
    #[error("npm already serves {release}, published without a certificate: ours is {ours}, npm's is {theirs}")]
    Uncertified {
        /// `name@version`.
        release: String,
        /// Digest of our certified tarball.
        ours: Digest,
        /// Digest of npm's tarball.
        theirs: Digest,
    },
    /// Another tarball waits on npm's stage.
    #[error("on npm's stage waits {release} with other content, as {id}: ours is {ours}, what waits is {theirs}")]
    Staged {
        /// `name@version`.
        release: String,
        /// What it is called there.
        id: StageId,
        /// Integrity of our published tarball.
        ours: Integrity,
        /// Integrity of what waits.
        theirs: Integrity,
    },
    /// The registry lists another tarball.
    #[error("the registry already lists {release} with other content: ours is {ours}, the registry's is {theirs}")]
    Registry {
        /// `name@version`.
        release: String,
        /// Digest of our certified tarball.
        ours: Digest,
        /// Digest in the registry.
        theirs: Digest,
    },
    /// npm serves a certified tarball that the registry does not know.
    #[error("npm serves {release} with a block, and the registry does not list it: its evidence is lost")]
    EvidenceLost {
        /// `name@version`.
        release: String,
    },
}

impl Cause {
    /// A stable name, `step/what-is-wrong`.
    pub fn code(&self, step: Step) -> String {
        let what = match self {
            Self::Project(e) => return e.code().to_owned(),
            Self::Refused(e) => return e.code().to_owned(),
            Self::Script(_) => "script",
            Self::Pack(PackError::Leak { .. }) => "leak",
            Self::Pack(_) => "pack",
            Self::Tarball(_) => "tarball",
            Self::Client(e) => client_word(e),
            // The same whichever step asks.
            Self::Credentials(e) => return credentials_code(e),
            // Named after what is in conflict, not after the step that happens to notice it.
            Self::Conflict(Conflict::Registry { .. }) => return "register/conflict".to_owned(),
            Self::Conflict(_) => return "publish/conflict".to_owned(),
            Self::Key(_) => "key",
            Self::Request(_) => "request",
            Self::Bundle { .. } => "bundle",
            Self::NoWitness { .. } => "no-witness",
            Self::State(_) => "state",
            Self::NotVisible { .. } => "not-visible",
            Self::Busy { .. } => "busy",
            Self::Staged { .. } => "staged",
            Self::NoStage { .. } => "no-stage",
            Self::ServedOther { .. } => "other-bytes",
        };
        format!("{step}/{what}")
    }

    /// What to do now.
    pub fn advice(&self) -> String {
        match self {
            Self::Project(e) => e.advice(),
            Self::Script(e) => e.advice(),
            Self::Client(e) | Self::Credentials(e) => e.advice(),
            Self::Refused(e) => e.advice().to_owned(),
            Self::Pack(PackError::Leak { findings }) => leak_advice(findings),
            Self::Pack(PackError::Vanished { .. } | PackError::Changed { .. }) => {
                "run again when no other program writes into the package's folder; nothing was sent for this tarball".into()
            }
            Self::Pack(PackError::NameNotUtf8 { .. }) => "rename the file and run again; nothing was sent for this tarball".into(),
            Self::Pack(_) => "mend what is named above and run again; nothing was sent for this tarball".into(),
            Self::Tarball(_) => "mend the file that is named above, or leave it out with `files` or .npmignore".into(),
            Self::Conflict(Conflict::EvidenceLost { .. }) => "publish a new version; this one cannot be certified any more".into(),
            Self::Conflict(Conflict::Staged { id, .. }) => format!(
                "look at it (`npm stage download {id}`) and reject it on npm, then run again; or raise the version (`npm version patch`)"
            ),
            Self::Conflict(_) => "a published version never changes: raise the version (`npm version patch`) and run again".into(),
            Self::Key(_) | Self::Request(_) => "run again; if it stays, report it with the command that you ran".into(),
            Self::Bundle { .. } => {
                "do not publish; tell the operators of ChittyID and of the Chronicle what is said above, and check --anchors".into()
            }
            Self::NoWitness { error, .. } => format!(
                "{}; anchors that name no authority of time go with services that have none, and their releases have no bundles",
                error.advice()
            ),
            Self::State(e) => e.advice(),
            Self::NotVisible { .. } => "run the same command again to confirm it; nothing will be published twice".into(),
            Self::Busy { .. } => "run again in a minute: npm may be busy with another version of the package".into(),
            Self::Staged { id, compared, .. } => staged_advice(id.as_ref(), *compared),
            Self::NoStage { .. } => "leave out `stage` (--stage), or name npm's own registry".into(),
            Self::ServedOther { .. } => {
                "run again in a few minutes, the release is not called certified before; if npm still serves other bytes then, warn with \
                 `npm deprecate` and publish a new version"
                    .into()
            }
        }
    }

    /// What the process exits with.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Pack(PackError::Leak { .. }) => 2,
            Self::Project(ProjectError::Unreadable { .. }) | Self::Pack(_) | Self::State(_) => 50,
            Self::Project(_) | Self::Script(_) | Self::Tarball(_) => 2,
            Self::Refused(_)
            | Self::ServedOther { .. }
            | Self::Key(_)
            | Self::Request(_)
            | Self::Bundle { .. }
            | Self::NoWitness { .. } => 40,
            Self::Conflict(_) => 20,
            Self::NotVisible { .. } | Self::Staged { .. } => 75,
            Self::NoStage { .. } => 2,
            Self::Busy { .. } => 10,
            Self::Credentials(e) => credentials_exit_code(e),
            Self::Client(e) => exit_code(e),
        }
    }
}

/// What to do with a release that waits.
fn staged_advice(id: Option<&StageId>, compared: bool) -> String {
    let how = id.map_or_else(
        || "it stands among the staged packages of your account".to_owned(),
        |id| format!("`npm stage approve {id}`, or among the staged packages of your account"),
    );
    let first = if compared {
        ""
    } else {
        "compare its integrity with the one above (`npm stage download`); then "
    };
    format!("{first}approve it on npm, then run again to confirm: {how}")
}

/// What to do about secrets that would be published.
pub fn leak_advice(findings: &[Finding]) -> String {
    let mend = "leave the file out with `files` or .npmignore, or take the secret out and have its issuer replace it";
    if findings.iter().any(|finding| finding.kind == LeakKind::Own) {
        return format!("{mend}; a secret of this very run is never let through");
    }
    let mut paths: Vec<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
    paths.dedup();
    let plain = |path: &str| path.chars().all(|c| c.is_alphanumeric() || "@._-/+".contains(c));
    match paths[..] {
        [path] if plain(path) => format!("{mend}; if everybody may have it: --allow-leak {path}"),
        _ => format!("{mend}; if everybody may have it: --allow-leak PATH for each file or folder"),
    }
}

/// What the process exits with when a service did not do what was asked.
pub const fn exit_code(error: &ClientError) -> u8 {
    match error.class() {
        Class::Unavailable => 10,
        Class::Authentication => 30,
        Class::Conflict => 20,
        Class::Unknown => 75,
        Class::Verification => 40,
        Class::Local => 50,
        _ => 2,
    }
}

/// The stable name of a credential's not being given.
pub fn credentials_code(error: &ClientError) -> String {
    format!("credentials/{}", client_word(error))
}

/// What the process exits with when a credential is not given. One that got lost on its way is nobody's, and over in an hour.
pub const fn credentials_exit_code(error: &ClientError) -> u8 {
    match error.class() {
        Class::Unknown => 10,
        _ => exit_code(error),
    }
}

fn client_word(error: &ClientError) -> &'static str {
    match error.class() {
        Class::Unavailable => "unavailable",
        Class::Authentication => "not-permitted",
        Class::Conflict => "conflict",
        Class::Unknown => "unknown",
        Class::Verification => "answer",
        Class::Local => "local",
        _ => "refused",
    }
}
