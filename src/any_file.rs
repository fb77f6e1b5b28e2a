//! `verify FILE --bundle BUNDLE`: any file against any Sigstore bundle. Nobody is asked.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use certified_evidence::{Bundle, Digest};
use certified_verify::bundle::{self, Issuer, Signer, Witnessed};
use certified_verify::{Check, Refusal, Verdict};
use clap::Args;
use serde_json::{Value, json};

use crate::args::Verify;
use crate::connect;
use crate::failure::Failure;

/// What only a bundle needs to be said about.
#[derive(Args, Debug)]
#[command(next_help_heading = "Any file, by a Sigstore bundle")]
pub(crate) struct ByBundle {
    /// Judge the file by this Sigstore bundle (v0.3); --anchors may be a trusted_root.json of Sigstore
    #[arg(long, value_name = "FILE", conflicts_with = "evidence")]
    pub(crate) bundle: Option<PathBuf>,
    /// Who has to have signed: the name in the certificate, a URI or an address of e-mail, in full
    #[arg(long, value_name = "SAN", requires = "bundle")]
    pub(crate) identity: Option<String>,
    /// Who has to have vouched for that name: the address of the issuer of the identity token
    #[arg(long, value_name = "URL", requires = "bundle")]
    pub(crate) issuer: Option<String>,
    /// The certificate names no issuer, in place of --issuer
    #[arg(long, requires = "bundle", conflicts_with = "issuer")]
    pub(crate) without_issuer: bool,
}

/// The verdict on one file.
pub(crate) struct FileInspection {
    /// The file, as it was named.
    pub(crate) target: String,
    /// Every check with its answer; none when the bundle cannot be read.
    pub(crate) checks: Vec<Check>,
    /// The proof, or the first refusal.
    pub(crate) outcome: Result<Witnessed, Refusal>,
    sha256: Digest,
}

impl FileInspection {
    /// How the process ends.
    pub(crate) const fn exit_code(&self) -> u8 {
        if self.outcome.is_ok() { 0 } else { 40 }
    }

    /// A file is verified or refused: whoever holds its bundle can judge it.
    pub(crate) const fn verdict(&self) -> Verdict {
        match self.outcome {
            Ok(_) => Verdict::Verified,
            Err(_) => Verdict::Refused,
        }
    }

    /// One verdict with the members that those about releases have, and who signed when; these only when everything holds.
    pub(crate) fn json(&self) -> Value {
        let (proof, refusal) = (self.outcome.as_ref().ok(), self.outcome.as_ref().err());
        json!({
            "target": self.target,
            "sha256": self.sha256,
            "verdict": self.verdict(),
            "reason": self.reason(),
            "checks": self.checks,
            "code": refusal.map(Refusal::code),
            "identity": proof.map(Witnessed::identity),
            "issuer": proof.and_then(Witnessed::issuer),
            "signed_at": proof.map(Witnessed::at),
            "log": proof.map(|proof| json!({ "name": proof.log(), "index": proof.log_index() })),
        })
    }

    /// What no check says.
    pub(crate) fn reason(&self) -> Option<String> {
        let refusal = self.outcome.as_ref().err().filter(|_| self.checks.is_empty())?;
        Some(format!("{refusal} [{}]\n  help: {}", refusal.code(), refusal.advice()))
    }
}

/// Something that has to be said and was not.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsaid {
    #[error("--bundle judges one file, {found} were named")]
    Files { found: usize },
    #[error("nothing says who has to have signed")]
    Identity,
    #[error("nothing says who has to have vouched for the identity")]
    Issuer,
}

impl Unsaid {
    pub(crate) const fn advice(&self) -> &'static str {
        match self {
            Self::Files { .. } => "run the command once for each file and its bundle",
            Self::Identity => {
                "name it with --identity: a bundle alone only shows that somebody signed, and everybody can"
            }
            Self::Issuer => {
                "name it with --issuer, for example https://token.actions.githubusercontent.com: the same name means somebody else when somebody else vouches for it; for a certificate that names no issuer say --without-issuer"
            }
        }
    }
}

/// Judges the file.
///
/// # Errors
/// When something is not said or cannot be read. A bundle that is refused is no error but a verdict.
pub(crate) fn verify(arguments: &Verify, by: &Path) -> Result<FileInspection, Failure> {
    let [file] = arguments.targets.as_slice() else {
        let found = arguments.targets.len();
        return Err(Unsaid::Files { found }.into());
    };
    let signer = signer(&arguments.by_bundle)?;
    let anchors = connect::anchors(arguments.places.anchors.as_deref())?.ok_or(Failure::NoAnchors)?;
    let bytes = read(Path::new(file), LARGEST_FILE)?;
    let (checks, outcome) = match bundle::read(&read(by, Bundle::LARGEST as u64)?) {
        Ok(bundle) => {
            let judgement = bundle::judge(&bundle, &bytes, &signer, &anchors);
            (judgement.checks, judgement.outcome)
        }
        Err(refusal) => (Vec::new(), Err(refusal)),
    };
    Ok(FileInspection {
        target: file.clone(),
        checks,
        outcome,
        sha256: Digest::of(&bytes),
    })
}

fn signer(said: &ByBundle) -> Result<Signer<'_>, Unsaid> {
    let issuer = match &said.issuer {
        Some(issuer) => Issuer::Named(issuer),
        None if said.without_issuer => Issuer::Nobody,
        None => return Err(Unsaid::Issuer),
    };
    Ok(Signer {
        identity: said.identity.as_deref().ok_or(Unsaid::Identity)?,
        issuer,
    })
}

fn read(file: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let failed = |error| Failure::Io {
        file: file.to_owned(),
        error,
    };
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .map_err(failed)?
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(failed(std::io::Error::other(format!("it has more than {limit} bytes"))));
    }
    Ok(bytes)
}

/// Bytes; a file is held in memory.
const LARGEST_FILE: u64 = 1024 * 1024 * 1024;
