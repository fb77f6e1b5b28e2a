//! One step alone, handing over through the state folder.

use std::path::Path;

use certified_evidence::wire::registry::RegisterReply;
use certified_evidence::{Archived, Bundle, Evidence, RecordedEvent, Signature, Timestamp};
use certified_verify::{CertifiedTarball, PublishedTarball};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::run::{Log, OrStop, open, published};
use crate::state::{CERTIFIED, PUBLISHED, StateError};
use crate::steps::certificate::Identity;
use crate::steps::chronicle::Chronicled;
use crate::steps::metadata::Sealed;
use crate::steps::register::Registered;
use crate::steps::sign::Signed;
use crate::steps::upload::Uploaded;
use crate::steps::{build, certificate, chronicle, metadata, publish, register, sign, summary, upload};
use crate::{Cause, Desk, Progress, Project, State, Step, Stop, existing, keyring, witness};

/// Runs one step of the nine; what the steps before it left is found below `states`. Answers with the step's outputs.
///
/// # Errors
/// As [`crate::run`]; and when an earlier step has not run.
pub async fn run_step(
    step: Step,
    folder: &Path,
    desk: &mut Desk,
    states: &Path,
    progress: &mut dyn Progress,
) -> Result<Value, Stop> {
    let mut log = Log::new(progress);
    log.begins(step);
    if step == Step::Build {
        let project = build::run(folder, desk, log.progress).await.or_stop(&log)?;
        log.ends(project.release(), None);
        return Ok(json!({ "name": project.name(), "version": project.version() }));
    }
    let project = Project::open(folder).or_stop(&log)?;
    project.check_registry(&desk.settings.npm_registry).or_stop(&log)?;
    let state = open(states, &project, desk).or_stop(&log)?;
    if !is_adopted(&state, step) {
        let obtained = desk.equip(step, project.name(), log.progress).await;
        obtained.or_stop(&log)?;
    }
    let one = One {
        project: &project,
        desk,
        state: &state,
    };
    let (outcome, outputs) = one.run(step).await.or_stop(&log)?;
    log.ends(outcome, None);
    Ok(outputs)
}

struct One<'a> {
    project: &'a Project,
    desk: &'a Desk,
    state: &'a State,
}

/// A release that an earlier run registered is complete up to there; nothing of it is made twice.
fn is_adopted(state: &State, step: Step) -> bool {
    let adopted = state.has(Step::Register) && !state.has(Step::Sign);
    adopted && (Step::Sign..=Step::Register).contains(&step)
}

/// What `sign` leaves besides the tarball.
#[derive(Deserialize, Serialize)]
struct SignedFacts {
    packed_by: String,
    signature: Signature,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bundle: Option<Bundle>,
    signed_at: Timestamp,
}

/// What `publish` leaves for `summary`.
#[derive(Deserialize, Serialize)]
struct PublishedFacts {
    report: Value,
}

type Done = Result<(String, Value), Cause>;

impl One<'_> {
    async fn run(&self, step: Step) -> Done {
        if is_adopted(self.state, step) {
            let registered = self.registered()?;
            return Ok(("done by an earlier run".to_owned(), json!(registered.sealed.evidence)));
        }
        match step {
            Step::Build => Ok((self.project.release(), Value::Null)),
            Step::Certificate => self.certificate().await,
            Step::Sign => self.sign().await,
            Step::Chronicle => self.chronicle().await,
            Step::Upload => self.upload().await,
            Step::Metadata => self.metadata().await,
            Step::Register => self.register().await,
            Step::Publish => self.publish().await,
            Step::Summary => self.summary(),
        }
    }

    async fn certificate(&self) -> Done {
        self.state.forget_from(Step::Certificate)?;
        keyring::forget(self.state)?;
        if let Some(registered) = existing::find(self.project, self.desk).await? {
            self.save_sealed(&registered.sealed)?;
            self.state.save(Step::Register, &registered.registration)?;
            let facts = &registered.sealed.evidence.certificate;
            return Ok((format!("{}, from an earlier run", facts.cert_id), json!(facts)));
        }
        let (key, identity) = certificate::run(self.project, self.desk).await?;
        keyring::keep(self.state, &key)?;
        self.state.save(Step::Certificate, &identity)?;
        Ok((identity.facts.cert_id.to_string(), json!(identity)))
    }

    async fn sign(&self) -> Done {
        let identity: Identity = self.state.load(Step::Certificate)?;
        let key = keyring::find(self.state)?;
        let signed = sign::run(self.project, identity, &key, self.desk).await?;
        self.state.save_bytes(CERTIFIED, signed.certified.bytes())?;
        let facts = SignedFacts {
            packed_by: signed.packed_by,
            signature: signed.signature,
            bundle: signed.bundle,
            signed_at: signed.signed_at,
        };
        self.state.save(Step::Sign, &facts)?;
        let tarball = signed.certified.facts();
        Ok((tarball.sha256.to_string(), json!(tarball)))
    }

    async fn chronicle(&self) -> Done {
        let chronicled = chronicle::run(self.signed()?, self.desk).await?;
        self.state.save(Step::Chronicle, &chronicled.event)?;
        Ok((chronicled.event.event.id.to_string(), json!(chronicled.event)))
    }

    async fn upload(&self) -> Done {
        let uploaded = upload::run(self.chronicled()?, self.desk).await?;
        self.state.save(Step::Upload, &uploaded.archive)?;
        Ok((uploaded.archive.r2_location.clone(), json!(uploaded.archive)))
    }

    async fn metadata(&self) -> Done {
        let archive: Archived = self.state.load(Step::Upload)?;
        let uploaded = Uploaded {
            chronicled: self.chronicled()?,
            archive,
        };
        let sealed = metadata::run(uploaded, keyring::find(self.state)?, self.desk).await?;
        self.save_sealed(&sealed)?;
        keyring::forget(self.state)?;
        if self.desk.settings.update_package_json {
            metadata::update_package_json(self.project, &sealed)?;
        }
        let tarball = sealed.published.facts();
        Ok((tarball.integrity.to_string(), json!(tarball)))
    }

    async fn register(&self) -> Done {
        let registered = register::run(self.sealed()?, self.desk).await?;
        self.save_sealed(&registered.sealed)?;
        self.state.save(Step::Register, &registered.registration)?;
        Ok((
            registered.registration.reg_id.to_string(),
            json!(registered.registration),
        ))
    }

    async fn publish(&self) -> Done {
        let released = publish::run(self.registered()?, self.desk).await?;
        let report = summary::run(&released, Vec::new(), &self.state.evidence_folder(), self.desk);
        let report = json!(report);
        self.state
            .save(Step::Publish, &PublishedFacts { report: report.clone() })?;
        Ok((published(&released), report))
    }

    fn summary(&self) -> Done {
        let facts: PublishedFacts = self.state.load(Step::Publish)?;
        Ok((self.state.evidence_folder().display().to_string(), facts.report))
    }

    fn signed(&self) -> Result<Signed, Cause> {
        let identity: Identity = self.state.load(Step::Certificate)?;
        let facts: SignedFacts = self.state.load(Step::Sign)?;
        let certified = self.certified_tarball(Step::Sign)?;
        sign::check(&identity, certified.bytes(), &facts.signature, "certified")?;
        if let Some(bundle) = &facts.bundle {
            witness::check(bundle, sign::about(&certified), &identity.facts, self.desk)?;
        }
        Ok(Signed {
            identity,
            certified,
            packed_by: facts.packed_by,
            signature: facts.signature,
            bundle: facts.bundle,
            signed_at: facts.signed_at,
        })
    }

    fn chronicled(&self) -> Result<Chronicled, Cause> {
        let event: RecordedEvent = self.state.load(Step::Chronicle)?;
        Ok(Chronicled {
            signed: self.signed()?,
            event,
        })
    }

    fn sealed(&self) -> Result<Sealed, Cause> {
        let evidence: Evidence = self.state.load(Step::Metadata)?;
        let published = PublishedTarball::open(self.state.load_bytes(Step::Metadata, PUBLISHED)?)
            .map_err(|e| self.state.unreadable(Step::Metadata, PUBLISHED, &e))?;
        Ok(Sealed {
            certified: self.certified_tarball(Step::Metadata)?,
            published,
            evidence,
        })
    }

    fn registered(&self) -> Result<Registered, Cause> {
        let registration: RegisterReply = self.state.load(Step::Register)?;
        Ok(Registered {
            sealed: self.sealed()?,
            registration,
        })
    }

    fn certified_tarball(&self, step: Step) -> Result<CertifiedTarball, StateError> {
        CertifiedTarball::open(self.state.load_bytes(step, CERTIFIED)?)
            .map_err(|e| self.state.unreadable(step, CERTIFIED, &e))
    }

    fn save_sealed(&self, sealed: &Sealed) -> Result<(), StateError> {
        self.state.save_bytes(CERTIFIED, sealed.certified.bytes())?;
        self.state.save_bytes(PUBLISHED, sealed.published.bytes())?;
        self.state.save(Step::Metadata, &sealed.evidence)?;
        self.state.write_evidence(sealed, &self.desk.anchors)
    }
}
